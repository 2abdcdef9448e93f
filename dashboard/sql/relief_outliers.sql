-- One row per payment of the span whose amount per head is over `$factor` times, or under one part in so many of, the median of its kind over the last twelve months.
with paid as (
    select r.*, t.township, r.amount::double / r.recipients as per_head
    from relief as r join township as t using (township_code)
    where r.period between least($first, $last - interval 11 month) and $last and r.recipients > 0 and not coalesce(r.recipients_at_least, false)
),
kind as (
    select category, median(per_head) as usual from paid where period >= $last - interval 11 month group by category having count(*) >= $least
),
far as (
    select p.township, p.union_name, p.period, p.date, p.category, p.recipients, p.amount, p.per_head, k.usual, p.per_head / k.usual as times, p.source_sheet, p.source_row
    from paid as p join kind as k using (category)
    where p.period >= $first and ($place = '' or p.township_code = $place) and (p.per_head > k.usual * $factor or p.per_head * $factor < k.usual)
    order by abs(ln(p.per_head / k.usual)) desc, p.date
)
select * from far
