create table sandbox.faults (
    id bigint generated always as identity primary key,
    provider text not null,
    match text not null,
    kind text not null,
    remaining bigint,
    probability double precision,
    seed bigint not null default 0,
    milliseconds bigint,
    retry_after bigint,
    seen bigint not null default 0,
    hits bigint not null default 0,
    created_at timestamptz not null default now()
);
