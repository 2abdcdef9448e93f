-- One row per indicator of a township with its value in the month and in the month before, the largest relative change first.
with both_months as (
    select indicator, max(value) filter (where period = $period) as now, max(value) filter (where period = $period - interval 1 month) as before
    from indicator_value where township_code = $township group by indicator
)
select i.name, i.unit, i.kind, b.before, b.now
from both_months as b join indicator as i using (indicator)
where b.now is not null and b.before is not null and b.now <> b.before
order by abs(b.now - b.before) / greatest(abs(b.before), 0.0001) desc, i.sort_order
