-- One row per union that says yes to $claim with the very evidence, of $least characters or more, of another union of its township.
with said as (
    select p.township_code, p.union_name, trim(s.evidence) as evidence, s.source_file, s.source_sheet, s.source_row
    from standard_progress as p join standards as s on s.township_code = p.township_code and s.period = p.period and s.union_name = p.union_name
    where p.period = $period and p.item = $claim and p.met and length(trim(s.evidence)) >= $least
)
select a.township_code, a.union_name, min(b.union_name) as other, a.evidence, a.source_file, a.source_sheet, a.source_row
from said as a join said as b on b.township_code = a.township_code and b.evidence = a.evidence and b.union_name <> a.union_name
group by all order by a.township_code, a.union_name
