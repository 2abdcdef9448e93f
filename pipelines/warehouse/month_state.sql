-- One row per township and reported month: where its newest upload stands in the review. Numbers decide the order, never clocks.
with ruling as (
    select submission_id, bool_or(action = 'approve') as approved, arg_max(action, sequence) as action, arg_max(decided_by, sequence) as decided_by, arg_max(decided_at, sequence) as decided_at
    from decision {touched} where action <> 'remind' group by submission_id
),
sent as (
    select s.township_code, s.period, s.submission_id, r.approved, r.action, r.decided_by, r.decided_at, c.reason as correction,
        row_number() over (partition by s.township_code, s.period order by s.submission_id desc) as age
    from (from submission {touched}) as s left join ruling as r using (submission_id) left join correction as c using (submission_id)
),
so_far as (
    select township_code, period, count(*) filter (where age > 1 and action is not null)::integer as resubmissions, count(correction) > 0 as corrected,
        coalesce(bool_or(approved), false) as was_approved
    from sent group by township_code, period
),
returned as (
    select township_code, period, count(distinct submission_id)::integer as times_returned, arg_max(reason, sequence) as return_reason
    from decision {touched} where action = 'return' group by township_code, period
),
state as (
    select s.township_code, s.period, s.submission_id,
        case when s.action = 'return' then 'returned' when s.action in ('approve', 'unlock') then 'approved' when s.action = 'lock' then 'locked'
            when f.resubmissions > 0 then 'resubmitted' else 'submitted' end as state,
        f.resubmissions, f.corrected, f.was_approved, s.correction, coalesce(r.times_returned, 0) as times_returned, r.return_reason, s.decided_by, s.decided_at
    from sent as s join so_far as f using (township_code, period) left join returned as r using (township_code, period)
    where s.age = 1
)
select * from state
