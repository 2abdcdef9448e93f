-- One row per form and upload in force within the span.
with used as (
    select distinct l.form, l.submission_id
    from span_month as s join form_load as l on l.period = s.month and l.superseded_by is null
    where s.reading = $reading and s.period = $period and $place in (l.township_code, $county)
)
select form, submission_id from used order by form, submission_id
