-- One row per township with the state of its return for the month.
select township_code, township, status, due, received_at, versions from submission_status where period = $period order by township_code
