-- One row per township and leading indicator of the month; a township without the figure has none.
select t.township_code, t.township, v.indicator, v.value::double as value, v.at_least, v.light, v.denominator::double as denominator
from township as t join indicator_value as v using (township_code)
where v.period = $period and list_contains(string_split($indicators, ','), v.indicator)
order by t.township_code
