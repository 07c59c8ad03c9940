-- Credits: exact under concurrency, once by their reference, never below zero; and what an operation costs by quantity.
alter table igny8_credit_cost_configs add column unit_size integer not null default 1 check (unit_size > 0);
comment on column igny8_credit_cost_configs.unit_size is 'how many of what is counted make one unit: 100 (words)';
update igny8_credit_cost_configs set unit_size = 100 where operation_type = 'content_generation';
update igny8_credit_cost_configs set unit_size = 200 where operation_type = 'optimization';

-- The only writer of accounts.credits. The account's row is held first; what is read after that is what is true.
--   done     changed now
--   known    the reference was used before: nothing changes, the balance of then is given
--   short    there are not enough; the balance of now is given
--   missing  there is no such account here
create function igny8_change_credits(
    of_account bigint, change bigint, change_kind text, change_description text, change_reference text,
    of_invoice bigint, changed_by bigint, out transaction_id bigint, out balance integer, out outcome text)
    language plpgsql as
$$
declare
    held integer;
begin
    select account.credits into held from igny8_accounts account where account.id = of_account for no key update;
    if not found then
        outcome := 'missing';
        return;
    end if;
    select entry.id, entry.balance_after into transaction_id, balance from igny8_credit_transactions entry
    where entry.account_id = of_account and entry.reference = change_reference;
    if found then
        outcome := 'known';
        return;
    end if;
    balance := held + change;
    if balance < 0 then
        balance := held;
        outcome := 'short';
        return;
    end if;
    update igny8_accounts set credits = held + change where id = of_account;
    insert into igny8_credit_transactions as entry
        (account_id, kind, amount, balance_after, description, reference, invoice_id, created_by)
    values (of_account, change_kind, change, held + change, change_description, change_reference, of_invoice, changed_by)
    returning entry.id into transaction_id;
    outcome := 'done';
end
$$;
