-- One row per township that reported in the span: the hazards that its ledgers leave open past their due date at the month's end.
select s.township_code, coalesce(sum(h.hazards - coalesce(h.rectified, 0)) filter (where h.due < $last_day and h.hazards > coalesce(h.rectified, 0)), 0) as overdue
from submission_status as s
left join safety as h on h.township_code = s.township_code and h.period = s.period
where s.period between $first and $period and s.status <> 'missing'
group by s.township_code
