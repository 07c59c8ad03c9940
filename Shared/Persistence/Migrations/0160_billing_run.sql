-- What a billing run looks for.
create index igny8_managed_service_subscriptions_due on igny8_managed_service_subscriptions
    (least(next_billing_date, cancels_on)) where status in ('active', 'paused');

-- The same checks as before, in one statement instead of two for each line and entry.
create or replace function igny8_check_entry() returns trigger
    language plpgsql as
$$
declare
    entry bigint;
    total record;
    has_lines boolean := false;
begin
    if tg_table_name = 'igny8_ledger_entries' then
        entry := new.id;
    else
        entry := new.entry_id;
    end if;
    for total in
        select line.currency, sum(line.amount) as amount from igny8_ledger_lines line
        where line.entry_id = entry group by line.currency
    loop
        has_lines := true;
        if total.amount <> 0 then
            raise exception 'ledger entry % is off by % %', entry, total.amount, total.currency
                using errcode = 'check_violation', constraint = 'igny8_ledger_zero_sum';
        end if;
    end loop;
    if not has_lines then
        raise exception 'ledger entry % has no lines', entry
            using errcode = 'check_violation', constraint = 'igny8_ledger_zero_sum';
    end if;
    return null;
end
$$;

-- A chain is made once and extended for ever: it is looked for first.
create or replace function igny8_chain_audit() returns trigger
    language plpgsql as
$$
declare
    of_chain bigint := coalesce(new.account_id, 0);
    head record;
begin
    select last_position, last_hash into head from igny8_audit_chains where chain = of_chain for update;
    if not found then
        insert into igny8_audit_chains (chain) values (of_chain) on conflict do nothing;
        select last_position, last_hash into strict head from igny8_audit_chains where chain = of_chain for update;
    end if;
    new.chain_position := head.last_position + 1;
    new.previous_hash := head.last_hash;
    new.hash := sha256(new.previous_hash || convert_to(igny8_audit_text(new), 'UTF8'));
    update igny8_audit_chains set last_position = new.chain_position, last_hash = new.hash where chain = of_chain;
    return new;
end
$$;
