-- One row per month and whether the hazards found were put right by the return: how many.
with found as (
    select period, sum(hazards) as hazards, sum(coalesce(rectified, 0)) as rectified
    from safety where hazards is not null and period between $first and $last and ($place = '' or township_code = $place) group by period
)
select period, unnest(['整改', '没有整改']) as category, unnest([rectified, hazards - rectified]) as value from found order by 1, 2 desc
