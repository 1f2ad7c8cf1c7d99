-- name: create_migration_table
create table if not exists migration (
    kind text not null check (kind in ('migration', 'function')),
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null default now(),
    primary key (kind, name)
);

-- name: add_former
-- A server of the version before starts again on functions that were replaced after it.
alter table migration add column if not exists former text[] not null default '{}';

-- name: has_migration_table
select to_regclass('public.migration') is not null;

-- name: applied_scripts -> AppliedScript
-- Also of a database that an earlier version made.
select m.kind, m.name, m.sha256,
    array(select jsonb_array_elements_text(coalesce(to_jsonb(m) -> 'former', '[]'::jsonb))) as former
from migration m order by m.kind, m.name;

-- name: record_script
insert into migration (kind, name, sha256, former) values ($1, $2, $3, $4);

-- name: forget_functions
delete from migration where kind = 'function';

-- name: take_migration_lock
select pg_advisory_lock(hashtext('plaudit.migration'));

-- name: release_migration_lock
select pg_advisory_unlock(hashtext('plaudit.migration'));

-- name: lift_statement_timeout
set statement_timeout = 0;

-- name: has_books
select to_regclass('public.ledger_setting') is not null;

-- name: shards_of_books
select shards from ledger_setting;

-- name: choose_shards
select set_config('plaudit.shards', $1, false);

-- name: has_role
select exists (select from pg_roles where rolname = $1);

-- name: may_take_role
-- From 16 on, being a member and being allowed to take the role on are two things.
select pg_has_role(session_user, $1::name,
    case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end);

-- name: create_application_role
create role plaudit_app login;

-- name: may_make_tables
select has_schema_privilege('public', 'CREATE');

-- name: may_let_application_log_in
-- Earlier versions made a role that nobody could log in as.
select not r.rolcanlogin and (select rolsuper from pg_roles where rolname = session_user) from pg_roles r where r.rolname = $1;

-- name: let_application_log_in
alter role plaudit_app login;

-- name: who_logged_in
select quote_ident(session_user)

-- name: grant_application_role
grant plaudit_app to session_user;

-- name: close_to_everybody
-- Before 15 anybody could make tables in a new database; temporary ones anybody still can.
do $$
begin
    revoke create on schema public from public;
    execute format('revoke temporary on database %I from public', current_database());
end
$$;

-- name: grant_sight_of_migrations
grant select on migration to plaudit_app;

-- name: privilege_repairs
-- $1: what the role is to have, $2: functions that nobody else may call, both as pg_dump names them.
with role as (
    select oid from pg_roles where rolname = 'plaudit_app'
), relation as (
    select c.oid, c.relname, c.relacl from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
), callable as (
    select format('public.%I', p.proname) as name, coalesce(p.proacl, acldefault('f', p.proowner)) as acl
    from pg_proc p where p.pronamespace = 'public'::regnamespace
), granted as (
    select a.privilege_type || ' ON TABLE ' || format('public.%I', r.relname) as privilege
    from relation r, aclexplode(r.relacl) a where a.grantee = (select oid from role)
    union
    select format('%s(%I) ON TABLE public.%I', a.privilege_type, t.attname, r.relname)
    from relation r join pg_attribute t on t.attrelid = r.oid and not t.attisdropped, aclexplode(t.attacl) a
    where a.grantee = (select oid from role)
    union
    select a.privilege_type || ' ON SEQUENCE ' || format('public.%I', c.relname)
    from pg_class c, aclexplode(c.relacl) a
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and a.grantee = (select oid from role)
    union
    select 'EXECUTE ON FUNCTION ' || c.name from callable c, aclexplode(c.acl) a where a.grantee = (select oid from role)
    union
    select a.privilege_type || ' ON SCHEMA public' from pg_namespace n, aclexplode(n.nspacl) a
    where n.nspname = 'public' and a.grantee = (select oid from role)
)
select 'GRANT ' || privilege || ' TO plaudit_app' as statement
from (select unnest($1::text[]) as privilege except select privilege from granted) missing
union all
select 'REVOKE ' || privilege || ' FROM plaudit_app'
from (select privilege from granted except select unnest($1::text[])) excess
union all
select 'REVOKE EXECUTE ON FUNCTION ' || c.name || ' FROM PUBLIC'
from callable c, aclexplode(c.acl) a where a.grantee = 0 and c.name = any($2::text[])
order by statement;

-- Audits that were run

-- name: keep_audit
insert into audit_run (at, laws, broken, report, took_ms, by_itself) values ($1, $2, $3, $4, $5, $6);

-- name: forget_audits
delete from audit_run where run_no <= (select run_no from audit_run order by run_no desc offset $1 limit 1);

-- name: last_audit
select report from audit_run order by run_no desc limit 1;

-- name: last_by_itself
select max(at) from audit_run where by_itself;

-- name: try_audit_lock
select pg_try_advisory_lock(hashtext('plaudit.audit'));

-- name: release_audit_lock
select pg_advisory_unlock(hashtext('plaudit.audit'));

-- name: audits -> AuditRun
select run_no, at, laws, broken, took_ms, by_itself from audit_run where run_no < $1 order by run_no desc limit $2;

-- name: audit_of -> AuditRun
select run_no, at, laws, broken, took_ms, by_itself from audit_run where run_no = $1;

-- name: report_of
select report from audit_run where run_no = $1;

-- name: audit_figures -> AuditFigures
-- Of the latest audit, and of the last in which no law was broken.
select l.at, l.broken, l.took_ms, (select max(at) from audit_run where broken = 0) as clean_at
from audit_run l order by run_no desc limit 1;
