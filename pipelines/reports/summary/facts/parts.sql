-- One row per township and indicator that has a value in the period.
with part as (
    select f.indicator, t.township, f.value, f.at_least, f.numerator, f.denominator
    from figure_table as f join township as t using (township_code)
    where f.period = $period and f.value is not null
    order by f.indicator, f.value desc, t.sort_order
)
select * from part
