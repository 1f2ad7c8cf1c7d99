-- charge(): the viewer's side of a batch of gifts, in one shard.
--
-- The arrays run in parallel, one element a gift; they must be sorted by viewer and then by arrival, and hold no
-- (viewer, id) twice. The answer is one outcome a gift, in the same order:
--   posted
--   repeated      same id, same body: the first answer again
--   conflict      same id, other body
--   refused       the caller said so (p_refused); judged only after repeats, so that a retry gets its first answer
--   insufficient  coins_short says how many coins are missing
-- Only posted gifts move anything. Gifts are judged in arrival order: one that is too dear leaves the coins for the next.
create or replace function charge(
    p_shard smallint, p_charged_at timestamptz, p_combo_window_ms integer,
    p_ids uuid[], p_viewers bigint[], p_creators bigint[], p_creator_shards smallint[], p_rooms bigint[],
    p_items integer[], p_counts integer[], p_coins bigint[], p_refused boolean[],
    out outcomes text[], out coins_short bigint[], out coins_after bigint[],
    out combo_ids uuid[], out combo_counts integer[], out charged_ats timestamptz[]
) language plpgsql security definer set search_path = public, pg_temp
-- Plans made while tables are small must not survive into the day they are large.
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    gifts constant integer := cardinality(p_ids);
    combo_since constant timestamptz := p_charged_at - p_combo_window_ms * interval '1 millisecond';
    wallets wallet[];
    purse wallet;
    next_wallet integer := 1;
    viewer bigint;
    spent_befores bigint[] := array_fill(0::bigint, array[gifts]);
    changed wallet[] := '{}';
    is_changed boolean := false;
    posted integer := 0;
    known gift;
    i integer;
begin
    outcomes := array_fill(null::text, array[gifts]);
    coins_short := array_fill(0::bigint, array[gifts]);
    coins_after := array_fill(0::bigint, array[gifts]);
    combo_ids := array_fill(null::uuid, array[gifts]);
    combo_counts := array_fill(0, array[gifts]);
    charged_ats := array_fill(null::timestamptz, array[gifts]);

    -- The locks come first: whatever another batch did to these wallets is committed and visible below.
    select array_agg(w order by w.viewer_id) into wallets from (
        select * from wallet where shard = p_shard and viewer_id = any (p_viewers)
        order by viewer_id for no key update
    ) w;

    for i in 1..gifts loop
        if viewer is distinct from p_viewers[i] then
            if is_changed then
                changed := array_append(changed, purse);
                is_changed := false;
            end if;
            viewer := p_viewers[i];
            if (wallets[next_wallet]).viewer_id = viewer then
                purse := wallets[next_wallet];
                next_wallet := next_wallet + 1;
            else
                purse := row(p_shard, viewer, 0, 0, null, null, null, null, null, null, null)::wallet;
            end if;
        end if;
        -- Ids grow with time: only one that is not above the viewer's last can be known already.
        if p_ids[i] <= purse.last_gift_id then
            select * into known from gift where shard = p_shard and viewer_id = viewer and id = p_ids[i];
            if found then
                if (known.creator_id, known.room_id, known.item_id, known.count, known.coins)
                    = (p_creators[i], p_rooms[i], p_items[i], p_counts[i], p_coins[i])
                then
                    outcomes[i] := 'repeated';
                    coins_after[i] := known.coins_after;
                    combo_ids[i] := known.combo_id;
                    combo_counts[i] := known.combo_count;
                    charged_ats[i] := known.charged_at;
                else
                    outcomes[i] := 'conflict';
                end if;
                continue;
            end if;
        end if;
        if p_refused[i] then
            outcomes[i] := 'refused';
        elsif purse.coins < p_coins[i] then
            outcomes[i] := 'insufficient';
            coins_short[i] := p_coins[i] - purse.coins;
        else
            if purse.combo_room_id = p_rooms[i] and purse.combo_creator_id = p_creators[i]
                and purse.combo_item_id = p_items[i] and purse.combo_at >= combo_since
            then
                purse.combo_count := purse.combo_count + p_counts[i];
            else
                purse.combo_id := p_ids[i];
                purse.combo_room_id := p_rooms[i];
                purse.combo_creator_id := p_creators[i];
                purse.combo_item_id := p_items[i];
                purse.combo_count := p_counts[i];
            end if;
            purse.combo_at := p_charged_at;
            purse.last_gift_id := greatest(purse.last_gift_id, p_ids[i]);
            spent_befores[i] := purse.spent;
            purse.coins := purse.coins - p_coins[i];
            purse.spent := purse.spent + p_coins[i];
            outcomes[i] := 'posted';
            coins_after[i] := purse.coins;
            combo_ids[i] := purse.combo_id;
            combo_counts[i] := purse.combo_count;
            charged_ats[i] := p_charged_at;
            is_changed := true;
            posted := posted + 1;
        end if;
    end loop;
    if is_changed then
        changed := array_append(changed, purse);
    end if;
    if posted = 0 then
        return;
    end if;

    update wallet w
    set coins = c.coins, spent = c.spent, last_gift_id = c.last_gift_id, combo_id = c.combo_id, combo_room_id = c.combo_room_id,
        combo_creator_id = c.combo_creator_id, combo_item_id = c.combo_item_id,
        combo_count = c.combo_count, combo_at = c.combo_at
    from unnest(changed) c
    where w.shard = p_shard and w.viewer_id = c.viewer_id;

    with accepted as materialized (
        select * from unnest(p_ids, p_viewers, p_creators, p_creator_shards, p_rooms, p_items, p_counts, p_coins,
            spent_befores, coins_after, combo_ids, combo_counts, outcomes) with ordinality
            as a (id, viewer_id, creator_id, creator_shard, room_id, item_id, count, coins,
                spent_before, remaining, combo_id, combo_count, outcome, place)
        where outcome = 'posted'
    ), numbered as (
        update charge_stream s set charged_through = charged_through + 1
        where s.shard = p_shard and s.creator_shard = any (select creator_shard from accepted)
        returning s.creator_shard, s.charged_through as batch_no
    ), written as (
        insert into gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after,
            combo_id, combo_count, creator_shard, batch_no, charged_at)
        select p_shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, remaining,
            combo_id, combo_count, creator_shard, batch_no, p_charged_at
        from accepted join numbered using (creator_shard)
    )
    insert into gift_batch (shard, creator_shard, batch_no, charged_at, gifts, coins, gift_ids, viewer_ids, creator_ids,
        room_ids, item_ids, counts, gift_coins, combo_ids, combo_counts)
    select p_shard, creator_shard, batch_no, p_charged_at, count(*), sum(coins),
        array_agg(id order by place), array_agg(viewer_id order by place), array_agg(creator_id order by place),
        array_agg(room_id order by place), array_agg(item_id order by place), array_agg(count order by place),
        array_agg(coins order by place), array_agg(combo_id order by place), array_agg(combo_count order by place)
    from accepted join numbered using (creator_shard)
    group by creator_shard, batch_no;
end $$;
