-- Outgoing events are kept for a while and then forgotten, with what was tried to deliver them; until then nobody changes
-- or deletes one. The service may call this and has no right to delete.
drop trigger append_only on igny8_outgoing_events;
create trigger append_only before update on igny8_outgoing_events
    for each row execute function igny8_refuse_change();

create index igny8_outgoing_events_age on igny8_outgoing_events (occurred_at);

create function igny8_forget_outgoing_events(before timestamptz, at_most integer) returns integer
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    scope_before text := coalesce(current_setting('igny8.scope', true), '');
    events bigint[];
begin
    -- Never what a receiver may still be told: three days of attempts, and replays of the weeks after.
    if before > igny8_now() - interval '30 days' then
        raise exception 'outgoing events are kept for 30 days at least' using errcode = 'invalid_parameter_value';
    end if;
    perform set_config('igny8.scope', 'system', true);
    select array_agg(old.id) into events from (
        select event.id from igny8_outgoing_events event
        where event.occurred_at < before and not exists (
            select from igny8_webhook_deliveries delivery
            where delivery.event_id = event.id and delivery.status = 'pending')
        order by event.occurred_at limit at_most
    ) old;
    delete from igny8_webhook_deliveries delivery where delivery.event_id = any (events);
    delete from igny8_outgoing_events event where event.id = any (events);
    perform set_config('igny8.scope', scope_before, true);
    return coalesce(cardinality(events), 0);
end
$$;
revoke execute on function igny8_forget_outgoing_events from public;
grant execute on function igny8_forget_outgoing_events to igny8_service;
