create table sandbox.world_events (
    id bigint generated always as identity primary key,
    name text not null unique,
    kind text not null,
    due_at timestamptz not null,
    payload jsonb not null,
    attempts integer not null default 0,
    retry_at timestamptz not null default now(),
    last_error text,
    done_at timestamptz
);

create index world_events_open on sandbox.world_events (due_at, id) where done_at is null;
