-- One row per place, month and indicator with a target: the place's own before what holds for all, this year's before an earlier one's.
with places as (
    select township_code from township
    union all
    select place_code from place
),
months as (
    select distinct period from submission_status
),
ranked as (
    select p.township_code, m.period, t.indicator, t.value as target, t.reading,
        row_number() over (partition by p.township_code, m.period, t.indicator order by (t.township_code <> '') desc, t.year desc) as place
    from places as p cross join months as m
    join target as t on t.township_code in ('', p.township_code) and t.year <= year(m.period)
),
chosen as (
    select township_code, period, indicator, target, reading from ranked where place = 1
)
select * from chosen
