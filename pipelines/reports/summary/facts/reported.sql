-- One row: how many townships and months the span asks of the place, and how many were reported.
with asked as (
    select t.township_code, u.status
    from span_month as s
    join submission_status as u on u.period = s.month
    join township as t using (township_code)
    where s.reading = $reading and s.period = $period and $place in (u.township_code, $county)
),
counted as (
    select count(distinct township_code) as townships, count(distinct township_code) filter (where status <> 'missing') as reported_townships,
        count(*) as returns_due, count(*) filter (where status <> 'missing') as returns_in
    from asked
)
select * from counted
