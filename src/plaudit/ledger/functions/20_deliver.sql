-- What a delivery seals: the contents of its batches, gift by gift, after the hash of the delivery before.
create or replace function delivery_hash(
    p_previous bytea, p_from bigint, p_through bigint,
    p_gift_ids uuid[], p_viewer_ids bigint[], p_creator_ids bigint[], p_coins bigint[]
) returns bytea language sql immutable set search_path = public, pg_temp as $$
    select sha256(p_previous || int8send(p_from) || int8send(p_through) || array_send(p_gift_ids)
        || array_send(p_viewer_ids) || array_send(p_creator_ids) || array_send(p_coins))
$$;

-- deliver(): the creators' side of the next batches of one stream, in one transaction: gift balances, one numbered
-- frame a room, the sealed movement; the batches go. Answers a row for each new frame, with contents only for the rooms
-- in p_watched. Nothing happens when another deliverer has the stream, or when there is nothing to deliver; two callers
-- therefore share the streams without talking.
create or replace function deliver(
    p_shard smallint, p_source_shard smallint, p_delivered_at timestamptz, p_batches_max integer, p_watched bigint[]
) returns setof frame
language plpgsql security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
    stream delivery_stream;
    through bigint;
    batches gift_batch[];
    v_gift_ids uuid[]; v_viewer_ids bigint[]; v_creator_ids bigint[]; v_room_ids bigint[]; v_item_ids integer[];
    v_counts integer[]; v_coins bigint[]; v_combo_ids uuid[]; v_combo_counts integer[];
    sum_creators bigint[]; sum_coins bigint[];
    v_gifts integer; v_total bigint; batch_count integer;
begin
    select * into stream from delivery_stream s
    where s.shard = p_shard and s.source_shard = p_source_shard for no key update skip locked;
    if not found then
        return;
    end if;

    select array_agg(b order by b.batch_no) into batches from (
        select * from gift_batch g
        where g.shard = p_source_shard and g.creator_shard = p_shard and g.batch_no > stream.delivered_through
        order by g.batch_no limit p_batches_max
    ) b;
    if batches is null then
        return;
    end if;
    batch_count := cardinality(batches);
    through := batches[batch_count].batch_no;
    if through <> stream.delivered_through + batch_count then
        raise exception 'stream % -> %: a batch is missing between % and %',
            p_source_shard, p_shard, stream.delivered_through, through using errcode = 'data_corrupted';
    end if;

    if batch_count = 1 then
        v_gift_ids := batches[1].gift_ids; v_viewer_ids := batches[1].viewer_ids;
        v_creator_ids := batches[1].creator_ids; v_room_ids := batches[1].room_ids;
        v_item_ids := batches[1].item_ids; v_counts := batches[1].counts; v_coins := batches[1].gift_coins;
        v_combo_ids := batches[1].combo_ids; v_combo_counts := batches[1].combo_counts;
    else
        select array_agg(u.gift_id order by b.batch_no, u.place), array_agg(u.viewer_id order by b.batch_no, u.place),
            array_agg(u.creator_id order by b.batch_no, u.place), array_agg(u.room_id order by b.batch_no, u.place),
            array_agg(u.item_id order by b.batch_no, u.place), array_agg(u.count order by b.batch_no, u.place),
            array_agg(u.coins order by b.batch_no, u.place), array_agg(u.combo_id order by b.batch_no, u.place),
            array_agg(u.combo_count order by b.batch_no, u.place)
        into v_gift_ids, v_viewer_ids, v_creator_ids, v_room_ids, v_item_ids, v_counts, v_coins, v_combo_ids, v_combo_counts
        from unnest(batches) b, unnest(b.gift_ids, b.viewer_ids, b.creator_ids, b.room_ids, b.item_ids, b.counts,
            b.gift_coins, b.combo_ids, b.combo_counts) with ordinality
            as u (gift_id, viewer_id, creator_id, room_id, item_id, count, coins, combo_id, combo_count, place);
    end if;

    with sums as (
        select creator_id, sum(coins)::bigint as coins, count(*) as gifts
        from unnest(v_creator_ids, v_coins) as u (creator_id, coins) group by creator_id
    )
    select array_agg(creator_id order by creator_id), array_agg(coins order by creator_id), sum(gifts), sum(coins)
    into sum_creators, sum_coins, v_gifts, v_total from sums;

    insert into gift_balance as g (shard, creator_id, balance, received)
    select p_shard, u.creator_id, u.coins, u.coins from unnest(sum_creators, sum_coins) as u (creator_id, coins)
    on conflict (shard, creator_id) do update
    set balance = g.balance + excluded.balance, received = g.received + excluded.received;

    insert into delivery (shard, source_shard, through_batch_no, from_batch_no, delivered_at, gifts, coins,
        creator_ids, creator_coins, hash)
    values (p_shard, p_source_shard, through, stream.delivered_through + 1, p_delivered_at, v_gifts, v_total,
        sum_creators, sum_coins, delivery_hash(stream.hash, stream.delivered_through + 1, through,
            v_gift_ids, v_viewer_ids, v_creator_ids, v_coins))
    returning hash into stream.hash;

    update delivery_stream s set delivered_through = through, hash = stream.hash
    where s.shard = p_shard and s.source_shard = p_source_shard;
    delete from gift_batch g
    where g.shard = p_source_shard and g.creator_shard = p_shard and g.batch_no <= through;

    return query
    with per_room as (
        select u.room_id, array_agg(gift_id order by place) as gift_ids, array_agg(viewer_id order by place) as viewer_ids,
            array_agg(creator_id order by place) as creator_ids, array_agg(item_id order by place) as item_ids,
            array_agg(count order by place) as counts, array_agg(coins order by place) as gift_coins,
            array_agg(combo_id order by place) as combo_ids, array_agg(combo_count order by place) as combo_counts
        from unnest(v_gift_ids, v_viewer_ids, v_creator_ids, v_room_ids, v_item_ids, v_counts, v_coins, v_combo_ids,
            v_combo_counts) with ordinality
            as u (gift_id, viewer_id, creator_id, room_id, item_id, count, coins, combo_id, combo_count, place)
        group by u.room_id
    ), numbered as (
        insert into room_head as h (shard, room_id, seq)
        select p_shard, r.room_id, 1 from per_room r order by r.room_id
        on conflict (shard, room_id) do update set seq = h.seq + 1
        returning h.room_id, h.seq
    ), written as (
        insert into frame (shard, room_id, seq, kind, at, gift_ids, viewer_ids, creator_ids, item_ids, counts, gift_coins,
            combo_ids, combo_counts)
        select p_shard, r.room_id, n.seq, 'gift', p_delivered_at, r.gift_ids, r.viewer_ids, r.creator_ids, r.item_ids,
            r.counts, r.gift_coins, r.combo_ids, r.combo_counts
        from per_room r join numbered n on n.room_id = r.room_id
    )
    select p_shard, n.room_id, n.seq, 'gift', p_delivered_at, r.gift_ids, r.viewer_ids, r.creator_ids, r.item_ids,
        r.counts, r.gift_coins, r.combo_ids, r.combo_counts, null::jsonb
    from numbered n left join per_room r on r.room_id = n.room_id and r.room_id = any (p_watched);
end $$;

-- A numbered frame that is not a gift.
create or replace function append_frame(
    p_shard smallint, p_room_id bigint, p_kind text, p_body jsonb, p_at timestamptz
) returns bigint language sql security definer set search_path = public, pg_temp as $$
    with numbered as (
        insert into room_head as h (shard, room_id, seq) values (p_shard, p_room_id, 1)
        on conflict (shard, room_id) do update set seq = h.seq + 1
        returning h.seq
    )
    insert into frame (shard, room_id, seq, kind, at, body)
    select p_shard, p_room_id, seq, p_kind, p_at, p_body from numbered
    returning seq
$$;
