-- Months of creators, summed from the books, and the numbers of their statements. Only these functions write them.

create or replace function month_begins(p_month date) returns timestamptz language sql immutable as $$
    select p_month::timestamp at time zone 'UTC'
$$;

-- What was delivered to creators of a shard in some time: by where it was given, and by the lots that paid. A gift is charged before it
-- is delivered: p_charged_from says how long before at most.
create or replace function received_earnings(
    p_shard smallint, p_creator_id bigint, p_charged_from timestamptz, p_from timestamptz, p_until timestamptz
) returns table (creator_id bigint, place_id bigint, is_video boolean, kind text, country text, gifts bigint, coins bigint)
language sql stable set search_path = public, pg_temp as $$
    with charged as (
        select g.shard, g.viewer_id, g.batch_no, g.creator_id, coalesce(g.room_id, g.video_id) as place_id,
            g.video_id is not null as is_video, g.spent_before, g.coins
        from gift g
        where g.creator_shard = p_shard and g.shares is null and g.charged_at >= p_charged_from
            and g.charged_at < p_until + interval '1 hour' -- clocks of servers differ a little
            and (p_creator_id is null or g.creator_id = p_creator_id)
        union all
        select g.shard, g.viewer_id, s.batch_no, s.creator_id, coalesce(g.room_id, g.video_id), g.video_id is not null,
            g.spent_before + s.before, s.coins
        from gift g
        cross join lateral (
            select u.creator_id, u.coins, u.creator_shard, g.share_batch_nos[u.share_no] as batch_no,
                (sum(u.coins) over (order by u.share_no))::bigint - u.coins as before
            from unnest(g.shares) with ordinality as u (creator_id, coins, creator_shard, share_no)
        ) s
        where g.shares is not null and g.charged_at >= p_charged_from and g.charged_at < p_until + interval '1 hour'
            and s.creator_shard = p_shard and (p_creator_id is null or s.creator_id = p_creator_id)
    ), batch as (
        select b.shard, b.batch_no from (select distinct shard, batch_no from charged) b
        cross join lateral (
            select d.delivered_at from delivery d
            where d.shard = p_shard and d.source_shard = b.shard and d.through_batch_no >= b.batch_no
            order by d.through_batch_no limit 1
        ) d
        where d.delivered_at >= p_from and d.delivered_at < p_until
    ), given as materialized (
        select c.shard, c.viewer_id, c.creator_id, c.place_id, c.is_video, count(*) as gifts,
            range_agg(int8range(c.spent_before, c.spent_before + c.coins)) as stretches
        from charged c join batch b using (shard, batch_no)
        group by 1, 2, 3, 4, 5
    ), spent as materialized (
        select g.shard, g.viewer_id, min(lower(g.stretches)) as first_coin, max(upper(g.stretches)) as last_coin
        from given g group by 1, 2
    ), piece as materialized ( -- what of each viewer's strip can have paid, before it is cut by gifts
        select s.shard, s.viewer_id, s.start_coin, s.end_coin,
            case when w.is_granted then 'promotional' else 'paid' end as kind,
            case when w.is_granted then '' else coalesce(a.region, '') end as country
        from spent p
        join strip s on s.shard = p.shard and s.viewer_id = p.viewer_id and s.end_coin > p.first_coin and s.start_coin < p.last_coin
        join lot l on l.shard = s.shard and l.lot_id = s.lot_id
        left join promotional_before o on o.shard = s.shard and o.viewer_id = s.viewer_id
        left join accounting_lot a on a.shard = s.shard and a.lot_id = s.lot_id
        cross join lateral (select l.kind = 'promotional' and s.start_coin >= coalesce(o.spent, 0) as is_granted) w
    ), cell as (
        select g.creator_id, g.place_id, g.is_video, p.kind, p.country,
            sum(least(p.end_coin, upper(u.stretch)) - greatest(p.start_coin, lower(u.stretch)))::bigint as coins
        from given g
        cross join lateral unnest(g.stretches) as u (stretch)
        join piece p on p.shard = g.shard and p.viewer_id = g.viewer_id
            and p.start_coin < upper(u.stretch) and p.end_coin > lower(u.stretch)
        group by 1, 2, 3, 4, 5
    ), counted as (
        select g.creator_id, g.place_id, sum(g.gifts)::bigint as gifts from given g group by 1, 2
    )
    select c.creator_id, c.place_id, c.is_video, c.kind, c.country,
        case when row_number() over (partition by c.creator_id, c.place_id order by c.kind, c.country) = 1
            then n.gifts else 0 end,
        c.coins
    from cell c join counted n using (creator_id, place_id)
$$;

-- What moved balances of creators of a shard in some time, but for gifts: each movement once for each balance it touches.
create or replace function moved_earnings(p_shard smallint, p_creator_id bigint, p_from timestamptz, p_until timestamptz)
returns table (creator_id bigint, reason text, reference uuid, at timestamptz, kind text, amount bigint)
language sql stable set search_path = public, pg_temp as $$
    select c.creator_id, t.reason, t.reference, t.posted_at, t.kind, t.amount
    from (
        select b.creator_id from gift_balance b where b.shard = p_shard
        union
        select a.owner_id from account a where a.shard = p_shard and a.owner_id <> 0 and a.asset = 'DIAMOND'
    ) c
    cross join (values ('gift_balance'), ('diamonds_pending'), ('diamonds_available'), ('diamonds_in_payout')) k (kind)
    cross join lateral (
        select d.reason, d.reference, d.posted_at, k.kind, -d.amount as amount from transfer d
        where d.shard = p_shard and d.debit_kind = k.kind and d.debit_owner = c.creator_id
            and d.posted_at >= p_from and d.posted_at < p_until
        union all
        select d.reason, d.reference, d.posted_at, k.kind, d.amount from transfer d
        where d.shard = p_shard and d.credit_kind = k.kind and d.credit_owner = c.creator_id
            and d.posted_at >= p_from and d.posted_at < p_until
    ) t
    where p_creator_id is null or c.creator_id = p_creator_id
$$;

-- The last edition of each creator's month.
create or replace function earnings_in_force(p_shard smallint, p_month date, p_creator_id bigint default null)
returns setof earnings_month language sql stable set search_path = public, pg_temp as $$
    select distinct on (m.creator_id) m.* from earnings_month m
    where m.shard = p_shard and m.month = p_month and (p_creator_id is null or m.creator_id = p_creator_id)
    order by m.creator_id, m.edition desc
$$;

-- Received gifts of a month as rows. Whether they are all that was delivered.
create or replace function sum_received(
    p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint, p_charged_from timestamptz
) returns boolean language plpgsql set search_path = public, pg_temp as $$
declare
    v_from constant timestamptz := month_begins(p_month);
    v_until constant timestamptz := month_begins((p_month + interval '1 month')::date);
begin
    insert into earnings_gift (shard, creator_id, month, edition, place_id, kind, country, is_video, gifts, coins)
    select p_shard, r.creator_id, p_month, p_edition, r.place_id, r.kind, r.country, r.is_video, r.gifts, r.coins
    from received_earnings(p_shard, p_creator_id, p_charged_from, v_from, v_until) r;
    return not exists (
        select from (
            select u.creator_id, sum(u.coins) as coins
            from delivery d cross join lateral unnest(d.creator_ids, d.creator_coins) as u (creator_id, coins)
            where d.shard = p_shard and d.delivered_at >= v_from and d.delivered_at < v_until
                and (p_creator_id is null or u.creator_id = p_creator_id)
            group by u.creator_id
        ) d
        full join (
            select g.creator_id, sum(g.coins) as coins from earnings_gift g
            where g.shard = p_shard and g.month = p_month and g.edition = p_edition
                and (p_creator_id is null or g.creator_id = p_creator_id)
            group by g.creator_id
        ) g using (creator_id)
        where d.coins is distinct from g.coins);
end $$;

-- The lines of a month: gifts, then all other movements, in the order in which coins become money.
create or replace function sum_lines(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint)
returns void language sql set search_path = public, pg_temp as $$
    with moved as (
        select m.creator_id, case m.reason when 'reward' then 'conversion' else m.reason end as reason,
            m.reference, m.at, m.kind, m.amount, c.rule_version, p.id as payout_id
        from moved_earnings(p_shard, p_creator_id, month_begins(p_month), month_begins((p_month + interval '1 month')::date)) m
        left join conversion c on m.reason in ('conversion', 'reward') and c.shard = p_shard and c.id = m.reference
        left join payout p on m.reason in ('payout_paid', 'payout_returned') and p.shard = p_shard and p.id = m.reference
    ), line as (
        select g.creator_id, 'delivery' as reason, null::integer as rule_version, null::uuid as payout_id, null::timestamptz as at,
            greatest(1, sum(g.gifts))::bigint as movements, sum(g.coins)::bigint as coins, 0::bigint as pending, 0::bigint as available, 0::bigint as in_payout
        from earnings_gift g
        where g.shard = p_shard and g.month = p_month and g.edition = p_edition
            and (p_creator_id is null or g.creator_id = p_creator_id)
        group by g.creator_id
        union all
        select m.creator_id, m.reason, m.rule_version, m.payout_id, case when m.payout_id is not null then min(m.at) end,
            count(distinct m.reference), coalesce(sum(m.amount) filter (where m.kind = 'gift_balance'), 0)::bigint,
            coalesce(sum(m.amount) filter (where m.kind = 'diamonds_pending'), 0)::bigint,
            coalesce(sum(m.amount) filter (where m.kind = 'diamonds_available'), 0)::bigint,
            coalesce(sum(m.amount) filter (where m.kind = 'diamonds_in_payout'), 0)::bigint
        from moved m group by m.creator_id, m.reason, m.rule_version, m.payout_id
    )
    insert into earnings_line (shard, creator_id, month, edition, line, reason, rule_version, payout_id, at, movements, coins, pending,
        available, in_payout, rate_version, currency, gross_minor, fee_minor)
    select p_shard, l.creator_id, p_month, p_edition,
        row_number() over (partition by l.creator_id order by array_position(array['delivery', 'clawback_coins',
            'clawback_coins_returned', 'conversion', 'clawback_pending', 'clawback_pending_returned', 'maturity',
            'clawback_available', 'clawback_available_returned', 'payout_requested', 'payout_given_back', 'payout_paid',
            'payout_returned'], l.reason), l.reason, l.rule_version, l.at, l.payout_id),
        l.reason, l.rule_version, l.payout_id, l.at, l.movements, l.coins, l.pending, l.available, l.in_payout,
        q.rate_version, p.currency, p.gross_minor * s.sign, p.fee_minor * s.sign
    from line l
    left join payout p on p.shard = p_shard and p.id = l.payout_id
    left join payout_quote q on q.shard = p_shard and q.id = p.quote_id
    cross join lateral (select case l.reason when 'payout_returned' then -1 else 1 end as sign) s
    where (l.coins, l.pending, l.available, l.in_payout) <> (0, 0, 0, 0)
$$;

-- The month itself: what was there, and the sums of its lines.
create or replace function sum_months(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint)
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
    v_made integer;
begin
    insert into earnings_month (shard, creator_id, month, edition, gifts, received_coins, promotional_coins, opening_coins, coins_in,
        coins_out, opening_pending, pending_in, pending_out, opening_available, available_in, available_out, opening_in_payout,
        in_payout_in, in_payout_out)
    select p_shard, creator_id, p_month, p_edition, coalesce(g.gifts, 0), coalesce(g.coins, 0), coalesce(g.promotional, 0),
        coalesce(b.closing_coins, 0), coalesce(l.coins_in, 0), coalesce(l.coins_out, 0),
        coalesce(b.closing_pending, 0), coalesce(l.pending_in, 0), coalesce(l.pending_out, 0),
        coalesce(b.closing_available, 0), coalesce(l.available_in, 0), coalesce(l.available_out, 0),
        coalesce(b.closing_in_payout, 0), coalesce(l.in_payout_in, 0), coalesce(l.in_payout_out, 0)
    from (
        select creator_id, closing_coins, closing_pending, closing_available, closing_in_payout
        from earnings_in_force(p_shard, (p_month - interval '1 month')::date, p_creator_id)
        where (closing_coins, closing_pending, closing_available, closing_in_payout) <> (0, 0, 0, 0)
        union all
        select p_creator_id, 0, 0, 0, 0
        where p_edition > 1 and not exists ( -- what is corrected was something, whatever is left of it
            select from earnings_in_force(p_shard, (p_month - interval '1 month')::date, p_creator_id)
            where (closing_coins, closing_pending, closing_available, closing_in_payout) <> (0, 0, 0, 0))
    ) b
    full join (
        select creator_id, sum(greatest(coins, 0)) as coins_in, sum(greatest(-coins, 0)) as coins_out,
            sum(greatest(pending, 0)) as pending_in, sum(greatest(-pending, 0)) as pending_out,
            sum(greatest(available, 0)) as available_in, sum(greatest(-available, 0)) as available_out,
            sum(greatest(in_payout, 0)) as in_payout_in, sum(greatest(-in_payout, 0)) as in_payout_out
        from earnings_line
        where shard = p_shard and month = p_month and edition = p_edition and (p_creator_id is null or creator_id = p_creator_id)
        group by creator_id
    ) l using (creator_id)
    left join (
        select creator_id, sum(gifts)::bigint as gifts, sum(coins)::bigint as coins,
            coalesce(sum(coins) filter (where kind = 'promotional'), 0)::bigint as promotional
        from earnings_gift
        where shard = p_shard and month = p_month and edition = p_edition and (p_creator_id is null or creator_id = p_creator_id)
        group by creator_id
    ) g using (creator_id);
    get diagnostics v_made = row_count;
    return v_made;
end $$;

-- Coins by the country they were paid in. What leaves is drawn from all of them in proportion, rounded so that nothing is lost. What
-- comes back beyond what left was paid in no country that is known; what leaves beyond what is there, because clocks put a conversion
-- before the gifts it took, is owed by none of them until more comes.
create or replace function sum_countries(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint)
returns void language sql set search_path = public, pg_temp as $$
    with before as (
        select b.creator_id, c.country, c.closing_coins
        from earnings_in_force(p_shard, (p_month - interval '1 month')::date, p_creator_id) b
        join earnings_country c on c.shard = p_shard and c.creator_id = b.creator_id and c.month = b.month and c.edition = b.edition
        where c.closing_coins <> 0
    ), own as (
        select m.creator_id, m.coins_out - (m.coins_in - m.received_coins) as leaves, coalesce(-b.closing_coins, 0) as owed,
            coalesce((select sum(l.pending) from earnings_line l
                where l.shard = m.shard and l.creator_id = m.creator_id and l.month = m.month and l.edition = m.edition
                    and l.reason = 'conversion'), 0)::bigint as diamonds
        from earnings_month m left join before b on b.creator_id = m.creator_id and b.closing_coins < 0
        where m.shard = p_shard and m.month = p_month and m.edition = p_edition
            and (p_creator_id is null or m.creator_id = p_creator_id)
    ), there as (
        select x.creator_id, x.country, sum(x.opening) as opening, sum(x.received) as received
        from (
            select b.creator_id, b.country, b.closing_coins as opening, 0 as received from before b where b.closing_coins > 0
            union all
            select g.creator_id, g.country, 0, g.coins from earnings_gift g
            where g.shard = p_shard and g.month = p_month and g.edition = p_edition and g.kind = 'paid'
                and (p_creator_id is null or g.creator_id = p_creator_id)
            union all
            select o.creator_id, '', 0, -o.leaves from own o where o.leaves < 0
        ) x
        group by x.creator_id, x.country
    ), pool as (
        select o.creator_id, o.owed, o.diamonds, greatest(o.leaves, 0) + o.owed as wanted,
            coalesce(sum(t.opening + t.received), 0) as coins
        from own o left join there t using (creator_id) group by o.creator_id, o.owed, o.diamonds, o.leaves
    ), placed as (
        select t.creator_id, t.country, t.opening, t.received, least(p.wanted, p.coins) as drawn, p.diamonds, p.coins,
            sum(t.opening + t.received) over (partition by t.creator_id order by t.country) as reached
        from there t join pool p using (creator_id)
    ), parted as (
        select creator_id, country, opening, received as coins_in,
            div(drawn * reached, coins) - div(drawn * (reached - opening - received), coins) as coins_out,
            div(diamonds * reached, coins) - div(diamonds * (reached - opening - received), coins) as diamonds
        from placed
        union all
        select creator_id, '', -owed, owed, greatest(wanted - coins, 0), case coins when 0 then diamonds else 0 end
        from pool where owed > 0 or wanted > coins or coins = 0 and diamonds > 0
    )
    insert into earnings_country (shard, creator_id, month, edition, country, opening_coins, coins_in, coins_out, diamonds)
    select p_shard, creator_id, p_month, p_edition, country, sum(opening), sum(coins_in), sum(coins_out), sum(diamonds)
    from parted group by creator_id, country
$$;

-- All that a statement says, as one hash. Names and numbers stand on the paper itself.
create or replace function earnings_hash(p_shard smallint, p_creator_id bigint, p_month date, p_edition smallint)
returns bytea language sql stable set search_path = public, pg_temp as $$
    select sha256(convert_to(concat_ws(E'\n',
        (select concat_ws(' ', m.shard, m.creator_id, m.month, m.edition, m.gifts, m.received_coins, m.promotional_coins,
                m.opening_coins, m.coins_in, m.coins_out, m.opening_pending, m.pending_in, m.pending_out, m.opening_available,
                m.available_in, m.available_out, m.opening_in_payout, m.in_payout_in, m.in_payout_out)
            from earnings_month m where (m.shard, m.creator_id, m.month, m.edition) = (p_shard, p_creator_id, p_month, p_edition)),
        (select string_agg(concat_ws(' ', l.line, l.reason, coalesce(l.rule_version, 0), coalesce(l.payout_id::text, '-'),
                coalesce(extract(epoch from l.at), 0), l.movements, l.coins, l.pending, l.available, l.in_payout,
                coalesce(l.rate_version, 0), coalesce(l.currency, '-'), coalesce(l.gross_minor, 0), coalesce(l.fee_minor, 0)),
                E'\n' order by l.line)
            from earnings_line l where (l.shard, l.creator_id, l.month, l.edition) = (p_shard, p_creator_id, p_month, p_edition)),
        (select string_agg(concat_ws(' ', g.place_id, g.kind, g.country, g.is_video, g.gifts, g.coins), E'\n'
                order by g.place_id, g.kind, g.country)
            from earnings_gift g where (g.shard, g.creator_id, g.month, g.edition) = (p_shard, p_creator_id, p_month, p_edition)),
        (select string_agg(concat_ws(' ', c.country, c.opening_coins, c.coins_in, c.coins_out, c.diamonds), E'\n' order by c.country)
            from earnings_country c where (c.shard, c.creator_id, c.month, c.edition) = (p_shard, p_creator_id, p_month, p_edition))
    ), 'UTF8'))
$$;

-- sum_earnings(): the next month of a shard, if it has ended by p_settled: all its creators at once. Answers the month; null: there was
-- nothing to do, or another is at it.
create or replace function sum_earnings(p_shard smallint, p_settled timestamptz) returns date
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_month date;
begin
    insert into earnings_position (shard, month, issuing)
    select p_shard, m.month, m.month
    from (
        select date_trunc('month', min(first.at) at time zone 'UTC')::date as month
        from (
            (select min(d.delivered_at) as at from delivery d where d.shard = p_shard)
            union all
            (select min(t.posted_at) from transfer t
                where t.shard = p_shard and t.debit_kind = 'diamonds_issued' and t.debit_owner = 0)
        ) first
        where not exists (select from earnings_position p where p.shard = p_shard)
    ) m
    where m.month is not null
    on conflict do nothing;
    select p.month into v_month from earnings_position p where p.shard = p_shard for no key update skip locked;
    if v_month is null or month_begins((v_month + interval '1 month')::date) > p_settled then
        return null;
    end if;
    perform write_earnings(p_shard, v_month, 1::smallint, null);
    update earnings_position p set month = (v_month + interval '1 month')::date where p.shard = p_shard;
    return v_month;
end $$;

-- One edition of a month, of all creators or of one. Gifts that waited longer than two days to be delivered are looked for among all.
create or replace function write_earnings(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint)
returns integer language plpgsql set search_path = public, pg_temp as $$
begin
    if not sum_received(p_shard, p_month, p_edition, p_creator_id, month_begins(p_month) - interval '2 days') then
        delete from earnings_gift g
        where g.shard = p_shard and g.month = p_month and g.edition = p_edition
            and (p_creator_id is null or g.creator_id = p_creator_id);
        if not sum_received(p_shard, p_month, p_edition, p_creator_id, '-infinity') then
            raise exception 'what was delivered in % to shard % is not what its gifts say', p_month, p_shard
                using errcode = 'data_corrupted';
        end if;
    end if;
    perform sum_lines(p_shard, p_month, p_edition, p_creator_id);
    return sum_months(p_shard, p_month, p_edition, p_creator_id)
        + coalesce((select 0 from sum_countries(p_shard, p_month, p_edition, p_creator_id)), 0);
end $$;

-- Internal: the next numbers of a year for some months. The row of the series stays locked until the commit, so that no number is lost.
create or replace function number_statements(
    p_months earnings_month[], p_at timestamptz, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_reason text
) returns setof earnings_statement language sql set search_path = public, pg_temp as $$
    with counted as (
        insert into earnings_series as s (year, last_number)
        select extract(year from p_at at time zone 'UTC')::smallint, cardinality(p_months) where cardinality(p_months) > 0
        on conflict (year) do update set last_number = s.last_number + excluded.last_number
        returning s.year, s.last_number - cardinality(p_months) as before
    )
    insert into earnings_statement (year, number, shard, creator_id, month, edition, issued_at, issuer_name, issuer_address,
        issuer_tax_id, creator_name, reason, hash)
    select c.year, c.before + u.place, u.shard, u.creator_id, u.month, u.edition, p_at, p_issuer_name, p_issuer_address,
        p_issuer_tax_id, coalesce(p.display_name, ''), p_reason, earnings_hash(u.shard, u.creator_id, u.month, u.edition)
    from counted c
    cross join lateral (
        select row_number() over () as place, m.* from unnest(p_months) m
    ) u
    left join person p on p.id = u.creator_id
    returning *
$$;

-- issue_statements(): papers of the months of a shard that have none yet, the earliest first, so many at once. Answers what was issued.
create or replace function issue_statements(
    p_shard smallint, p_at timestamptz, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_most integer
) returns setof earnings_statement language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_position earnings_position;
    v_months earnings_month[];
begin
    select * into v_position from earnings_position p where p.shard = p_shard for no key update skip locked;
    if v_position.shard is null or v_position.issuing = v_position.month then
        return;
    end if;
    v_months := array(
        select m from earnings_month m
        where m.shard = p_shard and m.month >= v_position.issuing and m.edition = 1 and not exists (
            select from earnings_statement s
            where (s.shard, s.creator_id, s.month, s.edition) = (m.shard, m.creator_id, m.month, m.edition))
        order by m.month, m.creator_id limit p_most);
    if cardinality(v_months) < p_most then
        update earnings_position p set issuing = p.month where p.shard = p_shard;
    end if;
    return query select * from number_statements(v_months, p_at, p_issuer_name, p_issuer_address, p_issuer_tax_id, '');
end $$;

-- correct_statements(): months of a creator from p_month on, summed again; a paper for each that says another thing than the last did.
create or replace function correct_statements(
    p_creator_id bigint, p_month date, p_at timestamptz, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_reason text
) returns setof earnings_statement language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_shard constant smallint := shard_of(p_creator_id);
    v_next date;
    v_month date := p_month;
    v_last earnings_month;
    v_edition smallint;
    v_months earnings_month[] := '{}';
begin
    select p.month into v_next from earnings_position p where p.shard = v_shard for no key update;
    while v_month < v_next loop
        select m.* into v_last from earnings_in_force(v_shard, v_month, p_creator_id) m;
        v_edition := coalesce(v_last.edition, 0) + 1;
        perform write_earnings(v_shard, v_month, v_edition, p_creator_id);
        if v_last.edition is not null and earnings_says_the_same(v_shard, p_creator_id, v_month, v_last.edition, v_edition) then
            delete from earnings_gift g where (g.shard, g.creator_id, g.month, g.edition) = (v_shard, p_creator_id, v_month, v_edition);
            delete from earnings_country c where (c.shard, c.creator_id, c.month, c.edition) = (v_shard, p_creator_id, v_month, v_edition);
            delete from earnings_line l where (l.shard, l.creator_id, l.month, l.edition) = (v_shard, p_creator_id, v_month, v_edition);
            delete from earnings_month m where (m.shard, m.creator_id, m.month, m.edition) = (v_shard, p_creator_id, v_month, v_edition);
        elsif v_edition > 1 then
            v_months := v_months || array(
                select m from earnings_month m
                where (m.shard, m.creator_id, m.month, m.edition) = (v_shard, p_creator_id, v_month, v_edition));
        end if;
        if v_edition = 1 then
            update earnings_position p set issuing = least(p.issuing, v_month) where p.shard = v_shard;
        end if;
        v_month := (v_month + interval '1 month')::date;
    end loop;
    return query select * from number_statements(v_months, p_at, p_issuer_name, p_issuer_address, p_issuer_tax_id, p_reason);
end $$;

-- Whether two editions say the same.
create or replace function earnings_says_the_same(
    p_shard smallint, p_creator_id bigint, p_month date, p_one smallint, p_other smallint
) returns boolean language sql stable set search_path = public, pg_temp as $$
    select not exists (
        (select to_jsonb(m) - 'edition' from earnings_month m
            where (m.shard, m.creator_id, m.month) = (p_shard, p_creator_id, p_month) and m.edition in (p_one, p_other)
            group by 1 having count(*) <> 2)
        union all
        (select to_jsonb(l) - 'edition' from earnings_line l
            where (l.shard, l.creator_id, l.month) = (p_shard, p_creator_id, p_month) and l.edition in (p_one, p_other)
            group by 1 having count(*) <> 2)
        union all
        (select to_jsonb(g) - 'edition' from earnings_gift g
            where (g.shard, g.creator_id, g.month) = (p_shard, p_creator_id, p_month) and g.edition in (p_one, p_other)
            group by 1 having count(*) <> 2)
        union all
        (select to_jsonb(c) - 'edition' from earnings_country c
            where (c.shard, c.creator_id, c.month) = (p_shard, p_creator_id, p_month) and c.edition in (p_one, p_other)
            group by 1 having count(*) <> 2))
$$;

revoke execute on function write_earnings, sum_received, sum_lines, sum_months, sum_countries, number_statements from public;
grant execute on function month_begins, received_earnings, moved_earnings, earnings_in_force, earnings_hash, sum_earnings, issue_statements,
    correct_statements, earnings_says_the_same to plaudit_app;
