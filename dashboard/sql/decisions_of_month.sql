-- One row per act of the county on a township's month, newest first.
select sequence, action, submission_id, reason, decided_by, decided_at from decision where township_code = $township and period = $period order by sequence desc
