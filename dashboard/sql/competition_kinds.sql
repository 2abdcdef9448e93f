-- One row per kind of contest: projects, completed, awarded, participants, winners, teams and benefit.
select category, count(*) as contests, sum(projects) as projects, sum(completed) as completed, sum(awarded) as awarded,
    sum(participants) as participants, sum(winners) as winners, sum(teams) as teams, sum(benefit) as benefit
from competition where period between $first and $last and ($place = '' or township_code = $place)
group by category order by participants desc nulls last
