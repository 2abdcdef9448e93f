-- One row per township with the state of its return for the month.
select * from submission_status where period = $period order by township_code
