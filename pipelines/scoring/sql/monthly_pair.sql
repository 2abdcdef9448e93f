-- One row per township with unions that say yes to $claim: two items of 乡镇月报 added up over the months, and the row of the second.
with said as (
    select township_code, count(*) as unions from standard_progress where period = $period and item = $claim and met group by all
)
select s.township_code, s.unions, sum(m.value) filter (where m.indicator_code = $left) as left_value,
    sum(m.value) filter (where m.indicator_code = $right) as right_value,
    arg_max(m.source_file, m.period) filter (where m.indicator_code = $right) as source_file,
    arg_max(m.source_sheet, m.period) filter (where m.indicator_code = $right) as source_sheet,
    arg_max(m.source_row, m.period) filter (where m.indicator_code = $right) as source_row
from said as s join monthly as m on m.township_code = s.township_code and m.period between $first and $period
where m.indicator_code in ($left, $right)
group by all order by s.township_code
