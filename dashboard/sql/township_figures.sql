-- One row per indicator of a township in the month and reading: its figure, the medians of all and of its peers (`$peers`, a list of codes), its rank where a
-- rate should be high or low, and its own figures of `$before` and `$year_ago`. Who has a denominator under `$least` (or of `$least_of`, code:number) is not ranked.
with least_of as (
    select split_part(pair, ':', 1) as indicator, split_part(pair, ':', 2)::integer as least from (select unnest(string_split($least_of, ',')) as pair) where pair <> ''
),
wanted as (
    select f.*, i.name, i.unit, i.kind, i.area, i.direction, i.sort_order, coalesce(f.denominator >= coalesce(l.least, $least), true) as is_large
    from indicator_reading as f join indicator as i using (indicator) join township using (township_code) left join least_of as l using (indicator)
    where f.reading = $reading and f.period in ($period, $before, $year_ago)
),
now as (
    select * from wanted where period = $period and value is not null
),
compared as (
    select indicator, township_code, median(value) over (partition by indicator) as county_median, count(*) over (partition by indicator) as ranked,
        case when direction <> 'none' and kind = 'ratio' then rank() over (partition by indicator order by case when direction = 'down' then value else -value end) end as place
    from now where is_large
),
peer as (
    select indicator, median(value) as peer_median from now where is_large and list_contains(string_split($peers, ','), township_code) group by indicator
),
past as (
    select indicator, any_value(value) filter (where period = $before) as before, any_value(value) filter (where period = $year_ago) as year_before
    from wanted where township_code = $place group by indicator
),
joined as (
    select n.indicator, n.name, n.unit, n.kind, n.area, n.direction, n.sort_order, n.value, n.at_least, n.target, n.light, n.numerator, n.denominator,
        c.county_median, coalesce(c.ranked, 0) as ranked, c.place,
        p.peer_median, w.before, w.year_before
    from now as n
    left join compared as c using (indicator, township_code)
    left join peer as p using (indicator)
    left join past as w using (indicator)
    where n.township_code = $place
    order by n.sort_order
)
select * from joined
