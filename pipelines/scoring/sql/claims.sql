-- One row per township, union and item of 八有 and 六会 in the month: what the self-check says.
select township_code, union_name, standard, standard_name, item, item_name, sort_order, met, reported
from standard_progress where period = $period
