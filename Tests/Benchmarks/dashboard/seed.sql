-- An agency of :clients clients, each with one managed service, and three years of books with :lines lines in all. Run as a
-- superuser with triggers and foreign keys off (replica): all that they would check holds, and the totals are made at the
-- end from the lines. A member of staff must be there.
set session_replication_role = replica;
set synchronous_commit = off;
set jit = off;
select set_config('igny8.scope', 'system', false), set_config('igny8.actor', 'bench', false);

create temporary table sizes as
select :clients::bigint as clients, 36 as months, greatest(ceil((:lines::numeric / :clients / 36 - 8) / 2), 1)::integer as costs,
    igny8_month((igny8_now() at time zone 'UTC')::date) as this_month;

insert into igny8_accounts (name, plan_id, billing_email, currency, time_zone)
select 'Client ' || n, (select id from igny8_plans where key = 'scale'), 'billing@client-' || n || '.example',
    case when n % 25 < 20 then 'USD' when n % 25 < 23 then 'EUR' else 'GBP' end,
    (array['UTC', 'America/New_York', 'Europe/London', 'Asia/Tokyo', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])[1 + n % 6]
from sizes, generate_series(1, clients) as n;

insert into igny8_sites (account_id, domain, name, url)
select id, 'client-' || id || '.example', name, 'https://client-' || id || '.example/' from igny8_accounts where name like 'Client %';

-- Every client began in another month; one in twenty-five has ended, one in fifty is paused.
create temporary table services as
select s.account_id, s.id as site_id, a.currency, case when s.id % 3 = 0 then 'pro' else 'lite' end as tier,
    case when s.id % 25 = 7 then 'cancelled' when s.id % 50 = 9 then 'paused' else 'active' end as status,
    case when s.id % 3 = 0 then 399 else 100 end as price,
    (sizes.this_month - make_interval(months => (s.id % sizes.months)::integer))::date as began
from sizes, igny8_sites s join igny8_accounts a on a.id = s.account_id where a.name like 'Client %';

insert into igny8_managed_service_subscriptions (
    account_id, site_id, tier, status, monthly_price, currency, articles_per_month, current_month_articles_published,
    current_month_start, current_month_target, service_config, started_at, cancelled_at, next_billing_date)
select s.account_id, s.site_id, s.tier, s.status, s.price, s.currency, 10, s.site_id % 10, sizes.this_month, 10,
    t.service_config, s.began, case s.status when 'cancelled' then igny8_now() end, (sizes.this_month + interval '1 month')::date
from sizes, services s join igny8_managed_tiers t on t.key = s.tier;

insert into igny8_mrr_movements (account_id, subscription_id, tier, kind, amount, currency, moved_at, moved_on)
select account_id, id, tier, moved.kind, moved.amount, currency, moved.day + time '12:00', moved.day
from sizes, igny8_managed_service_subscriptions m
cross join lateral (values
    ('new', m.monthly_price, m.started_at::date + 3),
    ('expansion', 20, (m.started_at + interval '4 months')::date),
    ('contraction', -20, (m.started_at + interval '7 months')::date),
    ('churn', -m.monthly_price, sizes.this_month + 2)) as moved (kind, amount, day)
where moved.day < (sizes.this_month + interval '1 month')::date and case moved.kind when 'churn' then m.status <> 'active' else true end
    and (moved.kind not in ('expansion', 'contraction') or m.started_at + interval '7 months' < sizes.this_month);

-- A client's month: billed, paid with a fee, earned, and what it cost; half of the costs are links of an order.
create temporary table booked as
select row_number() over () as entry, m.id as subscription, m.account_id, m.site_id, m.tier, m.monthly_price, m.currency,
    event.what, event.place, event.cost, month.day::date as month
from sizes, igny8_managed_service_subscriptions m
cross join lateral generate_series(sizes.this_month - make_interval(months => sizes.months - 1), sizes.this_month, '1 month') as month (day)
cross join lateral (
    select 'invoice_issued' as what, 0 as place, 0::numeric as cost
    union all select 'invoice_paid', 0, 0 union all select 'revenue_earned', 0, 0
    union all select 'cost_incurred', n, 1 + (m.id * 7 + n * 13) % 90 + 0.2500 from generate_series(1, sizes.costs) as n) as event;

insert into igny8_ledger_entries (id, account_id, kind, natural_key, effective_on, posted_at, site_id, subscription_id, order_id, tier)
overriding system value
select entry, account_id, what, what || ':' || entry, month + (entry % 28)::integer, month + time '12:00', site_id, subscription,
    case when place > 0 and place % 2 = 0 then subscription * 10 + extract(month from month)::integer % 6 end, tier
from booked;
select setval(pg_get_serial_sequence('igny8_ledger_entries', 'id'), max(id)) from igny8_ledger_entries;

insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
select account_id, entry, line.position, line.ledger_account, line.amount, currency
from booked b
cross join lateral (values
    ('invoice_issued', 1, 'receivable', monthly_price * 1.2), ('invoice_issued', 2, 'deferred_revenue', -monthly_price),
    ('invoice_issued', 3, 'tax_payable', -monthly_price * 0.2),
    ('invoice_paid', 1, 'cash_stripe', monthly_price * 1.2 - 3), ('invoice_paid', 2, 'gateway_fees', 3),
    ('invoice_paid', 3, 'receivable', -monthly_price * 1.2),
    ('revenue_earned', 1, 'deferred_revenue', monthly_price), ('revenue_earned', 2, 'revenue_managed_' || tier, -monthly_price),
    ('cost_incurred', 1, case when place % 2 = 0 then 'cost_links' else 'cost_platform_credits' end, cost),
    ('cost_incurred', 2, 'vendor_payable', -cost)) as line (what, position, ledger_account, amount)
where line.what = b.what;

insert into igny8_delivery_flags (account_id, subscription_id, kind, subject_kind, subject_id, detail, since)
select account_id, id, case when id % 40 = 0 then 'payment_failed' else 'content_behind' end, 'managed_subscription', id,
    '4 of the 9 articles due by now are published', igny8_now() - make_interval(days => (id % 30)::integer)
from igny8_managed_service_subscriptions where id % 20 = 0;

insert into igny8_time_entries (account_id, subscription_id, staff_id, minutes, worked_on)
select s.account_id, s.id, staff.id, 30 + s.id % 60, month.day::date + (s.id % 28)::integer
from sizes, (select min(id) as id from igny8_users) staff, igny8_managed_service_subscriptions s
cross join generate_series(sizes.this_month - interval '11 months', sizes.this_month, '1 month') as month (day);

insert into igny8_content (account_id, site_id, sector_id, cluster_id, title, status, published_at, counted_subscription_id, counted_period_start)
select s.account_id, s.site_id, s.id, s.id, 'Article ' || n, 'published', igny8_now(), s.id, sizes.this_month
from sizes, igny8_managed_service_subscriptions s cross join generate_series(1, 10) as n;

set session_replication_role = origin;
set role igny8_owner;
call igny8_rebuild_totals();
reset role;
vacuum analyze;
