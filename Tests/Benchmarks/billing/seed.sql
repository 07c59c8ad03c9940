-- :subscriptions active subscriptions, two sites an account, paid until the 1st of December 2026, every account with a card.
-- Run as igny8_owner. :customer and :method are a customer and its card as the sandbox's API has made them: the others
-- are copies of these, in the sandbox's own tables.
begin;
select set_config('igny8.scope', 'system', true), set_config('igny8.actor', 'bench', true);

insert into igny8_accounts (name, plan_id, billing_email, country)
select 'Client ' || n, (select id from igny8_plans where key = 'scale'), 'client' || n || '@bench.example', 'US'
from generate_series(1, (:subscriptions + 1) / 2) as n;

insert into igny8_users (account_id, email, name, password_hash, role)
select id, billing_email, 'Owner of ' || name, '!', 'owner' from igny8_accounts where name like 'Client %';

insert into igny8_sites (account_id, domain, name, url)
select id, 'site-' || n || '.' || id || '.example', 'Site ' || n, 'https://site-' || n || '.' || id || '.example/'
from igny8_accounts, generate_series(1, 2) as n
where name like 'Client %'
order by id, n limit :subscriptions;

insert into igny8_managed_service_subscriptions (
    account_id, site_id, tier, status, monthly_price, currency, articles_per_month, current_month_start,
    current_month_target, current_month_quota_days, service_config, started_at, next_billing_date)
select
    site.account_id, site.id, tier.key, 'active', case tier.key when 'lite' then 100 else 399 end, 'USD',
    case tier.key when 'lite' then 10 else 30 end, date '2026-11-01', case tier.key when 'lite' then 10 else 30 end,
    case tier.key when 'lite' then 300 else 900 end,
    tier.service_config || '{"backlinks": {"monthly_budget": "0.00", "auto_approve_under": "0.00"},
        "social": {"platforms": [], "auto_post_on_publish": false, "posting_schedule": "best_time"},
        "reporting": {"frequency": "monthly", "sections": [], "format": "pdf", "theme": "light", "white_label": false,
            "recipients": []}}',
    timestamptz '2026-11-01 08:00:00Z',
    date '2026-12-01'
from igny8_sites site
join igny8_managed_tiers tier on tier.key = case when site.id % 2 = 0 then 'lite' else 'pro' end
where site.domain like 'site-%'
order by site.id;

insert into igny8_payment_customers (account_id, provider, provider_reference)
select id, 'stripe', 'cus_bench' || id from igny8_accounts where name like 'Client %';

insert into igny8_account_payment_methods (
    account_id, kind, provider_reference, display_name, brand, last4, is_default, is_verified)
select id, 'stripe', 'pm_bench' || id, 'Visa •••• 4242', 'visa', '4242', true, true
from igny8_accounts where name like 'Client %';

insert into sandbox.stripe_objects (id, kind, created, customer, status, body)
select copy.id, object.kind, object.created, copy.customer, object.status,
    replace(replace(object.body::text, :'customer', 'cus_bench' || account.id), :'method', 'pm_bench' || account.id)::jsonb
from igny8_accounts account
cross join sandbox.stripe_objects object
cross join lateral (
    select
        replace(replace(object.id, :'customer', 'cus_bench' || account.id), :'method', 'pm_bench' || account.id) as id,
        replace(object.customer, :'customer', 'cus_bench' || account.id) as customer
) copy
where account.name like 'Client %' and object.id in (:'customer', :'method')
order by account.id, object.serial;

-- What else falls due on the 1st is another run's affair: the month's plans, revenue, credits, reports.
insert into igny8_queues (name) values ('subscriptions') on conflict do nothing;
insert into igny8_paused_tasks (queue, task)
select 'subscriptions', task from unnest(array['start_delivery_month', 'reset_monthly_counters', 'earn_revenue',
    'grant_monthly_credits', 'check_delivery_status', 'report_feature_usage', 'reconcile_gateways']) task;
commit;
