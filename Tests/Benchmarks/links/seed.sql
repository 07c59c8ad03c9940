-- One account with :links live links on :hosts hosts of the sandbox, none of them ever looked at.
select set_config('igny8.scope', 'system', false), set_config('igny8.actor', 'bench', false);

insert into igny8_accounts (name, plan_id, currency, billing_email)
select 'Bench', id, 'USD', 'bench@client.example' from igny8_plans where key = 'scale';

insert into igny8_sites (account_id, domain, name, url)
select id, 'client.example', 'Bench', 'https://client.example/' from igny8_accounts where name = 'Bench';

insert into igny8_backlink_service_orders
    (account_id, site_id, currency, links_agreed, client_price, status, approved_at, ordered_at, delivered_at)
select account_id, id, 'USD', 20, 1000, 'delivered', igny8_now(), igny8_now(), igny8_now()
from igny8_sites, generate_series(1, :links / 20);

-- One address a link: the same page is not paid for twice.
insert into igny8_sag_backlinks
    (account_id, site_id, order_id, source_url, source_domain, target_url, anchor_text, cost, currency, status, ordered_at,
    delivered_at, live_at)
select site.account_id, site.id, orders.first + (link - 1) / 20,
    format('http://h%s.localhost:%s/corpus/long-article?link=%s', link % :hosts, :port, link),
    format('h%s.localhost', link % :hosts), 'https://client.example/products/banners', 'vinyl banners', 40, 'USD', 'live',
    igny8_now(), igny8_now(), igny8_now()
from igny8_sites site, (select min(id) as first from igny8_backlink_service_orders) orders, generate_series(1, :links) link;

analyze igny8_sag_backlinks;
