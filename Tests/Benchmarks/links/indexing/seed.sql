-- :requests requests of 100 accounts, sent to SpeedyIndex in batches of 10,000 over the last 92 days. Of a day's requests a
-- half is indexed by its first look, a third of the rest by its second; so of those sent 7 days ago all are due now, of
-- those sent 14 days ago a half, of those sent 28 days ago a third. The links of what is due are there, 20 an order.
select set_config('igny8.scope', 'system', false), set_config('igny8.actor', 'bench', false);
set synchronous_commit = off;

insert into igny8_accounts (name, plan_id, currency, billing_email)
select 'Bench ' || n, (select id from igny8_plans where key = 'scale'), 'USD', 'bench' || n || '@client.example'
from generate_series(1, 100) n;
insert into igny8_sites (account_id, domain, name, url)
select id, 'client' || id || '.example', 'Bench', 'https://client' || id || '.example/'
from igny8_accounts where name like 'Bench %';

create temp table planned as
select n, site.account_id, site.id as site_id, n % 92 as age, n * 2654435761 % 1000 as dice
from generate_series(1, :requests) n
join (select id, account_id, row_number() over (order by id) - 1 as place from igny8_sites where name = 'Bench') site
    on site.place = (n / 92) % 100;
alter table planned add column status text, add column is_due boolean, add column batch bigint;
update planned set
    status = case
        when age < 7 then 'submitted'
        when age < 14 then case when age = 7 or dice >= 500 then 'checking' else 'indexed' end
        when age < 28 then case when dice < 500 then 'indexed' when age > 14 and dice < 667 then 'indexed' else 'checking' end
        when dice < 667 then 'indexed'
        when age = 28 then 'checking'
        else 'failed' end;
update planned set is_due = status in ('submitted', 'checking') and age in (7, 14, 28);
update planned set status = 'submitted' where is_due and age = 7;

-- Batches of a day, of what its service took at once.
with numbered as (
    select n, age, (row_number() over (partition by age order by n) - 1) / 10000 as part from planned
), grouped as (
    select age, part, count(*) as pages, row_number() over (order by age, part) as id from numbered group by age, part
), made as (
    insert into igny8_indexing_batches (id, title, service, purpose, url_count, state, provider_task, sent_at, created_at)
    select id, 'bench-' || id, 'speedyindex', 'submit', pages, 'sent', 'task' || id, igny8_now() - age * interval '1 day',
        igny8_now() - age * interval '1 day'
    from grouped
)
update planned set batch = grouped.id from numbered join grouped using (age, part) where numbered.n = planned.n;
select setval(pg_get_serial_sequence('igny8_indexing_batches', 'id'), (select max(id) from igny8_indexing_batches));

insert into igny8_backlink_service_orders
    (account_id, site_id, currency, links_agreed, client_price, status, approved_at, ordered_at, delivered_at)
select site.account_id, site.id, 'USD', 20, 1000, 'delivered', igny8_now(), igny8_now(), igny8_now()
from igny8_sites site, generate_series(1, (select count(*) / 1000 + 2 from planned where is_due)) where site.name = 'Bench';

with due as (
    select planned.*, row_number() over (partition by site_id order by n) as place from planned where is_due
), orders as (
    select id, site_id, row_number() over (partition by site_id order by id) as place from igny8_backlink_service_orders
)
insert into igny8_sag_backlinks (id, account_id, site_id, order_id, source_url, source_domain, target_url, cost, currency,
    status, ordered_at, delivered_at, live_at, last_verdict, indexing_submitted)
overriding system value
select due.n, due.account_id, due.site_id, orders.id, 'https://publisher' || due.n % 500 || '.example/page/' || due.n,
    'publisher' || due.n % 500 || '.example', 'https://client.example/', 40, 'USD', 'live', igny8_now(), igny8_now(),
    igny8_now(), 'live', true
from due join orders on orders.site_id = due.site_id and orders.place = (due.place - 1) / 20 + 1;

insert into igny8_backlink_indexing_requests (id, account_id, site_id, backlink_id, url, indexing_service,
    service_request_id, batch_id, submitted_at, first_check_at, last_check_at, next_check_at, check_count, is_indexed,
    indexed_at, status, cost, currency, needs_review, created_at)
overriding system value
select n, account_id, site_id, case when is_due then n end, 'https://publisher' || n % 500 || '.example/page/' || n,
    'speedyindex', 'task' || batch, batch, igny8_now() - age * interval '1 day',
    case when age > 7 then igny8_now() - (age - 7) * interval '1 day' end,
    case when age > 7 then igny8_now() - (age - 7) * interval '1 day' end,
    case when is_due then igny8_now() - interval '1 hour'
        when status in ('submitted', 'checking')
        then igny8_now() + (case when age < 7 then 7 when age < 14 then 14 else 28 end - age) * interval '1 day' end,
    case when age < 7 then 0 when age < 14 then 1 else 2 end, status = 'indexed',
    case when status = 'indexed' then igny8_now() - greatest(age - 7, 0) * interval '1 day' end, status, 0.0075, 'USD',
    status = 'failed', igny8_now() - age * interval '1 day'
from planned;
insert into igny8_indexing_submissions (account_id, site_id, request_id, batch_id, service, cost, currency, submitted_at,
    outcome, settled_at)
select account_id, site_id, n, batch, 'speedyindex', 0.0075, 'USD', igny8_now() - age * interval '1 day',
    case status when 'indexed' then 'indexed' when 'failed' then 'not_indexed' end,
    case when status in ('indexed', 'failed') then igny8_now() end
from planned;
select setval(pg_get_serial_sequence('igny8_backlink_indexing_requests', 'id'), :requests + 1),
    setval(pg_get_serial_sequence('igny8_sag_backlinks', 'id'), :requests + 1);

-- What the service knows of the batches that are asked about.
insert into sandbox.indexing_tasks (id, provider, key, kind, title, urls, created_at)
select 'task' || batch, 'speedyindex', 'key-of-the-bench-1', 'indexer', 'bench-' || batch,
    array_agg('https://publisher' || n % 500 || '.example/page/' || n), igny8_now()
from planned where age in (7, 14, 28) group by batch;
insert into sandbox.indexing_submissions (url, provider, submitted_at)
select 'https://publisher' || n % 500 || '.example/page/' || n, 'speedyindex', igny8_now() - age * interval '1 day'
from planned where age in (7, 14, 28);

vacuum analyze igny8_backlink_indexing_requests, igny8_indexing_submissions, igny8_sag_backlinks, igny8_indexing_batches,
    igny8_backlink_service_orders, sandbox.indexing_tasks, sandbox.indexing_submissions;
