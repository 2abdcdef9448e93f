-- One row: the last month with a return of the place between two months.
select max(period) as period from submission_status where status <> 'missing' and period between $first and $last and $place in (township_code, $county)
