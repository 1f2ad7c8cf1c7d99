-- A gift as its delivery shows it.
create or replace function line_of(p_gift gift) returns gift_line language sql immutable
set search_path = public, pg_temp as $$
    select row(p_gift.id, p_gift.viewer_id, p_gift.creator_id, case when p_gift.shares is null then p_gift.coins else 0 end,
        p_gift.room_id, p_gift.item_id, p_gift.count, p_gift.coins, p_gift.combo_id, p_gift.combo_count, p_gift.message,
        p_gift.anonymous, p_gift.video_id, p_gift.position_ms, p_gift.shares)::gift_line
$$;

-- What a creator has of a gift that is divided; its words are shown with the gift, and there only.
create or replace function part_of(p_line gift_line, p_creator_id bigint, p_coins bigint) returns gift_line
language plpgsql immutable set search_path = public, pg_temp as $$
begin
    p_line.creator_id := p_creator_id;
    p_line.share_coins := p_coins;
    p_line.shares := null;
    p_line.message := null;
    return p_line;
end $$;

-- What a delivery seals: whose money goes to whom in its batches, share by share, after the hash of the delivery before.
create or replace function delivery_hash(
    p_previous bytea, p_from bigint, p_through bigint, p_lines gift_line[]
) returns bytea language sql immutable set search_path = public, pg_temp as $$
    select sha256(p_previous || int8send(p_from) || int8send(p_through) || array_send(array_agg(id))
        || array_send(array_agg(viewer_id)) || array_send(array_agg(creator_id)) || array_send(array_agg(share_coins)))
    from unnest(p_lines)
$$;

-- deliver(): the creators' side of the next batches of one stream, in one transaction: gift balances, one numbered
-- frame a room or video, the sealed movement with the lines that no frame holds; the batches go. Answers a row for each
-- new frame, with contents only for the rooms in p_watched; none when all that was delivered is shown elsewhere. Nothing
-- happens when another deliverer has the stream, or when there is nothing to deliver; two callers therefore share the
-- streams without talking.
create or replace function deliver(
    p_shard smallint, p_source_shard smallint, p_delivered_at timestamptz, p_batches_max integer, p_watched bigint[]
) returns setof frame
language plpgsql security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
    stream delivery_stream;
    through bigint;
    batch_count bigint;
    v_lines gift_line[]; -- shown
    v_unshown gift_line[];
    v_all gift_line[];
    sum_creators bigint[]; sum_coins bigint[];
    v_total bigint;
    shown frame;
begin
    select * into stream from delivery_stream s
    where s.shard = p_shard and s.source_shard = p_source_shard for no key update skip locked;
    if not found then
        return;
    end if;

    with taken as (
        delete from gift_batch g
        where g.shard = p_source_shard and g.creator_shard = p_shard
            and g.batch_no > stream.delivered_through and g.batch_no <= stream.delivered_through + p_batches_max
        returning g.batch_no, g.lines, g.unshown
    ), opened as (
        select t.batch_no, generate_subscripts(t.lines, 1) as place, unnest(t.lines) as line from taken t
    ), opened_unshown as (
        select t.batch_no, generate_subscripts(t.unshown, 1) as place, unnest(t.unshown) as line from taken t
        where t.unshown is not null
    )
    select (select count(*) from taken), (select max(batch_no) from taken), array_agg(o.line order by o.batch_no, o.place),
        (select array_agg(u.line order by u.batch_no, u.place) from opened_unshown u)
    into batch_count, through, v_lines, v_unshown from opened o;
    if batch_count = 0 then
        return;
    end if;
    if through <> stream.delivered_through + batch_count then
        raise exception 'stream % -> %: a batch is missing between % and %',
            p_source_shard, p_shard, stream.delivered_through, through using errcode = 'data_corrupted';
    end if;

    v_all := case when v_unshown is null then v_lines else v_lines || v_unshown end;
    with sums as (
        select u.creator_id, sum(u.share_coins)::bigint as coins from unnest(v_all) u where u.share_coins > 0
        group by u.creator_id
    )
    select coalesce(array_agg(creator_id order by creator_id), '{}'), coalesce(array_agg(coins order by creator_id), '{}'),
        coalesce(sum(coins), 0)
    into sum_creators, sum_coins, v_total from sums;

    insert into gift_balance as g (shard, creator_id, balance, received)
    select p_shard, u.creator_id, u.coins, u.coins from unnest(sum_creators, sum_coins) as u (creator_id, coins)
    on conflict (shard, creator_id) do update
    set balance = g.balance + excluded.balance, received = g.received + excluded.received;

    stream.hash := delivery_hash(stream.hash, stream.delivered_through + 1, through, v_all);
    update delivery_stream s set delivered_through = through, hash = stream.hash
    where s.shard = p_shard and s.source_shard = p_source_shard;

    -- By the names of columns, not by their places: a frame may have more of them than this function knows.
    for shown.shard, shown.room_id, shown.seq, shown.kind, shown.at, shown.lines in
    with opened as (
        select generate_subscripts(v_lines, 1) as place, unnest(v_lines) as line
    ), per_room as (
        select coalesce((o.line).room_id, (o.line).video_id) as room_id, array_agg(o.line order by o.place) as lines
        from opened o group by 1
    ), numbered as (
        insert into room_head as h (shard, room_id, seq)
        select p_shard, r.room_id, 1 from per_room r order by r.room_id
        on conflict (shard, room_id) do update set seq = h.seq + 1
        returning h.room_id, h.seq
    ), written as (
        insert into frame (shard, room_id, seq, kind, at, lines)
        select p_shard, r.room_id, n.seq, 'gift', p_delivered_at, r.lines
        from per_room r join numbered n on n.room_id = r.room_id
        returning room_id, seq
    ), seen as (
        select coalesce(array_agg(w.room_id order by w.room_id), '{}') as room_ids,
            coalesce(array_agg(w.seq order by w.room_id), '{}') as seqs
        from written w
    ), logged as ( -- the last of all locks
        update gift_log g set through = g.through + 1 from seen where g.shard = p_shard returning g.through as log_no
    ), sealed as (
        insert into delivery (shard, source_shard, through_batch_no, from_batch_no, delivered_at, gifts, coins,
            creator_ids, creator_coins, hash, log_no, room_ids, seqs, unshown)
        select p_shard, p_source_shard, through, stream.delivered_through + 1, p_delivered_at, cardinality(v_all), v_total,
            sum_creators, sum_coins, stream.hash, l.log_no, s.room_ids, s.seqs, v_unshown
        from logged l cross join seen s
    )
    select p_shard, n.room_id, n.seq, 'gift', p_delivered_at, r.lines
    from numbered n left join per_room r on r.room_id = n.room_id and r.room_id = any (p_watched)
    loop
        return next shown;
    end loop;
end $$;

-- That a reversal has taken a creator's part of gifts, or given it back, in the log of the creator's shard. Called last of
-- all, as a delivery takes its place in the log last of all: nobody waits for another while holding it.
create or replace function log_reversal(
    p_shard smallint, p_source_shard smallint, p_reversal_id uuid, p_creator_id bigint, p_direction text, p_at timestamptz
) returns bigint language sql security definer set search_path = public, pg_temp as $$
    with logged as (
        update gift_log g set through = g.through + 1 where g.shard = p_shard returning g.through
    )
    insert into gift_log_reversal (shard, log_no, source_shard, reversal_id, creator_id, direction, at)
    select p_shard, through, p_source_shard, p_reversal_id, p_creator_id, p_direction, p_at from logged
    returning log_no
$$;

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
