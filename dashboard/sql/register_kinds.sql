-- One row per kind of employer: units, those with a union, workers and members.
select employer_kind, sum(covered_units) as units, coalesce(sum(covered_units) filter (where has_union), 0) as organised,
    sum(workers) as workers, sum(members) as members
from register where period = $period and ($place = '' or township_code = $place) group by employer_kind order by units desc
