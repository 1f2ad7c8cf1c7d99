-- They still are signed in, and no token lies in clear.
select 'none' where not exists (select from session where id = 9193 and ended_at is null);
select column_name from information_schema.columns where table_name = 'session' and column_name = 'id_token';
