-- Whether a creator who would earn a gift, or its room, stands still. Internal.
create or replace function has_frozen_receiver(p_gift gift_line, p_at timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from frozen_receiver f
        where f.until > p_at and case f.kind
            when 'room' then f.id = p_gift.room_id
            else f.id = p_gift.creator_id or f.id in (select s.creator_id from unnest(p_gift.shares) s) end)
$$;

-- charge_gifts(): the viewer's side of a batch of gifts, in one shard.
--
-- The arrays run in parallel, one element a gift; they must be sorted by viewer and then by arrival, and hold no
-- (viewer, id) twice. p_creator_shards says where each is shown. Of a gift's line, the combo is found here, and its
-- creator's share: all of it, or nothing when the gift is divided. Then each who earns has a line of their own, in the
-- batch of their shard, that is not shown. The answer is one outcome a gift, in the same order:
--   posted
--   repeated      same id, same body: the first answer again
--   conflict      same id, other body
--   refused       the caller said so (p_refused); judged only after repeats, so that a retry gets its first answer
--   frozen        the wallet, or whoever would receive it, stands still
--   braked        the sender's own brake holds it, or wants it confirmed first: `brakes` says why, and p_confirmed what was
--                 confirmed, in minor units
--   insufficient  coins_short says how many coins are missing
-- Of a sender with a brake, session_given and period_given say how far a posted gift led, in millionths of a minor unit.
-- Only posted gifts move anything. Gifts are judged in arrival order: one that is too dear leaves the coins for the next.
-- p_key_ids: with which key each is sent in its viewer's name; null instead of the array: none of them is.
create or replace function charge_gifts(
    p_shard smallint, p_charged_at timestamptz, p_combo_window_ms integer,
    p_gifts gift_line[], p_creator_shards smallint[], p_refused boolean[], p_key_ids integer[], p_confirmed bigint[],
    out outcomes text[], out coins_short bigint[], out coins_after bigint[],
    out combo_ids uuid[], out combo_counts integer[], out charged_ats timestamptz[],
    out session_given bigint[], out period_given bigint[], out brakes brake_word[]
) language plpgsql security definer set search_path = public, pg_temp
-- Plans made while tables are small must not survive into the day they are large.
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    gifts constant integer := cardinality(p_gifts);
    combo_since constant timestamptz := p_charged_at - p_combo_window_ms * interval '1 millisecond';
    viewers constant bigint[] := array(select viewer_id from unnest(p_gifts));
    wallets wallet[];
    purse wallet;
    next_wallet integer := 1;
    viewer bigint;
    line gift_line;
    target_id bigint;
    changed wallet[] := '{}';
    is_changed boolean := false;
    asked wallet[] := '{}'; -- those of them whose brake was asked
    is_asked boolean := false;
    posted gift_line[] := '{}';
    posted_shards smallint[] := '{}';
    posted_keys integer[] := '{}'; -- stays empty when no gift is by a key
    previous_ids uuid[] := '{}';
    milestones gift_milestone[] := '{}';
    spent_befores bigint[] := '{}';
    remaining bigint[] := '{}';
    promotional integer[] := '{}';
    known gift;
    somebody_is_frozen boolean;
    is_braked boolean;
    ahead record;
    step brake_step;
    session_open timestamptz;
    i integer;
begin
    outcomes := array_fill(null::text, array[gifts]);
    coins_short := array_fill(0::bigint, array[gifts]);
    coins_after := array_fill(0::bigint, array[gifts]);
    combo_ids := array_fill(null::uuid, array[gifts]);
    combo_counts := array_fill(0, array[gifts]);
    charged_ats := array_fill(null::timestamptz, array[gifts]);

    -- The locks come first: whatever another batch did to these wallets is committed and visible below.
    wallets := array(
        select w from wallet w where w.shard = p_shard and w.viewer_id = any (viewers) order by w.viewer_id for no key update
    );

    somebody_is_frozen := exists (select from frozen_receiver where until > p_charged_at);
    if exists (select from brake where is_shared) then
        perform from brake b where b.is_shared and b.id in (select w.brake_id from unnest(wallets) w)
        order by b.id for no key update;
    end if;

    for i in 1..gifts loop
        line := p_gifts[i];
        if viewer is distinct from line.viewer_id then
            if is_changed then
                changed := array_append(changed, purse);
                is_changed := false;
                if is_asked then
                    asked := array_append(asked, purse);
                    is_asked := false;
                end if;
            end if;
            viewer := line.viewer_id;
            if (wallets[next_wallet]).viewer_id = viewer then
                purse := wallets[next_wallet];
                next_wallet := next_wallet + 1;
            else
                purse := null; -- by the names of columns: a wallet may have more of them
                purse.coins := 0;
            end if;
            is_braked := purse.brake_id is not null;
            if is_braked and session_open is null then
                session_open := p_charged_at - session_gap();
                session_given := array_fill(null::bigint, array[gifts]);
                period_given := session_given;
            end if;
        end if;
        -- Ids grow with time: only one that is not above the viewer's last can be known already.
        if line.id <= purse.last_gift_id then
            select * into known from gift where shard = p_shard and viewer_id = viewer and id = line.id;
            if found then
                if known.message is null and line.message is not null and exists (
                    select from message_removal m
                    where m.shard = p_shard and m.viewer_id = viewer and m.gift_id = line.id
                ) then
                    known.message := line.message; -- taken away since
                end if;
                if (known.creator_id, known.room_id, known.item_id, known.count, known.coins, known.message, known.anonymous,
                        known.video_id, known.position_ms, known.shares)
                    is not distinct from
                    (line.creator_id, line.room_id, line.item_id, line.count, line.coins, line.message, line.anonymous,
                        line.video_id, line.position_ms, line.shares)
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
            continue;
        elsif purse.frozen_until > p_charged_at or somebody_is_frozen and has_frozen_receiver(line, p_charged_at) then
            outcomes[i] := 'frozen';
            continue;
        end if;
        -- Until it asks again, what was given follows from what was spent.
        if is_braked and (purse.spent + line.coins <= purse.free_through and line.coins <= purse.free_gift_max
            and p_charged_at < purse.brake_until and purse.combo_at > session_open) is not true
        then
            purse.given := given_of(purse);
            purse.given_spent := purse.spent;
            select w.* into ahead from brake b
            cross join lateral worth_from(p_shard, viewer, purse.spent, line.coins, b.currency, b.coin_worth) w
            where b.id = purse.brake_id;
            step := ask_brake(purse, line, ahead.worth, p_charged_at, p_confirmed[i]);
            brakes := coalesce(brakes, array_fill(null::brake_word, array[gifts]));
            if (step.word).stopped_by is not null then
                outcomes[i] := 'braked';
                brakes[i] := step.word;
                continue;
            elsif purse.coins >= line.coins then
                brakes[i] := step.word;
                purse := free_way(purse, step, line.coins, ahead.through, ahead.first_worth);
                is_asked := true;
            end if;
        end if;
        if purse.coins < line.coins then
            outcomes[i] := 'insufficient';
            coins_short[i] := line.coins - purse.coins;
        else
            target_id := coalesce(line.room_id, line.video_id);
            -- A combo is told of with its sender: one who hides is in none that names them.
            if purse.combo_room_id = target_id and purse.combo_creator_id = line.creator_id
                and purse.combo_item_id = line.item_id and purse.combo_anonymous = line.anonymous
                and purse.combo_at >= combo_since
            then
                purse.combo_count := purse.combo_count + line.count;
            else
                purse.combo_id := line.id;
                purse.combo_room_id := target_id;
                purse.combo_creator_id := line.creator_id;
                purse.combo_item_id := line.item_id;
                purse.combo_anonymous := line.anonymous;
                purse.combo_count := line.count;
            end if;
            purse.combo_at := p_charged_at;
            purse.last_gift_id := greatest(purse.last_gift_id, line.id);
            line.combo_id := purse.combo_id;
            line.combo_count := purse.combo_count;
            line.share_coins := case when line.shares is null then line.coins else 0 end;
            posted := array_append(posted, line);
            posted_shards := array_append(posted_shards, p_creator_shards[i]);
            if p_key_ids is not null then
                posted_keys := array_append(posted_keys, p_key_ids[i]);
            end if;
            previous_ids := array_append(previous_ids, purse.newest_gift_id);
            purse.newest_gift_id := line.id;
            purse.gifts_since_milestone := purse.gifts_since_milestone + 1;
            if purse.gifts_since_milestone >= gifts_between_milestones() then
                purse.gifts_since_milestone := 0;
                milestones := array_append(milestones, row(p_shard, viewer, purse.spent, line.id)::gift_milestone);
            end if;
            spent_befores := array_append(spent_befores, purse.spent);
            if purse.spent < purse.promotional_through then
                promotional := array_append(promotional, cardinality(posted));
            end if;
            purse.coins := purse.coins - line.coins;
            purse.spent := purse.spent + line.coins;
            if is_braked then
                session_given[i] := purse.given + (purse.spent - purse.given_spent) * purse.next_coin_worth - purse.session_mark;
                period_given[i] := session_given[i] + purse.session_mark - purse.period_mark;
            end if;
            remaining := array_append(remaining, purse.coins);
            outcomes[i] := 'posted';
            coins_after[i] := purse.coins;
            combo_ids[i] := purse.combo_id;
            combo_counts[i] := purse.combo_count;
            charged_ats[i] := p_charged_at;
            is_changed := true;
        end if;
    end loop;
    if is_changed then
        changed := array_append(changed, purse);
        if is_asked then
            asked := array_append(asked, purse);
        end if;
    end if;
    if cardinality(posted) = 0 then
        return;
    end if;

    if cardinality(asked) > 0 then -- before the coins are spent
        update wallet w
        set given = a.given, given_spent = a.given_spent, next_coin_worth = a.next_coin_worth, free_through = a.free_through,
            free_gift_max = a.free_gift_max, brake_until = a.brake_until, session_mark = a.session_mark, period_mark = a.period_mark
        from unnest(asked) a
        where w.shard = p_shard and w.viewer_id = a.viewer_id;
    end if;
    update wallet w
    set coins = c.coins, spent = c.spent, last_gift_id = c.last_gift_id, combo_id = c.combo_id, combo_room_id = c.combo_room_id,
        combo_creator_id = c.combo_creator_id, combo_item_id = c.combo_item_id, combo_anonymous = c.combo_anonymous,
        combo_count = c.combo_count, combo_at = c.combo_at, newest_gift_id = c.newest_gift_id,
        gifts_since_milestone = c.gifts_since_milestone
    from unnest(changed) c
    where w.shard = p_shard and w.viewer_id = c.viewer_id;

    if cardinality(milestones) > 0 then
        insert into gift_milestone (shard, viewer_id, spent_before, gift_id)
        select shard, viewer_id, spent_before, gift_id from unnest(milestones);
    end if;

    with accepted as materialized (
        select * from unnest(posted, posted_shards, previous_ids, spent_befores, remaining) with ordinality
            as a (id, viewer_id, creator_id, share_coins, room_id, item_id, count, coins, combo_id, combo_count, message,
                anonymous, video_id, position_ms, shares, creator_shard, previous_id, spent_before, remaining, place)
    ), shared as materialized (
        select a.place, s.share_no, s.creator_id, s.coins, s.creator_shard
        from accepted a
        cross join lateral unnest(a.shares) with ordinality as s (creator_id, coins, creator_shard, share_no)
        where a.shares is not null
    ), numbered as (
        update charge_stream s set charged_through = charged_through + 1
        where s.shard = p_shard
            and s.creator_shard = any (select creator_shard from accepted union all select creator_shard from shared)
        returning s.creator_shard, s.charged_through as batch_no
    ), written as (
        insert into gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after,
            combo_id, combo_count, message, anonymous, creator_shard, batch_no, charged_at, video_id, position_ms, shares,
            share_batch_nos, previous_gift_id, key_id)
        select p_shard, a.viewer_id, a.id, a.creator_id, a.room_id, a.item_id, a.count, a.coins, a.spent_before, a.remaining,
            a.combo_id, a.combo_count, a.message, a.anonymous, n.creator_shard, n.batch_no, p_charged_at,
            a.video_id, a.position_ms, a.shares, case when a.shares is not null then (
                select array_agg(b.batch_no order by s.share_no) from shared s join numbered b using (creator_shard)
                where s.place = a.place) end, a.previous_id, posted_keys[a.place]
        from accepted a join numbered n using (creator_shard)
    ), shown as (
        select creator_shard, count(*) as gifts, sum(share_coins) as coins, array_agg(posted[place] order by place) as lines
        from accepted group by creator_shard
    ), unshown as (
        select creator_shard, count(*) as gifts, sum(coins) as coins,
            array_agg(part_of(posted[place], creator_id, coins) order by place, share_no) as lines
        from shared group by creator_shard
    )
    insert into gift_batch (shard, creator_shard, batch_no, charged_at, gifts, coins, lines, unshown)
    select p_shard, n.creator_shard, n.batch_no, p_charged_at, coalesce(s.gifts, 0) + coalesce(u.gifts, 0),
        coalesce(s.coins, 0) + coalesce(u.coins, 0), coalesce(s.lines, '{}'), u.lines
    from numbered n left join shown s using (creator_shard) left join unshown u using (creator_shard);

    if cardinality(promotional) > 0 then
        perform mark_promotional(p_shard, array(select posted[place] from unnest(promotional) place));
    end if;
end $$;

-- charge(): as servers of the version before ask for it. They know no brakes: who gives is told that the receiver stands still.
create or replace function charge(
    p_shard smallint, p_charged_at timestamptz, p_combo_window_ms integer,
    p_gifts gift_line[], p_creator_shards smallint[], p_refused boolean[],
    out outcomes text[], out coins_short bigint[], out coins_after bigint[],
    out combo_ids uuid[], out combo_counts integer[], out charged_ats timestamptz[]
) language sql security definer set search_path = public, pg_temp as $$
    select array_replace(outcomes, 'braked', 'frozen'), coins_short, coins_after, combo_ids, combo_counts, charged_ats
    from charge_gifts(p_shard, p_charged_at, p_combo_window_ms, p_gifts, p_creator_shards, p_refused, null, null)
$$;
