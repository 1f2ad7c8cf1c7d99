-- They still are, and nothing is made up of where; no token is too old for them.
select 'none' where not exists (select from session where id = 9102 and ended_at is null
    and num_nonnulls(device, network, last_used_at) = 0);
select subject from person where id = 9102 and said_at is not null;
