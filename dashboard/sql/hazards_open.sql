-- One row per inspection whose hazards are not all put right, the longest overdue first.
select t.township, s.union_name, s.period, s.date, s.hazards - coalesce(s.rectified, 0) as remaining, s.due, s.source_file, s.source_sheet, s.source_row
from safety as s join township as t using (township_code)
where s.period between $first and $last and s.hazards > coalesce(s.rectified, 0) and ($place = '' or s.township_code = $place)
order by s.due nulls last, remaining desc
