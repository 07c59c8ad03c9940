-- Finished jobs by day of machine time: an old day goes by dropping its table, without a dead row for vacuum.

-- Makes the days from today on and drops those that have passed their time. It belongs to the owner and runs as the
-- owner, because tables are made by owners; the queue may call it, and can make or drop nothing else by it.
-- Gives how many days were made and dropped. Called twice it does nothing the second time.
create function igny8_keep_job_history(today date, days_ahead integer, days_kept integer, out made integer, out dropped integer)
    language plpgsql security definer
    -- Acknowledgements wait behind a lock that waits: rather try again at the next round.
    set search_path = public, pg_temp set timezone = 'UTC' set lock_timeout = '2s' as
$$
declare
    day date;
    child text;
    scope_before text := coalesce(current_setting('igny8.scope', true), '');
begin
    made := 0;
    dropped := 0;
    if days_ahead not between 0 and 60 or days_kept < 1 then
        raise exception 'days ahead are 0 to 60, days kept at least 1' using errcode = 'invalid_parameter_value';
    end if;
    -- One at a time; the other one does the same work.
    if not pg_try_advisory_xact_lock(hashtext('igny8_keep_job_history')) then
        return;
    end if;
    perform set_config('igny8.scope', 'system', true);
    for day in select today + n from generate_series(0, days_ahead) n loop
        child := 'igny8_job_history_' || to_char(day, 'YYYYMMDD');
        -- A day that has rows in the default partition already stays there.
        continue when to_regclass(child) is not null
            or exists (select from igny8_job_history_default where finished_at >= day and finished_at < day + 1);
        execute format('create table %I (like igny8_job_history including defaults including constraints)', child);
        execute format('alter table igny8_job_history attach partition %I for values from (%L) to (%L)',
            child, day::timestamptz, (day + 1)::timestamptz);
        execute format('call igny8_protect(%L)', child);
        made := made + 1;
    end loop;
    for child in
        select relname from pg_inherits join pg_class on oid = inhrelid
        where inhparent = 'igny8_job_history'::regclass and relname ~ '^igny8_job_history_\d{8}$'
          and to_date(right(relname, 8), 'YYYYMMDD') < today - days_kept
        order by relname
    loop
        execute format('drop table %I', child);
        dropped := dropped + 1;
    end loop;
    delete from igny8_job_history_default where finished_at < today - days_kept;
    perform set_config('igny8.scope', scope_before, true);
end
$$;
revoke execute on function igny8_keep_job_history from public;
grant execute on function igny8_keep_job_history to igny8_service;

-- What is in the default partition so far stays there until its time has come.
select igny8_keep_job_history((now() at time zone 'UTC')::date, 7, 3650);
