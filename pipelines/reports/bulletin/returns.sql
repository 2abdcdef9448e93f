-- How each township's return of the month stands.
select township, state, status, received_at, due, on_time, versions, nil_return, supplementary, corrected, open_warnings
from submission_status where period = $period order by township_code
