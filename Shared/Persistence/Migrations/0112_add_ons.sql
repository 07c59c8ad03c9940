-- Purchases beside the plan: what exactly was bought, so that what delivers it can take it up; and credits among them.
alter table igny8_add_on_purchases
    add column quantity integer not null default 1 check (quantity > 0),
    add column details jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
    add column fingerprint text,
    drop constraint igny8_add_on_purchases_kind_check,
    add constraint igny8_add_on_purchases_kind_check
        check (kind in ('managed_service', 'backlink_package', 'indexing_boost', 'credits'));
comment on column igny8_add_on_purchases.quantity is 'links a month, URLs, credits; 1 for a managed service';
comment on column igny8_add_on_purchases.details is 'links: niche and multiplier; indexing: the URLs';
comment on column igny8_add_on_purchases.fingerprint is 'what was asked for, to know a second click by';
create index igny8_add_on_purchases_invoice on igny8_add_on_purchases (invoice_id) where invoice_id is not null;

-- Bought credits come when they are paid for, whoever books the payment.
create function igny8_give_paid_credits() returns trigger
    language plpgsql as
$$
begin
    perform igny8_change_credits(
        new.account_id, bought.quantity, 'purchase', 'Invoice ' || new.number, 'purchase:' || bought.id, new.id, bought.created_by)
    from igny8_add_on_purchases bought
    where bought.invoice_id = new.id and bought.kind = 'credits';
    return null;
end
$$;

create trigger give_paid_credits after update of status on igny8_invoices
    for each row when (new.kind = 'credits' and new.status = 'paid' and old.status <> 'paid')
    execute function igny8_give_paid_credits();
