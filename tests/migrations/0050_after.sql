-- Each has a key of its own.
select external_id, key from video v
where external_id like 'k-%' and (
    key !~ '^[0-9a-f]{32}$' or exists (select from video o where o.key = v.key and o.id <> v.id)
)
union all select 'none', null where (select count(*) from video where external_id like 'k-%') <> 3;
