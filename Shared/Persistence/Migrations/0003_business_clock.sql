-- Business time: all that an agency would write in a calendar. In production it is machine time (no offset, not
-- frozen). A simulation freezes it and moves it on, so that the books do not depend on how long the machine took.
create table igny8_business_clock (
    only_row boolean primary key default true check (only_row),
    clock_offset interval not null default '0',
    frozen_at timestamptz,
    changed_at timestamptz not null default now()
);

insert into igny8_business_clock default values;

create function igny8_now() returns timestamptz
    language sql stable parallel safe
begin atomic
    select coalesce(clock.frozen_at, now() + clock.clock_offset) from igny8_business_clock clock;
end;

comment on function igny8_now() is 'business time; machine time is now()';

grant select on igny8_business_clock to igny8_readonly;
grant select, update on igny8_business_clock to igny8_service;
