#!/bin/bash
# Run once by the PostgreSQL image on an empty volume: the three roles and the database. Tables come by `igny8 migrate`.
set -euo pipefail
for role in owner service readonly; do
    variable=POSTGRES_${role^^}_PASSWORD
    psql --username postgres --set ON_ERROR_STOP=1 --set role="igny8_$role" --set password="${!variable}" <<'SQL'
create role :"role" login nosuperuser nocreatedb nocreaterole noinherit nobypassrls password :'password';
SQL
done
psql --username postgres --set ON_ERROR_STOP=1 --command 'create database igny8 owner igny8_owner'
psql --username postgres --dbname igny8 --set ON_ERROR_STOP=1 --command 'alter schema public owner to igny8_owner'
