-- The key may what it could, and sets no limits; all that keys could be given before they can be.
select name, scopes from api_key where id = 9198 and scopes <> '{people,step-up}';
select conname from pg_constraint where conname = 'api_key_scopes_check' and not (
    pg_get_constraintdef(oid) like '%''limits''%' and pg_get_constraintdef(oid) like '%''data''%'
    and pg_get_constraintdef(oid) like '%''step-up''%');
select 'gone' where not exists (select from pg_constraint where conname = 'api_key_scopes_check');
