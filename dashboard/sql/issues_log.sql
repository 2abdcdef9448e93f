-- One row per problem of the month's lists: what is overdue first, then the gravest field (`$gravity`, a list), then what is overdue longest.
with first_seen as (
    select township_code, problem, min(period) as since from issues where period <= $period group by all
),
dated as (
    select t.township, i.period, i.problem, coalesce(i.domain, '其他') as domain, i.cause, i.measure, i.owner, i.due, i.status, i.done_on, f.since,
        i.status = '已完成' as done,
        case when i.status <> '已完成' and i.due < last_day($period) then date_diff('day', i.due, last_day($period)) else 0 end as overdue_days,
        case when i.status = '已完成' and i.done_on > i.due then date_diff('day', i.due, i.done_on) else 0 end as late_days,
        i.submission_id, i.source_file, i.source_sheet, i.source_row
    from issues as i join township as t using (township_code) join first_seen as f on f.township_code = i.township_code and f.problem = i.problem
    where i.period = $period and ($place = '' or i.township_code = $place)
),
ranked as (
    select * from dated
    order by done, overdue_days = 0, coalesce(list_position(string_split($gravity, ','), domain), 99), overdue_days desc, due, township, problem
)
select * from ranked
