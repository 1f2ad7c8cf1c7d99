-- What the books say to accountants: whose each lot is and what it cost, and what its unspent coins did when.

-- Lots as accountants see them. The seller, the region and the channel are those of the order; what no order paid for
-- has none. Without tax.
create or replace view accounting_lot as
    select l.shard, l.lot_id, l.viewer_id, l.kind, l.coins, coalesce(l.price_minor - coalesce(t.amount, 0), 0) as net_minor,
        coalesce(r.seller_code, '') as entity, coalesce(q.region, '') as region, coalesce(q.channel, '') as channel,
        coalesce(l.currency, '') as currency
    from lot l
    left join transfer t on t.shard = l.shard and t.reference = l.lot_id and t.reason = 'sale_tax'
    left join receipt r on r.shard = l.shard and r.order_id = l.lot_id
    left join recharge_order o on o.shard = l.shard and o.order_id = l.lot_id
    left join quote q on q.shard = o.shard and q.person_id = o.person_id and q.quote_id = o.quote_id;

-- What some unspent coins of a lot cost: their exact proportion, to the nearest minor unit. It depends on how many they
-- are and on nothing else, so that what all movements of a lot are worth adds up to its price whatever their order.
create or replace function cost_of(p_net_minor bigint, p_coins bigint, p_unspent bigint) returns bigint
language sql immutable as $$
    select div(2 * p_net_minor::numeric * p_unspent + p_coins, 2 * p_coins::numeric)::bigint
$$;

-- What happened to the unspent coins of each lot of a shard from p_from until before p_until, by days (UTC): lots that
-- were funded, gifts cut by the strip (its spent part never changes), what was taken back and put back, what expired.
create or replace function lot_movements(p_shard smallint, p_from timestamptz, p_until timestamptz)
returns table (lot_id uuid, day date, sold_coins bigint, put_back_coins bigint, used_coins bigint,
    refunded_coins bigint, expired_coins bigint)
language sql stable set search_path = public, pg_temp as $$
    with recursive given as (
        select g.viewer_id, (g.charged_at at time zone 'UTC')::date as day,
            range_agg(int8range(g.spent_before, g.spent_before + g.coins)) as stretches
        from gift g where g.shard = p_shard and g.charged_at >= p_from and g.charged_at < p_until
        group by 1, 2
    ), used as (
        select s.lot_id, g.day, least(s.end_coin, upper(u.stretch)) - greatest(s.start_coin, lower(u.stretch)) as coins
        from given g cross join lateral unnest(g.stretches) as u (stretch)
        join strip s on s.shard = p_shard and s.viewer_id = g.viewer_id
            and s.start_coin < upper(u.stretch) and s.end_coin > lower(u.stretch)
    ), posted as (
        select t.reference, t.reason, t.debit_owner as viewer_id, t.amount, (t.posted_at at time zone 'UTC')::date as day
        from transfer t
        where t.shard = p_shard and t.debit_kind = 'coins_issued' and t.debit_owner = 0
            and t.reason in ('recharge', 'promotion', 'reversal_undone') and t.posted_at >= p_from and t.posted_at < p_until
        union all
        select t.reference, t.reason, t.debit_owner, t.amount, (t.posted_at at time zone 'UTC')::date
        from transfer t
        where t.shard = p_shard and t.credit_kind in ('coins_issued', 'coins_expired') and t.credit_owner = 0
            and t.reason in ('reversal', 'expiry') and t.posted_at >= p_from and t.posted_at < p_until
    ), expiry as (
        -- The reference of an expiry tells how many coins of the lot had expired then: followed back from now.
        select l.lot_id, l.coins_expired as reached, md5(l.lot_id::text || l.coins_expired)::uuid as reference
        from lot l
        where l.shard = p_shard and l.coins_expired > 0
            and l.viewer_id in (select viewer_id from posted where reason = 'expiry')
        union all
        select e.lot_id, e.reached - t.amount, md5(e.lot_id::text || (e.reached - t.amount))::uuid
        from expiry e
        join transfer t on t.shard = p_shard and t.reference = e.reference and t.reason = 'expiry'
        where e.reached > t.amount
    )
    select m.lot_id, m.day, sum(m.sold)::bigint, sum(m.put_back)::bigint, sum(m.used)::bigint, sum(m.refunded)::bigint,
        sum(m.expired)::bigint
    from (
        select u.lot_id, u.day, 0 as sold, 0 as put_back, u.coins as used, 0 as refunded, 0 as expired from used u
        union all
        select p.reference, p.day, p.amount, 0, 0, 0, 0 from posted p where p.reason in ('recharge', 'promotion')
        union all
        select r.lot_id, p.day, 0, case p.reason when 'reversal_undone' then p.amount else 0 end, 0,
            case p.reason when 'reversal' then p.amount else 0 end, 0
        from posted p join lot_reversal r on r.shard = p_shard and r.reversal_id = p.reference
        where p.reason in ('reversal', 'reversal_undone')
        union all
        select e.lot_id, p.day, 0, 0, 0, 0, p.amount
        from posted p join expiry e on e.reference = p.reference where p.reason = 'expiry'
    ) m
    group by m.lot_id, m.day
$$;

-- Days of lots with what their coins cost. Within a day coins come before they go: each movement is worth the difference
-- it makes to the cost of what is unspent.
create or replace view accounting_lot_figure as
    select d.shard, d.day, d.lot_id, l.kind, l.entity, l.region, l.channel, l.currency,
        d.opening_coins, d.sold_coins, d.put_back_coins, d.used_coins, d.refunded_coins, d.expired_coins, d.closing_coins,
        cost.opening as opening_minor, cost.sold - cost.opening as sold_minor, cost.put_back - cost.sold as put_back_minor,
        cost.put_back - cost.used as used_minor, cost.used - cost.refunded as refunded_minor,
        cost.refunded - cost.closing as expired_minor, cost.closing as closing_minor
    from accounting_lot_day d
    join accounting_lot l using (shard, lot_id)
    cross join lateral (
        select cost_of(l.net_minor, l.coins, d.opening_coins) as opening,
            cost_of(l.net_minor, l.coins, d.opening_coins + d.sold_coins) as sold,
            cost_of(l.net_minor, l.coins, d.opening_coins + d.sold_coins + d.put_back_coins) as put_back,
            cost_of(l.net_minor, l.coins, d.closing_coins + d.expired_coins + d.refunded_coins) as used,
            cost_of(l.net_minor, l.coins, d.closing_coins + d.expired_coins) as refunded,
            cost_of(l.net_minor, l.coins, d.closing_coins) as closing
    ) cost;

-- The money of recharges and of what went back, as accountants sum it: of which lot, and signed by what it adds to.
create or replace view accounting_money as
    select t.shard, t.posted_at, (t.posted_at at time zone 'UTC')::date as day, t.reference, t.asset as currency,
        coalesce(v.order_id, t.reference) as lot_id,
        case t.reason when 'sale' then t.amount else 0 end as gross_sales_minor,
        case t.reason when 'sale_tax' then t.amount else 0 end as sale_tax_minor,
        case when t.reason in ('sale_fee', 'sale_fee_more') then t.amount when t.reason = 'sale_fee_less' then -t.amount
            else 0 end as sale_fee_minor,
        case when v.kind is distinct from 'chargeback'
            then case when t.reason in ('refund', 'refund_excess') then t.amount
                when t.reason in ('refund_undone', 'refund_excess_undone') then -t.amount else 0 end
            else 0 end as gross_refunds_minor,
        case when v.kind = 'chargeback'
            then case when t.reason in ('refund', 'refund_excess') then t.amount
                when t.reason in ('refund_undone', 'refund_excess_undone') then -t.amount else 0 end
            else 0 end as chargebacks_minor,
        case t.reason when 'refund_tax' then t.amount when 'refund_tax_undone' then -t.amount else 0 end as refund_tax_minor,
        case t.reason when 'refund_fee' then t.amount when 'refund_fee_undone' then -t.amount else 0 end as refund_fee_minor,
        case t.reason when 'dispute_fee' then t.amount when 'dispute_fee_undone' then -t.amount else 0 end as dispute_fee_minor
    from transfer t
    left join reversal v on v.shard = t.shard and v.reversal_id = t.reference
    where t.debit_kind in ('buyers', 'coin_sales', 'taxes_owed', 'channel_fees', 'losses') and t.debit_owner = 0;

-- What moved in a shard on each day from p_from until before p_until, as far as its lots are summed: unspent coins and what
-- they cost, and the money beside them.
create or replace function accounting_flow(p_shard smallint, p_from date, p_until timestamptz)
returns table (day date, kind text, entity text, region text, channel text, currency text,
    sold_coins bigint, put_back_coins bigint, used_coins bigint, refunded_coins bigint, expired_coins bigint,
    sold_minor bigint, put_back_minor bigint, used_minor bigint, refunded_minor bigint, expired_minor bigint,
    gross_sales_minor bigint, sale_tax_minor bigint, sale_fee_minor bigint, gross_refunds_minor bigint,
    chargebacks_minor bigint, refund_tax_minor bigint, refund_fee_minor bigint, dispute_fee_minor bigint)
language sql stable set search_path = public, pg_temp as $$
    select x.day, x.kind, x.entity, x.region, x.channel, x.currency,
        sum(x.sold_coins)::bigint, sum(x.put_back_coins)::bigint, sum(x.used_coins)::bigint,
        sum(x.refunded_coins)::bigint, sum(x.expired_coins)::bigint,
        sum(x.sold_minor)::bigint, sum(x.put_back_minor)::bigint, sum(x.used_minor)::bigint,
        sum(x.refunded_minor)::bigint, sum(x.expired_minor)::bigint,
        sum(x.gross_sales_minor)::bigint, sum(x.sale_tax_minor)::bigint, sum(x.sale_fee_minor)::bigint,
        sum(x.gross_refunds_minor)::bigint, sum(x.chargebacks_minor)::bigint, sum(x.refund_tax_minor)::bigint,
        sum(x.refund_fee_minor)::bigint, sum(x.dispute_fee_minor)::bigint
    from (
        select f.day, f.kind, f.entity, f.region, f.channel, f.currency,
            f.sold_coins, f.put_back_coins, f.used_coins, f.refunded_coins, f.expired_coins,
            f.sold_minor, f.put_back_minor, f.used_minor, f.refunded_minor, f.expired_minor,
            0 as gross_sales_minor, 0 as sale_tax_minor, 0 as sale_fee_minor, 0 as gross_refunds_minor,
            0 as chargebacks_minor, 0 as refund_tax_minor, 0 as refund_fee_minor, 0 as dispute_fee_minor
        from accounting_lot_figure f
        where f.shard = p_shard and f.day >= p_from and f.day::timestamp at time zone 'UTC' < p_until
        union all
        select m.day, 'paid', coalesce(l.entity, ''), coalesce(l.region, ''), coalesce(l.channel, ''), m.currency,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, m.gross_sales_minor, m.sale_tax_minor, m.sale_fee_minor, m.gross_refunds_minor,
            m.chargebacks_minor, m.refund_tax_minor, m.refund_fee_minor, m.dispute_fee_minor
        from accounting_money m
        left join accounting_lot l on l.shard = m.shard and l.lot_id = m.lot_id
        where m.shard = p_shard and m.posted_at >= p_from::timestamp at time zone 'UTC' and m.posted_at < p_until
    ) x
    group by 1, 2, 3, 4, 5, 6
$$;

grant select on accounting_lot, accounting_lot_figure, accounting_money to plaudit_app;
grant execute on function cost_of, lot_movements, accounting_flow to plaudit_app;
