-- One row per place and indicator with a target in the month, with its figure in the month, of a year's target over the year so far, and what the months gone by ask for.
with aimed as (
    select * from target_month where period = $period
),
month as (
    select * from indicator_value where period = $period
),
year as (
    select * from indicator_year where period = $period
)
select a.township_code, coalesce(t.township, '全县') as place, a.indicator, i.name, i.unit, a.target, a.reading,
    coalesce(case when a.reading = 'year' then y.value else m.value end) as value,
    case when a.reading = 'year' then y.at_least else m.at_least end as at_least,
    y.pace, coalesce(case when a.reading = 'year' then y.light else m.light end, 'none') as light
from aimed as a
join indicator as i using (indicator)
left join township as t using (township_code)
left join month as m using (township_code, indicator)
left join year as y using (township_code, indicator)
order by i.sort_order, t.sort_order nulls first
