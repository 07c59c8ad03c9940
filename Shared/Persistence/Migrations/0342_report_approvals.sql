-- A report that staff look at before it is sent waits from the moment it is ready, whoever made it ready: the time they have
-- begins then. What was sent once waits no more: to send it again is somebody's own wish.
create function igny8_ask_for_report_approval() returns trigger
    language plpgsql as
$$
declare
    agreed jsonb;
begin
    select service_config -> 'reporting' into agreed
    from igny8_managed_service_subscriptions where id = new.subscription_id;
    if agreed ->> 'approval' = 'staff' then
        new.approval := 'pending';
        new.approve_by := igny8_now() + make_interval(hours => coalesce((agreed ->> 'approval_hours')::integer, 24));
        new.approval_default := coalesce(agreed ->> 'approval_default', 'send');
        new.approved_by := null;
        new.approved_at := null;
    end if;
    return new;
end
$$;

create trigger ask_for_approval before update on igny8_service_reports
    for each row when (new.status = 'ready' and old.status <> 'ready' and new.sent_at is null
        and new.subscription_id is not null)
    execute function igny8_ask_for_report_approval();
