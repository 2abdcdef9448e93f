-- A form may be joined from several tables, each with its own letters; uploads of before tell those of the first, until a rebuild reads them again.
alter table form_column add column if not exists source_table integer;
