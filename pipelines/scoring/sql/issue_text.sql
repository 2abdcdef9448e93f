-- One row per township with unions that say yes to $claim and open problem of the month that speaks of one of $words.
with said as (
    select township_code, count(*) as unions from standard_progress where period = $period and item = $claim and met group by all
)
select s.township_code, s.unions, i.problem, i.source_file, i.source_sheet, i.source_row
from said as s join issues as i on i.township_code = s.township_code and i.period = $period
where i.status <> '已完成' and list_has_any(list_transform(string_split($words, ','), lambda w: contains(i.problem, w)), [true])
order by s.township_code, i.source_row
