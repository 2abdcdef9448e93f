-- One row per union that says yes to $claim while none of the ledgers $forms has named it (or its employer) for $months reported months.
-- A union meets the rows with its name or its employer's: by township alone, it would meet every row of its township's history.
with said as (
    select p.township_code, p.union_name, any_value(r.employer) as employer
    from standard_progress as p
    left join register as r on r.township_code = p.township_code and r.period = p.period and r.union_name = p.union_name
    where p.period = $period and p.item = $claim and p.met group by all
),
called as (
    select township_code, union_name, union_name as name from said
    union
    select township_code, union_name, employer from said where employer is not null
),
ledger as (
    select 'relief' as form, township_code, union_name, date, source_file, source_sheet, source_row from relief where period <= $period
    union all
    select 'competition', township_code, union_name, date, source_file, source_sheet, source_row from competition where period <= $period
    union all
    select 'safety', township_code, union_name, date, source_file, source_sheet, source_row from safety where period <= $period
    union all
    select 'rights', township_code, union_name, date, source_file, source_sheet, source_row from rights where period <= $period
    union all
    select 'activity', township_code, union_name, date, source_file, source_sheet, source_row from activity where period <= $period
),
latest as (
    select c.township_code, c.union_name, max({last: l.date, source_file: l.source_file, source_sheet: l.source_sheet, source_row: l.source_row}) as newest
    from called as c join ledger as l on l.township_code = c.township_code and l.union_name = c.name
    where list_contains(string_split($forms, ','), l.form) and l.date is not null group by all
),
reporting as (
    select township_code, count(*) as months from submission_status where status <> 'missing' and period between $first and $period group by all
)
select s.township_code, s.union_name, l.newest.last as last, l.newest.source_file as source_file, l.newest.source_sheet as source_sheet, l.newest.source_row as source_row
from said as s join reporting as r using (township_code) left join latest as l using (township_code, union_name)
where r.months >= $reported and coalesce(l.newest.last < $first, true)
order by s.township_code, s.union_name
