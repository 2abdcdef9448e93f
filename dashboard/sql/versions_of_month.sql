-- One row per upload of a township's month, newest first.
select s.submission_id, s.received_at, s.received_by, s.source_file, s.sha256, count(*) as forms, count(*) filter (where l.superseded_by is null) as forms_in_force
from submission as s join form_load as l using (submission_id)
where s.township_code = $township and s.period = $period group by all order by s.submission_id desc
