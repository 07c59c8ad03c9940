-- Bought credits go back with their money: when a refund of their invoice has succeeded, in the proportion of what was
-- given back of it, rounded down over all its refunds. Never below zero: what has been used already is noted as short, for
-- people to settle. Money that comes back after all brings its credits.
alter table igny8_refunds
    add column credits_taken integer not null default 0 check (credits_taken >= 0),
    add column credits_short integer not null default 0 check (credits_short >= 0);
comment on column igny8_refunds.credits_short is 'bought credits that should have gone back and had been used';

create function igny8_take_back_credits() returns trigger
    language plpgsql as
$$
declare
    bought record;
    before record;
    owed bigint;
    held integer;
begin
    select invoice.id, invoice.total, credit.amount, invoice.number into bought
    from igny8_payments payment
    join igny8_invoices invoice on invoice.id = payment.invoice_id and invoice.kind = 'credits'
    join igny8_credit_transactions credit on credit.invoice_id = invoice.id and credit.kind = 'purchase'
    where payment.id = new.payment_id;
    if not found then
        return new;
    end if;
    -- the account's row first, so that refunds of several payments see each other
    select credits into held from igny8_accounts where id = new.account_id for no key update;
    if new.status = 'succeeded' then
        select coalesce(sum(refund.amount), 0) as amount, coalesce(sum(refund.credits_taken + refund.credits_short), 0) as credits
        into before from igny8_refunds refund join igny8_payments payment on payment.id = refund.payment_id
        where payment.invoice_id = bought.id and refund.status = 'succeeded' and refund.id <> new.id;
        owed := floor(bought.amount * (before.amount + new.amount) / bought.total) - before.credits;
        new.credits_taken := least(owed, held);
        new.credits_short := owed - new.credits_taken;
        if new.credits_taken > 0 then
            perform igny8_change_credits(new.account_id, -new.credits_taken, 'adjustment',
                'Invoice ' || bought.number || ' refunded', 'refunded:' || new.number, bought.id, new.created_by);
        end if;
    elsif new.credits_taken > 0 then
        perform igny8_change_credits(new.account_id, new.credits_taken, 'adjustment',
            'Refund ' || new.number || ' came back', 'came-back:' || new.number, bought.id, new.created_by);
        new.credits_taken := 0;
        new.credits_short := 0;
    end if;
    return new;
end
$$;

create trigger take_back_credits before update of status on igny8_refunds
    for each row when (new.status = 'succeeded' and old.status <> 'succeeded'
        or old.status = 'succeeded' and new.status <> 'succeeded')
    execute function igny8_take_back_credits();
