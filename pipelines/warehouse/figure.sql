-- One row per place (township, or any place above), month, and indicator that its returns give, in the reading $reading: flows added up over the
-- months of the span, stocks as they stand. `pace` is the part of a year's target that the months gone by ask for; only sums that should grow have it.
with measured as (
    select s.period, m.township_code, m.measure, sum(m.value)::decimal(18, 4) as value, bool_or(m.at_least) as at_least
    from span_month as s
    join measure_month as m on m.period = s.month
    join measure as d on d.measure = m.measure
    where s.reading = $reading and (d.nature = 'flow' or s.month = s.period)
    group by all
),
township_figure as (
    select n.township_code, n.period, i.indicator, i.direction, n.value as numerator, d.value as denominator,
        n.at_least or coalesce(d.at_least, false) as at_least, i.denominator_measure is not null as is_ratio
    from indicator as i
    join measured as n on n.measure = i.numerator_measure
    left join measured as d on d.measure = i.denominator_measure and d.township_code = n.township_code and d.period = n.period
    where i.denominator_measure is null or d.value is not null
),
place_figure as (
    select p.place_code as township_code, f.period, f.indicator, f.direction, sum(f.numerator)::decimal(18, 4) as numerator,
        sum(f.denominator)::decimal(18, 4) as denominator, bool_or(f.at_least) as at_least, f.is_ratio
    from township_figure as f join place_township as p using (township_code) group by all
),
figure as (
    select * from township_figure
    union all
    select * from place_figure
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
        case when t.reading = 'year' and not v.is_ratio and v.direction = 'up' then round(t.target::double * month(v.period) / 12, 6)::decimal(18, 6) end as pace,
        case when t.target > 0 then round(v.value::double / t.target::double, 6)::decimal(18, 6) end as attainment
    from valued as v
    left join target_month as t
        on t.township_code = v.township_code and t.period = v.period and t.indicator = v.indicator and t.reading in ('', $reading)
),
revised_month as (
    select distinct township_code, period, indicator from revision
    union
    select distinct p.place_code, r.period, r.indicator from revision as r join place_township as p using (township_code)
),
revised as (
    select distinct r.township_code, s.period, r.indicator
    from revised_month as r join span_month as s on s.month = r.period
    join indicator as i using (indicator)
    join measure as n on n.measure = i.numerator_measure
    left join measure as d on d.measure = i.denominator_measure
    where s.reading = $reading and (s.month = s.period or 'flow' in (n.nature, coalesce(d.nature, 'stock')))
),
lit as (
    select township_code, period, indicator, numerator, denominator, value, at_least, target, attainment,
        case when value is null or target is null or direction = 'none' then 'none'
            when direction = 'up' and value >= coalesce(pace, target) then 'green'
            when direction = 'up' and value >= coalesce(pace, target) * 0.9 then 'amber'
            when direction = 'down' and value <= target then 'green'
            when direction = 'down' and value <= target * 1.1 then 'amber'
            else 'red' end as light, pace, r.indicator is not null as revised
    from aimed left join revised as r using (township_code, period, indicator)
)
select * from lit
