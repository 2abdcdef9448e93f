-- One row per 五好 group and indicator that counts in it, with the place's figure of the month.
select s.standard_name, s.item_name, s.note, s.sort_order, i.indicator, i.name, i.unit, v.value, v.at_least, v.target, coalesce(v.light, 'none') as light
from standard_item as s join indicator as i on i.indicator = s.indicator
left join (
    select 'month' as reading, * from indicator_value
    union all
    select 'quarter', * from indicator_quarter
    union all
    select 'half', * from indicator_half
    union all
    select 'year', * from indicator_year
    union all
    select 'statistical_year', * from indicator_statistical_year
) as v on v.indicator = s.indicator and v.period = $period and v.township_code = $place and v.reading = $reading
where s.level = 'township' order by s.sort_order, i.sort_order
