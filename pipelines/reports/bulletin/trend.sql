-- The place's leading indicators over the twelve months up to $period.
select indicator, period, value::double as value from indicator_value
where township_code = $place and period between $first and $period and list_contains(string_split($indicators, ','), indicator)
order by indicator, period
