-- One row per indicator of the place $place that has a figure in $period: the month, the year so far, and what the townships that reported both
-- months gave then and now (a township that is missing is no fall).
with pair as (
    select n.indicator, b.period, sum(n.numerator) as now_above, sum(n.denominator) as now_below, sum(b.numerator) as then_above, sum(b.denominator) as then_below
    from indicator_value as n join indicator_value as b using (township_code, indicator)
    where n.period = $period and b.period in ($last_month, $last_year) and n.township_code in (select township_code from township)
        and ($place in (select county_code from county) or n.township_code = $place)
    group by all
),
compared as (
    select indicator, period, now_below is null as is_sum,
        case when now_below is null then now_above::double when now_below <> 0 then now_above::double / now_below::double end as now,
        case when then_below is null then then_above::double when then_below <> 0 then then_above::double / then_below::double end as earlier
    from pair
)
select i.indicator, i.name, i.unit, i.direction, v.value::double as month, y.value::double as year, v.at_least, y.at_least as year_at_least,
    m.now::double as month_now, m.earlier::double as month_before, l.now::double as year_now, l.earlier::double as year_before,
    coalesce(v.target, y.target)::double as target, y.pace::double as pace,
    case when v.target is not null then v.attainment else y.attainment end::double as attainment,
    case when v.target is not null then v.light else coalesce(y.light, 'none') end as light, v.revised, v.target is null and y.target is not null as of_year
from indicator as i
join indicator_value as v using (indicator)
left join indicator_year as y using (indicator, township_code, period)
left join compared as m on m.indicator = i.indicator and m.period = $last_month
left join compared as l on l.indicator = i.indicator and l.period = $last_year
where v.period = $period and v.township_code = $place
order by i.sort_order
