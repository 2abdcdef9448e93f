-- One row per figure of the statistical year that no indicator gives, under the name that `national_return.toml` calls it by.
with year as (
    select month from span_month where reading = 'statistical_year' and period = $period
),
standard as (
    select 'standard:' || item as code, count(*) filter (where met)::double as value
    from standard_progress where period = $period and $place in (township_code, $county) group by item having bool_or(reported)
),
stock as (
    select 'monthly:' || indicator_code as code, sum(value)::double as value
    from monthly where period = $period and $place in (township_code, $county) group by indicator_code having count(value) > 0
),
contest as (
    select 'unions:competition' as code, count(distinct (township_code, union_name))::double as value
    from competition join year on month = period where $place in (township_code, $county)
),
help as (
    select 'unions:relief' as code, count(distinct (township_code, union_name))::double as value
    from relief join year on month = period where $place in (township_code, $county)
),
joint as (
    select 'register:joint_units' as code, sum(covered_units)::double as value
    from register where period = $period and has_union and employer_kind = '行业(区域)联合' and $place in (township_code, $county)
),
told as (
    select * from standard
    union all
    select * from stock
    union all
    select * from contest
    union all
    select * from help
    union all
    select * from joint
)
select code, value from told where value is not null
