-- PayPal's books. Times are business times.
create table sandbox.paypal_objects (
    id text primary key,
    kind text not null,
    serial bigint generated always as identity unique,
    created timestamptz not null default igny8_now(),
    -- the order of a capture, the capture of a refund or a dispute
    parent text,
    invoice_id text,
    status text not null,
    currency text,
    -- smallest units
    amount bigint,
    body jsonb not null
);

create index paypal_objects_kind on sandbox.paypal_objects (kind, created, serial);
create index paypal_objects_parent on sandbox.paypal_objects (parent, kind) where parent is not null;
create index paypal_objects_invoice on sandbox.paypal_objects (invoice_id, kind) where invoice_id is not null;

-- What became of a request id, in the transaction of its effect. A repetition is told the latest state of the object.
create table sandbox.paypal_requests (
    key text not null,
    call text not null,
    fingerprint bytea not null,
    status integer not null,
    body bytea not null,
    kind text,
    object text,
    created_at timestamptz not null,
    primary key (key, call)
);

create table sandbox.paypal_events (
    id text primary key,
    serial bigint generated always as identity unique,
    type text not null,
    object text not null,
    body bytea not null,
    created timestamptz not null default igny8_now()
);

-- The key that signs webhooks, and its certificate: made once, at the first need.
create table sandbox.paypal_signer (
    only_row boolean primary key default true check (only_row),
    name text not null,
    private_key bytea not null,
    certificate text not null
);

-- One post office for both.
alter table sandbox.webhook_deliveries drop constraint webhook_deliveries_event_fkey;
alter table sandbox.webhook_deliveries add column provider text not null default 'stripe'
    check (provider in ('stripe', 'paypal'));

create view sandbox.webhook_events as
    select 'stripe' as provider, id, type, body from sandbox.stripe_events
    union all
    select 'paypal', id, type, body from sandbox.paypal_events;
