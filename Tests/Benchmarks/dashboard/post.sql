\set account random(2, :clients)
\set amount random(1, 9000)
begin;
set local igny8.scope = 'system';
set local role igny8_service;
with entry as (
    insert into igny8_ledger_entries (account_id, kind, natural_key, effective_on, site_id, subscription_id)
    select account_id, 'cost_incurred', 'bench:' || gen_random_uuid(), '2026-10-05', site_id, id
    from igny8_managed_service_subscriptions where account_id = :account::bigint limit 1
    on conflict (natural_key) do nothing returning id, account_id
)
insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
select entry.account_id, entry.id, line.position, line.ledger_account, line.amount, 'USD'
from entry, (values (1, 'cost_links', :amount::numeric), (2, 'cost_indexing', 1), (3, 'vendor_payable', -1 - :amount::numeric)) as line (position, ledger_account, amount);
commit;
