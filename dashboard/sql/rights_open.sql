-- One row per entry of a kind in which somebody waits for an answer and not every case is settled, the oldest first.
select t.township, r.union_name, r.period, r.date, r.category, r.cases - coalesce(r.settled, 0) as remaining, r.people, r.note, r.source_file, r.source_sheet, r.source_row
from rights as r join township as t using (township_code)
where r.period between $first and $last and r.cases > coalesce(r.settled, 0) and list_contains(string_split($waiting, ','), r.category) and ($place = '' or r.township_code = $place)
order by r.category <> '集体上访', r.date, remaining desc
