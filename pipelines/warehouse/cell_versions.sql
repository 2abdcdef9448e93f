-- One row per row of a form in every upload of a township's month that held the form, with what the cell said that is asked about.
with loads as (
    select submission_id, superseded_by is null as in_force, row_number() over (order by submission_id)::integer as version
    from form_load where form = $form and township_code = $township and period = $period
),
letters as (
    select submission_id, coalesce(source_table, 0) as source_table, any_value(letters) as letters from form_column where form = $form and field = $pointed group by all
),
said as (
    select {key} as key_of_row, l.version, l.in_force, {said}::varchar as said, c.letters || t.source_row as cell, s.submission_id, s.source_file, s.received_by,
        s.received_at, w.reason
    from {rows} as t
    join loads as l using (submission_id)
    join submission as s using (submission_id)
    left join correction as w using (submission_id)
    left join letters as c on c.submission_id = t.submission_id and c.source_table = coalesce(t.source_table, 0)
    order by l.version
)
select * from said
