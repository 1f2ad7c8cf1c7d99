-- Caps on the money of one person: linked accounts count together, as for brakes.

-- caps_passed(): by which of some caps somebody may not pay an amount now, that which holds longest first. A cap is an amount
-- that none of the last so many hours may pass: so no day and no month does, in any time zone.
--   left_minor  what may still be paid
--   fits_at     when this amount can be; null: never
-- An order counts from when its money arrived; as long as it may yet arrive, always. Money that went back counts no more.
-- Amounts of other currencies count by the newest reference rates, without one by those of the price book; who cannot say what
-- something is worth lets nothing through. p_locks: nobody of them orders meanwhile. p_order_id: counts as not there.
create or replace function caps_passed(
    p_person_id bigint, p_order_id uuid, p_currency text, p_minor bigint, p_at timestamptz, p_book integer, p_locks boolean,
    p_currencies text[], p_amounts bigint[], p_hours integer[]
) returns table (number integer, left_minor bigint, fits_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    members constant bigint[] := spending_accounts(p_person_id);
    rates constant jsonb := (select b.rates from price_book b where b.version = p_book);
begin
    if p_locks then
        perform lock_wallets(members);
    end if;
    return query
    with worth as (
        select w.currency, w.cents from currency_worth(rates) w
    ), cap as (
        select c.number::integer, c.amount, make_interval(hours => c.hours) as lasts, c.currency, w.cents,
            case when c.currency = p_currency then p_minor
                else coalesce(p_minor * (select cents from worth where currency = p_currency) / w.cents, c.amount + 1) end as price
        from unnest(p_currencies, p_amounts, p_hours) with ordinality c (currency, amount, hours, number)
        left join worth w on w.currency = c.currency
    ), paid as (
        select coalesce(l.created_at, p_at) as at, coalesce(o.paid_currency, q.currency) as currency,
            coalesce(o.paid_minor, q.price_minor * o.quantity)::numeric
                * (coalesce(l.coins, 1) - coalesce(l.coins_reversed, 0)) / coalesce(l.coins, 1) as minor
        from unnest(members) person
        join recharge_order o on o.shard = shard_of(person) and o.person_id = person
        join quote q on q.shard = o.shard and q.person_id = o.person_id and q.quote_id = o.quote_id
        left join lot l on l.shard = o.shard and l.lot_id = o.order_id
        where o.state not in ('declined', 'expired', 'refused') and o.order_id is distinct from p_order_id
    ), counted as (
        select c.number, p.at, case when p.currency = c.currency then p.minor
            else coalesce(p.minor * w.cents / c.cents, c.amount) end as minor
        from cap c join paid p on p.at > p_at - c.lasts
        left join worth w on w.currency = p.currency
    ), leaving as (
        select k.number, k.at, sum(k.minor) over (partition by k.number order by k.at) as gone from counted k
    )
    select c.number, greatest(floor(room.minor), 0)::bigint,
        case when c.price <= c.amount then (
            select min(k.at + c.lasts) from leaving k where k.number = c.number and k.gone >= c.price - room.minor) end as until
    from cap c
    cross join lateral (
        select c.amount - coalesce(sum(k.minor), 0) as minor from counted k where k.number = c.number) room
    where c.price > room.minor
    order by until desc nulls first, c.number;
end $$;

-- order_in_turn(): whose coins of a day are capped because they are looked into, orders one after another with all accounts,
-- so that each order counts those before it. Nothing of anybody else waits.
create or replace function order_in_turn(p_person_id bigint, p_at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if coins_cap(p_person_id, p_at) is not null then
        perform lock_wallets(spending_accounts(p_person_id));
    end if;
end $$;

revoke execute on function caps_passed, order_in_turn from public;
grant execute on function caps_passed, order_in_turn to plaudit_app;
