-- Version 1 is every warehouse that tells no version. Its first ones lack columns that came before versions were told; the review's tables
-- were there for an hour without the upload that a cell belongs to.
alter table problem_all add column if not exists explanation varchar;
alter table target add column if not exists township_code varchar;
alter table target add column if not exists reading varchar;
create table if not exists decision (
    sequence integer, action varchar, township_code varchar, period date, submission_id varchar, reason varchar, decided_by varchar, decided_at timestamp
);
create table if not exists decision_cell (sequence integer, submission_id varchar, sheet varchar, cell varchar, note varchar);
alter table decision_cell add column if not exists submission_id varchar;
create or replace table decision_cell as
select c.sequence, coalesce(c.submission_id, d.submission_id) as submission_id, c.sheet, c.cell, c.note
from decision_cell as c left join decision as d using (sequence) order by c.sequence;
-- The record has a file of its own now.
drop table if exists audit
