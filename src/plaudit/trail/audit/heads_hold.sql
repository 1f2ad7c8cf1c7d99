-- Heads that were published follow each other, and the chains still say what they said.
with published as (
    select h.*, lag(h.document::text) over (order by h.number) as before, row_number() over (order by h.number) as place,
        (h.document -> 'trail' ->> 'position')::bigint as position
    from head h
)
select h.number, null::bigint as through from published h
where h.number <> h.place
    or h.document ->> 'previous' is distinct from coalesce(encode(sha256(convert_to(h.before, 'UTF8')), 'hex'), repeat('00', 32))
union all
select h.number, h.position from published h left join act_seal s on s.position = h.position
where h.position > 0 and h.document -> 'trail' ->> 'hash' is distinct from encode(s.hash, 'hex')
union all
select h.number, b.through from published h
cross join json_to_recordset(h.document -> 'books') as b (shard smallint, source_shard smallint, through bigint, hash text)
left join delivery d on d.shard = b.shard and d.source_shard = b.source_shard and d.through_batch_no = b.through
where b.through > 0 and b.hash is distinct from encode(d.hash, 'hex');
