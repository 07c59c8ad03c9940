-- Authorisation codes, each good once and for ten minutes of machine time, for whoever knows the verifier.
create table sandbox.google_codes (
    code text primary key,
    client_id text not null,
    redirect_uri text not null,
    challenge text not null,
    is_offline boolean not null,
    scope text not null,
    properties text[],
    used_at timestamptz,
    created_at timestamptz not null default now()
);

-- What who consented sees, each `sc-domain:example.com` or with a permission, `sc-domain:example.com siteUnverifiedUser`;
-- null is every site there is.
alter table sandbox.google_grants add column properties text[];
