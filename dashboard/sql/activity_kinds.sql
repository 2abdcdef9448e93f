-- One row per kind of activity or service: entries, sessions, items, participants and cost.
select category, count(*) as entries, sum(times) as times, sum(items) as items, sum(participants) as participants, sum(cost) as cost,
    coalesce(bool_or(participants_at_least), false) as at_least, coalesce(bool_or(cost_at_least), false) as cost_at_least
from activity where period between $first and $last and ($place = '' or township_code = $place)
group by category order by participants desc nulls last, category
