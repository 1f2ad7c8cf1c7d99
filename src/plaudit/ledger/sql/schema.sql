-- The schema after all migrations and functions, as PostgreSQL 18 tells it. `make schema` writes it.

CREATE FUNCTION public.append_frame(p_shard smallint, p_room_id bigint, p_kind text, p_body jsonb, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with numbered as (
        insert into room_head as h (shard, room_id, seq) values (p_shard, p_room_id, 1)
        on conflict (shard, room_id) do update set seq = h.seq + 1
        returning h.seq
    )
    insert into frame (shard, room_id, seq, kind, at, body)
    select p_shard, p_room_id, seq, p_kind, p_at, p_body from numbered
    returning seq
$$;

CREATE FUNCTION public.charge(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_ids uuid[], p_viewers bigint[], p_creators bigint[], p_creator_shards smallint[], p_rooms bigint[], p_items integer[], p_counts integer[], p_coins bigint[], p_refused boolean[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[]) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
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

CREATE TABLE public.frame (
    shard smallint NOT NULL,
    room_id bigint NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    gift_ids uuid[],
    viewer_ids bigint[],
    creator_ids bigint[],
    item_ids integer[],
    counts integer[],
    gift_coins bigint[],
    combo_ids uuid[],
    combo_counts integer[],
    body jsonb,
    CONSTRAINT frame_check CHECK (((kind = 'gift'::text) = (gift_ids IS NOT NULL))),
    CONSTRAINT frame_check1 CHECK (((kind = 'gift'::text) = (body IS NULL))),
    CONSTRAINT frame_seq_check CHECK ((seq > 0))
);
ALTER TABLE ONLY public.frame ALTER COLUMN gift_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.frame ALTER COLUMN viewer_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.frame ALTER COLUMN creator_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.frame ALTER COLUMN item_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.frame ALTER COLUMN counts SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.frame ALTER COLUMN gift_coins SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.frame ALTER COLUMN combo_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.frame ALTER COLUMN combo_counts SET STORAGE EXTERNAL;

CREATE FUNCTION public.deliver(p_shard smallint, p_source_shard smallint, p_delivered_at timestamp with time zone, p_batches_max integer, p_watched bigint[]) RETURNS SETOF public.frame
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    AS $$
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

CREATE FUNCTION public.delivery_hash(p_previous bytea, p_from bigint, p_through bigint, p_gift_ids uuid[], p_viewer_ids bigint[], p_creator_ids bigint[], p_coins bigint[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select sha256(p_previous || int8send(p_from) || int8send(p_through) || array_send(p_gift_ids)
        || array_send(p_viewer_ids) || array_send(p_creator_ids) || array_send(p_coins))
$$;

CREATE FUNCTION public.ensure_gift_partitions(p_now timestamp with time zone, p_months_ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.fund(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_kind text, p_reason text, p_coins bigint, p_price_minor bigint, p_currency text, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.move_balance(p_shard smallint, p_kind text, p_owner_id bigint, p_asset text, p_amount bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.post(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.record_transfer(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.shard_of(p_id bigint) RETURNS smallint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select (p_id % shards)::smallint from ledger_setting
$$;

CREATE TABLE public.account (
    shard smallint NOT NULL,
    kind text NOT NULL,
    owner_id bigint NOT NULL,
    asset text NOT NULL,
    balance bigint NOT NULL,
    may_go_negative boolean NOT NULL,
    CONSTRAINT account_not_overdrawn CHECK ((may_go_negative OR (balance >= 0)))
)
WITH (fillfactor='50');

CREATE TABLE public.account_kind (
    kind text NOT NULL,
    asset_class text NOT NULL,
    may_go_negative boolean NOT NULL,
    description text NOT NULL,
    CONSTRAINT account_kind_asset_class_check CHECK ((asset_class = ANY (ARRAY['coin'::text, 'diamond'::text, 'money'::text])))
);

CREATE TABLE public.api_key (
    id integer NOT NULL,
    name text NOT NULL,
    issuer_id integer NOT NULL,
    secret_sha256 bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT api_key_name_check CHECK (((name <> ''::text) AND (length(name) <= 100))),
    CONSTRAINT api_key_secret_sha256_check CHECK ((length(secret_sha256) = 32))
);

ALTER TABLE public.api_key ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.api_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gift_balance (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    balance bigint NOT NULL,
    received bigint NOT NULL,
    CONSTRAINT gift_balance_check CHECK ((received >= balance)),
    CONSTRAINT gift_balance_not_overdrawn CHECK ((balance >= 0))
)
WITH (fillfactor='50');

CREATE TABLE public.gift_batch (
    shard smallint NOT NULL,
    creator_shard smallint NOT NULL,
    batch_no bigint NOT NULL,
    charged_at timestamp with time zone NOT NULL,
    gifts integer NOT NULL,
    coins bigint NOT NULL,
    gift_ids uuid[] NOT NULL,
    viewer_ids bigint[] NOT NULL,
    creator_ids bigint[] NOT NULL,
    room_ids bigint[] NOT NULL,
    item_ids integer[] NOT NULL,
    counts integer[] NOT NULL,
    gift_coins bigint[] NOT NULL,
    combo_ids uuid[] NOT NULL,
    combo_counts integer[] NOT NULL,
    CONSTRAINT gift_batch_coins_check CHECK ((coins > 0)),
    CONSTRAINT gift_batch_gifts_check CHECK ((gifts > 0))
);
ALTER TABLE ONLY public.gift_batch ALTER COLUMN gift_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN viewer_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN creator_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN room_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN item_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN counts SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN gift_coins SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN combo_ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN combo_counts SET STORAGE EXTERNAL;

CREATE TABLE public.wallet (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    coins bigint DEFAULT 0 NOT NULL,
    spent bigint DEFAULT 0 NOT NULL,
    last_gift_id uuid,
    combo_id uuid,
    combo_room_id bigint,
    combo_creator_id bigint,
    combo_item_id integer,
    combo_count integer,
    combo_at timestamp with time zone,
    CONSTRAINT wallet_not_overdrawn CHECK ((coins >= 0)),
    CONSTRAINT wallet_spent_check CHECK ((spent >= 0))
)
WITH (fillfactor='50');

CREATE VIEW public.balance AS
 SELECT account.shard,
    account.kind,
    account.owner_id,
    account.asset,
    account.balance
   FROM public.account
UNION ALL
 SELECT wallet.shard,
    'wallet'::text AS kind,
    wallet.viewer_id AS owner_id,
    'COIN'::text AS asset,
    wallet.coins AS balance
   FROM public.wallet
UNION ALL
 SELECT gift_balance.shard,
    'gift_balance'::text AS kind,
    gift_balance.creator_id AS owner_id,
    'COIN'::text AS asset,
    gift_balance.balance
   FROM public.gift_balance
UNION ALL
 SELECT gift_batch.shard,
    'clearing'::text AS kind,
    gift_batch.creator_shard AS owner_id,
    'COIN'::text AS asset,
    (sum(gift_batch.coins))::bigint AS balance
   FROM public.gift_batch
  GROUP BY gift_batch.shard, gift_batch.creator_shard;

CREATE TABLE public.catalogue (
    singleton boolean DEFAULT true NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    CONSTRAINT catalogue_singleton_check CHECK (singleton)
);

CREATE TABLE public.charge_stream (
    shard smallint NOT NULL,
    creator_shard smallint NOT NULL,
    charged_through bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.conversion (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    coins_requested bigint,
    coins bigint NOT NULL,
    diamonds bigint NOT NULL,
    rule_version integer NOT NULL,
    converted_at timestamp with time zone NOT NULL,
    matures_at timestamp with time zone NOT NULL,
    matured_at timestamp with time zone,
    CONSTRAINT conversion_check CHECK ((matures_at >= converted_at)),
    CONSTRAINT conversion_check1 CHECK ((matured_at >= matures_at)),
    CONSTRAINT conversion_check2 CHECK ((coins <= coins_requested)),
    CONSTRAINT conversion_coins_check CHECK ((coins > 0)),
    CONSTRAINT conversion_coins_requested_check CHECK ((coins_requested > 0)),
    CONSTRAINT conversion_diamonds_check CHECK ((diamonds > 0))
)
WITH (fillfactor='80');

CREATE TABLE public.creator_setting (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    automatic_conversion boolean DEFAULT false NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.delivery (
    shard smallint NOT NULL,
    source_shard smallint NOT NULL,
    through_batch_no bigint NOT NULL,
    from_batch_no bigint NOT NULL,
    delivered_at timestamp with time zone NOT NULL,
    gifts integer NOT NULL,
    coins bigint NOT NULL,
    creator_ids bigint[] NOT NULL,
    creator_coins bigint[] NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT delivery_check CHECK (((from_batch_no >= 1) AND (from_batch_no <= through_batch_no))),
    CONSTRAINT delivery_check1 CHECK ((array_length(creator_ids, 1) = array_length(creator_coins, 1))),
    CONSTRAINT delivery_coins_check CHECK ((coins > 0)),
    CONSTRAINT delivery_gifts_check CHECK ((gifts > 0)),
    CONSTRAINT delivery_hash_check CHECK ((length(hash) = 32))
);

CREATE TABLE public.delivery_stream (
    shard smallint NOT NULL,
    source_shard smallint NOT NULL,
    delivered_through bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.gift (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    room_id bigint NOT NULL,
    item_id integer NOT NULL,
    count integer NOT NULL,
    coins bigint NOT NULL,
    spent_before bigint NOT NULL,
    coins_after bigint NOT NULL,
    combo_id uuid NOT NULL,
    combo_count integer NOT NULL,
    creator_shard smallint NOT NULL,
    batch_no bigint NOT NULL,
    charged_at timestamp with time zone NOT NULL,
    CONSTRAINT gift_check CHECK (((count > 0) AND (coins > 0) AND (spent_before >= 0) AND (coins_after >= 0) AND (combo_count >= count)))
)
PARTITION BY RANGE (id);

CREATE TABLE public.issuer (
    id integer NOT NULL,
    issuer text NOT NULL,
    audience text NOT NULL,
    jwks_uri text,
    jwks jsonb,
    allowed_roles text[] NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT issuer_allowed_roles_check CHECK ((allowed_roles <@ ARRAY['viewer'::text, 'creator'::text, 'operator'::text])),
    CONSTRAINT issuer_audience_check CHECK (((audience <> ''::text) AND (length(audience) <= 255))),
    CONSTRAINT issuer_has_one_source_of_keys CHECK (((jwks_uri IS NULL) <> (jwks IS NULL))),
    CONSTRAINT issuer_issuer_check CHECK (((issuer <> ''::text) AND (length(issuer) <= 255))),
    CONSTRAINT issuer_jwks_uri_check CHECK ((jwks_uri ~ '^https?://'::text))
);

COMMENT ON COLUMN public.issuer.issuer IS 'the claim iss of its tokens';

COMMENT ON COLUMN public.issuer.audience IS 'what the claim aud of its tokens must contain';

COMMENT ON COLUMN public.issuer.allowed_roles IS 'what its tokens may say about a person; every other role is passed over';

ALTER TABLE public.issuer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.issuer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.item (
    id integer NOT NULL,
    sku text NOT NULL,
    CONSTRAINT item_id_check CHECK ((id > 0)),
    CONSTRAINT item_sku_check CHECK ((sku ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))
);

CREATE TABLE public.item_version (
    item_id integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    coins bigint NOT NULL,
    category text NOT NULL,
    art text NOT NULL,
    size text NOT NULL,
    combo boolean NOT NULL,
    animation text NOT NULL,
    duration_ms integer NOT NULL,
    sort integer NOT NULL,
    active_from timestamp with time zone NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT item_version_check CHECK ((retired_at >= active_from)),
    CONSTRAINT item_version_coins_check CHECK ((coins > 0)),
    CONSTRAINT item_version_duration_ms_check CHECK (((duration_ms >= 1) AND (duration_ms <= 60000))),
    CONSTRAINT item_version_name_check CHECK ((name <> ''::text)),
    CONSTRAINT item_version_size_check CHECK ((size = ANY (ARRAY['small'::text, 'large'::text]))),
    CONSTRAINT item_version_version_check CHECK ((version > 0))
);

CREATE TABLE public.transfer (
    shard smallint NOT NULL,
    reference uuid NOT NULL,
    reason text NOT NULL,
    debit_kind text NOT NULL,
    debit_owner bigint NOT NULL,
    credit_kind text NOT NULL,
    credit_owner bigint NOT NULL,
    asset text NOT NULL,
    asset_class text GENERATED ALWAYS AS (
CASE asset
    WHEN 'COIN'::text THEN 'coin'::text
    WHEN 'DIAMOND'::text THEN 'diamond'::text
    ELSE 'money'::text
END) STORED NOT NULL,
    amount bigint NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    CONSTRAINT transfer_amount_check CHECK ((amount > 0)),
    CONSTRAINT transfer_asset_check CHECK ((asset ~ '^([A-Z]{3}|COIN|DIAMOND)$'::text))
);

CREATE VIEW public.journal AS
 SELECT transfer.shard,
    transfer.posted_at AS at,
    transfer.reference,
    transfer.reason,
    transfer.debit_kind,
    transfer.debit_owner,
    transfer.credit_kind,
    transfer.credit_owner,
    transfer.asset,
    transfer.amount
   FROM public.transfer
UNION ALL
 SELECT gift.shard,
    gift.charged_at AS at,
    gift.id AS reference,
    'gift'::text AS reason,
    'wallet'::text AS debit_kind,
    gift.viewer_id AS debit_owner,
    'clearing'::text AS credit_kind,
    gift.creator_shard AS credit_owner,
    'COIN'::text AS asset,
    gift.coins AS amount
   FROM public.gift
UNION ALL
 SELECT d.source_shard AS shard,
    d.delivered_at AS at,
    NULL::uuid AS reference,
    'delivery'::text AS reason,
    'clearing'::text AS debit_kind,
    d.shard AS debit_owner,
    'gift_balance'::text AS credit_kind,
    u.creator_id AS credit_owner,
    'COIN'::text AS asset,
    u.coins AS amount
   FROM public.delivery d,
    LATERAL UNNEST(d.creator_ids, d.creator_coins) u(creator_id, coins);

CREATE TABLE public.ledger_setting (
    singleton boolean DEFAULT true NOT NULL,
    shards smallint NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    CONSTRAINT ledger_setting_epoch_check CHECK ((epoch > 0)),
    CONSTRAINT ledger_setting_shards_check CHECK (((shards >= 1) AND (shards <= 1024))),
    CONSTRAINT ledger_setting_singleton_check CHECK (singleton)
);

COMMENT ON COLUMN public.ledger_setting.shards IS 'fixed when the database is made';

COMMENT ON COLUMN public.ledger_setting.epoch IS 'raised after a restore, so that cursors from before are known to be void';

CREATE TABLE public.lot (
    shard smallint NOT NULL,
    lot_id uuid NOT NULL,
    viewer_id bigint NOT NULL,
    kind text NOT NULL,
    coins bigint NOT NULL,
    price_minor bigint,
    currency text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT lot_coins_check CHECK ((coins > 0)),
    CONSTRAINT lot_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT lot_kind_check CHECK ((kind = ANY (ARRAY['paid'::text, 'promotional'::text]))),
    CONSTRAINT lot_paid_has_price CHECK (((kind = 'paid'::text) = ((price_minor IS NOT NULL) AND (currency IS NOT NULL)))),
    CONSTRAINT lot_price_minor_check CHECK ((price_minor >= 0))
);

CREATE TABLE public.migration (
    kind text NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT migration_kind_check CHECK ((kind = ANY (ARRAY['migration'::text, 'function'::text])))
);

CREATE TABLE public.order_transition (
    from_state text NOT NULL,
    to_state text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.payment_problem (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    payment_id text NOT NULL,
    expected_minor bigint NOT NULL,
    expected_currency text NOT NULL,
    paid_minor bigint NOT NULL,
    paid_currency text NOT NULL,
    credited boolean NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    resolution text,
    CONSTRAINT payment_problem_check CHECK (((resolved_at IS NULL) = (resolution IS NULL))),
    CONSTRAINT payment_problem_kind_check CHECK ((kind = ANY (ARRAY['amount_differs'::text, 'paid_late'::text, 'paid_twice'::text])))
);

CREATE TABLE public.quote (
    shard smallint NOT NULL,
    person_id bigint NOT NULL,
    quote_id uuid NOT NULL,
    request text NOT NULL,
    book_version integer NOT NULL,
    region text NOT NULL,
    region_source text NOT NULL,
    channel text NOT NULL,
    coins bigint NOT NULL,
    coins_left_over bigint NOT NULL,
    unused_minor bigint NOT NULL,
    currency text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    price_minor bigint NOT NULL,
    tax_name text NOT NULL,
    tax_rate_bps integer NOT NULL,
    store_fee_bps integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT quote_adds_up CHECK (((net_minor + tax_minor) = price_minor)),
    CONSTRAINT quote_check CHECK ((expires_at > created_at)),
    CONSTRAINT quote_coins_check CHECK ((coins > 0)),
    CONSTRAINT quote_coins_left_over_check CHECK ((coins_left_over >= 0)),
    CONSTRAINT quote_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT quote_net_minor_check CHECK ((net_minor > 0)),
    CONSTRAINT quote_region_source_check CHECK ((region_source = ANY (ARRAY['identity'::text, 'requested'::text, 'default'::text]))),
    CONSTRAINT quote_tax_minor_check CHECK ((tax_minor >= 0)),
    CONSTRAINT quote_unused_minor_check CHECK ((unused_minor >= 0))
);

COMMENT ON COLUMN public.quote.request IS 'what was asked, as canonical JSON: the same id with another request is a conflict';

COMMENT ON COLUMN public.quote.coins_left_over IS 'coins beyond those that were missing, because fewer cannot be bought';

COMMENT ON COLUMN public.quote.unused_minor IS 'what of the offered money the coins do not cost';

CREATE TABLE public.recharge_order (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    person_id bigint NOT NULL,
    quote_id uuid NOT NULL,
    provider text NOT NULL,
    return_url text NOT NULL,
    state text DEFAULT 'created'::text NOT NULL,
    previous_state text,
    payment_id text,
    checkout_url text,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    poll_at timestamp with time zone,
    polls integer DEFAULT 0 NOT NULL,
    CONSTRAINT order_begins_created CHECK (((previous_state IS NOT NULL) OR (state = 'created'::text))),
    CONSTRAINT order_is_polled_while_open CHECK (((poll_at IS NOT NULL) = (state = ANY (ARRAY['created'::text, 'pending'::text])))),
    CONSTRAINT recharge_order_state_check CHECK ((state = ANY (ARRAY['created'::text, 'pending'::text, 'paid'::text, 'declined'::text, 'expired'::text])))
)
WITH (fillfactor='70');

CREATE VIEW public.order_with_quote AS
 SELECT o.shard,
    o.order_id,
    o.person_id,
    o.quote_id,
    o.provider,
    o.return_url,
    o.state,
    o.payment_id,
    o.checkout_url,
    o.created_at,
    o.changed_at,
    o.expires_at,
    o.polls,
    q.channel,
    q.region,
    q.coins,
    q.currency,
    q.net_minor,
    q.tax_minor,
    q.price_minor,
    q.tax_name,
    q.tax_rate_bps,
    q.store_fee_bps,
    (EXISTS ( SELECT
           FROM public.payment_problem p
          WHERE ((p.shard = o.shard) AND (p.order_id = o.order_id) AND (p.resolved_at IS NULL) AND (NOT p.credited)))) AS needs_review
   FROM (public.recharge_order o
     JOIN public.quote q USING (shard, person_id, quote_id));

CREATE TABLE public.overlay_token (
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    room_id bigint,
    label text NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT overlay_token_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT overlay_token_label_check CHECK (((char_length(label) >= 1) AND (char_length(label) <= 60)))
);

COMMENT ON COLUMN public.overlay_token.room_id IS 'null: whichever room of the creator is live';

CREATE TABLE public.package (
    version integer NOT NULL,
    region text NOT NULL,
    channel text NOT NULL,
    coins bigint NOT NULL,
    price_minor bigint NOT NULL,
    sort integer NOT NULL,
    CONSTRAINT package_coins_check CHECK ((coins > 0)),
    CONSTRAINT package_price_minor_check CHECK ((price_minor > 0))
);

CREATE TABLE public.payout (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    quote_id uuid CONSTRAINT payout_quote_id_not_null1 NOT NULL,
    method_id uuid CONSTRAINT payout_method_id_not_null1 NOT NULL,
    provider text NOT NULL,
    diamonds bigint NOT NULL,
    currency text NOT NULL,
    gross_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    state text NOT NULL,
    previous_state text,
    reason text,
    requested_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    provider_reference text,
    poll_at timestamp with time zone,
    polls integer DEFAULT 0 NOT NULL,
    attention text,
    CONSTRAINT payout_check CHECK (((state = 'requested'::text) = (previous_state IS NULL))),
    CONSTRAINT payout_diamonds_check CHECK ((diamonds > 0))
)
WITH (fillfactor='70');

COMMENT ON COLUMN public.payout.reason IS 'why it failed, was refused or came back';

COMMENT ON COLUMN public.payout.poll_at IS 'when to ask the provider, in case its webhook is lost; null: no longer';

COMMENT ON COLUMN public.payout.attention IS 'what a person must look at: the provider contradicts what is booked';

CREATE TABLE public.payout_event (
    shard smallint NOT NULL,
    payout_id uuid NOT NULL,
    from_state text,
    to_state text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    actor_id bigint,
    reason text,
    CONSTRAINT payout_event_actor_check CHECK ((actor = ANY (ARRAY['creator'::text, 'operator'::text, 'provider'::text]))),
    CONSTRAINT payout_event_check CHECK (((to_state = 'requested'::text) = (from_state IS NULL))),
    CONSTRAINT payout_event_check1 CHECK (((actor = 'provider'::text) = (actor_id IS NULL)))
);

CREATE TABLE public.payout_method (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    provider text NOT NULL,
    kind text NOT NULL,
    holder_name text NOT NULL,
    country text NOT NULL,
    currency text NOT NULL,
    iban text,
    bank_code text,
    account_number text,
    created_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    CONSTRAINT payout_method_check CHECK (((iban IS NULL) = ((bank_code IS NOT NULL) AND (account_number IS NOT NULL)))),
    CONSTRAINT payout_method_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT payout_method_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_method_kind_check CHECK ((kind = 'bank_account'::text))
);

CREATE TABLE public.payout_provider_event (
    provider text NOT NULL,
    event_id text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body bytea NOT NULL,
    due_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    outcome text,
    applied_at timestamp with time zone,
    CONSTRAINT payout_provider_event_check CHECK (((outcome IS NULL) = (applied_at IS NULL))),
    CONSTRAINT payout_provider_event_check1 CHECK (((outcome IS NULL) OR (due_at IS NULL))),
    CONSTRAINT payout_provider_event_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'nothing_new'::text, 'contradiction'::text, 'unknown_payout'::text])))
);

CREATE TABLE public.payout_quote (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    method_id uuid NOT NULL,
    diamonds bigint NOT NULL,
    rate_version integer NOT NULL,
    terms_version integer NOT NULL,
    currency text NOT NULL,
    gross_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    quoted_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_quote_check CHECK ((expires_at > quoted_at)),
    CONSTRAINT payout_quote_check1 CHECK ((gross_minor = (fee_minor + net_minor))),
    CONSTRAINT payout_quote_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_quote_diamonds_check CHECK ((diamonds > 0)),
    CONSTRAINT payout_quote_fee_minor_check CHECK ((fee_minor >= 0)),
    CONSTRAINT payout_quote_gross_minor_check CHECK ((gross_minor > 0)),
    CONSTRAINT payout_quote_net_minor_check CHECK ((net_minor > 0))
);

CREATE TABLE public.payout_rate (
    version integer NOT NULL,
    currency text NOT NULL,
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    source text NOT NULL,
    source_note text NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    CONSTRAINT payout_rate_check CHECK (((source = 'operator'::text) = (recorded_by IS NOT NULL))),
    CONSTRAINT payout_rate_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_rate_denominator_check CHECK ((denominator > 0)),
    CONSTRAINT payout_rate_numerator_check CHECK ((numerator > 0)),
    CONSTRAINT payout_rate_source_check CHECK ((source = ANY (ARRAY['house'::text, 'reference'::text, 'operator'::text]))),
    CONSTRAINT payout_rate_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.payout_rate.source IS 'house: came with Plaudit; reference: the house rate in US dollars at a reference rate of the ECB; operator: decided by one';

CREATE TABLE public.payout_send (
    shard smallint NOT NULL,
    payout_id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
)
WITH (fillfactor='50');

CREATE VIEW public.payout_shown AS
 SELECT p.shard,
    p.id,
    p.creator_id,
    p.quote_id,
    p.method_id,
    p.provider,
    p.diamonds,
    p.currency,
    p.gross_minor,
    p.fee_minor,
    p.net_minor,
    p.state,
    p.previous_state,
    p.reason,
    p.requested_at,
    p.changed_at,
    p.provider_reference,
    p.poll_at,
    p.polls,
    p.attention,
    m.holder_name,
    m.country,
    "right"(COALESCE(m.iban, m.account_number), 4) AS account_ending,
    s.attempts AS send_attempts,
    s.last_error AS send_error
   FROM ((public.payout p
     JOIN public.payout_method m ON (((m.shard = p.shard) AND (m.id = p.method_id))))
     LEFT JOIN public.payout_send s ON (((s.shard = p.shard) AND (s.payout_id = p.id))));

CREATE TABLE public.payout_state (
    state text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.payout_terms (
    version integer NOT NULL,
    method_kind text NOT NULL,
    fee_fixed_minor bigint NOT NULL,
    fee_fixed_currency text NOT NULL,
    fee_bps integer NOT NULL,
    diamonds_min bigint NOT NULL,
    diamonds_per_day_max bigint NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    note text NOT NULL,
    CONSTRAINT payout_terms_check CHECK ((diamonds_per_day_max >= diamonds_min)),
    CONSTRAINT payout_terms_diamonds_min_check CHECK ((diamonds_min > 0)),
    CONSTRAINT payout_terms_fee_bps_check CHECK (((fee_bps >= 0) AND (fee_bps <= 10000))),
    CONSTRAINT payout_terms_fee_fixed_currency_check CHECK ((fee_fixed_currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_terms_fee_fixed_minor_check CHECK ((fee_fixed_minor >= 0)),
    CONSTRAINT payout_terms_method_kind_check CHECK ((method_kind = 'bank_account'::text)),
    CONSTRAINT payout_terms_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.payout_terms.diamonds_min IS 'the threshold of one payout';

COMMENT ON COLUMN public.payout_terms.diamonds_per_day_max IS 'what one creator can request in a day of UTC';

CREATE TABLE public.payout_transition (
    from_state text NOT NULL,
    to_state text NOT NULL
);

CREATE TABLE public.person (
    id bigint NOT NULL,
    issuer_id integer NOT NULL,
    subject text NOT NULL,
    handle text NOT NULL,
    display_name text NOT NULL,
    avatar text NOT NULL,
    country text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT person_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT person_subject_check CHECK (((subject <> ''::text) AND (length(subject) <= 255)))
);

COMMENT ON COLUMN public.person.avatar IS 'address of a picture; empty: none';

ALTER TABLE public.person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.price (
    version integer NOT NULL,
    region text NOT NULL,
    channel text NOT NULL,
    currency text NOT NULL,
    unit_numerator bigint NOT NULL,
    unit_denominator bigint NOT NULL,
    step_minor bigint NOT NULL,
    tax_name text NOT NULL,
    tax_rate_bps integer NOT NULL,
    tax_included boolean NOT NULL,
    store_fee_bps integer NOT NULL,
    custom_amounts boolean NOT NULL,
    coins_min bigint NOT NULL,
    coins_max bigint NOT NULL,
    CONSTRAINT price_channel_check CHECK ((channel = ANY (ARRAY['web'::text, 'apple'::text, 'google'::text]))),
    CONSTRAINT price_check CHECK ((coins_max >= coins_min)),
    CONSTRAINT price_coins_min_check CHECK ((coins_min > 0)),
    CONSTRAINT price_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT price_region_check CHECK ((region ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT price_step_minor_check CHECK ((step_minor > 0)),
    CONSTRAINT price_store_fee_bps_check CHECK (((store_fee_bps >= 0) AND (store_fee_bps <= 10000))),
    CONSTRAINT price_tax_name_check CHECK ((tax_name <> ''::text)),
    CONSTRAINT price_tax_rate_bps_check CHECK (((tax_rate_bps >= 0) AND (tax_rate_bps <= 10000))),
    CONSTRAINT price_unit_denominator_check CHECK ((unit_denominator > 0)),
    CONSTRAINT price_unit_numerator_check CHECK ((unit_numerator > 0))
);

COMMENT ON COLUMN public.price.unit_numerator IS 'one coin costs unit_numerator / unit_denominator minor units, exactly';

COMMENT ON COLUMN public.price.step_minor IS 'prices are rounded up to a multiple of this many minor units';

COMMENT ON COLUMN public.price.custom_amounts IS 'whether other amounts than the packages can be bought';

CREATE TABLE public.price_book (
    version integer NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    rates_date date NOT NULL,
    note text NOT NULL,
    sources jsonb NOT NULL,
    CONSTRAINT price_book_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.price_book.rates_date IS 'the day of the exchange rates its prices were made with';

CREATE TABLE public.receipt (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    person_id bigint NOT NULL,
    seller_code text NOT NULL,
    number bigint NOT NULL,
    seller_name text NOT NULL,
    seller_address text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    CONSTRAINT receipt_number_check CHECK ((number > 0))
);

CREATE TABLE public.receipt_counter (
    shard smallint NOT NULL,
    seller_code text NOT NULL,
    last_number bigint NOT NULL,
    CONSTRAINT receipt_counter_seller_code_check CHECK ((seller_code ~ '^[A-Z0-9]{1,20}$'::text))
);

CREATE TABLE public.reward_rule (
    version integer NOT NULL,
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    maturity_s integer NOT NULL,
    coins_min bigint NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    note text NOT NULL,
    CONSTRAINT reward_rule_coins_min_check CHECK ((coins_min > 0)),
    CONSTRAINT reward_rule_denominator_check CHECK (((denominator >= 1) AND (denominator <= 1000000000))),
    CONSTRAINT reward_rule_maturity_s_check CHECK ((maturity_s >= 0)),
    CONSTRAINT reward_rule_numerator_check CHECK (((numerator >= 1) AND (numerator <= 1000000000))),
    CONSTRAINT reward_rule_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.reward_rule.maturity_s IS 'how long diamonds stay pending';

COMMENT ON COLUMN public.reward_rule.coins_min IS 'the smallest conversion';

COMMENT ON COLUMN public.reward_rule.recorded_by IS 'the operator; null: it came with the house';

CREATE TABLE public.room (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    title text NOT NULL,
    cover text NOT NULL,
    stage_url text,
    state text DEFAULT 'scheduled'::text NOT NULL,
    gifts_enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT room_check CHECK (((state = 'scheduled'::text) = (started_at IS NULL))),
    CONSTRAINT room_check1 CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT room_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'live'::text, 'ended'::text]))),
    CONSTRAINT room_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 120)))
);

COMMENT ON COLUMN public.room.shard IS 'its creator''s: where its frames are kept';

COMMENT ON COLUMN public.room.stage_url IS 'an HLS address; null shows the animated placeholder';

CREATE TABLE public.room_head (
    shard smallint NOT NULL,
    room_id bigint NOT NULL,
    seq bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE public.room ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.room_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE public.room_viewers (
    room_id bigint NOT NULL,
    process_id uuid NOT NULL,
    viewers integer NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT room_viewers_viewers_check CHECK ((viewers >= 0))
);

CREATE TABLE public.strip (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    start_coin bigint NOT NULL,
    end_coin bigint NOT NULL,
    lot_id uuid NOT NULL,
    follows bigint GENERATED ALWAYS AS (NULLIF(start_coin, 0)) STORED,
    CONSTRAINT strip_check CHECK ((end_coin > start_coin)),
    CONSTRAINT strip_start_coin_check CHECK ((start_coin >= 0))
);

CREATE TABLE public.thank (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    viewer_id bigint NOT NULL,
    gift_id uuid NOT NULL,
    thanked_at timestamp with time zone NOT NULL
);

CREATE TABLE public.transfer_reason (
    reason text NOT NULL,
    debit_kind text NOT NULL,
    credit_kind text NOT NULL,
    description text NOT NULL,
    CONSTRAINT transfer_reason_check CHECK ((debit_kind <> credit_kind))
);

CREATE TABLE public.webhook_event (
    provider text NOT NULL,
    event_id text NOT NULL,
    kind text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body text NOT NULL,
    outcome text NOT NULL,
    detail text NOT NULL,
    CONSTRAINT webhook_event_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'repeated'::text, 'ignored'::text, 'problem'::text])))
);

ALTER TABLE ONLY public.account_kind
    ADD CONSTRAINT account_kind_kind_asset_class_key UNIQUE (kind, asset_class);

ALTER TABLE ONLY public.account_kind
    ADD CONSTRAINT account_kind_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (shard, kind, owner_id, asset);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_secret_sha256_key UNIQUE (secret_sha256);

ALTER TABLE ONLY public.catalogue
    ADD CONSTRAINT catalogue_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY public.charge_stream
    ADD CONSTRAINT charge_stream_pkey PRIMARY KEY (shard, creator_shard);

ALTER TABLE ONLY public.conversion
    ADD CONSTRAINT conversion_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.creator_setting
    ADD CONSTRAINT creator_setting_pkey PRIMARY KEY (shard, creator_id);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (shard, source_shard, through_batch_no);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_shard_source_shard_from_batch_no_key UNIQUE (shard, source_shard, from_batch_no);

ALTER TABLE ONLY public.delivery_stream
    ADD CONSTRAINT delivery_stream_pkey PRIMARY KEY (shard, source_shard);

ALTER TABLE ONLY public.frame
    ADD CONSTRAINT frame_pkey PRIMARY KEY (shard, room_id, seq);

ALTER TABLE ONLY public.gift_balance
    ADD CONSTRAINT gift_balance_pkey PRIMARY KEY (shard, creator_id);

ALTER TABLE ONLY public.gift_batch
    ADD CONSTRAINT gift_batch_pkey PRIMARY KEY (shard, creator_shard, batch_no);

ALTER TABLE ONLY public.gift
    ADD CONSTRAINT gift_pkey PRIMARY KEY (shard, viewer_id, id);

ALTER TABLE ONLY public.issuer
    ADD CONSTRAINT issuer_is_new UNIQUE (issuer);

ALTER TABLE ONLY public.issuer
    ADD CONSTRAINT issuer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_sku_key UNIQUE (sku);

ALTER TABLE ONLY public.item_version
    ADD CONSTRAINT item_version_pkey PRIMARY KEY (item_id, version);

ALTER TABLE ONLY public.ledger_setting
    ADD CONSTRAINT ledger_setting_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_pkey PRIMARY KEY (shard, lot_id);

ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_shard_viewer_id_lot_id_key UNIQUE (shard, viewer_id, lot_id);

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (kind, name);

ALTER TABLE ONLY public.order_transition
    ADD CONSTRAINT order_transition_pkey PRIMARY KEY (from_state, to_state);

ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.package
    ADD CONSTRAINT package_pkey PRIMARY KEY (version, region, channel, coins);

ALTER TABLE ONLY public.payment_problem
    ADD CONSTRAINT payment_problem_pkey PRIMARY KEY (shard, order_id, kind, payment_id);

ALTER TABLE ONLY public.payout_event
    ADD CONSTRAINT payout_event_pkey PRIMARY KEY (shard, payout_id, to_state);

ALTER TABLE ONLY public.payout_method
    ADD CONSTRAINT payout_method_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.payout_provider_event
    ADD CONSTRAINT payout_provider_event_pkey PRIMARY KEY (provider, event_id);

ALTER TABLE ONLY public.payout_quote
    ADD CONSTRAINT payout_quote_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_quote_used UNIQUE (shard, quote_id);

ALTER TABLE ONLY public.payout_rate
    ADD CONSTRAINT payout_rate_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.payout_send
    ADD CONSTRAINT payout_send_pkey PRIMARY KEY (shard, payout_id);

ALTER TABLE ONLY public.payout_state
    ADD CONSTRAINT payout_state_pkey PRIMARY KEY (state);

ALTER TABLE ONLY public.payout_terms
    ADD CONSTRAINT payout_terms_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.payout_transition
    ADD CONSTRAINT payout_transition_pkey PRIMARY KEY (from_state, to_state);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_issuer_id_subject_key UNIQUE (issuer_id, subject);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.price
    ADD CONSTRAINT price_pkey PRIMARY KEY (version, region, channel);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT quote_ordered_once UNIQUE (shard, person_id, quote_id);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_pkey PRIMARY KEY (shard, person_id, quote_id);

ALTER TABLE ONLY public.receipt_counter
    ADD CONSTRAINT receipt_counter_pkey PRIMARY KEY (shard, seller_code);

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (shard, order_id);

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT receipt_shard_seller_code_number_key UNIQUE (shard, seller_code, number);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT recharge_order_pkey PRIMARY KEY (shard, order_id);

ALTER TABLE ONLY public.reward_rule
    ADD CONSTRAINT reward_rule_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.room_head
    ADD CONSTRAINT room_head_pkey PRIMARY KEY (shard, room_id);

ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.room_viewers
    ADD CONSTRAINT room_viewers_pkey PRIMARY KEY (room_id, process_id);

ALTER TABLE ONLY public.strip
    ADD CONSTRAINT strip_pkey PRIMARY KEY (shard, viewer_id, start_coin);

ALTER TABLE ONLY public.strip
    ADD CONSTRAINT strip_shard_viewer_id_end_coin_key UNIQUE (shard, viewer_id, end_coin);

ALTER TABLE ONLY public.thank
    ADD CONSTRAINT thank_pkey PRIMARY KEY (shard, creator_id, viewer_id, gift_id);

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_pkey PRIMARY KEY (shard, reference, reason);

ALTER TABLE ONLY public.transfer_reason
    ADD CONSTRAINT transfer_reason_pkey PRIMARY KEY (reason);

ALTER TABLE ONLY public.transfer_reason
    ADD CONSTRAINT transfer_reason_reason_debit_kind_credit_kind_key UNIQUE (reason, debit_kind, credit_kind);

ALTER TABLE ONLY public.wallet
    ADD CONSTRAINT wallet_pkey PRIMARY KEY (shard, viewer_id);

ALTER TABLE ONLY public.webhook_event
    ADD CONSTRAINT webhook_event_pkey PRIMARY KEY (provider, event_id);

CREATE UNIQUE INDEX api_key_name_is_new ON public.api_key USING btree (name) WHERE (revoked_at IS NULL);

CREATE INDEX conversion_by_creator ON public.conversion USING btree (shard, creator_id, converted_at DESC, id DESC);

CREATE INDEX conversion_to_mature ON public.conversion USING btree (matures_at) WHERE (matured_at IS NULL);

CREATE INDEX creator_setting_automatic ON public.creator_setting USING btree (creator_id) WHERE automatic_conversion;

CREATE INDEX delivery_by_time ON public.delivery USING btree (delivered_at);

CREATE UNIQUE INDEX item_version_current ON public.item_version USING btree (item_id) WHERE (retired_at IS NULL);

CREATE INDEX overlay_token_by_creator ON public.overlay_token USING btree (creator_id, created_at DESC);

CREATE UNIQUE INDEX payment_pays_one_order ON public.recharge_order USING btree (shard, provider, payment_id);

CREATE INDEX payment_problem_open ON public.payment_problem USING btree (noticed_at) WHERE (resolved_at IS NULL);

CREATE INDEX payout_by_creator ON public.payout USING btree (shard, creator_id, requested_at DESC, id DESC);

CREATE INDEX payout_by_id ON public.payout USING btree (id);

CREATE INDEX payout_by_state ON public.payout USING btree (state, requested_at DESC, id DESC);

CREATE INDEX payout_by_time ON public.payout USING btree (requested_at DESC, id DESC);

CREATE INDEX payout_method_by_creator ON public.payout_method USING btree (shard, creator_id, created_at DESC, id DESC);

CREATE INDEX payout_provider_event_due ON public.payout_provider_event USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX payout_rate_by_currency ON public.payout_rate USING btree (currency, effective_at DESC, version DESC);

CREATE INDEX payout_send_due ON public.payout_send USING btree (due_at);

CREATE INDEX payout_to_poll ON public.payout USING btree (poll_at) WHERE (poll_at IS NOT NULL);

CREATE INDEX quote_by_expiry ON public.quote USING btree (expires_at);

CREATE INDEX recharge_order_by_person ON public.recharge_order USING btree (shard, person_id, order_id);

CREATE INDEX recharge_order_to_poll ON public.recharge_order USING btree (poll_at) WHERE (poll_at IS NOT NULL);

CREATE INDEX room_by_creator ON public.room USING btree (creator_id, id DESC);

CREATE INDEX room_live ON public.room USING btree (started_at DESC, id DESC) WHERE (state = 'live'::text);

CREATE INDEX room_viewers_by_seen ON public.room_viewers USING btree (seen_at);

CREATE INDEX strip_by_lot ON public.strip USING btree (shard, viewer_id, lot_id);

CREATE INDEX transfer_by_credit ON public.transfer USING btree (shard, credit_kind, credit_owner, posted_at);

CREATE INDEX transfer_by_debit ON public.transfer USING btree (shard, debit_kind, debit_owner, posted_at);

CREATE INDEX webhook_event_by_time ON public.webhook_event USING btree (received_at DESC);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_kind_fkey FOREIGN KEY (kind) REFERENCES public.account_kind(kind);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_issuer_id_fkey FOREIGN KEY (issuer_id) REFERENCES public.issuer(id);

ALTER TABLE ONLY public.conversion
    ADD CONSTRAINT conversion_rule_version_fkey FOREIGN KEY (rule_version) REFERENCES public.reward_rule(version);

ALTER TABLE ONLY public.item_version
    ADD CONSTRAINT item_version_item_id_fkey FOREIGN KEY (item_id) REFERENCES public.item(id);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT order_moves_on FOREIGN KEY (previous_state, state) REFERENCES public.order_transition(from_state, to_state);

ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_room_id_fkey FOREIGN KEY (room_id) REFERENCES public.room(id);

ALTER TABLE ONLY public.package
    ADD CONSTRAINT package_version_region_channel_fkey FOREIGN KEY (version, region, channel) REFERENCES public.price(version, region, channel);

ALTER TABLE ONLY public.payment_problem
    ADD CONSTRAINT payment_problem_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.payout_event
    ADD CONSTRAINT payout_event_from_state_to_state_fkey FOREIGN KEY (from_state, to_state) REFERENCES public.payout_transition(from_state, to_state);

ALTER TABLE ONLY public.payout_event
    ADD CONSTRAINT payout_event_shard_payout_id_fkey FOREIGN KEY (shard, payout_id) REFERENCES public.payout(shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_previous_state_state_fkey FOREIGN KEY (previous_state, state) REFERENCES public.payout_transition(from_state, to_state);

ALTER TABLE ONLY public.payout_quote
    ADD CONSTRAINT payout_quote_rate_version_fkey FOREIGN KEY (rate_version) REFERENCES public.payout_rate(version);

ALTER TABLE ONLY public.payout_quote
    ADD CONSTRAINT payout_quote_shard_method_id_fkey FOREIGN KEY (shard, method_id) REFERENCES public.payout_method(shard, id);

ALTER TABLE ONLY public.payout_quote
    ADD CONSTRAINT payout_quote_terms_version_fkey FOREIGN KEY (terms_version) REFERENCES public.payout_terms(version);

ALTER TABLE ONLY public.payout_send
    ADD CONSTRAINT payout_send_shard_payout_id_fkey FOREIGN KEY (shard, payout_id) REFERENCES public.payout(shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_shard_method_id_fkey FOREIGN KEY (shard, method_id) REFERENCES public.payout_method(shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_shard_quote_id_fkey FOREIGN KEY (shard, quote_id) REFERENCES public.payout_quote(shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_state_fkey FOREIGN KEY (state) REFERENCES public.payout_state(state);

ALTER TABLE ONLY public.payout_transition
    ADD CONSTRAINT payout_transition_from_state_fkey FOREIGN KEY (from_state) REFERENCES public.payout_state(state);

ALTER TABLE ONLY public.payout_transition
    ADD CONSTRAINT payout_transition_to_state_fkey FOREIGN KEY (to_state) REFERENCES public.payout_state(state);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_issuer_id_fkey FOREIGN KEY (issuer_id) REFERENCES public.issuer(id);

ALTER TABLE ONLY public.price
    ADD CONSTRAINT price_version_fkey FOREIGN KEY (version) REFERENCES public.price_book(version);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_book_version_region_channel_fkey FOREIGN KEY (book_version, region, channel) REFERENCES public.price(version, region, channel);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT receipt_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT recharge_order_shard_person_id_quote_id_fkey FOREIGN KEY (shard, person_id, quote_id) REFERENCES public.quote(shard, person_id, quote_id);

ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.strip
    ADD CONSTRAINT strip_shard_viewer_id_follows_fkey FOREIGN KEY (shard, viewer_id, follows) REFERENCES public.strip(shard, viewer_id, end_coin) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.strip
    ADD CONSTRAINT strip_shard_viewer_id_lot_id_fkey FOREIGN KEY (shard, viewer_id, lot_id) REFERENCES public.lot(shard, viewer_id, lot_id);

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_credit_kind_asset_class_fkey FOREIGN KEY (credit_kind, asset_class) REFERENCES public.account_kind(kind, asset_class);

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_debit_kind_asset_class_fkey FOREIGN KEY (debit_kind, asset_class) REFERENCES public.account_kind(kind, asset_class);

ALTER TABLE ONLY public.transfer_reason
    ADD CONSTRAINT transfer_reason_credit_kind_fkey FOREIGN KEY (credit_kind) REFERENCES public.account_kind(kind);

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_reason_debit_kind_credit_kind_fkey FOREIGN KEY (reason, debit_kind, credit_kind) REFERENCES public.transfer_reason(reason, debit_kind, credit_kind);

ALTER TABLE ONLY public.transfer_reason
    ADD CONSTRAINT transfer_reason_debit_kind_fkey FOREIGN KEY (debit_kind) REFERENCES public.account_kind(kind);

GRANT USAGE ON SCHEMA public TO plaudit_app;

REVOKE ALL ON FUNCTION public.append_frame(p_shard smallint, p_room_id bigint, p_kind text, p_body jsonb, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.append_frame(p_shard smallint, p_room_id bigint, p_kind text, p_body jsonb, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.charge(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_ids uuid[], p_viewers bigint[], p_creators bigint[], p_creator_shards smallint[], p_rooms bigint[], p_items integer[], p_counts integer[], p_coins bigint[], p_refused boolean[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.charge(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_ids uuid[], p_viewers bigint[], p_creators bigint[], p_creator_shards smallint[], p_rooms bigint[], p_items integer[], p_counts integer[], p_coins bigint[], p_refused boolean[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[]) TO plaudit_app;

GRANT SELECT ON TABLE public.frame TO plaudit_app;

REVOKE ALL ON FUNCTION public.deliver(p_shard smallint, p_source_shard smallint, p_delivered_at timestamp with time zone, p_batches_max integer, p_watched bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.deliver(p_shard smallint, p_source_shard smallint, p_delivered_at timestamp with time zone, p_batches_max integer, p_watched bigint[]) TO plaudit_app;

REVOKE ALL ON FUNCTION public.delivery_hash(p_previous bytea, p_from bigint, p_through bigint, p_gift_ids uuid[], p_viewer_ids bigint[], p_creator_ids bigint[], p_coins bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delivery_hash(p_previous bytea, p_from bigint, p_through bigint, p_gift_ids uuid[], p_viewer_ids bigint[], p_creator_ids bigint[], p_coins bigint[]) TO plaudit_app;

REVOKE ALL ON FUNCTION public.ensure_gift_partitions(p_now timestamp with time zone, p_months_ahead integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ensure_gift_partitions(p_now timestamp with time zone, p_months_ahead integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.fund(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_kind text, p_reason text, p_coins bigint, p_price_minor bigint, p_currency text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.fund(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_kind text, p_reason text, p_coins bigint, p_price_minor bigint, p_currency text, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.move_balance(p_shard smallint, p_kind text, p_owner_id bigint, p_asset text, p_amount bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.post(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.post(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.record_transfer(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.shard_of(p_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.shard_of(p_id bigint) TO plaudit_app;

GRANT SELECT ON TABLE public.account TO plaudit_app;

GRANT SELECT ON TABLE public.account_kind TO plaudit_app;

GRANT SELECT ON TABLE public.api_key TO plaudit_app;

GRANT SELECT ON TABLE public.gift_balance TO plaudit_app;

GRANT SELECT ON TABLE public.gift_batch TO plaudit_app;

GRANT SELECT ON TABLE public.wallet TO plaudit_app;

GRANT SELECT ON TABLE public.balance TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.catalogue TO plaudit_app;

GRANT SELECT ON TABLE public.charge_stream TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(matured_at) ON TABLE public.conversion TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.creator_setting TO plaudit_app;

GRANT SELECT ON TABLE public.delivery TO plaudit_app;

GRANT SELECT ON TABLE public.delivery_stream TO plaudit_app;

GRANT SELECT ON TABLE public.gift TO plaudit_app;

GRANT SELECT ON TABLE public.issuer TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.item TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.item_version TO plaudit_app;

GRANT SELECT ON TABLE public.transfer TO plaudit_app;

GRANT SELECT ON TABLE public.journal TO plaudit_app;

GRANT SELECT ON TABLE public.ledger_setting TO plaudit_app;

GRANT SELECT ON TABLE public.lot TO plaudit_app;

GRANT SELECT ON TABLE public.migration TO plaudit_app;

GRANT SELECT ON TABLE public.order_transition TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payment_problem TO plaudit_app;

GRANT UPDATE(resolved_at) ON TABLE public.payment_problem TO plaudit_app;

GRANT UPDATE(resolution) ON TABLE public.payment_problem TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.quote TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(previous_state) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(payment_id) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(checkout_url) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(poll_at) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(polls) ON TABLE public.recharge_order TO plaudit_app;

GRANT SELECT ON TABLE public.order_with_quote TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.overlay_token TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.package TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(previous_state) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(reason) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(provider_reference) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(poll_at) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(polls) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(attention) ON TABLE public.payout TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_event TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(archived_at) ON TABLE public.payout_method TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.payout_provider_event TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_quote TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_rate TO plaudit_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payout_send TO plaudit_app;

GRANT SELECT ON TABLE public.payout_shown TO plaudit_app;

GRANT SELECT ON TABLE public.payout_state TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_terms TO plaudit_app;

GRANT SELECT ON TABLE public.payout_transition TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.person TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.price TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.price_book TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.receipt TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.receipt_counter TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.reward_rule TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.room TO plaudit_app;

GRANT SELECT ON TABLE public.room_head TO plaudit_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.room_viewers TO plaudit_app;

GRANT SELECT ON TABLE public.strip TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.thank TO plaudit_app;

GRANT SELECT ON TABLE public.transfer_reason TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.webhook_event TO plaudit_app;
