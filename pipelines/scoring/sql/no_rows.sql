-- One row per union that says yes to $claim while none of the ledgers $forms has named it (or its employer) for $months reported months.
-- The ledgers come down to one row per name before they are joined: by township alone, every union would meet every row of its township's history.
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
named as (
    select township_code, union_name as name, max({last: date, source_file: source_file, source_sheet: source_sheet, source_row: source_row}) as newest
    from ledger where list_contains(string_split($forms, ','), form) and date is not null and (township_code, union_name) in (select (township_code, name) from called) group by all
),
latest as (
    select c.township_code, c.union_name, max(n.newest) as newest from called as c left join named as n using (township_code, name) group by all
),
reporting as (
    select township_code, count(*) as months from submission_status where status <> 'missing' and period between $first and $period group by all
)
select l.township_code, l.union_name, l.newest.last as last, l.newest.source_file as source_file, l.newest.source_sheet as source_sheet, l.newest.source_row as source_row
from latest as l join reporting as r using (township_code)
where r.months >= $reported and coalesce(l.newest.last < $first, true)
order by l.township_code, l.union_name
