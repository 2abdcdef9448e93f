-- One row per correction of an approved month and indicator that it changed: both values, and why.
with corrected as (
    select s.township_code, s.period, s.submission_id, c.reason, s.received_at as revised_at, s.received_by as revised_by
    from correction as c join submission as s using (submission_id) semi join touched as k on k.township_code = s.township_code and k.period = s.period
),
sides as (
    select unnest(['old', 'new']) as side
),
figure as (
    select c.submission_id, g.side, i.indicator, n.value as numerator, d.value as denominator,
        case when i.denominator_measure is null then n.value::decimal(18, 6)
            when d.value = 0 then null
            else round(n.value::double / d.value::double, 6)::decimal(18, 6) end as value
    from corrected as c cross join sides as g cross join indicator as i
    join measure_revision as n on n.submission_id = c.submission_id and n.side = g.side and n.measure = i.numerator_measure
    left join measure_revision as d on d.submission_id = c.submission_id and d.side = g.side and d.measure = i.denominator_measure
    where i.denominator_measure is null or d.value is not null
),
before as (
    select * from figure where side = 'old'
),
after as (
    select * from figure where side = 'new'
),
changed as (
    select submission_id, indicator, b.value as old_value, a.value as new_value, b.numerator as old_numerator, a.numerator as new_numerator,
        b.denominator as old_denominator, a.denominator as new_denominator
    from before as b full join after as a using (submission_id, indicator)
    where (b.numerator, b.denominator) is distinct from (a.numerator, a.denominator)
),
revision as (
    select c.township_code, c.period, h.indicator, h.old_value, h.new_value, h.old_numerator, h.new_numerator, h.old_denominator, h.new_denominator,
        c.reason, c.submission_id, c.revised_at, c.revised_by
    from changed as h join corrected as c using (submission_id) order by c.submission_id, h.indicator
)
select * from revision
