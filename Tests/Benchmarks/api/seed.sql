-- One agency with 50 subscriptions and 50 invoices, among 100 others of the same size, so that indexes and row security
-- have something to leave out. Run as igny8_owner; :key is the API key's text.
begin;
select set_config('igny8.scope', 'system', true), set_config('igny8.actor', 'bench', true);

insert into igny8_accounts (name, plan_id, billing_email)
select 'Bench ' || n, (select id from igny8_plans where key = 'scale'), 'bench' || n || '@bench.example'
from generate_series(0, 100) as n;

insert into igny8_sites (account_id, domain, name, url)
select a.id, 'site-' || n || '.' || a.id || '.example', 'Site ' || n, 'https://site-' || n || '.' || a.id || '.example/'
from igny8_accounts a, generate_series(1, 50) as n
where a.name like 'Bench %';

insert into igny8_managed_service_subscriptions (
    account_id, site_id, tier, status, monthly_price, currency, articles_per_month, current_month_articles_published,
    current_month_start, current_month_target, service_config, started_at, next_billing_date)
select
    s.account_id, s.id, case when s.id % 2 = 0 then 'lite' else 'pro' end, 'active',
    case when s.id % 2 = 0 then 100 else 399 end, 'USD', case when s.id % 2 = 0 then 10 else 30 end, s.id % 10,
    date '2026-09-01', case when s.id % 2 = 0 then 10 else 30 end, t.service_config, timestamptz '2026-08-17 08:00:00Z',
    date '2026-10-01'
from igny8_sites s
join igny8_managed_tiers t on t.key = case when s.id % 2 = 0 then 'lite' else 'pro' end
where s.domain like 'site-%';

insert into igny8_invoices (
    account_id, subscription_id, status, issuer, issue_year, issue_number, number, currency, period_start, period_end,
    seller, buyer, net, tax, total, paid, issued_on, issued_at, paid_at)
select
    s.account_id, s.id, 'paid', 'bench', 2026, s.id, 'BENCH-2026-' || lpad(s.id::text, 5, '0'), 'USD',
    date '2026-09-01', date '2026-10-01', '{"name": "Alorig"}', '{"name": "Bench"}', s.monthly_price, 0, s.monthly_price,
    s.monthly_price, date '2026-09-01', timestamptz '2026-09-01 00:00:03.25Z', timestamptz '2026-09-01 00:00:07.5Z'
from igny8_managed_service_subscriptions s
join igny8_accounts a on a.id = s.account_id and a.name like 'Bench %';

insert into igny8_api_keys (account_id, name, prefix, key_hash, scopes)
select id, 'bench', left(:'key', 12), sha256(convert_to(:'key', 'UTF8')), '{services:read,billing:read}'
from igny8_accounts where name = 'Bench 0';
commit;

vacuum analyze igny8_accounts, igny8_sites, igny8_managed_service_subscriptions, igny8_invoices, igny8_api_keys;
