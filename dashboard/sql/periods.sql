-- One row per reported month, newest first.
select distinct period from submission_status order by period desc
