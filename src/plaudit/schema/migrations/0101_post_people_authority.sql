-- Roles are given by a decision, which a function carries out, or by who owns the tables; the application only takes them.
revoke insert on role_grant from plaudit_app;
revoke update on role_grant from plaudit_app;
grant update (taken_by, taken_at) on role_grant to plaudit_app;
update role_grant set authority = 'owner' where granted_by is null and authority = 'operator';
alter table role_grant
    alter column authority drop default,
    add constraint role_grant_by_whom check ((authority = 'owner') = (granted_by is null));
