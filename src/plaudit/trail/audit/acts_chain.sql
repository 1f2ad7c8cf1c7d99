-- Every act is sealed in one chain without gaps, or waits for it.
with sealed as (
    select s.position, s.act_id, s.hash, a.record::text as record,
        row_number() over (order by s.position) as place,
        coalesce(lag(s.hash) over (order by s.position), decode(repeat('00', 32), 'hex')) as previous
    from act_seal s left join act a on a.id = s.act_id
)
select s.position, s.act_id from sealed s
where s.position <> s.place or s.record is null or s.hash is distinct from sha256(s.previous || convert_to(s.record, 'UTF8'))
union all
select c.last, null from act_chain c left join act_seal s on s.position = c.last
where (c.last > 0 and c.hash is distinct from s.hash) or exists (select from act_seal after where after.position > c.last)
union all
select null, a.id from act a
where (select count(*) from act_seal s where s.act_id = a.id) + (select count(*) from act_unsealed u where u.act_id = a.id) <> 1;
