-- Ahrefs: whose key is good for how much, and the links that somebody has placed on the sandbox's web. All else that it
-- says about the web follows from the names of the domains and the day.
create table sandbox.ahrefs_keys (
    key text primary key,
    plan text not null check (plan in ('lite', 'standard', 'advanced', 'enterprise')),
    is_valid boolean not null default true,
    units_limit bigint,
    units_used bigint not null default 0,
    resets_on date not null,
    expires_at timestamptz not null,
    requests bigint not null default 0,
    refused bigint not null default 0
);

create table sandbox.ahrefs_links (
    url_from text not null,
    url_to text not null,
    domain_from text not null,
    domain_to text not null,
    anchor text not null default '',
    is_dofollow boolean not null default true,
    first_seen date not null,
    lost_on date,
    lost_reason text not null default 'notfound',
    primary key (url_from, url_to)
);
create index ahrefs_links_target on sandbox.ahrefs_links (domain_to);
