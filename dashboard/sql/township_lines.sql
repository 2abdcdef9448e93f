-- One row per indicator of a township: its values of the last twelve months, oldest first.
with figure as (
    select 'month' as reading, * from indicator_value
    union all
    select 'quarter', * from indicator_quarter
    union all
    select 'half', * from indicator_half
    union all
    select 'year', * from indicator_year
    union all
    select 'statistical_year', * from indicator_statistical_year
)
select indicator, list(value::double order by period) filter (where value is not null) as line
from figure where reading = $reading and township_code = $place and period between $period - interval 11 month and $period group by indicator
