-- One row per warning on an upload that is still in force; `position` counts them within the upload by sheet and cell, those of one cell as they were found.
with in_force as (
    select distinct submission_id from form_load semi join touched using (township_code, period) where superseded_by is null
),
named as (
    select s.township_code, t.township, s.period, p.submission_id, s.source_file, p.severity, p.code, p.sheet, p.cell, p.field,
        p.found, p.message, p.remedy, p.explanation, row_number() over (partition by p.submission_id order by p.sheet, p.cell, p.rowid)::integer as position
    from problem_all as p
    join in_force using (submission_id)
    join submission as s using (submission_id)
    join township as t using (township_code)
    order by s.period, s.township_code, p.submission_id, position
)
select * from named
