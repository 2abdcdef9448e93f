-- One row per place, month and indicator of `{figures}`, in the reading $reading, against its target: the place's own before what holds for all.
-- `pace` is the part of a year's target that the months gone by ask for; only sums that should grow have it.
with valued as (
    select f.*, i.direction, i.denominator_measure is not null as is_ratio,
        case when i.denominator_measure is null then f.numerator::decimal(18, 6)
            when f.denominator = 0 then null
            else round(f.numerator::double / f.denominator::double, 6)::decimal(18, 6) end as value
    from {figures} as f join indicator as i using (indicator)
),
chosen as (
    select v.*, case when o.indicator is not null then o.target else e.target end as aim, case when o.indicator is not null then o.reading else e.reading end as aim_reading
    from valued as v
    left join target_year as o on o.township_code = v.township_code and o.indicator = v.indicator and o.year = year(v.period)
    left join target_year as e on e.township_code = '' and e.indicator = v.indicator and e.year = year(v.period)
),
meant as (
    select *, case when aim_reading in ('', $reading) then aim end as target from chosen
),
aimed as (
    select *,
        case when aim_reading = 'year' and not is_ratio and direction = 'up' then round(target::double * month(period) / 12, 6)::decimal(18, 6) end as pace,
        case when target > 0 then round(value::double / target::double, 6)::decimal(18, 6) end as attainment
    from meant
),
lit as (
    select township_code, period, indicator, numerator, denominator, value, at_least, target, attainment,
        case when value is null or target is null or direction = 'none' then 'none'
            when direction = 'up' and value >= coalesce(pace, target) then 'green'
            when direction = 'up' and value >= coalesce(pace, target) * 0.9 then 'amber'
            when direction = 'down' and value <= target then 'green'
            when direction = 'down' and value <= target * 1.1 then 'amber'
            else 'red' end as light, pace, revised
    from aimed
)
select * from lit
