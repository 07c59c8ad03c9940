-- An invoice never overlaps another of its subscription, is complete when issued, and never changes afterwards.
create function igny8_guard_invoice() returns trigger
    language plpgsql as
$$
declare
    lines record;
begin
    if tg_op = 'DELETE' then
        raise exception 'invoice % cannot be deleted', old.id using errcode = 'restrict_violation';
    end if;
    if tg_op = 'INSERT' or (old.subscription_id, old.period_start, old.period_end)
        is distinct from (new.subscription_id, new.period_start, new.period_end) then
        -- the subscription's row serialises its invoices: no two overlap, whoever asks at the same moment
        perform from igny8_managed_service_subscriptions where id = new.subscription_id for no key update;
        if exists (
            select from igny8_invoices other
            where other.subscription_id = new.subscription_id and other.id <> new.id
                and other.period_start <> new.period_start  -- the unique constraint speaks of those
                and daterange(other.period_start, other.period_end) && daterange(new.period_start, new.period_end)
        ) then
            raise exception 'subscription % is already invoiced for days of this period', new.subscription_id
                using errcode = 'unique_violation', constraint = 'igny8_invoices_period_once';
        end if;
    end if;
    if tg_op = 'UPDATE' and old.status <> 'draft' and (
        old.account_id, old.subscription_id, old.kind, old.collection, old.issuer, old.issue_year, old.issue_number, old.number,
        old.currency, old.period_start, old.period_end, old.seller, old.buyer, old.net, old.tax, old.total,
        old.issued_on, old.issued_at, old.created_at, old.created_by
    ) is distinct from (
        new.account_id, new.subscription_id, new.kind, new.collection, new.issuer, new.issue_year, new.issue_number, new.number,
        new.currency, new.period_start, new.period_end, new.seller, new.buyer, new.net, new.tax, new.total,
        new.issued_on, new.issued_at, new.created_at, new.created_by
    ) then
        raise exception 'invoice % is issued and cannot change: write a credit note', old.number
            using errcode = 'restrict_violation';
    end if;
    if tg_op = 'UPDATE' and old.status <> new.status then
        if (old.status || '>' || new.status) not in ('draft>pending', 'draft>paid', 'draft>void', 'pending>paid',
            'pending>void', 'pending>uncollectible', 'uncollectible>paid') then
            raise exception 'invoice % cannot go from % to %', old.id, old.status, new.status
                using errcode = 'check_violation', constraint = 'igny8_invoices_transition';
        end if;
        if old.status = 'draft' and new.status <> 'void' then
            select coalesce(sum(net), 0) as net, coalesce(sum(tax), 0) as tax, count(*) as many
            into lines from igny8_invoice_lines where invoice_id = new.id;
            if lines.many = 0 or lines.net <> new.net or lines.tax <> new.tax then
                raise exception 'invoice %: its lines do not add up to its total', new.id
                    using errcode = 'check_violation', constraint = 'igny8_invoices_lines_add_up';
            end if;
        end if;
    end if;
    return new;
end
$$;

create trigger guard before insert or update or delete on igny8_invoices
    for each row execute function igny8_guard_invoice();

create function igny8_guard_invoice_line() returns trigger
    language plpgsql as
$$
begin
    if tg_op <> 'INSERT' then
        raise exception 'invoice lines cannot be changed or deleted' using errcode = 'restrict_violation';
    end if;
    perform from igny8_invoices where id = new.invoice_id and status = 'draft' for no key update;
    if not found then
        raise exception 'invoice % is issued and takes no more lines', new.invoice_id
            using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger guard before insert or update or delete on igny8_invoice_lines
    for each row execute function igny8_guard_invoice_line();
create trigger guard_truncate before truncate on igny8_invoices
    for each statement execute function igny8_refuse_change();
create trigger guard_truncate before truncate on igny8_invoice_lines
    for each statement execute function igny8_refuse_change();
