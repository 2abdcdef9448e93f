-- One row per row of a form that a measure adds up over the span of a reading, with the upload that it came in and who approved that.
with months as (
    select month from span_month where reading = $reading and period = $period and ($nature = 'flow' or month = period)
),
loads as (
    select submission_id, township_code, period, superseded_by is null as in_force,
        row_number() over (partition by township_code, period order by submission_id)::integer as version,
        count(*) over (partition by township_code, period)::integer as versions
    from form_load where form = $form
),
ruling as (
    select submission_id, arg_max(action, sequence) as action, arg_max(decided_by, sequence) filter (where action = 'approve') as approved_by,
        arg_max(decided_at, sequence) filter (where action = 'approve') as approved_at
    from decision where action <> 'remind' group by submission_id
),
letters as (
    select submission_id, coalesce(source_table, 0) as source_table, any_value(letters) as letters from form_column where form = $form and field = $pointed group by all
),
behind as (
    select n.township, {union} as union_of_row, {value}::decimal(18, 4) as value_of_row, coalesce({bound}, false) as bound_of_row,
        c.letters || t.source_row as cell, l.version, l.versions, s.received_by, s.received_at, r.action, r.approved_by, r.approved_at, t.*
    from loads as l
    join months as m on m.month = l.period
    join {rows} as t on t.submission_id = l.submission_id
    join township as n on n.township_code = l.township_code
    join submission as s on s.submission_id = l.submission_id
    left join ruling as r on r.submission_id = l.submission_id
    left join letters as c on c.submission_id = l.submission_id and c.source_table = coalesce(t.source_table, 0)
    where l.in_force and ($township = '' or l.township_code = $township) and {meant}
)
select * from behind
