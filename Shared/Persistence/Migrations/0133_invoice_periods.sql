-- When the days of an invoice were earned, and days that are billed anew after a credit note has taken them back.
alter table igny8_invoices
    add column earned_on date,
    add column period_version integer not null default 1 check (period_version > 0);

comment on column igny8_invoices.earned_on is 'the day its deferred price became revenue; null while its days are not over';
comment on column igny8_invoices.period_version is
    'set by the guard: 2 for days whose first invoice was withdrawn, or credited from its first day on, and so forth';

alter table igny8_invoices drop constraint igny8_invoices_subscription_id_period_start_key;
alter table igny8_invoices add unique (subscription_id, period_start, period_version);
create index igny8_invoices_unearned on igny8_invoices (period_end, id)
    where earned_on is null and status in ('pending', 'paid', 'uncollectible');

-- The first day of an invoice's period that it no longer bills: its end, or where a credit note took its days back.
create function igny8_billed_until(of_invoice bigint, its_end date) returns date
    language sql stable
begin atomic
    select coalesce(least(min(line.period_start), its_end), its_end)
    from igny8_credit_note_lines line where line.invoice_id = of_invoice;
end;

create or replace function igny8_guard_invoice() returns trigger
    language plpgsql as
$$
declare
    lines record;
begin
    if tg_op = 'DELETE' then
        raise exception 'invoice % cannot be deleted', old.id using errcode = 'restrict_violation';
    end if;
    if new.subscription_id is not null and (tg_op = 'INSERT' or (old.subscription_id, old.period_start, old.period_end)
        is distinct from (new.subscription_id, new.period_start, new.period_end)) then
        -- the subscription's row serialises its invoices: no two overlap, whoever asks at the same moment
        perform from igny8_managed_service_subscriptions where id = new.subscription_id for no key update;
        if tg_op = 'INSERT' then
            select 1 + count(*) into new.period_version from igny8_invoices other
            where other.subscription_id = new.subscription_id and other.period_start = new.period_start
                and (other.status = 'void' or igny8_billed_until(other.id, other.period_end) = other.period_start);
        end if;
        if exists (
            select from igny8_invoices other
            where other.subscription_id = new.subscription_id and other.id <> new.id and other.status <> 'void'
                -- the unique constraint speaks of those
                and (other.period_start, other.period_version) <> (new.period_start, new.period_version)
                and other.period_start < new.period_end and new.period_start < other.period_end
                and new.period_start < igny8_billed_until(other.id, other.period_end)
        ) then
            raise exception 'subscription % is already invoiced for days of this period', new.subscription_id
                using errcode = 'unique_violation', constraint = 'igny8_invoices_period_once';
        end if;
    end if;
    if tg_op = 'UPDATE' and old.status <> 'draft' and (
        old.account_id, old.subscription_id, old.kind, old.collection, old.issuer, old.issue_year, old.issue_number, old.number,
        old.currency, old.period_start, old.period_end, old.period_version, old.seller, old.buyer, old.net, old.tax,
        old.total, old.issued_on, old.issued_at, old.created_at, old.created_by
    ) is distinct from (
        new.account_id, new.subscription_id, new.kind, new.collection, new.issuer, new.issue_year, new.issue_number, new.number,
        new.currency, new.period_start, new.period_end, new.period_version, new.seller, new.buyer, new.net, new.tax,
        new.total, new.issued_on, new.issued_at, new.created_at, new.created_by
    ) then
        raise exception 'invoice % is issued and cannot change: write a credit note', old.number
            using errcode = 'restrict_violation';
    end if;
    if tg_op = 'UPDATE' and old.earned_on is not null and old.earned_on is distinct from new.earned_on then
        raise exception 'invoice % is earned already', old.number using errcode = 'restrict_violation';
    end if;
    if tg_op = 'UPDATE' and old.status <> new.status then
        if (old.status || '>' || new.status) not in ('draft>pending', 'draft>paid', 'draft>void', 'pending>paid',
            'pending>void', 'pending>uncollectible', 'uncollectible>paid') then
            raise exception 'invoice % cannot go from % to %', old.id, old.status, new.status
                using errcode = 'check_violation', constraint = 'igny8_invoices_transition';
        end if;
        if new.status = 'void' and (new.paid <> 0 or exists (
            select from igny8_credit_notes where invoice_id = new.id)) then
            raise exception 'invoice % has been paid or credited: write a credit note', old.number
                using errcode = 'check_violation', constraint = 'igny8_invoices_void';
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
