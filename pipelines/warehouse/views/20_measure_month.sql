-- One row per township, month and measure, the returns themselves counted among the measures.
with joined as (
    select period, township_code, measure, value, at_least from measure_value
    union all
    select period, township_code, 'returns.expected', 1::decimal(18, 4), false from submission_status
    union all
    select period, township_code, 'returns.reported', (status <> 'missing')::integer::decimal(18, 4), false from submission_status
    union all
    select period, township_code, 'returns.on_time', on_time::integer::decimal(18, 4), false from submission_status
)
select * from joined
