-- It says whose word it was, and nobody but a decision or who owns the tables gives another.
select person_id from role_grant where person_id = 9101 and authority <> 'owner';
select 'insert' where has_table_privilege('plaudit_app', 'role_grant', 'insert')
    or has_column_privilege('plaudit_app', 'role_grant', 'role', 'update');
