-- They still are signed in, by a server of either version.
select 'none' where not exists (select from session where id = 9193 and ended_at is null and id_token = 'in clear'
    and sealed_id_token is null);
