-- Admission: whose job goes next, and which have to wait for more than their turn.

alter table igny8_jobs
    -- Why a pending job is not even considered: 'time' until its run_at, 'task' while its task is paused.
    add column held text check (held in ('time', 'task')),
    -- What it shares limits with, in order, with a space between: 'ahrefs:7'. Such a job is admitted by the relay alone.
    add column limit_keys text,
    -- Generated, because under row security an index serves only expressions that cannot leak, and a minus can.
    add column tenant bigint not null generated always as (coalesce(account_id, 0)) stored,
    add column urgency smallint not null generated always as (-priority) stored;
alter table igny8_dead_jobs add column limit_keys text;

select set_config('igny8.scope', 'system', true);
update igny8_jobs set held = 'time' where state = 'pending' and retry_at is null and run_at > igny8_now();

-- The lanes that the relay reads from: tenant by tenant (0 is the system), and in each by priority and age. Jobs that
-- are held or back off are not in it, so that a round costs what is due and not what waits for next month.
create index igny8_jobs_lanes on igny8_jobs (queue, tenant, urgency, run_at, id)
    where state = 'pending' and retry_at is null and held is null and limit_keys is null;
create index igny8_jobs_limited on igny8_jobs (queue, limit_keys, tenant, urgency, run_at, id)
    where state = 'pending' and retry_at is null and held is null and limit_keys is not null;
create index igny8_jobs_held on igny8_jobs (queue, run_at) where state = 'pending' and held = 'time';
create index igny8_jobs_limited_in_flight on igny8_jobs (queue)
    where state in ('queued', 'running') and limit_keys is not null;
drop index igny8_jobs_waiting;

-- Tasks of which nothing starts. Pausing a whole queue is igny8_queues.paused_at.
create table igny8_paused_tasks (
    queue text not null references igny8_queues (name),
    task text not null,
    paused_at timestamptz not null default now(),
    primary key (queue, task)
);

-- What a queue's limits allow. The worker writes those that its tasks declare; what an operator has set stays.
create table igny8_job_limits (
    queue text not null references igny8_queues (name),
    name text not null check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
    concurrency integer check (concurrency >= 0),       -- jobs in flight at one time, for each key
    rate integer check (rate > 0),                      -- starts in each period, for each key
    period interval check (period > interval '0'),
    burst integer not null default 1 check (burst > 0), -- of these, at once
    is_set_by_operator boolean not null default false,
    primary key (queue, name),
    constraint igny8_job_limits_rate check ((rate is null) = (period is null))
);

-- Keys that are taken for a while of business time, also after their job has ended.
create table igny8_job_windows (
    task text not null,
    unique_key text not null,
    account_id bigint,
    ends_at timestamptz not null,
    primary key (task, unique_key)
);
create index igny8_job_windows_ended on igny8_job_windows (ends_at);
call igny8_protect('igny8_job_windows');

grant select, insert, update, delete on igny8_paused_tasks, igny8_job_limits, igny8_job_windows to igny8_service;
grant select on igny8_paused_tasks, igny8_job_limits, igny8_job_windows to igny8_readonly;
