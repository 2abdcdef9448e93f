-- One row per township, union and item of 八有 and 六会 in the month: what the self-check says, and whether the county counts it,
-- which a row of `ruled` decides; else a yes that no row of `denied` speaks against.
select p.township_code, p.union_name, p.standard, p.item, p.item_name, p.met, p.reported, coalesce(r.counts, p.met and d.item is null) as verified
from standard_progress as p
left join denied as d on d.township_code = p.township_code and d.union_name = p.union_name and d.item = p.item
left join ruled as r on r.township_code = p.township_code and r.union_name = p.union_name and r.item = p.item
where p.period = $period
