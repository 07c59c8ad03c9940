-- Row security reads three settings, made for one transaction by set_config(…, true):
--   igny8.scope    'account' | 'system'     unset: no rows at all
--   igny8.account  the account's id         only heard in scope 'account'
--   igny8.actor    who acts, for the audit  'user:12', 'api-key:4', 'job:991'

create function igny8_scope() returns text
    language sql stable parallel safe
    return nullif(current_setting('igny8.scope', true), '');

create function igny8_account() returns bigint
    language sql stable parallel safe
    return case
        when current_setting('igny8.scope', true) = 'account'
            then nullif(current_setting('igny8.account', true), '')::bigint
    end;

create function igny8_actor() returns text
    language sql stable parallel safe
    return coalesce(nullif(current_setting('igny8.actor', true), ''), 'unknown');

comment on function igny8_account() is 'the account this transaction is bound to; null outside of scope account';

-- Forced row security on one table, with the policy that every tenant table has. The subselects make PostgreSQL
-- evaluate the settings once a statement and not once a row.
create procedure igny8_protect(target regclass, tenant_column text default 'account_id')
    language plpgsql as
$$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant on %1$s
             using ((select igny8_scope()) = ''system'' or %2$I = (select igny8_account()))
             with check ((select igny8_scope()) = ''system'' or %2$I = (select igny8_account()))',
        target, tenant_column);
end
$$;
