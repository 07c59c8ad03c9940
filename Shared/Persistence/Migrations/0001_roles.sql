-- The three roles. They belong to the cluster, not to the database, so several databases (tests) meet the same ones.
-- They may log in, but have no password here: whoever runs the cluster decides how they prove themselves.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['igny8_owner', 'igny8_service', 'igny8_readonly'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I login nosuperuser nocreatedb nocreaterole nobypassrls', wanted);
            exception when duplicate_object or unique_violation then
                null;  -- another database of this cluster was migrated at the same moment
            end;
        end if;
    end loop;
end
$$;

do $$
begin
    if (select rolsuper from pg_roles where rolname = current_user)
        or pg_has_role(current_user, (select nspowner from pg_namespace where nspname = 'public'), 'usage') then
        revoke create on schema public from public;
        grant usage, create on schema public to igny8_owner;
        grant usage on schema public to igny8_service, igny8_readonly;
    end if;
end
$$;
