-- One row per accident up to the month, newest first.
select t.township, s.union_name, s.period, s.date, s.accident_level, s.deaths, s.severe_injuries, s.minor_injuries, s.loss, s.note, s.source_sheet, s.source_row
from safety as s join township as t using (township_code)
where s.category = '事故' and s.period <= $last and ($place = '' or s.township_code = $place) order by s.date desc
