-- What is there stays for the audit to find; what comes is held to it.
select 'gone' where (select count(*) from transfer where reason = 'promotion') <> 2 or not exists (select from lot);
select t.name from (values ('transfer_has_owners'), ('transfer_is_no_gift')) as t (name)
where not exists (select from pg_constraint c where c.conname = t.name and not c.convalidated);
