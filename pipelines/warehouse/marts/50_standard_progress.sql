-- One row per grass-roots union of the register, month and item of 八有 and 六会; a union missing from the self-check has met none.
with checked as (
    select * from standards semi join touched using (township_code, period)
),
answers as (
    unpivot (select township_code, period, union_name, columns(c -> c like 'has\_%' escape '\' or c like '%committee') from checked)
    on columns(* exclude (township_code, period, union_name)) into name field value met
),
unions as (
    select distinct township_code, period, union_name from register semi join touched using (township_code, period) where has_union and union_name is not null
),
reported as (
    select distinct township_code, period, union_name from checked
),
progress as (
    select u.township_code, u.period, u.union_name, i.standard, i.standard_name, i.item, i.item_name, i.sort_order,
        coalesce(a.met, false) as met, c.union_name is not null as reported
    from unions as u
    join standard_item as i on i.level = 'union'
    left join reported as c using (township_code, period, union_name)
    left join answers as a on a.township_code = u.township_code and a.period = u.period and a.union_name = u.union_name and a.field = i.field
    order by u.period, u.township_code, u.union_name, i.standard, i.sort_order
)
select * from progress
