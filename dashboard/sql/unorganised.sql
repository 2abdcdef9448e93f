-- One row per employer of 25 workers and more without a union: the list to visit.
select t.township, r.period, r.employer, r.employer_kind, r.workers, r.source_file, r.source_sheet, r.source_row
from register as r join township as t using (township_code)
where r.period = $period and not r.has_union and r.workers >= 25 and ($place = '' or r.township_code = $place)
order by r.workers desc, r.employer
