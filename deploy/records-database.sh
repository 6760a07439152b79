#!/bin/sh
# Creates the records database and its users: records_owner, who makes the tables, records_worker and records_server, whom
# "portfolio-orders records migrate" grants their rights. Sets their passwords again on each run. Needs psql, its variables
# (PGHOST, PGUSER, PGPASSWORD) of a superuser, and the three passwords. Idempotent.
set -eu
: "${RECORDS_OWNER_PASSWORD:?}" "${RECORDS_WORKER_PASSWORD:?}" "${RECORDS_SERVER_PASSWORD:?}"

# Passwords reach psql by its environment: other users of the machine see the arguments of a program.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres << 'SQL'
\getenv owner_password RECORDS_OWNER_PASSWORD
\getenv worker_password RECORDS_WORKER_PASSWORD
\getenv server_password RECORDS_SERVER_PASSWORD
select format('create role %I', name)
  from unnest(array['records_owner', 'records_worker', 'records_server']) as name
  where not exists (select from pg_roles where rolname = name) \gexec
alter role records_owner login nosuperuser nocreatedb nocreaterole password :'owner_password';
alter role records_worker login nosuperuser nocreatedb nocreaterole password :'worker_password';
alter role records_server login nosuperuser nocreatedb nocreaterole password :'server_password';
select 'create database records owner records_owner'
  where not exists (select from pg_database where datname = 'records') \gexec
revoke all on database records from public;
grant connect on database records to records_worker, records_server;
SQL
echo "The database records and its users are ready."
