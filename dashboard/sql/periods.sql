-- One row per reported month, newest first: until when it is due, how many townships have to report, and how many did.
select period, max(due) as due, count(*) as expected, count(*) filter (where status <> 'missing') as reported
from submission_status group by period order by period desc
