-- One row per indicator: what it comes to at the place and period, missing where nothing was reported.
with figure as (
    select * from figure_table where township_code = $place and period = $period
),
told as (
    select i.indicator, i.name, i.unit, i.area, i.kind, i.nature, i.direction, i.definition, f.numerator, f.denominator, f.value,
        coalesce(f.at_least, false) as at_least, f.target, f.pace, coalesce(f.light, 'none') as light, i.sort_order
    from indicator as i left join figure as f using (indicator)
    order by i.sort_order
)
select * from told
