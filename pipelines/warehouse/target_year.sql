-- One row per indicator, year that there are figures of, and place with a target of its own (none: all that have none): that of the newest year up to it.
with years as (
    select distinct year(period) as year from span_month
),
held as (
    select t.township_code, t.indicator, y.year, arg_max(t.value, t.year) as target, arg_max(t.reading, t.year) as reading
    from target as t join years as y on t.year <= y.year group by t.township_code, t.indicator, y.year
)
select * from held
