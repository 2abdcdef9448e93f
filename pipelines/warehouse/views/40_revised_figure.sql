-- One row per township, month and indicator that a correction changed, in every reading: flows in every month whose span holds the corrected one.
with natures as (
    select i.indicator, 'flow' in (n.nature, coalesce(d.nature, 'stock')) as has_flow
    from indicator as i join measure as n on n.measure = i.numerator_measure left join measure as d on d.measure = i.denominator_measure
),
revised as (
    select distinct s.reading, r.township_code, s.period, r.indicator
    from span_month as s join revision as r on r.period = s.month join natures as i on i.indicator = r.indicator
    where s.month = s.period or i.has_flow
)
select * from revised
