-- All of it stays as it was said, and what may be said now is held of what is there.
select 'none' where (select count(*) from role_grant where person_id = 9103 and role = 'operator') <> 1
    or (select count(*) from session where person_id = 9103 and 'operator' = any (roles)) <> 1;
select conname from pg_constraint where conname in ('session_roles_check', 'sign_in_code_roles_check',
    'person_platform_roles_check', 'issuer_allowed_roles_check', 'role_grant_role_check') and not convalidated;
