-- name: login
-- Of the login, not of the role that the session may have taken on. Large objects are anybody's to make.
with login as (
    select oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
    from pg_roles where rolname = session_user
), other as (
    select rolname from pg_roles
    where pg_has_role(session_user, oid, 'MEMBER') and rolname not in (session_user, $1::name)
), owned as (
    select from pg_shdepend d join pg_roles r on r.oid = d.refobjid
    where d.deptype = 'o' and d.refclassid = 'pg_authid'::regclass and r.rolname in (session_user, $1::name)
    and d.classid <> 'pg_largeobject'::regclass
    and (d.dbid = (select oid from pg_database where datname = current_database())
        or d.dbid = 0 and d.objid = (select oid from pg_database where datname = current_database()))
)
select l.rolname::text as login, array_remove(array[
    case when l.rolsuper then 'is a superuser' end,
    case when not l.rolsuper and (l.rolcreaterole or l.rolcreatedb) then 'may make roles or databases' end,
    case when not l.rolsuper and (l.rolreplication or l.rolbypassrls) then 'may replicate, or pass by what rows allow' end,
    case when not l.rolsuper and exists (select from owned) then 'owns something in this database' end,
    case when not l.rolsuper and exists (select from other)
        then 'is a member of ' || (select string_agg(rolname, ', ' order by rolname) from other) end,
    case when not l.rolsuper and not pg_has_role(session_user, $1::name, 'USAGE')
        then 'is not a member of ' || $1 end
], null) as excess
from login l;
