-- One row per township, month, and indicator that its returns give, in the reading $reading: flows added up over the months of the span, stocks as they stand.
with part as (
    select indicator, numerator_measure as measure, true as is_above, denominator_measure is not null as is_ratio from indicator
    union all
    select indicator, denominator_measure, false, true from indicator where denominator_measure is not null
),
meant as (
    select p.*, d.nature = 'flow' as is_flow from part as p join measure as d using (measure)
),
measured as (
    select m.township_code, s.period, p.indicator, p.is_ratio, sum(m.value) filter (where p.is_above)::decimal(18, 4) as numerator,
        sum(m.value) filter (where not p.is_above)::decimal(18, 4) as denominator, bool_or(m.at_least) as at_least
    from {span} as s
    join measure_month as m on m.period = s.month {own}
    join meant as p on p.measure = m.measure
    where s.reading = $reading and (p.is_flow or s.month = s.period)
    group by all
),
revised as (
    select township_code, period, indicator from revised_figure where reading = $reading and {months}
),
figure as (
    select m.township_code, m.period, m.indicator, m.numerator, m.denominator, m.at_least, r.indicator is not null as revised, 'township' as level
    from measured as m left join revised as r using (township_code, period, indicator)
    where m.numerator is not null and (m.denominator is not null or not m.is_ratio)
)
select * from figure
