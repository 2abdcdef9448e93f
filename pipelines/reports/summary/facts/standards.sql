-- One row per standard: how many items it has, and how many of them every union of the place meets.
with item as (
    select standard, standard_name, item, bool_and(met) as met, bool_or(reported) as reported
    from standard_progress where period = $period and $place in (township_code, $county) group by all
),
counted as (
    select standard, standard_name, count(*) as items, count(*) filter (where met) as met
    from item group by all having bool_or(reported)
)
select * from counted order by standard
