-- Each lies where its owner does.
select v.external_id, v.shard from video v, ledger_setting l
where v.external_id like 'v-_' and v.shard <> v.owner_id % l.shards
union all select 'none', 0 where not exists (select from video where external_id = 'v-9');
