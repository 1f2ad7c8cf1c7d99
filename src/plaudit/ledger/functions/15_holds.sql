-- Holds: coins of a wallet set aside for a purpose until a time, then spent by exactly their lots or given back to them.
-- The wallet is locked before the hold, everywhere.

-- Move the coins of a hold off the strip (p_direction 1) or back onto it (-1), lot by lot. p_first: they are spent next.
-- Internal; the wallet is locked by the caller.
create or replace function move_held(p_purse wallet, p_hold hold, p_direction integer, p_first boolean)
returns void language plpgsql set search_path = public, pg_temp as $$
declare
    pieces constant lot_coins[] := array(
        select row(lot_id, coins)::lot_coins from hold_piece where shard = p_hold.shard and hold_id = p_hold.hold_id);
begin
    update lot l set coins_held = coins_held + p_direction * c.coins from unnest(pieces) c
    where l.shard = p_hold.shard and l.lot_id = c.lot_id;
    perform lay_lots(p_hold.shard, p_hold.viewer_id, p_purse.spent,
        array(select row(c.lot_id, -p_direction * c.coins)::lot_coins from unnest(pieces) c), p_first);
    update wallet set coins = coins - p_direction * p_hold.coins, held = held + p_direction * p_hold.coins
    where shard = p_hold.shard and viewer_id = p_hold.viewer_id;
end $$;

-- End a hold: its coins are on the strip again. A hold has one end. Internal; the wallet is locked by the caller.
create or replace function end_hold(p_purse wallet, p_hold hold, p_state text, p_at timestamptz, p_gift_id uuid default null)
returns void language plpgsql set search_path = public, pg_temp as $$
begin
    update hold set previous_state = state, state = p_state, ended_at = greatest(p_at, held_at), gift_id = p_gift_id, due_at = null
    where shard = p_hold.shard and hold_id = p_hold.hold_id;
    perform move_held(p_purse, p_hold, -1, p_state = 'spent');
end $$;

-- hold(): set coins aside, those that would be spent next. Once per id. The answer is one outcome:
--   held
--   repeated      same id, same body, whatever became of it since
--   conflict      same id, other body
--   refused       the caller said so (p_refused); judged only after repeats, so that a retry gets its first answer
--   frozen        the wallet stands still
--   too_many      the wallet has p_holds_max open holds
--   insufficient  coins_short says how many free coins are missing
create or replace function hold(
    p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_purpose text, p_coins bigint, p_held_at timestamptz,
    p_ends_at timestamptz, p_holds_max integer, p_refused boolean, out outcome text, out coins_short bigint
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
    purse wallet;
    known hold;
begin
    coins_short := 0;
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    select * into known from hold h where h.shard = p_shard and h.hold_id = p_hold_id;
    if found then
        outcome := case when (known.viewer_id, known.purpose, known.coins, known.ends_at)
            = (p_viewer_id, p_purpose, p_coins, p_ends_at) then 'repeated' else 'conflict' end;
    elsif p_refused then
        outcome := 'refused';
    elsif purse.frozen_until > p_held_at then
        outcome := 'frozen';
    elsif (select count(*) from hold h where h.shard = p_shard and h.viewer_id = p_viewer_id and h.state = 'held') >= p_holds_max
    then
        outcome := 'too_many';
    elsif coalesce(purse.coins, 0) < p_coins then
        outcome := 'insufficient';
        coins_short := p_coins - coalesce(purse.coins, 0);
    else
        insert into hold (shard, hold_id, viewer_id, purpose, coins, held_at, ends_at, due_at)
        values (p_shard, p_hold_id, p_viewer_id, p_purpose, p_coins, p_held_at, p_ends_at, p_ends_at)
        returning * into known;
        insert into hold_piece (shard, hold_id, viewer_id, lot_id, coins)
        select p_shard, p_hold_id, p_viewer_id, s.lot_id,
            sum(least(s.end_coin, purse.spent + p_coins) - greatest(s.start_coin, purse.spent))
        from strip s
        where s.shard = p_shard and s.viewer_id = p_viewer_id
            and s.start_coin < purse.spent + p_coins and s.end_coin > purse.spent
        group by s.lot_id;
        perform move_held(purse, known, 1, false);
        outcome := 'held';
    end if;
end $$;

-- spend_hold(): pay for one gift by exactly the coins that are held, all of them. They are laid first and charged at once,
-- so that everything else about the gift is what charge_gifts() makes of it. Once per gift. A gift is refused when the hold has
-- ended or its time is over, when it has another price, or when the caller says so (p_refused); it is frozen or braked as
-- charge_gifts() has it, but nobody is asked: they said it when the coins were set aside.
create or replace function spend_hold(
    p_shard smallint, p_hold_id uuid, p_charged_at timestamptz, p_combo_window_ms integer, p_gift gift_line,
    p_creator_shard smallint, p_refused boolean, out outcome text, out coins_after bigint, out combo_id uuid,
    out combo_count integer, out charged_at timestamptz
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
    purse wallet;
    known hold;
    is_frozen boolean;
    is_braked boolean := false;
    pays boolean;
    confirmed constant bigint := 1000000000000;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_gift.viewer_id for no key update;
    select * into known from hold h
    where h.shard = p_shard and h.viewer_id = p_gift.viewer_id and h.hold_id = p_hold_id;
    is_frozen := purse.frozen_until is not null and purse.frozen_until > p_charged_at or has_frozen_receiver(p_gift, p_charged_at);
    if purse.brake_id is not null and known.hold_id is not null then
        perform from brake where id = purse.brake_id for no key update;
        select (brake_on(b, p_charged_at, (
                select sum(p.coins * coin_worth_of(l, b.currency, b.coin_worth))::bigint
                from hold_piece p join lot l on l.shard = p.shard and l.lot_id = p.lot_id
                where p.shard = p_shard and p.hold_id = p_hold_id
            ), given_to(b, p_gift.creator_id), confirmed)).stopped_by is not null
        into is_braked from brake_of(p_gift.viewer_id, p_charged_at) b;
    end if;
    pays := known.hold_id is not null and not p_refused and not is_frozen and not is_braked and known.state = 'held'
        and known.ends_at > p_charged_at and known.coins = p_gift.coins
        and not exists (
            select from gift g where g.shard = p_shard and g.viewer_id = p_gift.viewer_id and g.id = p_gift.id);
    if pays then
        perform end_hold(purse, known, 'spent', p_charged_at, p_gift.id);
    end if;
    select c.outcomes[1], c.coins_after[1], c.combo_ids[1], c.combo_counts[1], c.charged_ats[1]
    into outcome, coins_after, combo_id, combo_count, charged_at
    from charge_gifts(
        p_shard, p_charged_at, p_combo_window_ms, array[p_gift], array[p_creator_shard], array[not pays], array[acting_key()],
        array[confirmed]) c;
    if pays <> (outcome = 'posted') then
        raise exception 'hold % and gift % do not fit: %', p_hold_id, p_gift.id, outcome using errcode = 'data_corrupted';
    end if;
    if outcome = 'refused' and is_frozen and not p_refused then
        outcome := 'frozen';
    elsif outcome = 'refused' and is_braked and not p_refused then
        outcome := 'braked';
    elsif outcome = 'repeated' and known.gift_id is distinct from p_gift.id then
        outcome := 'conflict';
    end if;
end $$;

-- release_hold(): let a hold go, early or because its time is over; what expired meanwhile expires now. Answers whether it
-- was let go now.
create or replace function release_hold(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_at timestamptz)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
    purse wallet;
    known hold;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    select * into known from hold h
    where h.shard = p_shard and h.viewer_id = p_viewer_id and h.hold_id = p_hold_id and h.state = 'held';
    if not found then
        return false;
    end if;
    perform end_hold(purse, known, case when p_at < known.ends_at then 'released' else 'lapsed' end, p_at);
    perform expire_wallet(p_shard, p_viewer_id, p_at);
    return true;
end $$;

-- Set aside what is free of one lot, because it stands still; answers how many coins. Internal to freezes.
create or replace function hold_lot(
    p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_lot_id uuid, p_held_at timestamptz, p_ends_at timestamptz
) returns bigint language plpgsql set search_path = public, pg_temp as $$
declare
    purse wallet;
    made hold;
    free bigint;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    select coalesce(sum(end_coin - greatest(start_coin, purse.spent)), 0) into free from strip
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and end_coin > purse.spent;
    if free > 0 then
        insert into hold (shard, hold_id, viewer_id, purpose, coins, held_at, ends_at, due_at)
        values (p_shard, p_hold_id, p_viewer_id, 'freeze', free, p_held_at, p_ends_at, p_ends_at)
        returning * into made;
        insert into hold_piece (shard, hold_id, viewer_id, lot_id, coins)
        values (p_shard, p_hold_id, p_viewer_id, p_lot_id, free);
        perform move_held(purse, made, 1, false);
    end if;
    return free;
end $$;

-- Let go what hold_lot() set aside of a lot; what expired meanwhile expires now. Internal to freezes.
create or replace function release_lot(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_at timestamptz)
returns void language plpgsql set search_path = public, pg_temp as $$
declare
    purse wallet;
    known hold;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    for known in
        select h.* from hold_piece p join hold h using (shard, hold_id)
        where p.shard = p_shard and p.lot_id = p_lot_id and h.viewer_id = p_viewer_id and h.purpose = 'freeze' and h.state = 'held'
    loop
        perform end_hold(purse, known, case when p_at < known.ends_at then 'released' else 'lapsed' end, p_at);
    end loop;
    perform expire_wallet(p_shard, p_viewer_id, p_at);
end $$;

-- Note until when a creator or a room gets no gift; null: they get them again. Internal to freezes.
create or replace function freeze_receiver(p_kind text, p_id bigint, p_until timestamptz)
returns void language plpgsql set search_path = public, pg_temp as $$
begin
    if p_until is null then
        delete from frozen_receiver where kind = p_kind and id = p_id;
    else
        insert into frozen_receiver (kind, id, until) values (p_kind, p_id, p_until)
        on conflict (kind, id) do update set until = excluded.until;
    end if;
end $$;

-- Break holds of a lot, the latest first, until so many of its coins are free or none of its holds is left; answers how
-- many were broken. A hold breaks whole: its other lots get their coins back. Internal to take_back().
create or replace function break_holds(p_purse wallet, p_lot_id uuid, p_coins bigint, p_at timestamptz)
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
    known hold;
    free bigint;
    broken integer := 0;
begin
    for known in
        select h.* from hold_piece p join hold h using (shard, hold_id)
        where p.shard = p_purse.shard and p.lot_id = p_lot_id and h.viewer_id = p_purse.viewer_id and h.state = 'held'
        order by h.held_at desc, h.hold_id desc
    loop
        select coalesce(sum(end_coin - greatest(start_coin, p_purse.spent)), 0) into free from strip
        where shard = p_purse.shard and viewer_id = p_purse.viewer_id and lot_id = p_lot_id and end_coin > p_purse.spent;
        exit when free >= p_coins;
        perform end_hold(p_purse, known, 'broken', p_at);
        broken := broken + 1;
    end loop;
    return broken;
end $$;
