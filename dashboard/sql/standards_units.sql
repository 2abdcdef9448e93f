-- One row per township (or, of one township, per union) and standard item: how many unions there are and how many meet it.
select case when $place = '' then t.township else p.union_name end as unit, p.standard, p.standard_name, p.item, p.item_name, p.sort_order,
    count(*) as unions, count(*) filter (where p.met) as met, bool_and(p.reported) as reported
from standard_progress as p join township as t using (township_code)
where p.period = $period and ($place = '' or p.township_code = $place)
group by all order by unit, p.standard, p.sort_order
