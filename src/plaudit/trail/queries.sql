-- The trail.

-- name: seal
select seal_acts($1);

-- name: has_unsealed
select exists (select from act_unsealed);

-- name: oldest_unsealed
-- Ids tell when they were made.
select act_id from act_unsealed order by number limit 1;

-- name: acts -> KeptAct
select a.record::text as record, s.position, encode(s.hash, 'hex') as hash from act a left join act_seal s on s.act_id = a.id
where a.id < $1 and a.id >= $2
    and (a.kind = $3 or $3 is null) and (a.actor = $4 or $4 is null) and (a.outcome = $5 or $5 is null)
    and (a.operation = $6 or $6 is null) and (a.person_id = $7 or $7 is null) and (a.key_id = $8 or $8 is null)
    and (a.about @> array[$9::text] or $9 is null)
order by a.id desc limit $10;

-- name: operations
-- Each once: from one to the next by the index.
with recursive named as (
    (select operation from act order by operation limit 1)
    union all
    select (select a.operation from act a where a.operation > n.operation order by a.operation limit 1)
    from named n where n.operation is not null
)
select operation from named where operation is not null;

-- name: chain_after -> ChainedAct
select s.position, encode(coalesce(p.hash, decode(repeat('00', 32), 'hex')), 'hex') as previous, encode(s.hash, 'hex') as hash,
    a.record::text as record
from act_seal s join act a on a.id = s.act_id left join act_seal p on p.position = s.position - 1
where s.position > $1 order by s.position limit $2;

-- Heads

-- name: lock_heads
select pg_advisory_xact_lock(hashtext('plaudit.head'));

-- name: chain_end -> ChainEnd
select last as position, encode(hash, 'hex') as hash from act_chain;

-- name: stream_ends -> StreamEnd
select shard, source_shard, delivered_through as through, encode(hash, 'hex') as hash from delivery_stream
where delivered_through > 0 order by shard, source_shard;

-- name: last_head -> Head
select number, document::text as document, signature, key_id from head order by number desc limit 1;

-- name: heads_after -> Head
select number, document::text as document, signature, key_id from head
where number > $1 and document ->> 'at' >= $2 order by number limit $3;

-- name: add_head_key
insert into head_key (key_id, public_key, first_used_at) values ($1, $2, $3) on conflict do nothing;

-- name: head_keys -> HeadKey
select key_id, public_key, first_used_at from head_key order by first_used_at, key_id;

-- name: add_head
insert into head (number, document, signature, key_id) values ($1, $2::text::json, $3, $4);

-- name: deliveries_after -> ChainedDelivery
with page as (
    select d.shard, d.source_shard, d.from_batch_no, d.through_batch_no, d.hash from delivery d
    where (d.shard, d.source_shard, d.through_batch_no) > ($1, $2, $3)
    order by d.shard, d.source_shard, d.through_batch_no limit $4
), opened as (
    select d.shard, d.source_shard, d.through_batch_no,
        row_number() over (partition by d.shard, d.source_shard, d.through_batch_no
            order by p.is_shown desc, p.batch_no, p.viewer_id, p.spent_before) as place,
        case when p.is_shown then line_of(g) else part_of(line_of(g), p.creator_id, p.coins) end as line
    from page d
    join gift_part p on p.shard = d.source_shard and p.creator_shard = d.shard
        and p.batch_no between d.from_batch_no and d.through_batch_no
    join gift g on g.shard = p.shard and g.viewer_id = p.viewer_id and g.id = p.id
), contents as (
    select o.shard, o.source_shard, o.through_batch_no, json_agg(json_build_array((o.line).id, (o.line).viewer_id::text,
        (o.line).creator_id::text, (o.line).share_coins::text) order by o.place) as gifts
    from opened o group by 1, 2, 3
)
select d.shard, d.source_shard, d.from_batch_no as from_batch, d.through_batch_no as through_batch,
    encode(coalesce(b.hash, ''), 'hex') as previous, encode(d.hash, 'hex') as hash, coalesce(c.gifts, '[]') as gifts
from page d
left join contents c using (shard, source_shard, through_batch_no)
left join delivery b on b.shard = d.shard and b.source_shard = d.source_shard and b.through_batch_no = d.from_batch_no - 1
order by d.shard, d.source_shard, d.through_batch_no;
