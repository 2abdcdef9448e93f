-- One row per entry that recovered money, the largest sum first.
select t.township, r.union_name, r.period, r.date, r.category, r.people, r.recovered, r.recovered_at_least, r.note, r.source_file, r.source_sheet, r.source_row
from rights as r join township as t using (township_code)
where r.period between $first and $last and r.recovered > 0 and ($place = '' or r.township_code = $place)
order by r.recovered desc, r.date
