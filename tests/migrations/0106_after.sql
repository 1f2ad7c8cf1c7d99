-- The one without brakes is gone, the other is not.
select 'not one' where (select array_agg(pronargs) from pg_proc where proname = 'charge_gifts') is distinct from '{8}';
