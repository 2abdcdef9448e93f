-- One row per union that says yes to $claim while the register says no in the column {field}.
select p.township_code, p.union_name, r.source_file, r.source_sheet, r.source_row
from standard_progress as p join register as r on r.township_code = p.township_code and r.period = p.period and r.union_name = p.union_name
where p.period = $period and p.item = $claim and p.met and not r."{field}"
order by p.township_code, p.union_name
