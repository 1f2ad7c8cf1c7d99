-- Shards, balances and transfers: the low-rate part of the books.

create or replace function shard_of(p_id bigint) returns smallint
language sql stable security definer set search_path = public, pg_temp as $$
    select (p_id % shards)::smallint from ledger_setting
$$;

-- Add to the balance of an account of any kind but a wallet. Internal to post(). Only a movement that may overdraw leaves
-- an account below zero; what comes in later makes that less, and nothing makes it more.
create or replace function move_balance(
    p_shard smallint, p_kind text, p_owner_id bigint, p_asset text, p_amount bigint, p_may_overdraw boolean default false
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
        update account set balance = balance + p_amount, overdraft = case
            when may_go_negative then 0
            when p_may_overdraw or p_amount > 0 then greatest(0, -(balance + p_amount))
            else overdraft end
        where shard = p_shard and kind = p_kind and owner_id = p_owner_id and asset = p_asset;
        if not found then
            insert into account as a (shard, kind, owner_id, asset, balance, overdraft, may_go_negative)
            select p_shard, kind, p_owner_id, p_asset, p_amount,
                case when p_may_overdraw and not may_go_negative then greatest(0, -p_amount) else 0 end, may_go_negative
            from account_kind where kind = p_kind
            on conflict (shard, kind, owner_id, asset) do update
            set balance = a.balance + excluded.balance, overdraft = case
                when a.may_go_negative then 0
                when p_may_overdraw or p_amount > 0 then greatest(0, -(a.balance + excluded.balance))
                else a.overdraft end;
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
        perform move_balance(p_shard, movement.debit_kind, p_debit_owner, p_asset, -p_amount, movement.may_overdraw);
        perform move_balance(p_shard, movement.credit_kind, p_credit_owner, p_asset, p_amount);
    else
        perform move_balance(p_shard, movement.credit_kind, p_credit_owner, p_asset, p_amount);
        perform move_balance(p_shard, movement.debit_kind, p_debit_owner, p_asset, -p_amount, movement.may_overdraw);
    end if;
    -- What leaves a gift balance becomes money, or was money before: granted coins stay in it.
    if movement.debit_kind = 'gift_balance' and exists (
        select from gift_balance g where g.shard = p_shard and g.creator_id = p_debit_owner
            and g.balance < promotional_received(p_shard, p_debit_owner)
    ) then
        raise exception 'the gift balance of creator % is of granted coins', p_debit_owner
            using errcode = 'check_violation', constraint = 'gift_balance_not_overdrawn';
    end if;
    return true;
end $$;

-- Whoever moves money takes its turn in the shard first, before any wallet, account or paper: one sale or reversal makes
-- several movements in an order of its own, and two of them would wait for each other.
create or replace function lock_money(p_shard smallint)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into money_turn (shard) values (p_shard) on conflict do nothing;
    perform from money_turn where shard = p_shard for no key update;
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
    union all select shard, 'wallet', viewer_id, 'COIN', coins + held from wallet
    union all select shard, 'gift_balance', creator_id, 'COIN', balance from gift_balance
    union all select shard, 'clearing', creator_shard, 'COIN', sum(coins)::bigint from gift_batch group by shard, creator_shard;

-- The lines of each gift as they went into batches: the one that is shown, without coins when the gift is divided, and
-- then one for each share.
create or replace view gift_part as
    select g.shard, g.viewer_id, g.id, p.creator_id, p.coins, p.spent_before, p.creator_shard, p.batch_no, p.is_shown,
        g.room_id, g.video_id, g.item_id, g.charged_at
    from gift g
    cross join lateral (
        select g.creator_id, case when g.shares is null then g.coins else 0 end as coins, g.spent_before, g.creator_shard,
            g.batch_no, true as is_shown
        union all
        select s.creator_id, s.coins, g.spent_before + (sum(s.coins) over (order by s.share_no))::bigint - s.coins,
            s.creator_shard, g.share_batch_nos[s.share_no], false
        from unnest(g.shares) with ordinality as s (creator_id, coins, creator_shard, share_no)
    ) p;

-- Every movement of the house as one book.
create or replace view journal as
    select shard, posted_at as at, reference, reason, debit_kind, debit_owner, credit_kind, credit_owner, asset, amount
    from transfer
    union all
    select shard, charged_at, id, 'gift', 'wallet', viewer_id, 'clearing', creator_shard, 'COIN', coins from gift_part
    where coins > 0
    union all
    select d.source_shard, d.delivered_at, null, 'delivery', 'clearing', d.shard, 'gift_balance', u.creator_id, 'COIN', u.coins
    from delivery d, unnest(d.creator_ids, d.creator_coins) as u (creator_id, coins);
