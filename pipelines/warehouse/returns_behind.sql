-- One row per township and month of a reading's span that a measure of the returns counts, with the upload that stands for it.
with months as (
    select month from span_month where reading = $reading and period = $period
),
ruling as (
    select submission_id, arg_max(action, sequence) as action, arg_max(decided_by, sequence) filter (where action = 'approve') as approved_by,
        arg_max(decided_at, sequence) filter (where action = 'approve') as approved_at
    from decision where action <> 'remind' group by submission_id
),
behind as (
    select u.township, null::varchar as union_of_row,
        (case $counted when 'expected' then 1 when 'reported' then (u.status <> 'missing')::integer else u.on_time::integer end)::decimal(18, 4) as value_of_row,
        false as bound_of_row, null::varchar as cell, u.versions as version, u.versions, s.received_by, s.received_at, r.action, r.approved_by, r.approved_at,
        u.township_code, u.period, u.submission_id, s.source_file, null::varchar as source_sheet, null::integer as source_row, u.status, u.due
    from submission_status as u
    join months as m on m.month = u.period
    left join submission as s using (submission_id)
    left join ruling as r on r.submission_id = u.submission_id
    where $township = '' or u.township_code = $township
)
select * from behind
