-- One row per township that reported activities in the span: entries, sessions, participants, cost, and its members at the end of it.
select t.township, count(*) as entries, sum(a.times) as times, sum(a.participants) as participants, sum(a.cost) as cost,
    any_value(m.value) as members, sum(a.participants)::double / nullif(any_value(m.value), 0)::double * 100 as per_hundred
from activity as a join township as t using (township_code)
left join indicator_value as m on m.township_code = a.township_code and m.period = $last and m.indicator = 'mem_member_total'
where a.period between $first and $last
group by t.township order by per_hundred desc nulls last, t.township
