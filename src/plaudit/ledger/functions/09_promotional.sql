-- What granted coins paid for: it is received and shown as any gift is, and never converted.

-- The coins that lots of an operator paid for, part by part, of gifts that were charged just now. Internal to charge().
create or replace function mark_promotional(p_shard smallint, p_gifts gift_line[])
returns void language sql set search_path = public, pg_temp as $$
    insert into promotional_part (shard, viewer_id, gift_id, creator_id, coins, creator_shard, batch_no)
    select p.shard, p.viewer_id, p.id, p.creator_id,
        sum(least(s.end_coin, p.spent_before + p.coins) - greatest(s.start_coin, p.spent_before)), p.creator_shard, p.batch_no
    from unnest(p_gifts) g
    join gift_part p on p.shard = p_shard and p.viewer_id = g.viewer_id and p.id = g.id and p.coins > 0
    join strip s on s.shard = p_shard and s.viewer_id = g.viewer_id and s.start_coin < p.spent_before + p.coins
        and s.end_coin > p.spent_before
    join lot l on l.shard = p_shard and l.lot_id = s.lot_id and l.kind = 'promotional'
    group by p.shard, p.viewer_id, p.id, p.creator_id, p.creator_shard, p.batch_no
$$;

-- Of all that was delivered to a creator, what granted coins paid for.
create or replace function promotional_received(p_shard smallint, p_creator_id bigint)
returns bigint language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(sum(p.coins), 0)::bigint
    from promotional_part p
    join delivery_stream d on d.shard = p.creator_shard and d.source_shard = p.shard and d.delivered_through >= p.batch_no
    where p.creator_shard = p_shard and p.creator_id = p_creator_id
$$;
