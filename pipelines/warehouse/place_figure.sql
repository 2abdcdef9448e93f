-- One row per place above the townships, month and indicator in the reading $reading: what `{townships}` has of its townships, added up.
with summed as (
    select p.place_code as township_code, f.period, f.indicator, sum(f.numerator)::decimal(18, 4) as numerator, sum(f.denominator)::decimal(18, 4) as denominator,
        bool_or(f.at_least) as at_least
    from {townships} as f join place_township as p using (township_code) {touched}
    where {months} group by all
),
revised as (
    select distinct p.place_code as township_code, r.period, r.indicator
    from revised_figure as r join place_township as p using (township_code) where r.reading = $reading and {months}
),
figure as (
    select s.*, r.indicator is not null as revised, 'above' as level from summed as s left join revised as r using (township_code, period, indicator)
)
select * from figure
