-- What the books do not hold, by month as they do: movements of MRR, articles published, minutes worked.

-- The day a movement counts for, in the account's zone, as every entry of the ledger has one.
alter table igny8_mrr_movements add column moved_on date;
comment on column igny8_mrr_movements.moved_on is 'the day it counts for, in the account''s zone';

create function igny8_date_movement() returns trigger
    language plpgsql as
$$
begin
    new.moved_on := (new.moved_at at time zone (select time_zone from igny8_accounts where id = new.account_id))::date;
    return new;
end
$$;

select set_config('igny8.scope', 'system', true);
alter table igny8_mrr_movements disable trigger append_only;
update igny8_mrr_movements movement
set moved_on = (movement.moved_at at time zone account.time_zone)::date
from igny8_accounts account where account.id = movement.account_id;
alter table igny8_mrr_movements enable trigger append_only;
alter table igny8_mrr_movements alter column moved_on set not null;
create trigger date_movement before insert on igny8_mrr_movements
    for each row when (new.moved_on is null) execute function igny8_date_movement();
create index igny8_mrr_movements_day on igny8_mrr_movements (moved_on, id);

-- What each subscription's month was, all its movements of the month taken together (spec 9.11): a change of tier, which
-- leaves one tier and enters the other, is one expansion or contraction.
create view igny8_mrr_months with (security_invoker = true) as
select account_id, subscription_id, currency, month, before, moved, before + moved as after,
    case
        when moved = 0 then null
        when before = 0 and is_first then 'new'
        when before = 0 then 'reactivation'
        when before + moved = 0 then 'churn'
        when moved > 0 then 'expansion'
        else 'contraction' end as kind
from (
    select account_id, subscription_id, currency, month, moved,
        coalesce(sum(moved) over earlier, 0) as before, count(*) over earlier = 0 as is_first
    from (
        select account_id, subscription_id, currency, igny8_month(moved_on) as month, sum(amount) as moved
        from igny8_mrr_movements group by 1, 2, 3, 4
    ) months
    window earlier as (
        partition by account_id, subscription_id, currency order by month rows between unbounded preceding and 1 preceding)
) running;
grant select on igny8_mrr_months to igny8_readonly, igny8_service;

create function igny8_add_to_month(
    of_source text, to_measure text, in_month date, in_currency text, of_tier text, more numeric, more_items bigint) returns void
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into igny8_monthly_totals as total (slot, source, measure, month, currency, tier, amount, items)
    values (igny8_totals_slot(), of_source, to_measure, in_month, in_currency, of_tier, more, more_items)
    on conflict (source, month, measure, currency, tier, slot)
        do update set amount = total.amount + excluded.amount, items = total.items + excluded.items;
end
$$;
revoke execute on function igny8_add_to_month from public;

-- A movement may make another of what its month was (new and lost again: nothing), so what the months of its subscription
-- were without it is taken back, and what they are with it is added.
create function igny8_total_movements() returns trigger
    language plpgsql security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as
$$
begin
    insert into igny8_monthly_totals as total (slot, source, measure, month, currency, tier, amount, items)
    with moved as (
        select movement.id, movement.subscription_id, movement.currency, igny8_month(movement.moved_on) as month,
            movement.amount, movement.id in (select id from added) as is_added
        from (select distinct account_id, subscription_id, currency from added) touched
        join igny8_mrr_movements movement using (account_id, subscription_id, currency)
    ),
    states as (
        select 1 as sign, subscription_id, currency, month, sum(amount) as moved from moved group by 2, 3, 4
        union all
        select -1, subscription_id, currency, month, sum(amount) from moved where not is_added group by 2, 3, 4
    ),
    months as (
        select sign, currency, month, moved,
            coalesce(sum(moved) over earlier, 0) as before, count(*) over earlier = 0 as is_first
        from states
        window earlier as (
            partition by sign, subscription_id, currency order by month rows between unbounded preceding and 1 preceding)
    ),
    figures as (
        select case
                when before = 0 and is_first then 'new'
                when before = 0 then 'reactivation'
                when before + moved = 0 then 'churn'
                when moved > 0 then 'expansion'
                else 'contraction' end as measure,
            month, currency, '' as tier, sign * moved as amount, sign as items
        from months where moved <> 0
        union all
        select 'net', igny8_month(moved_on), currency, tier, amount, 1 from added
    )
    select igny8_totals_slot(), 'mrr', measure, month, currency, tier, sum(amount), sum(items)
    from figures group by measure, month, currency, tier having sum(amount) <> 0 or sum(items) <> 0
    on conflict (source, month, measure, currency, tier, slot)
        do update set amount = total.amount + excluded.amount, items = total.items + excluded.items;
    return null;
end
$$;

create trigger total_movements after insert on igny8_mrr_movements
    referencing new table as added for each statement execute function igny8_total_movements();

create function igny8_total_minutes() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if tg_op <> 'INSERT' then
        perform igny8_add_to_month('work', 'minutes', igny8_month(old.worked_on), currency, '', -old.minutes, -1)
        from igny8_managed_service_subscriptions where id = old.subscription_id;
    end if;
    if tg_op <> 'DELETE' then
        perform igny8_add_to_month('work', 'minutes', igny8_month(new.worked_on), currency, '', new.minutes, 1)
        from igny8_managed_service_subscriptions where id = new.subscription_id;
    end if;
    return null;
end
$$;

create trigger total_minutes after insert or update of minutes, worked_on, subscription_id or delete on igny8_time_entries
    for each row execute function igny8_total_minutes();

create function igny8_is_counted(status text, is_deleted boolean, counted bigint) returns boolean
    language sql immutable parallel safe
    return status = 'published' and not is_deleted and counted is not null;

-- An article stands in the month it was counted for, as long as it is published.
create function igny8_total_articles() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if tg_op <> 'INSERT' and igny8_is_counted(old.status, old.is_deleted, old.counted_subscription_id) then
        perform igny8_add_to_month('work', 'articles', igny8_month(old.counted_period_start), currency, '', -1, -1)
        from igny8_managed_service_subscriptions where id = old.counted_subscription_id;
    end if;
    if tg_op <> 'DELETE' and igny8_is_counted(new.status, new.is_deleted, new.counted_subscription_id) then
        perform igny8_add_to_month('work', 'articles', igny8_month(new.counted_period_start), currency, '', 1, 1)
        from igny8_managed_service_subscriptions where id = new.counted_subscription_id;
    end if;
    return null;
end
$$;

create trigger total_articles_made after insert on igny8_content
    for each row when (new.counted_subscription_id is not null) execute function igny8_total_articles();
create trigger total_articles_gone after delete on igny8_content
    for each row when (old.counted_subscription_id is not null) execute function igny8_total_articles();
create trigger total_articles after update of status, is_deleted, counted_subscription_id, counted_period_start on igny8_content
    for each row when (
        igny8_is_counted(old.status, old.is_deleted, old.counted_subscription_id)
            is distinct from igny8_is_counted(new.status, new.is_deleted, new.counted_subscription_id)
        or old.counted_period_start is distinct from new.counted_period_start)
    execute function igny8_total_articles();

-- How many subscriptions stand where, and how many rows there are of margins: what a list of ten thousand would count again
-- and again.
create function igny8_total_states() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if tg_op <> 'INSERT' then
        perform igny8_add_to_month('state', old.status, '-infinity', old.currency, old.tier, 0, -1);
    end if;
    if tg_op <> 'DELETE' then
        perform igny8_add_to_month('state', new.status, '-infinity', new.currency, new.tier, 0, 1);
    end if;
    return null;
end
$$;

create trigger total_states_made after insert or delete on igny8_managed_service_subscriptions
    for each row execute function igny8_total_states();
create trigger total_states after update of status, currency, tier on igny8_managed_service_subscriptions
    for each row when ((old.status, old.currency, old.tier) is distinct from (new.status, new.currency, new.tier))
    execute function igny8_total_states();

create function igny8_total_rows() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform igny8_add_to_month('rows', added.subject_kind, added.month, added.currency, '', 0, count(*))
    from added group by added.subject_kind, added.month, added.currency;
    return null;
end
$$;

create trigger total_rows after insert on igny8_margin_totals
    referencing new table as added for each statement execute function igny8_total_rows();

-- What the totals ought to be, from the rows themselves: made again from it here, held against it by the check.
create view igny8_monthly_truth with (security_invoker = true) as
select 'ledger' as source, ledger_account as measure, month, currency, tier, sum(amount) as amount, count(*) as items
from igny8_booked_lines group by 2, 3, 4, 5
union all
select 'mrr', kind, month, currency, '', sum(moved), count(*) from igny8_mrr_months where kind is not null group by 2, 3, 4
union all
select 'mrr', 'net', igny8_month(moved_on), currency, tier, sum(amount), count(*) from igny8_mrr_movements group by 3, 4, 5
union all
select 'work', 'minutes', igny8_month(entry.worked_on), subscription.currency, '', sum(entry.minutes), count(*)
from igny8_time_entries entry join igny8_managed_service_subscriptions subscription on subscription.id = entry.subscription_id
group by 3, 4
union all
select 'work', 'articles', igny8_month(content.counted_period_start), subscription.currency, '', count(*), count(*)
from igny8_content content
join igny8_managed_service_subscriptions subscription on subscription.id = content.counted_subscription_id
where igny8_is_counted(content.status, content.is_deleted, content.counted_subscription_id) group by 3, 4
union all
select 'state', status, date '-infinity', currency, tier, 0, count(*) from igny8_managed_service_subscriptions group by 2, 4, 5
union all
select 'rows', subject_kind, month, currency, '', 0, count(*) from igny8_margin_totals group by 2, 3, 4;

-- Added up twice, so that the many lines of a client's month are multiplied by subjects and periods as one row.
create view igny8_margin_truth with (security_invoker = true) as
select booked.account_id, subject.kind as subject_kind, subject.id as subject_id, period.month, booked.currency,
    sum(booked.revenue) as revenue, sum(booked.refunds) as refunds, sum(booked.cost) as cost, sum(booked.fees) as fees,
    sum(booked.losses) as losses, sum(booked.items)::bigint as items
from (
    select account_id, order_id, subscription_id, month, currency,
        coalesce(sum(-amount) filter (where margin_part = 'revenue'), 0) as revenue,
        coalesce(sum(amount) filter (where margin_part = 'refunds'), 0) as refunds,
        coalesce(sum(amount) filter (where margin_part = 'cost'), 0) as cost,
        coalesce(sum(amount) filter (where margin_part = 'fees'), 0) as fees,
        coalesce(sum(amount) filter (where margin_part = 'losses'), 0) as losses,
        count(*) as items
    from igny8_booked_lines where margin_part is not null
    group by account_id, order_id, subscription_id, month, currency
) booked
cross join lateral (values
    ('client', booked.account_id), ('order', booked.order_id), ('subscription', booked.subscription_id)) as subject (kind, id)
cross join lateral (values (date '-infinity'), (booked.month)) as period (month)
where subject.id is not null
group by booked.account_id, subject.kind, subject.id, period.month, booked.currency;

grant select on igny8_monthly_truth, igny8_margin_truth to igny8_readonly, igny8_service;

-- Makes all totals again. For the owner, in scope system, where the rows came in past the triggers.
create procedure igny8_rebuild_totals()
    language plpgsql as
$$
begin
    perform set_config('work_mem', '256MB', true);
    lock table igny8_ledger_lines, igny8_mrr_movements, igny8_time_entries, igny8_content, igny8_managed_service_subscriptions
        in share mode;
    truncate igny8_monthly_totals, igny8_margin_totals;
    insert into igny8_margin_totals (account_id, subject_kind, subject_id, month, currency,
        revenue, refunds, cost, fees, losses, items)
    select account_id, subject_kind, subject_id, month, currency, revenue, refunds, cost, fees, losses, items
    from igny8_margin_truth order by account_id, subject_kind, subject_id, currency, month;
    -- The rows above have been counted by their trigger.
    insert into igny8_monthly_totals (slot, source, measure, month, currency, tier, amount, items)
    select 0, source, measure, month, currency, tier, amount, items from igny8_monthly_truth where source <> 'rows';
end
$$;
call igny8_rebuild_totals();

-- What the lists of the dashboard look for.
create index igny8_delivery_flags_open on igny8_delivery_flags (since, id) where cleared_at is null;
create index igny8_delivery_flags_open_kind on igny8_delivery_flags (kind) where cleared_at is null;

-- Row security's condition as the planner takes it to let half of the rows through, not one in two hundred: whoever sees all
-- rows reads a page of fifty by its index, and whoever has an account asks for it by name anyhow.
do $$
declare
    target regclass;
begin
    foreach target in array array['igny8_accounts', 'igny8_sites', 'igny8_managed_service_subscriptions',
        'igny8_delivery_flags', 'igny8_margin_totals', 'igny8_ledger_entries', 'igny8_ledger_lines',
        'igny8_mrr_movements']::regclass[] loop
        execute format(
            'alter policy tenant on %1$s
                 using ((select igny8_scope() = ''system'') or %2$I = (select igny8_account()))
                 with check ((select igny8_scope() = ''system'') or %2$I = (select igny8_account()))',
            target, case target when 'igny8_accounts'::regclass then 'id' else 'account_id' end);
    end loop;
end
$$;
