-- The key may what it could; all that keys could be given before they can be, and nothing that nobody knows.
select name, scopes from api_key where id = 9191 and scopes <> '{people,consents}';
select conname from pg_constraint where conname = 'api_key_scopes_check' and not (
    pg_get_constraintdef(oid) like '%''data''%' and pg_get_constraintdef(oid) like '%''methods''%');
select 'not found' where not exists (select from frame
    where kind = 'chat' and jsonb_path_query_array(body, '$.messages[*].sender_id') @> '9191');
