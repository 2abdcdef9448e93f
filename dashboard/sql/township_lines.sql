-- One row per indicator of a township: its values of the last twelve months, oldest first.
select indicator, list(value::double order by period) filter (where value is not null) as line
from indicator_reading where reading = $reading and township_code = $place and period between $period - interval 11 month and $period group by indicator
