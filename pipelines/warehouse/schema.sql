-- One row per accepted upload, form read from it, column found in it, warning given on it, and the catalogue as tables.
create table if not exists submission (
    submission_id varchar, sha256 varchar, source_file varchar, township_code varchar, period date,
    received_at timestamp, received_by varchar, catalogue_sha256 varchar
);
create table if not exists form_load (
    submission_id varchar, township_code varchar, period date, form varchar, row_count integer, nil_return boolean,
    sheet varchar, range varchar, superseded_by varchar
);
create table if not exists form_column (submission_id varchar, form varchar, sheet varchar, field varchar, letters varchar, source_table integer);
create table if not exists problem_all (
    submission_id varchar, severity varchar, code varchar, sheet varchar, cell varchar, field varchar, found varchar,
    message varchar, remedy varchar, explanation varchar
);
-- A new upload for a month that was approved: why, as its sender wrote it.
create table if not exists correction (submission_id varchar, reason varchar);
create table if not exists decision (
    sequence integer, action varchar, township_code varchar, period date, submission_id varchar, reason varchar, decided_by varchar, decided_at timestamp
);
create table if not exists decision_cell (sequence integer, submission_id varchar, sheet varchar, cell varchar, note varchar);
create table if not exists measure_value (period date, township_code varchar, measure varchar, value decimal(18, 4), at_least boolean);
-- The measures of a corrected month before each correction (`old`) and after it (`new`).
create table if not exists measure_revision (submission_id varchar, side varchar, measure varchar, value decimal(18, 4), at_least boolean);
-- The township-months that were touched: written with the rows or decisions that touched them, emptied when the marts are made.
create table if not exists stale (township_code varchar, period date);
create table if not exists catalogue (sha256 varchar);
create table if not exists county (county_code varchar, county varchar);
create table if not exists township (township_code varchar, township varchar, sort_order integer);
-- The places above the townships, the home's county or root among them, and which townships lie in each.
create table if not exists place (place_code varchar, place varchar, level varchar, parent_code varchar, sort_order integer);
create table if not exists place_township (place_code varchar, township_code varchar);
create table if not exists deadline (period date, due date);
-- The months that each reading of a month covers, as far as there are any.
create table if not exists span_month (reading varchar, period date, month date);
create table if not exists measure (measure varchar, nature varchar);
create table if not exists indicator (
    indicator varchar, name varchar, unit varchar, kind varchar, area varchar, nature varchar, direction varchar, article varchar,
    definition varchar, source varchar, numerator_measure varchar, denominator_measure varchar, sort_order integer
);
create table if not exists target (indicator varchar, year integer, value decimal(18, 6), source varchar, township_code varchar, reading varchar);
-- Which target holds in each year that there are figures of: that of the newest year up to it. Without a township for all that have none of their own.
create table if not exists target_year (township_code varchar, indicator varchar, year integer, target decimal(18, 6), reading varchar);
create table if not exists standard_item (
    standard varchar, standard_name varchar, level varchar, item varchar, item_name varchar, field varchar, indicator varchar,
    note varchar, sort_order integer
);
