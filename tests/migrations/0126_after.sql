-- There is one key, and the application cannot read it.
select 'key' where (select count(*) from check_code_key where length(key) = 32) <> 1;
select 'read' where has_any_column_privilege('plaudit_app', 'check_code_key', 'select');
