-- The strip of a wallet: lots in, in the order in which they are spent, and the way back out.

-- The order of spending: what expires first, then promotional coins, then the oldest.
create or replace function spend_rank(p_lot lot) returns record
language sql immutable set search_path = public, pg_temp as $$
    select coalesce(p_lot.expires_at, 'infinity'), p_lot.kind <> 'promotional', p_lot.created_at, p_lot.lot_id
$$;

-- Change the unspent coins of lots and lay the unspent part of the strip anew, in the order of spending. What was spent
-- stays where it is. p_first: what comes is put before all else, to be spent next. Internal; the wallet is locked by the
-- caller.
create or replace function lay_lots(
    p_shard smallint, p_viewer_id bigint, p_spent bigint, p_changes lot_coins[], p_first boolean
) returns void language plpgsql set search_path = public, pg_temp as $$
declare
    head strip;
    lot_ids uuid[];
    lengths bigint[];
    last_end bigint := p_spent;
begin
    select * into head from strip
    where shard = p_shard and viewer_id = p_viewer_id and start_coin < p_spent and end_coin > p_spent;

    select array_agg(l.lot_id order by part.is_first desc, spend_rank(l)),
        array_agg(part.coins order by part.is_first desc, spend_rank(l))
    into lot_ids, lengths
    from (
        select is_first, lot_id, sum(coins)::bigint as coins from (
            select false as is_first, s.lot_id, s.end_coin - greatest(s.start_coin, p_spent) as coins from strip s
            where s.shard = p_shard and s.viewer_id = p_viewer_id and s.end_coin > p_spent
            union all select p_first, c.lot_id, c.coins from unnest(p_changes) c
        ) parts group by is_first, lot_id
    ) part join lot l on l.shard = p_shard and l.viewer_id = p_viewer_id and l.lot_id = part.lot_id
    where part.coins <> 0;

    delete from strip where shard = p_shard and viewer_id = p_viewer_id and end_coin > p_spent;
    if head.lot_id is not null and head.lot_id = lot_ids[1] then
        -- The lot that is being spent goes on: one interval, not two.
        last_end := head.start_coin;
        lengths[1] := lengths[1] + p_spent - head.start_coin;
    elsif head.lot_id is not null then
        insert into strip (shard, viewer_id, start_coin, end_coin, lot_id)
        values (p_shard, p_viewer_id, head.start_coin, p_spent, head.lot_id);
    end if;
    insert into strip (shard, viewer_id, start_coin, end_coin, lot_id)
    select p_shard, p_viewer_id, last_end + reached - length, last_end + reached, lot_id
    from (
        select u.lot_id, u.length, (sum(u.length) over (order by u.place))::bigint as reached
        from unnest(lot_ids, lengths) with ordinality as u (lot_id, length, place)
    ) laid;
    update wallet w set promotional_through = p.through
    from (
        select coalesce(max(s.end_coin), 0) as through from strip s join lot l using (shard, viewer_id, lot_id)
        where s.shard = p_shard and s.viewer_id = p_viewer_id and s.end_coin > p_spent and l.kind = 'promotional'
    ) p
    where w.shard = p_shard and w.viewer_id = p_viewer_id and w.promotional_through <> p.through
        and greatest(w.promotional_through, p.through) > p_spent;
    update wallet set free_through = null where shard = p_shard and viewer_id = p_viewer_id and free_through is not null;
end $$;

-- The same for one lot.
create or replace function lay_strip(
    p_shard smallint, p_viewer_id bigint, p_spent bigint, p_lot_id uuid, p_change bigint
) returns void language sql set search_path = public, pg_temp as $$
    select lay_lots(p_shard, p_viewer_id, p_spent, array[row(p_lot_id, p_change)::lot_coins], false)
$$;

-- fund(): a lot in its place on a wallet's strip. Once per lot; answers whether it was funded now.
create or replace function fund(
    p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_kind text, p_reason text, p_coins bigint,
    p_price_minor bigint, p_currency text, p_at timestamptz, p_expires_at timestamptz default null
) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
    purse wallet;
    added lot;
begin
    if p_reason not in ('recharge', 'promotion') then
        raise exception '% does not fund a wallet', p_reason using errcode = 'invalid_parameter_value';
    end if;
    insert into wallet (shard, viewer_id) values (p_shard, p_viewer_id) on conflict do nothing;
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    if not record_transfer(p_shard, p_lot_id, p_reason, 0, p_viewer_id, 'COIN', p_coins, p_at) then
        return false;
    end if;
    perform move_balance(p_shard, 'coins_issued', 0, 'COIN', -p_coins);
    insert into lot (shard, lot_id, viewer_id, kind, coins, price_minor, currency, created_at, expires_at)
    values (p_shard, p_lot_id, p_viewer_id, p_kind, p_coins, p_price_minor, p_currency, p_at, p_expires_at)
    returning * into added;
    if exists (
        select from strip s join lot l using (shard, viewer_id, lot_id)
        where s.shard = p_shard and s.viewer_id = p_viewer_id and s.end_coin > purse.spent
            and spend_rank(l) > spend_rank(added)
    ) then
        perform lay_strip(p_shard, p_viewer_id, purse.spent, p_lot_id, p_coins);
    else
        insert into strip (shard, viewer_id, start_coin, end_coin, lot_id)
        values (p_shard, p_viewer_id, purse.coins + purse.spent, purse.coins + purse.spent + p_coins, p_lot_id);
        if p_kind = 'promotional' then
            update wallet set promotional_through = purse.coins + purse.spent + p_coins
            where shard = p_shard and viewer_id = p_viewer_id;
        end if;
    end if;
    update wallet set coins = coins + p_coins where shard = p_shard and viewer_id = p_viewer_id;
    return true;
end $$;

-- Mark coins of a lot that were spent, the latest first, and the gifts they paid for. Internal to take_back().
create or replace function mark_spent(
    p_shard smallint, p_viewer_id bigint, p_spent bigint, p_reversal_id uuid, p_lot_id uuid, p_coins bigint, p_at timestamptz
) returns void language plpgsql set search_path = public, pg_temp as $$
declare
    free int8multirange;
    stretch int8range;
    left_over bigint := p_coins;
    taken bigint;
begin
    select coalesce(range_agg(int8range(start_coin, least(end_coin, p_spent))), '{}') into free from strip
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and start_coin < p_spent;
    free := free - (
        select coalesce(range_agg(int8range(c.start_coin, c.end_coin)), '{}')
        from reversed_strip c join lot_reversal r using (shard, reversal_id)
        where c.shard = p_shard and c.viewer_id = p_viewer_id and r.lot_id = p_lot_id
    );
    for stretch in select u from unnest(free) u order by lower(u) desc loop
        exit when left_over = 0;
        taken := least(left_over, upper(stretch) - lower(stretch));
        insert into reversed_strip (shard, viewer_id, start_coin, end_coin, reversal_id)
        values (p_shard, p_viewer_id, upper(stretch) - taken, upper(stretch), p_reversal_id);
        left_over := left_over - taken;
    end loop;
    if left_over <> 0 then
        raise exception 'lot %: % coins are nowhere on the strip', p_lot_id, left_over using errcode = 'data_corrupted';
    end if;

    insert into gift_reversal (shard, viewer_id, gift_id, reversal_id, creator_id, room_id, video_id, item_id, coins, marked_at)
    select p_shard, p_viewer_id, g.id, p_reversal_id, g.creator_id, g.room_id, g.video_id, g.item_id,
        sum(least(c.end_coin, g.spent_before + g.coins) - greatest(c.start_coin, g.spent_before)), p_at
    from reversed_strip c
    cross join lateral gifts_between(p_shard, p_viewer_id, c.start_coin, c.end_coin) w
    join gift_part g on g.shard = p_shard and g.viewer_id = p_viewer_id and g.id = w.id and g.coins > 0
        and g.spent_before < c.end_coin and g.spent_before + g.coins > c.start_coin
    where c.shard = p_shard and c.reversal_id = p_reversal_id
    group by g.id, g.creator_id, g.room_id, g.video_id, g.item_id;

    insert into clawback (shard, reversal_id, creator_id, direction, coins, creator_shard, through_batch_no, queued_at)
    select p_shard, p_reversal_id, g.creator_id, 'take', sum(m.coins), g.creator_shard, max(g.batch_no), p_at
    from gift_reversal m
    join gift_part g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id and g.creator_id = m.creator_id
        and g.coins > 0
    where m.shard = p_shard and m.reversal_id = p_reversal_id
    group by g.creator_id, g.creator_shard;
end $$;

-- take_back(): coins of a paid lot go back because its money does: the unspent ones first, out of the wallet, where they
-- are free before where they are held; then those that were spent last, whose gifts are marked and whose creators' part is
-- queued as clawback. Other lots lose nothing. Once per reversal; answers what it was, the first time and each time after.
create or replace function take_back(
    p_shard smallint, p_viewer_id bigint, p_reversal_id uuid, p_lot_id uuid, p_coins bigint, p_unspent_only boolean,
    p_at timestamptz, out coins_unspent bigint, out coins_spent bigint
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
    known lot_reversal;
    purse wallet;
    taken_from lot;
    available bigint;
    broken integer;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    select * into known from lot_reversal r where r.shard = p_shard and r.reversal_id = p_reversal_id;
    if found then
        if (known.viewer_id, known.lot_id, known.unspent_only, known.coins_unspent + known.coins_spent)
            <> (p_viewer_id, p_lot_id, p_unspent_only, p_coins)
        then
            raise exception 'reversal % took back something else', p_reversal_id
                using errcode = 'unique_violation', constraint = 'lot_reversal_pkey';
        end if;
        coins_unspent := known.coins_unspent;
        coins_spent := known.coins_spent;
        return;
    end if;

    broken := break_holds(purse, p_lot_id, p_coins, p_at);
    update lot set coins_reversed = coins_reversed + p_coins
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and p_coins > 0 returning * into taken_from;
    if not found then
        raise exception 'viewer % has no lot % of which % coins could be taken', p_viewer_id, p_lot_id, p_coins
            using errcode = 'no_data_found';
    end if;
    if taken_from.kind <> 'paid' then
        raise exception 'lot % was not paid for', p_lot_id using errcode = 'check_violation', constraint = 'lot_is_paid';
    end if;
    select coalesce(sum(end_coin - greatest(start_coin, purse.spent)), 0) into available from strip
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and end_coin > purse.spent;
    if p_unspent_only and available < p_coins then
        raise exception 'lot % has % unspent coins, not %', p_lot_id, available, p_coins
            using errcode = 'check_violation', constraint = 'lot_unspent_not_enough';
    end if;
    coins_unspent := least(available, p_coins);
    coins_spent := p_coins - coins_unspent;

    insert into lot_reversal (shard, reversal_id, viewer_id, lot_id, unspent_only, coins_unspent, coins_spent, taken_at)
    values (p_shard, p_reversal_id, p_viewer_id, p_lot_id, p_unspent_only, coins_unspent, coins_spent, p_at);
    if coins_unspent > 0 then
        perform record_transfer(p_shard, p_reversal_id, 'reversal', p_viewer_id, 0, 'COIN', coins_unspent, p_at);
        perform move_balance(p_shard, 'coins_issued', 0, 'COIN', coins_unspent);
        perform lay_strip(p_shard, p_viewer_id, purse.spent, p_lot_id, -coins_unspent);
        update wallet set coins = coins - coins_unspent where shard = p_shard and viewer_id = p_viewer_id;
    end if;
    if coins_spent > 0 then
        perform mark_spent(p_shard, p_viewer_id, purse.spent, p_reversal_id, p_lot_id, coins_spent, p_at);
    end if;
    if broken > 0 then
        perform expire_wallet(p_shard, p_viewer_id, p_at);
    end if;
end $$;

-- put_back(): the money stays after all: what a reversal took is spendable again, its marks are lifted, and the
-- creators' part is queued to be returned. Answers whether it was put back now.
create or replace function put_back(p_shard smallint, p_viewer_id bigint, p_reversal_id uuid, p_at timestamptz)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
    known lot_reversal;
    purse wallet;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    update lot_reversal set put_back_at = p_at
    where shard = p_shard and viewer_id = p_viewer_id and reversal_id = p_reversal_id and put_back_at is null
    returning * into known;
    if not found then
        perform from lot_reversal where shard = p_shard and viewer_id = p_viewer_id and reversal_id = p_reversal_id;
        if not found then
            raise exception 'viewer % has no reversal %', p_viewer_id, p_reversal_id using errcode = 'no_data_found';
        end if;
        return false;
    end if;
    update lot set coins_reversed = coins_reversed - known.coins_unspent - known.coins_spent
    where shard = p_shard and lot_id = known.lot_id;
    if known.coins_unspent > 0 then
        perform record_transfer(p_shard, p_reversal_id, 'reversal_undone', 0, p_viewer_id, 'COIN', known.coins_unspent, p_at);
        perform move_balance(p_shard, 'coins_issued', 0, 'COIN', -known.coins_unspent);
        perform lay_strip(p_shard, p_viewer_id, purse.spent, known.lot_id, known.coins_unspent);
        update wallet set coins = coins + known.coins_unspent where shard = p_shard and viewer_id = p_viewer_id;
    end if;
    delete from reversed_strip where shard = p_shard and reversal_id = p_reversal_id;
    update gift_reversal set lifted_at = p_at where shard = p_shard and reversal_id = p_reversal_id;
    insert into clawback (shard, reversal_id, creator_id, direction, coins, creator_shard, through_batch_no, queued_at)
    select shard, reversal_id, creator_id, 'return', coins, creator_shard, through_batch_no, p_at from clawback
    where shard = p_shard and reversal_id = p_reversal_id and direction = 'take';
    return true;
end $$;

-- Take what is unspent and not held of a lot out of its wallet, which the caller has locked; answers how many coins. Internal.
create or replace function expire_lot(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_now timestamptz)
returns bigint language plpgsql set search_path = public, pg_temp as $$
declare
    purse wallet;
    unspent bigint;
    reached bigint;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id;
    select coalesce(sum(end_coin - greatest(start_coin, purse.spent)), 0) into unspent from strip
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and end_coin > purse.spent;
    if unspent = 0 then
        return 0;
    end if;
    update lot set coins_expired = coins_expired + unspent where shard = p_shard and lot_id = p_lot_id
    returning coins_expired into reached;
    -- A lot can expire twice: coins that come back after it expired go as well. The reference says which time it is.
    perform record_transfer(p_shard, md5(p_lot_id::text || reached)::uuid, 'expiry', p_viewer_id, 0, 'COIN', unspent, p_now);
    perform move_balance(p_shard, 'coins_expired', 0, 'COIN', unspent);
    perform lay_strip(p_shard, p_viewer_id, purse.spent, p_lot_id, -unspent);
    update wallet set coins = coins - unspent where shard = p_shard and viewer_id = p_viewer_id;
    -- Their screens are told at the commit; without it they would find out by polling.
    perform pg_notify('plaudit_wallets', ':' || p_viewer_id);
    return unspent;
end $$;

-- The same for all expired lots of one wallet, which the caller has locked: what comes back too late goes at once. Internal.
create or replace function expire_wallet(p_shard smallint, p_viewer_id bigint, p_now timestamptz)
returns void language plpgsql set search_path = public, pg_temp as $$
declare
    due uuid;
begin
    for due in
        select lot_id from lot where shard = p_shard and viewer_id = p_viewer_id and expires_at <= p_now
            and coins_reversed + coins_expired < coins
        order by expires_at, lot_id
    loop
        perform expire_lot(p_shard, p_viewer_id, due, p_now);
    end loop;
end $$;

-- Take unspent coins of expired lots out of wallets, at most so many lots; answers how many. Until then they can be spent.
create or replace function expire_lots(p_now timestamptz, p_lots_max integer)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    due lot;
    dues constant lot[] := array(
        select l from lot l where expires_at <= p_now and coins_reversed + coins_expired < coins and exists (
            select from strip s join wallet w using (shard, viewer_id)
            where s.shard = l.shard and s.viewer_id = l.viewer_id and s.lot_id = l.lot_id and s.end_coin > w.spent)
        order by expires_at limit p_lots_max);
    expired integer := 0;
begin
    -- All wallets before any account, and in the order in which charge() locks them: nobody waits for another in a circle.
    perform from wallet where (shard, viewer_id) in (select u.shard, u.viewer_id from unnest(dues) u)
    order by shard, viewer_id for no key update;
    foreach due in array dues loop
        if expire_lot(due.shard, due.viewer_id, due.lot_id, p_now) > 0 then
            expired := expired + 1;
        end if;
    end loop;
    return expired;
end $$;

-- Where the coins of each lot are: coins = unspent + held + spent + reversed_unspent + expired; reversed_spent are among the
-- spent.
create or replace view lot_state as
    select l.shard, l.lot_id, l.viewer_id, l.kind, l.coins, s.unspent, s.spent, r.reversed_unspent, r.reversed_spent,
        l.coins_expired as expired, l.price_minor, l.currency, l.created_at, l.expires_at, l.coins_held as held
    from lot l
    join wallet w using (shard, viewer_id)
    cross join lateral (
        select coalesce(sum(end_coin - greatest(start_coin, w.spent)) filter (where end_coin > w.spent), 0)::bigint as unspent,
            coalesce(sum(least(end_coin, w.spent) - start_coin) filter (where start_coin < w.spent), 0)::bigint as spent
        from strip where strip.shard = l.shard and strip.viewer_id = l.viewer_id and strip.lot_id = l.lot_id
    ) s
    cross join lateral (
        select coalesce(sum(coins_unspent), 0)::bigint as reversed_unspent, coalesce(sum(coins_spent), 0)::bigint as reversed_spent
        from lot_reversal where lot_reversal.shard = l.shard and lot_reversal.lot_id = l.lot_id and put_back_at is null
    ) r;
