-- One row per place, month and indicator in the reading wanted (a key of READINGS); `gap` is how many more of the numerator reach the target.
with figure as (
    select 'month' as reading, * from indicator_value
    union all
    select 'quarter', * from indicator_quarter
    union all
    select 'half', * from indicator_half
    union all
    select 'year', * from indicator_year
    union all
    select 'statistical_year', * from indicator_statistical_year
)
select f.township_code, coalesce(t.township, '全县') as place, f.period, f.indicator, i.name, i.unit, f.numerator, f.denominator, f.value,
    f.at_least, f.target, f.pace, f.attainment, f.light, f.revised, i.direction,
    case when i.direction = 'up' and f.denominator is not null then greatest(0, ceil(f.target * f.denominator) - f.numerator) end as gap
from figure as f
join indicator as i using (indicator)
left join township as t using (township_code)
where f.reading = $reading
order by f.period, f.township_code
