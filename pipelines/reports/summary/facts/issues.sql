-- One row per problem on the issue log of the period's month, the most urgent first.
with logged as (
    select t.township, i.problem, i.domain, i.cause, i.measure, i.owner, i.due, i.status, i.done_on, t.sort_order, i.source_row
    from issues as i join township as t using (township_code)
    where i.period = $period and $place in (i.township_code, $county)
)
select township, problem, domain, cause, measure, owner, due, status, done_on from logged order by status = '已完成', due, sort_order, source_row
