-- One row per township and indicator of the month, its stock of last December beside it.
with now as (
    select township_code, indicator, numerator, denominator, at_least from {table} where period = $period
),
before as (
    select township_code, indicator, numerator as before from {table} where period = $december
)
select n.township_code, n.indicator, n.numerator, n.denominator, n.at_least, b.before
from now as n join township as t using (township_code) left join before as b using (township_code, indicator)
