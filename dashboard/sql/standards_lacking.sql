-- One row per standard and item that some unions of the township lack: how many, of how many, and the first of them.
select standard_name, item_name, sort_order, count(*) as unions, count(*) filter (where not met) as lacking,
    list(union_name order by union_name) filter (where not met) as names
from standard_progress where period = $period and township_code = $place
group by all having count(*) filter (where not met) > 0
order by standard_name, lacking desc, sort_order
