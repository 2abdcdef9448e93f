-- One row per township: its figure in the month, before and a year ago, its peer group, and its rank in the county and among its peers.
-- Who has no figure, or one over a denominator smaller than $least, has no rank; `moved` counts the places won since $before among those ranked both times.
with told as (
    select f.*, i.direction, f.value * case when i.direction = 'down' then -1 else 1 end as goodness,
        f.value is not null and coalesce(f.denominator >= $least, true) as is_ranked
    from indicator_reading as f join indicator as i using (indicator)
    where f.indicator = $indicator and f.reading = $reading and f.period in ($period, $before, $year_ago)
),
size as (
    select township_code, arg_max(value, period) as workers
    from indicator_value where indicator = $size and period <= $period and value is not null group by township_code
),
own_group as (
    select split_part(pair, ':', 1) as township_code, split_part(pair, ':', 2) as peers from (select unnest(string_split($own, ',')) as pair)
),
cut as (
    select t.township_code, ntile($groups) over (order by s.workers desc, t.sort_order) as tile
    from township as t join size as s using (township_code)
),
place as (
    select t.township_code, t.township, t.sort_order, s.workers,
        coalesce(o.peers, case when $own = '' then string_split($names, ',')[c.tile::integer] end, '未分组') as peers
    from township as t
    left join size as s using (township_code)
    left join cut as c using (township_code)
    left join own_group as o using (township_code)
),
now_ranked as (
    select township_code, rank() over (order by goodness desc) as rank, count(*) over () as ranked,
        rank() over (partition by peers order by goodness desc) as peer_rank, count(*) over (partition by peers) as peer_ranked,
        median(value) over (partition by peers) as peer_median
    from told join place using (township_code) where period = $period and is_ranked
),
ranked_twice as (
    select n.township_code, rank() over (order by b.goodness desc) - rank() over (order by n.goodness desc) as moved
    from told as n join told as b using (township_code) join township using (township_code)
    where n.period = $period and b.period = $before and n.is_ranked and b.is_ranked
)
select p.township_code, p.township, p.peers, p.workers, n.numerator, n.denominator, n.value, n.at_least, n.target, coalesce(n.light, 'none') as light,
    case when n.value is null then 'none' when n.is_ranked then 'ranked' else 'small' end as standing,
    r.rank, r.ranked, r.peer_rank, r.peer_ranked, r.peer_median, m.moved, b.value as value_before, y.value as value_year_ago
from place as p
left join told as n on n.township_code = p.township_code and n.period = $period
left join told as b on b.township_code = p.township_code and b.period = $before
left join told as y on y.township_code = p.township_code and y.period = $year_ago
left join now_ranked as r on r.township_code = p.township_code
left join ranked_twice as m on m.township_code = p.township_code
order by r.rank nulls last, standing = 'none', p.sort_order
