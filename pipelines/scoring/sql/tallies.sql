-- One row per township and standard: its unions, and how many have everything that the standard asks for, as they say and as the county counts.
with claim as (
{claims}
),
whole as (
    select township_code, standard, union_name, bool_and(met) as own, bool_and(verified) as verified, bool_or(reported) as reported from claim group by all
)
select township_code, standard, count(*) as unions, count(*) filter (where own) as own, count(*) filter (where verified) as verified, bool_or(reported) as reported
from whole group by all
