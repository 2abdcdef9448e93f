-- One row per upload that was accepted, in the order of arrival.
with event as (
    select s.received_at as happened_at, s.received_by as actor, 'upload' as action, s.township_code, s.period, s.submission_id,
        s.source_file as subject, s.sha256 as detail
    from submission as s order by s.submission_id
)
select * from event
