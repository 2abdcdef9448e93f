-- One row per level of award: contests, projects awarded and persons awarded; 无 and what is not filled in are left out.
select award_level, count(*) as contests, sum(awarded) as awarded, sum(winners) as winners
from competition where period between $first and $last and award_level <> '无' and ($place = '' or township_code = $place)
group by award_level order by list_position(['国家级', '省级', '市级', '县级', '本级'], award_level)
