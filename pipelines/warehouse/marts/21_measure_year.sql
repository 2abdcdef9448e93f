-- One row per township, month and measure, read from January to that month: flows added up, stocks as they stand.
with flow as (
    select s.period, s.township_code, m.measure, sum(m.value)::decimal(18, 4) as value, bool_or(m.at_least) as at_least
    from submission_status as s
    join measure_month as m on m.township_code = s.township_code and m.period <= s.period and year(m.period) = year(s.period)
    join measure as d on d.measure = m.measure and d.nature = 'flow'
    group by all
),
stock as (
    select m.period, m.township_code, m.measure, m.value, m.at_least
    from measure_month as m join measure as d on d.measure = m.measure and d.nature = 'stock'
),
joined as (
    select * from flow
    union all
    select * from stock
)
select * from joined
