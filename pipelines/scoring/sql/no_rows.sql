-- One row per union that says yes to $claim while none of the ledgers $forms has named it (or its employer) for $months reported months.
with said as (
    select p.township_code, p.union_name, any_value(r.employer) as employer
    from standard_progress as p
    left join register as r on r.township_code = p.township_code and r.period = p.period and r.union_name = p.union_name
    where p.period = $period and p.item = $claim and p.met group by all
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
reporting as (
    select township_code, count(*) as months from submission_status where status <> 'missing' and period between $first and $period group by all
),
latest as (
    select s.township_code, s.union_name, max(l.date) as last, arg_max(l.source_file, l.date) as source_file,
        arg_max(l.source_sheet, l.date) as source_sheet, arg_max(l.source_row, l.date) as source_row
    from said as s left join ledger as l
        on l.township_code = s.township_code and l.union_name in (s.union_name, s.employer) and list_contains(string_split($forms, ','), l.form)
    group by all
)
select l.* from latest as l join reporting as r using (township_code)
where r.months >= $reported and coalesce(l.last < $first, true)
order by l.township_code, l.union_name
