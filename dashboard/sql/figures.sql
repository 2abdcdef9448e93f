-- One row per place, month from $first to $last and indicator in the reading wanted (a key of READINGS); `gap` is how many more of the numerator reach the target,
-- `provisional` that returns which it was added up from (any of the span for flows, the month's for stocks) are not approved, `marks` that and a revision in signs.
with waiting_return as (
    select township_code, period from submission_status where state in ('submitted', 'resubmitted', 'returned')
    union
    select c.county_code, s.period from submission_status as s cross join county as c where s.state in ('submitted', 'resubmitted', 'returned')
),
waiting as (
    select w.township_code, s.period, bool_or(s.month = s.period) as by_month
    from span_month as s join waiting_return as w on w.period = s.month where s.reading = $reading and s.period between $first and $last group by all
),
source as (
    select i.indicator, 'flow' in (n.nature, coalesce(d.nature, 'stock')) as has_flow, i.numerator_measure like 'returns.%' as is_return
    from indicator as i join measure as n on n.measure = i.numerator_measure left join measure as d on d.measure = i.denominator_measure
)
select f.township_code, coalesce(t.township, '全县') as place, f.period, f.indicator, i.name, i.unit, f.numerator::double as numerator, f.denominator::double as denominator, f.value::double as value,
    f.at_least, f.target::double as target, f.pace::double as pace, f.attainment::double as attainment, f.light, f.revised, i.direction,
    case when i.direction = 'up' and f.denominator is not null then greatest(0, ceil(f.target * f.denominator) - f.numerator)::double end as gap,
    not s.is_return and w.period is not null and (s.has_flow or w.by_month) as provisional,
    concat_ws('、', case when provisional then '暂' end, case when f.revised then '订' end) as marks
from indicator_reading as f
join indicator as i using (indicator)
join source as s using (indicator)
left join township as t using (township_code)
left join waiting as w on w.township_code = f.township_code and w.period = f.period
where f.reading = $reading and f.period between $first and $last
order by f.indicator, f.period, f.township_code
