-- Indexing services: whose key is good for how much, what they were sent, and what search engines have made of it. A page
-- that nobody has told of comes into the index by its name and the days since it was submitted.
create table sandbox.indexing_keys (
    provider text not null,
    key text not null,
    is_valid boolean not null default true,
    balance bigint not null default 1000000,
    check_balance bigint not null default 1000000,
    requests bigint not null default 0,
    primary key (provider, key)
);

create table sandbox.indexing_tasks (
    id text primary key default replace(gen_random_uuid()::text, '-', ''),
    provider text not null,
    key text not null,
    kind text not null,
    title text not null,
    urls text[] not null,
    created_at timestamptz not null default igny8_now(),
    position bigint generated always as identity
);
create index indexing_tasks_newest on sandbox.indexing_tasks (provider, key, kind, position desc);

create table sandbox.indexing_submissions (
    url text not null,
    provider text not null,
    submitted_at timestamptz not null default igny8_now()
);
create index indexing_submissions_url on sandbox.indexing_submissions (url, submitted_at);

create table sandbox.indexing_pages (
    url text primary key,
    indexed_at timestamptz
);

-- When a page came, or will come, into the index; null: not as things are. By its hash, whatever
-- port a stack has: a tenth is there from the start, a
-- half comes three days after a submission, a fifth after ten days, a tenth three days after the second submission.
create function sandbox.indexed_at(page text) returns timestamptz
    language sql stable as
$$
    select case
        when told.url is not null then told.indexed_at
        when dice.n < 10 then timestamptz '2000-01-01'
        when dice.n < 60 then sent.first + interval '3 days'
        when dice.n < 80 then sent.first + interval '10 days'
        when dice.n < 90 then sent.second + interval '3 days'
    end
    from (select abs(hashtext(regexp_replace(page, ':[0-9]+/', '/'))::bigint) % 100 as n) dice
    left join sandbox.indexing_pages told on told.url = page
    cross join lateral (
        select min(submitted_at) as first, (array_agg(submitted_at order by submitted_at))[2] as second
        from sandbox.indexing_submissions s where s.url = page
    ) sent
$$;
