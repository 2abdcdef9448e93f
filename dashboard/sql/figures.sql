-- One row per place, month and indicator wanted, in the reading wanted ('month' or 'year').
with figure as (
    select 'month' as reading, * from indicator_value
    union all
    select 'year' as reading, * from indicator_year
)
select f.township_code, coalesce(t.township, '全县') as place, f.period, f.indicator, i.name, i.unit, f.numerator, f.denominator, f.value,
    f.at_least, f.target, f.attainment, f.light
from figure as f
join indicator as i using (indicator)
left join township as t using (township_code)
where f.reading = $reading and list_contains(string_split($indicators, ','), f.indicator)
order by f.period, f.township_code
