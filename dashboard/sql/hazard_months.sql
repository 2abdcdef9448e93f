-- One row per month and whether the hazards found were put right by the return: how many.
with found as (
    select period, sum(hazards) as hazards, sum(coalesce(rectified, 0)) as rectified
    from safety where hazards is not null and period between $first and $last and ($place = '' or township_code = $place) group by period
)
select period, '整改' as category, rectified as value from found
union all
select period, '没有整改', hazards - rectified from found
order by 1, 2 desc
