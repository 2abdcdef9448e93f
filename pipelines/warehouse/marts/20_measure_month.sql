-- One row per township, month and measure, the returns themselves counted among the measures.
with returned as (
    select period, township_code, 1 as expected, (status <> 'missing')::integer as reported, on_time::integer as on_time from submission_status
),
counted as (
    select * from returned unpivot (value for field in (expected, reported, on_time))
),
joined as (
    select period, township_code, measure, value, at_least from measure_value
    union all
    select period, township_code, 'returns.' || field, value::decimal(18, 4), false from counted
)
select * from joined
