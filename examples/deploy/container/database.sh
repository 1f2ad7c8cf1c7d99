#!/bin/sh
# Run once by the image of PostgreSQL, when its folder is empty: the owner of the tables, and the login of servers, which
# cannot write the books past their functions.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set owner="$(cat /run/secrets/owner_password)" \
    --set application="$(cat /run/secrets/application_password)" <<'SQL'
create role plaudit_app login password :'application';
create role plaudit_owner login password :'owner';
grant plaudit_app to plaudit_owner;
create database plaudit owner plaudit_owner;
SQL
