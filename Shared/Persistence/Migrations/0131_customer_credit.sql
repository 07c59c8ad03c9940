-- What we owe a customer, by currency: the part of credit notes beyond what was due, less what has been refunded of it or
-- went into invoices. Kept by the documents themselves, whoever writes them; never below zero, whatever comes at once.
create table igny8_customer_credits (
    account_id bigint not null references igny8_accounts,
    currency text not null check (igny8_is_currency(currency)),
    balance numeric(12, 3) not null default 0,
    updated_at timestamptz not null default igny8_now(),
    revision bigint not null default 1,
    primary key (account_id, currency),
    constraint igny8_customer_credits_not_negative check (balance >= 0)
);
call igny8_touched('igny8_customer_credits');
call igny8_protect('igny8_customer_credits');
grant select on igny8_customer_credits to igny8_readonly;
grant select, insert, update on igny8_customer_credits to igny8_service;

create procedure igny8_move_customer_credit(of_account bigint, in_currency text, change numeric)
    language plpgsql as
$$
begin
    if change <> 0 then
        insert into igny8_customer_credits (account_id, currency) values (of_account, in_currency) on conflict do nothing;
        update igny8_customer_credits set balance = balance + change
        where account_id = of_account and currency = in_currency;
    end if;
end
$$;

create function igny8_credit_from_note() returns trigger
    language plpgsql as
$$
begin
    call igny8_move_customer_credit(new.account_id, new.currency, new.excess);
    return null;
end
$$;

create trigger customer_credit after insert on igny8_credit_notes
    for each row execute function igny8_credit_from_note();

-- A payment out of the customer's credit takes it.
create function igny8_credit_into_invoice() returns trigger
    language plpgsql as
$$
begin
    call igny8_move_customer_credit(
        new.account_id, new.currency,
        case when tg_op = 'UPDATE' then old.captured else 0 end - new.captured);
    return null;
end
$$;

create trigger customer_credit_insert after insert on igny8_payments
    for each row when (new.kind = 'wallet') execute function igny8_credit_into_invoice();
create trigger customer_credit_update after update of status on igny8_payments
    for each row when (new.kind = 'wallet') execute function igny8_credit_into_invoice();

-- A refund that a credit note stands behind is paid out of the customer's credit, reserved from its first day; a refund
-- of a payment that was made out of it goes back into it, once it has succeeded.
create function igny8_credit_by_refund() returns trigger
    language plpgsql as
$$
declare
    of_kind text;
    before numeric := 0;
    after numeric := 0;
begin
    select kind into of_kind from igny8_payments where id = new.payment_id;
    if new.credit_note_id is not null then
        if of_kind = 'wallet' then
            raise exception 'refund %: what was paid out of the customer''s credit is not refunded for a credit note', new.number
                using errcode = 'check_violation', constraint = 'igny8_refunds_of_credit';
        end if;
        after := case when new.status in ('pending', 'succeeded') then -new.amount else 0 end;
        if tg_op = 'UPDATE' then
            before := case when old.status in ('pending', 'succeeded') then -new.amount else 0 end;
        end if;
    elsif of_kind = 'wallet' then
        after := case when new.status = 'succeeded' then new.amount else 0 end;
        if tg_op = 'UPDATE' then
            before := case when old.status = 'succeeded' then new.amount else 0 end;
        end if;
    end if;
    call igny8_move_customer_credit(new.account_id, new.currency, after - before);
    return null;
end
$$;

create trigger customer_credit after insert or update of status on igny8_refunds
    for each row execute function igny8_credit_by_refund();
