-- The payment provider's books. Bodies hold business times; rows of its own bookkeeping hold machine times.
create table sandbox.stripe_objects (
    id text primary key,
    kind text not null,
    serial bigint generated always as identity unique,
    created bigint not null,
    customer text,
    invoice text,
    payment_intent text,
    charge text,
    status text,
    body jsonb not null
);

create index stripe_objects_kind on sandbox.stripe_objects (kind, serial desc);
create index stripe_objects_customer on sandbox.stripe_objects (customer, kind) where customer is not null;
create index stripe_objects_invoice on sandbox.stripe_objects (invoice, kind) where invoice is not null;
create index stripe_objects_intent on sandbox.stripe_objects (payment_intent, kind) where payment_intent is not null;
create index stripe_objects_charge on sandbox.stripe_objects (charge, kind) where charge is not null;

-- The answer of a call that began to execute, under the key it came with, in the transaction of its effect.
create table sandbox.stripe_idempotency (
    key text primary key,
    endpoint text not null,
    fingerprint bytea not null,
    status integer not null,
    body bytea not null,
    request_id text not null,
    created_at timestamptz not null
);

create index stripe_idempotency_age on sandbox.stripe_idempotency (created_at);

create table sandbox.stripe_events (
    id text primary key,
    serial bigint generated always as identity unique,
    type text not null,
    object text not null,
    created bigint not null,
    body bytea not null
);

create index stripe_events_object on sandbox.stripe_events (object, type);

-- One row for each time an event is to be delivered; a duplicate is a second row. due_at is business time,
-- retry_at machine time.
create table sandbox.webhook_deliveries (
    id bigint generated always as identity primary key,
    event text not null references sandbox.stripe_events,
    due_at timestamptz not null,
    retry_at timestamptz not null default now(),
    attempts integer not null default 0,
    last_outcome text,
    delivered_at timestamptz,
    given_up_at timestamptz
);

create index webhook_deliveries_open on sandbox.webhook_deliveries (due_at, id)
    where delivered_at is null and given_up_at is null;
create index webhook_deliveries_event on sandbox.webhook_deliveries (event);

create table sandbox.webhook_weather (
    only_row boolean primary key default true check (only_row),
    seed bigint not null,
    duplicates double precision not null,
    disorder double precision not null
);
