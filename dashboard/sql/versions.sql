-- One row per accepted upload of a township, newest first.
select s.submission_id, s.period, s.received_at, s.received_by, s.source_file, s.sha256, count(*) filter (where l.superseded_by is null) as forms_in_force
from submission as s join form_load as l using (submission_id)
where s.township_code = $township group by all order by s.submission_id desc limit 24
