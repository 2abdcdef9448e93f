-- One row per kind of matter: entries, cases, people, cases settled, and money recovered.
select category, count(*) as entries, sum(cases) as cases, sum(people) as people, sum(settled) as settled, sum(excellent) as excellent, sum(recovered) as recovered,
    bool_or(cases_at_least) as at_least, coalesce(bool_or(recovered_at_least), false) as recovered_at_least
from rights where period between $first and $last and ($place = '' or township_code = $place)
group by category order by cases desc, category
