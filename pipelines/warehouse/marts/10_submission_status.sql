-- One row per township and month between the first and the last reported month.
with first_return as (
    select township_code, period, arg_min(received_at, submission_id) as first_received_at, max_by(submission_id, submission_id) as submission_id,
        arg_max(received_at, submission_id) as received_at, count(*)::integer as versions
    from submission semi join touched using (township_code, period) group by all
),
form_count as (
    select township_code, period, count(*)::integer as forms, count(*) filter (where nil_return)::integer as nil_forms
    from form_load semi join touched using (township_code, period) where superseded_by is null group by all
),
in_force as (
    select distinct submission_id, township_code, period from form_load semi join touched using (township_code, period) where superseded_by is null
),
warning as (
    select f.township_code, f.period, count(*)::integer as open_warnings, count(p.explanation)::integer as explained_warnings
    from problem_all as p join in_force as f using (submission_id) group by all
),
reminder as (
    select township_code, period, count(*)::integer as reminders, arg_max(decided_at, sequence) as reminded_at
    from decision semi join touched using (township_code, period) where action = 'remind' group by all
),
status as (
    select t.township_code, t.township, m.period,
        case when r.submission_id is null then 'missing' when r.first_received_at::date <= d.due then 'on_time' else 'late' end as status,
        r.submission_id, r.received_at, d.due, coalesce(r.first_received_at::date <= d.due, false) as on_time,
        coalesce(r.versions, 0) as versions, coalesce(f.forms, 0) as forms, coalesce(f.nil_forms, 0) as nil_forms,
        coalesce(s.state, 'missing') as state, coalesce(s.resubmissions, 0) as resubmissions,
        coalesce(f.forms = f.nil_forms, false) as nil_return, coalesce(r.first_received_at::date > n.due, false) as supplementary,
        coalesce(s.corrected, false) as corrected, s.correction, coalesce(e.reminders, 0) as reminders, e.reminded_at,
        coalesce(s.times_returned, 0) as times_returned, s.return_reason, s.decided_by, s.decided_at,
        coalesce(w.open_warnings, 0) as open_warnings, coalesce(w.explained_warnings, 0) as explained_warnings
    from touched as m join township as t using (township_code)
    left join deadline as d using (period)
    left join deadline as n on n.period = m.period + interval 1 month
    left join first_return as r using (township_code, period)
    left join form_count as f using (township_code, period)
    left join touched_state as s using (township_code, period)
    left join warning as w using (township_code, period)
    left join reminder as e using (township_code, period)
    order by m.period, t.township_code
)
select * from status
