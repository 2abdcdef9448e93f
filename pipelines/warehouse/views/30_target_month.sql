-- One row per place, month and indicator with a target: the place's own before what holds for all.
with places as (
    select township_code from township
    union all
    select place_code from place
),
months as (
    select period from span_month where reading = 'month'
),
chosen as (
    select t.township_code, m.period, t.indicator, t.target, t.reading
    from months as m join target_year as t on t.year = year(m.period) semi join places as p on p.township_code = t.township_code
    union all
    select p.township_code, m.period, t.indicator, t.target, t.reading
    from months as m join target_year as t on t.year = year(m.period) and t.township_code = '' join places as p on true
    anti join target_year as o on o.township_code = p.township_code and o.indicator = t.indicator and o.year = t.year
)
select * from chosen
