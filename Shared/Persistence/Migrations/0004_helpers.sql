-- Trigger functions and checks that many tables share.

-- BEFORE UPDATE: what changed last, and the number an ETag is made of. (Not the time: a frozen clock stands still.)
create function igny8_touch() returns trigger
    language plpgsql as
$$
begin
    new.updated_at := igny8_now();
    new.revision := old.revision + 1;
    return new;
end
$$;

create procedure igny8_touched(target regclass)
    language plpgsql as
$$
begin
    execute format(
        'create trigger touch before update on %s for each row execute function igny8_touch()', target);
end
$$;

-- BEFORE UPDATE OR DELETE (and TRUNCATE) on a table to which rows may only be added.
create function igny8_refuse_change() returns trigger
    language plpgsql as
$$
begin
    raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
        using errcode = 'restrict_violation', hint = 'correct it by a new row';
end
$$;

create procedure igny8_append_only(target regclass)
    language plpgsql as
$$
begin
    execute format(
        'create trigger append_only before update or delete on %s
             for each row execute function igny8_refuse_change()', target);
    execute format(
        'create trigger append_only_truncate before truncate on %s
             for each statement execute function igny8_refuse_change()', target);
end
$$;

-- An IANA name such as Europe/London, or UTC; no abbreviation, no POSIX rule.
create function igny8_is_time_zone(zone text) returns boolean
    language plpgsql immutable parallel safe as
$$
begin
    if zone <> 'UTC' and zone !~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+)+$' then
        return false;
    end if;
    perform timestamptz '2026-01-01 00:00:00+00' at time zone zone;
    return true;
exception when invalid_parameter_value then
    return false;
end
$$;

create function igny8_is_currency(code text) returns boolean
    language sql immutable parallel safe
    return code ~ '^[A-Z]{3}$';

create function igny8_is_email(address text) returns boolean
    language sql immutable parallel safe
    return length(address) <= 254 and address ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$';
