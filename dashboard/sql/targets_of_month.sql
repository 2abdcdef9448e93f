-- One row per indicator that the place has a target for in the month and reading, whether or not there is a figure.
select indicator, target from target_month
where period = $period and township_code = $place and reading in ('', $reading) order by indicator
