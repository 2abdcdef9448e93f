-- One row per month, category and source of relief spending.
select period, category, coalesce(source, '未注明') as source, count(*) as payments, sum(amount) as amount, sum(recipients) as recipients,
    bool_or(amount_at_least) as at_least
from relief where period between $first and $last and ($place = '' or township_code = $place)
group by all order by period, amount desc
