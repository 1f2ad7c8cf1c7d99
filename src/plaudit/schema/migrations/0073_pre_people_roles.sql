-- What an operator may be. `operator` stays what platforms say, and what was given here before: an owner.
do $$
declare
    roles constant text := $r$array['viewer', 'creator', 'operator', 'owner', 'support', 'finance', 'pricing', 'catalogue',
        'safety', 'auditor']$r$;
begin
    execute format('alter table session drop constraint session_roles_check,
        add constraint session_roles_check check (roles <@ %s) not valid', roles);
    execute format('alter table sign_in_code drop constraint sign_in_code_roles_check,
        add constraint sign_in_code_roles_check check (roles <@ %s) not valid', roles);
    execute format('alter table issuer drop constraint issuer_allowed_roles_check,
        add constraint issuer_allowed_roles_check check (allowed_roles <@ %s)', roles);
    execute format('alter table person drop constraint person_platform_roles_check,
        add constraint person_platform_roles_check check (platform_roles <@ %s) not valid', roles);
end;
$$;
alter table session validate constraint session_roles_check;
alter table sign_in_code validate constraint sign_in_code_roles_check;
alter table person validate constraint person_platform_roles_check;
alter table role_grant drop constraint role_grant_role_check,
    add constraint role_grant_role_check check (role in ('creator', 'operator', 'owner', 'support', 'finance', 'pricing',
        'catalogue', 'safety', 'auditor')),
    add constraint role_is_not_given_to_oneself check (granted_by <> person_id);
