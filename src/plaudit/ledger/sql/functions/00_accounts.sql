-- Shards, balances and transfers: the low-rate part of the books.

create or replace function shard_of(p_id bigint) returns smallint
language sql stable security definer set search_path = public, pg_temp as $$
    select (p_id % shards)::smallint from ledger_setting
$$;

-- Add to the balance of an account of any kind but a wallet. Internal to post().
create or replace function move_balance(
    p_shard smallint, p_kind text, p_owner_id bigint, p_asset text, p_amount bigint
) returns void language plpgsql set search_path = public, pg_temp as $$
begin
    if p_kind = 'gift_balance' then
        update gift_balance set balance = balance + p_amount where shard = p_shard and creator_id = p_owner_id;
        if not found then
            raise exception 'creator % has no gift balance', p_owner_id
                using errcode = 'check_violation', constraint = 'gift_balance_not_overdrawn';
        end if;
    else
        -- Tried as an update first: the check of an insert would see the movement alone, not the balance it leads to.
        update account set balance = balance + p_amount
        where shard = p_shard and kind = p_kind and owner_id = p_owner_id and asset = p_asset;
        if not found then
            insert into account as a (shard, kind, owner_id, asset, balance, may_go_negative)
            select p_shard, kind, p_owner_id, p_asset, p_amount, may_go_negative from account_kind where kind = p_kind
            on conflict (shard, kind, owner_id, asset) do update set balance = a.balance + excluded.balance;
        end if;
    end if;
end $$;

-- Write the row of a transfer, once. True: written. False: it was there, with the same body.
create or replace function record_transfer(
    p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint,
    p_asset text, p_amount bigint, p_at timestamptz
) returns boolean language plpgsql set search_path = public, pg_temp as $$
declare
    present transfer;
begin
    insert into transfer (shard, reference, reason, debit_kind, debit_owner, credit_kind, credit_owner, asset, amount, posted_at)
    select p_shard, p_reference, r.reason, r.debit_kind, p_debit_owner, r.credit_kind, p_credit_owner, p_asset, p_amount, p_at
    from transfer_reason r where r.reason = p_reason
    on conflict (shard, reference, reason) do nothing;
    if found then
        return true;
    end if;
    select * into present from transfer t where t.shard = p_shard and t.reference = p_reference and t.reason = p_reason;
    if not found then
        raise exception 'no movement is called %', p_reason using errcode = 'foreign_key_violation';
    end if;
    if (present.debit_owner, present.credit_owner, present.asset, present.amount)
        <> (p_debit_owner, p_credit_owner, p_asset, p_amount)
    then
        raise exception 'transfer % of % was posted with another body', p_reason, p_reference
            using errcode = 'unique_violation', constraint = 'transfer_pkey';
    end if;
    return false;
end $$;

-- post(): one movement between two accounts, once per (reference, reason). Answers whether it was posted now.
-- Reasons that touch a wallet go through fund() and charge(), which keep the strip.
create or replace function post(
    p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint,
    p_asset text, p_amount bigint, p_at timestamptz
) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
    movement transfer_reason;
begin
    select * into movement from transfer_reason r where r.reason = p_reason;
    if movement.debit_kind in ('wallet', 'clearing') or movement.credit_kind in ('wallet', 'clearing') then
        raise exception '% moves a wallet; use fund() or charge()', p_reason using errcode = 'invalid_parameter_value';
    end if;
    if not record_transfer(p_shard, p_reference, p_reason, p_debit_owner, p_credit_owner, p_asset, p_amount, p_at) then
        return false;
    end if;
    -- Always in the order of the kinds, whichever is the debit: two opposite movements cannot wait for each other.
    if movement.debit_kind < movement.credit_kind then
        perform move_balance(p_shard, movement.debit_kind, p_debit_owner, p_asset, -p_amount);
        perform move_balance(p_shard, movement.credit_kind, p_credit_owner, p_asset, p_amount);
    else
        perform move_balance(p_shard, movement.credit_kind, p_credit_owner, p_asset, p_amount);
        perform move_balance(p_shard, movement.debit_kind, p_debit_owner, p_asset, -p_amount);
    end if;
    return true;
end $$;

-- fund(): a lot at the end of a wallet's strip. Once per lot; answers whether it was funded now.
create or replace function fund(
    p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_kind text, p_reason text, p_coins bigint,
    p_price_minor bigint, p_currency text, p_at timestamptz
) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
    strip_end bigint;
begin
    if p_reason not in ('recharge', 'promotion') then
        raise exception '% does not fund a wallet', p_reason using errcode = 'invalid_parameter_value';
    end if;
    insert into wallet (shard, viewer_id) values (p_shard, p_viewer_id) on conflict do nothing;
    select coins + spent into strip_end from wallet
    where shard = p_shard and viewer_id = p_viewer_id for no key update;
    if not record_transfer(p_shard, p_lot_id, p_reason, 0, p_viewer_id, 'COIN', p_coins, p_at) then
        return false;
    end if;
    perform move_balance(p_shard, 'coins_issued', 0, 'COIN', -p_coins);
    insert into lot (shard, lot_id, viewer_id, kind, coins, price_minor, currency, created_at)
    values (p_shard, p_lot_id, p_viewer_id, p_kind, p_coins, p_price_minor, p_currency, p_at);
    insert into strip (shard, viewer_id, start_coin, end_coin, lot_id)
    values (p_shard, p_viewer_id, strip_end, strip_end + p_coins, p_lot_id);
    update wallet set coins = coins + p_coins where shard = p_shard and viewer_id = p_viewer_id;
    return true;
end $$;

-- Make the monthly partitions of gift that are missing, from the month of p_now to some months ahead.
-- The first one reaches back to the beginning of time: no id is too old to have a place.
create or replace function ensure_gift_partitions(p_now timestamptz, p_months_ahead integer)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    this_month constant timestamp := date_trunc('month', p_now at time zone 'UTC');
    month_end timestamp;
    bound uuid;  -- the first id of the month after
    last_bound uuid;
    made integer := 0;
    m integer;
begin
    perform pg_advisory_xact_lock(hashtext('plaudit.gift_partitions'));
    select max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([0-9a-f-]+)''\)'))[1])::uuid
    into last_bound from pg_inherits h join pg_class c on c.oid = h.inhrelid where h.inhparent = 'gift'::regclass;
    for m in 0..p_months_ahead loop
        month_end := this_month + (m + 1) * interval '1 month';
        bound := (lpad(to_hex((extract(epoch from month_end at time zone 'UTC') * 1000)::bigint), 12, '0')
            || '00000000000000000000')::uuid;
        if bound <= last_bound then
            continue;
        end if;
        execute format('create table %I partition of gift for values from (%s) to (%L)',
            'gift_' || to_char(this_month + m * interval '1 month', 'YYYYMM'),
            coalesce(quote_literal(last_bound), 'minvalue'), bound);
        last_bound := bound;
        made := made + 1;
    end loop;
    return made;
end $$;

-- The balances that are not rows of account, and all of them as one list.
create or replace view balance as
    select shard, kind, owner_id, asset, balance from account
    union all select shard, 'wallet', viewer_id, 'COIN', coins from wallet
    union all select shard, 'gift_balance', creator_id, 'COIN', balance from gift_balance
    union all select shard, 'clearing', creator_shard, 'COIN', sum(coins)::bigint from gift_batch group by shard, creator_shard;

-- Every movement of the house as one book.
create or replace view journal as
    select shard, posted_at as at, reference, reason, debit_kind, debit_owner, credit_kind, credit_owner, asset, amount
    from transfer
    union all
    select shard, charged_at, id, 'gift', 'wallet', viewer_id, 'clearing', creator_shard, 'COIN', coins from gift
    union all
    select d.source_shard, d.delivered_at, null, 'delivery', 'clearing', d.shard, 'gift_balance', u.creator_id, 'COIN', u.coins
    from delivery d, unnest(d.creator_ids, d.creator_coins) as u (creator_id, coins);
