-- How far an import is and what came of it so far, written with each batch: a worker that takes it over goes on there, and
-- its count is that of one run.
alter table igny8_publisher_imports add column progress jsonb check (jsonb_typeof(progress) = 'object');
