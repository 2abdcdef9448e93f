-- One row per indicator: both sides of the comparison with the same span a year ago, summed over the townships that reported the same months in both.
with side as (
    select 'now' as side, $period::date as period
    union all
    select 'before', $before::date
),
part as (
    select g.side, m.township_code, m.measure, sum(m.value) as value, bool_or(m.at_least) as at_least, list_sort(list(month(s.month))) as months
    from side as g
    join span_month as s on s.reading = $reading and s.period = g.period
    join measure_month as m on m.period = s.month
    join measure as d on d.measure = m.measure
    where (d.nature = 'flow' or s.month = s.period) and $place in (m.township_code, $county)
    group by all
),
figure as (
    select n.side, n.township_code, i.indicator, i.denominator_measure is not null as is_ratio, n.value as numerator, d.value as denominator,
        n.at_least or coalesce(d.at_least, false) as at_least, n.months, d.months as denominator_months
    from indicator as i
    join part as n on n.measure = i.numerator_measure
    left join part as d on d.measure = i.denominator_measure and d.side = n.side and d.township_code = n.township_code
    where i.denominator_measure is null or d.value is not null
),
both_sides as (
    select n.indicator, n.is_ratio, n.numerator as now_numerator, n.denominator as now_denominator, b.numerator as before_numerator,
        b.denominator as before_denominator, n.at_least or b.at_least as at_least
    from figure as n join figure as b
        on n.side = 'now' and b.side = 'before' and n.township_code = b.township_code and n.indicator = b.indicator and n.months = b.months
        and n.denominator_months is not distinct from b.denominator_months
),
summed as (
    select indicator, is_ratio, count(*) as townships, sum(now_numerator) as now_numerator, sum(now_denominator) as now_denominator,
        sum(before_numerator) as before_numerator, sum(before_denominator) as before_denominator, bool_or(at_least) as at_least
    from both_sides group by all
),
compared as (
    select indicator, townships, at_least,
        case when is_ratio then round(now_numerator::double / nullif(now_denominator, 0)::double, 6) else now_numerator::double end as now_value,
        case when is_ratio then round(before_numerator::double / nullif(before_denominator, 0)::double, 6) else before_numerator::double end as before_value
    from summed
)
select * from compared where now_value is not null and before_value is not null
