-- One row per month from $first to $last in which a place has a figure for the indicator in the reading: value and target.
select period, value, target from indicator_reading
where reading = $reading and indicator = $indicator and township_code = $place and period between $first and $last
order by period
