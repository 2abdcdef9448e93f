-- One row per month and kind of activity or service: participants.
select period, category, sum(participants) as value from activity
where period between $first and $last and ($place = '' or township_code = $place) group by all order by period, category
