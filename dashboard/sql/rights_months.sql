-- One row per month and kind of matter: cases.
select period, category, sum(cases) as value from rights where period between $first and $last and ($place = '' or township_code = $place) group by all order by period, category
