-- One row per township and month with the state of its return, the twelve months up to the chosen one.
select township_code, township, period, state, status, nil_return, supplementary, corrected, resubmissions, due
from submission_status where period between $period - interval 11 month and $period order by township_code, period
