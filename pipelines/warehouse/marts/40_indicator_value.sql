-- One row per place (township, or the whole county), month, and indicator that its returns give.
with township_figure as (
    select n.township_code, n.period, i.indicator, i.direction, n.value as numerator, d.value as denominator,
        n.at_least or coalesce(d.at_least, false) as at_least, i.denominator_measure is not null as is_ratio
    from indicator as i
    join measure_month as n on n.measure = i.numerator_measure
    left join measure_month as d on d.measure = i.denominator_measure and d.township_code = n.township_code and d.period = n.period
    where i.denominator_measure is null or d.value is not null
),
county_figure as (
    select c.county_code as township_code, f.period, f.indicator, f.direction, sum(f.numerator)::decimal(18, 4) as numerator,
        sum(f.denominator)::decimal(18, 4) as denominator, bool_or(f.at_least) as at_least, f.is_ratio
    from township_figure as f cross join county as c group by all
),
figure as (
    select * from township_figure
    union all
    select * from county_figure
),
valued as (
    select *,
        case when not is_ratio then numerator::decimal(18, 6)
            when denominator = 0 then null
            else round(numerator::double / denominator::double, 6)::decimal(18, 6) end as value
    from figure
),
aimed as (
    select v.*, t.target,
        case when t.target > 0 then round(v.value::double / t.target::double, 6)::decimal(18, 6) end as attainment
    from valued as v
    left join target_month as t
        on t.township_code = v.township_code and t.period = v.period and t.indicator = v.indicator and t.reading = ''
),
revised as (
    select distinct township_code, period, indicator from revision
    union
    select distinct c.county_code, r.period, r.indicator from revision as r cross join county as c
),
lit as (
    select township_code, period, indicator, numerator, denominator, value, at_least, target, attainment,
        case when value is null or target is null or direction = 'none' then 'none'
            when direction = 'up' and value >= target then 'green'
            when direction = 'up' and value >= target * 0.9 then 'amber'
            when direction = 'down' and value <= target then 'green'
            when direction = 'down' and value <= target * 1.1 then 'amber'
            else 'red' end as light, r.indicator is not null as revised
    from aimed left join revised as r using (township_code, period, indicator) order by period, township_code, indicator
)
select * from lit
