-- One row per township and month between the first and the last reported month.
with months as (
    select unnest(generate_series(min(period), max(period), interval 1 month))::date as period from form_load
),
first_return as (
    select township_code, period, min(received_at) as first_received_at, max_by(submission_id, submission_id) as submission_id,
        max(received_at) as received_at, count(*)::integer as versions
    from submission group by all
),
form_count as (
    select township_code, period, count(*)::integer as forms, count(*) filter (where nil_return)::integer as nil_forms
    from form_load where superseded_by is null group by all
),
status as (
    select t.township_code, t.township, m.period,
        case when r.submission_id is null then 'missing' when r.first_received_at::date <= d.due then 'on_time' else 'late' end as status,
        r.submission_id, r.received_at, d.due, coalesce(r.first_received_at::date <= d.due, false) as on_time,
        coalesce(r.versions, 0) as versions, coalesce(f.forms, 0) as forms, coalesce(f.nil_forms, 0) as nil_forms
    from township as t cross join months as m
    left join deadline as d using (period)
    left join first_return as r using (township_code, period)
    left join form_count as f using (township_code, period)
    order by m.period, t.township_code
)
select * from status
