-- Certificates that a gateway signs its webhooks with, as the worker fetched them: the API calls no provider.
create table igny8_gateway_certificates (
    url text primary key check (length(url) <= 500),
    certificate bytea not null,
    fetched_at timestamptz not null default now()
);
grant select on igny8_gateway_certificates to igny8_readonly;
grant select, insert, update on igny8_gateway_certificates to igny8_service;
