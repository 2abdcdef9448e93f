-- One row per entry of a new or improved site (活动室, 书屋, 阵地), newest first.
select t.township, a.union_name, a.period, a.date, a.category, a.title, a.items, a.cost, a.cost_at_least, a.source_sheet, a.source_row
from activity as a join township as t using (township_code)
where a.period between $first and $last and list_contains(string_split($kinds, ','), a.category) and ($place = '' or a.township_code = $place)
order by a.date desc, t.township
