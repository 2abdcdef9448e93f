-- One row per upload that was accepted and per decision on a month, the uploads in the order of arrival and then the decisions in theirs.
with upload as (
    select s.received_at as happened_at, s.received_by as actor, 'upload' as action, s.township_code, s.period, s.submission_id,
        s.source_file as subject, s.sha256 as detail
    from submission as s order by s.submission_id
),
decided as (
    select d.decided_at as happened_at, d.decided_by as actor, d.action, d.township_code, d.period, d.submission_id,
        s.source_file as subject, d.reason as detail
    from decision as d left join submission as s using (submission_id) order by d.sequence
),
event as (
    select * from upload
    union all
    select * from decided
)
select * from event
