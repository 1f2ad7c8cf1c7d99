-- It is there as it was, for the server that starts to seal it.
select event_id from webhook_event where body is distinct from 'Ada Lovelace' or sealed_body is not null
union all select 'none' where (select count(*) from webhook_event) <> 1;
