-- What buyers' money leaves of coins, held against what creators can be paid for them: it reads prices, taxes, rewards and
-- payout rates, which only the last room of the flow may. Those below ask by `plaudit.exchange.margin`.

-- Decimal places between the major and the minor unit of a currency, as in ISO 4217.
create or replace function currency_places(p_currency text) returns integer language sql immutable
set search_path = public, pg_temp as $$
    select case
        when p_currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV',
            'XAF', 'XOF', 'XPF') then 0
        when p_currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
        when p_currency in ('CLF', 'UYW') then 4
        else 2
    end
$$;

-- The smallest amount people pay in, in minor units.
create or replace function payable_step(p_currency text) returns integer language sql immutable
set search_path = public, pg_temp as $$
    select case when p_currency in ('HUF', 'IDR') then 100 else 1 end
$$;

-- What is left of a listed price without tax, and without what the channel is expected to keep of it, in minor units.
create or replace function left_of(p_listed_minor numeric, p_tax_included boolean, p_tax_rate numeric, p_step integer,
    p_fee_bps integer, p_fee_fixed_minor bigint) returns numeric language sql immutable as $$
    select case when p_tax_included
        then least(round(p_listed_minor / (1 + p_tax_rate) / p_step) * p_step, p_listed_minor)
            - round(p_listed_minor * p_fee_bps / 10000)
        else p_listed_minor
            - round((p_listed_minor + round(p_listed_minor * p_tax_rate / p_step) * p_step) * p_fee_bps / 10000)
        end - p_fee_fixed_minor
$$;

-- What one minor unit of each currency is worth in US cents: at the newest reference rates, or else those of a book, which
-- say how many make one cent.
create or replace function currency_worth(p_rates jsonb)
returns table (currency text, cents numeric) language sql stable set search_path = public, pg_temp as $$
    with newest as (
        select r.currency, r.per_euro from exchange_rate r where r.day = (select max(day) from exchange_rate)
        union all select 'EUR', 1 where exists (select from exchange_rate)
    ), quoted as (
        select n.currency, d.per_euro * 100 / n.per_euro / 10 ^ currency_places(n.currency) as cents
        from newest n join newest d on d.currency = 'USD'
    )
    select currency, cents from quoted
    union all
    select r.key, split_part(r.value, '/', 2)::numeric / split_part(r.value, '/', 1)::numeric
    from jsonb_each_text(p_rates) r
    where r.value ~ '^[1-9][0-9]*/[1-9][0-9]*$' and r.key not in (select currency from quoted)
    union all
    select 'USD', 1 where not exists (select from quoted) and not coalesce(p_rates ? 'USD', false)
$$;

-- The books that hold at a moment or later, and while they do. What is not published yet is a draft, of version 0: of a
-- book `effective_at`, `rates`, `prices` and `packages`; under `rule` of a reward rule, under `rate` of a payout rate.
create or replace function books_from(p_from timestamptz, p_draft jsonb)
returns table (version integer, from_at timestamptz, until timestamptz, rates jsonb)
language sql stable set search_path = public, pg_temp as $$
    select version, from_at, until, rates from (
        select version, greatest(effective_at, p_from) as from_at, rates,
            coalesce(lead(effective_at) over (order by effective_at, version = 0, version), 'infinity') as until
        from (
            select version, effective_at, rates from price_book b
            where not exists (select from price_book_withdrawal w where w.version = b.version)
            union all
            select 0, (p_draft ->> 'effective_at')::timestamptz, p_draft -> 'rates' where p_draft ? 'effective_at'
        ) b
    ) b where until > from_at
$$;

-- The most that can be paid, in US cents, for a coin that is bought at a price of each book: it is converted then or later,
-- and its diamonds are paid out then or later, each at what holds by that time. Not counted: a rule, a rate.
create or replace function best_payouts(p_from timestamptz, p_draft jsonb, p_without_rule integer, p_without_rate integer)
returns table (version integer, cents numeric, currency text, rule_version integer, rate_version integer)
language sql stable set search_path = public, pg_temp as $$
    with rule as (
        select version, numerator, denominator, effective_at,
            coalesce(lead(effective_at) over (order by effective_at, version = 0, version), 'infinity') as until
        from (
            select version, numerator, denominator, effective_at from reward_rule where version is distinct from p_without_rule
            union all
            select 0, numerator, denominator, effective_at
            from jsonb_populate_record(null::reward_rule, p_draft -> 'rule') where p_draft ? 'rule'
        ) r
    ), rate as (
        select version, currency, numerator, denominator,
            coalesce(lead(effective_at) over (partition by currency order by effective_at, version = 0, version), 'infinity')
                as until
        from (
            select version, currency, numerator, denominator, effective_at from payout_rate
            where version is distinct from p_without_rate
            union all
            select 0, currency, numerator, denominator, effective_at
            from jsonb_populate_record(null::payout_rate, p_draft -> 'rate') where p_draft ? 'rate'
        ) r
    )
    select distinct on (b.version) b.version,
        r.numerator::numeric * t.numerator * w.cents / r.denominator / t.denominator as cents,
        t.currency, r.version, t.version
    from books_from(p_from, p_draft) b
    join rule r on r.until > greatest(b.from_at, r.effective_at)
    join rate t on t.until > greatest(b.from_at, r.effective_at)
    join lateral currency_worth(b.rates) w on w.currency = t.currency
    order by b.version, cents desc, r.version, t.version
$$;

-- What can be bought, at a moment or later, for no more than creators could be paid for it: of each region and channel the
-- packages, and of the amounts that anybody chooses the worst. At most so many rows.
--
-- A price is taken at its lowest, with the tax that leaves the least of it; a payout before its own fees.
create or replace function sold_below_payout(p_from timestamptz, p_draft jsonb, p_rows_max integer) returns table (
    from_at timestamptz, book_version integer, region text, channel text, coins bigint, is_package boolean, place integer,
    currency text, net_minor bigint, payout_minor bigint, payout_currency text, rule_version integer, rate_version integer
) language sql stable set search_path = public, pg_temp as $$
    with book as materialized (
        select b.version, b.from_at, b.until, b.rates, o.cents, o.currency, o.rule_version, o.rate_version
        from books_from(p_from, p_draft) b join best_payouts(p_from, p_draft, null, null) o using (version)
    ), prices as (
        select * from price where price.version in (select b.version from book b)
        union all select * from jsonb_populate_recordset(null::price, p_draft -> 'prices')
    ), packages as (
        select * from package where package.version in (select b.version from book b)
        union all select * from jsonb_populate_recordset(null::package, p_draft -> 'packages')
    ), worth as materialized (
        select b.version, w.currency, w.cents from book b cross join lateral currency_worth(b.rates) w
    ), day as (
        -- The days on which taxes begin to hold while a book does.
        select b.version, b.from_at::date as day from book b
        union
        select b.version, r.valid_from from book b
        join (select valid_from from tax_rate union select valid_from from subdivision_tax_rate) r
            on r.valid_from > b.from_at::date and r.valid_from < b.until
    ), taxed as materialized (
        select p.version, p.region, p.channel, p.currency, p.unit_numerator::numeric / p.unit_denominator as unit, p.step_minor,
            p.tax_included, p.store_fee_bps, p.store_fee_fixed_minor, p.custom_amounts, p.coins_min, p.coins_max,
            b.from_at, b.until, b.currency as payout_currency, b.rule_version, b.rate_version, t.rate,
            payable_step(p.currency) as payable,
            -- Minor units that a coin can be paid out for.
            b.cents / coalesce(w.cents, p.reference_numerator::numeric * p.unit_denominator / p.reference_denominator
                / p.unit_numerator / case when p.tax_included then 1 else 1 + p.tax_rate_bps / 10000.0 end) as payout
        from book b
        join prices p using (version)
        left join worth w on w.version = p.version and w.currency = p.currency
        cross join lateral (
            select max(greatest(coalesce((
                select r.rate_bps from tax_rate r
                where r.country = p.region and r.valid_from <= d.day and (r.valid_until is null or d.day < r.valid_until)
                order by r.is_override desc, r.tax_rate_id desc limit 1
            ), p.tax_rate_bps) / 10000.0, (
                select max(s.rate_ppm) / 1000000.0 from subdivision_tax_rate s
                where s.country = p.region and s.valid_from <= d.day and (s.valid_until is null or d.day < s.valid_until)
            ))) as rate
            from day d where d.version = b.version
        ) t
    ), listed as (
        select x.*, k.coins, true as is_package, k.sort as place, case
            when k.offer_ends_at > x.from_at and k.offer_starts_at < x.until then least(k.price_minor, k.offer_price_minor)
            else k.price_minor end::numeric as minor, 0 as slack
        from taxed x join packages k using (version, region, channel)
        union all
        -- Of amounts that anybody chooses the smallest as they are, and all others as none of them is below.
        select x.*, n.coins, false, null, ceil(n.coins * x.unit / x.step_minor) * x.step_minor, 0
        from taxed x cross join lateral generate_series(x.coins_min, least(x.coins_max, x.coins_min + 50)) as n (coins)
        where x.custom_amounts
        union all
        select x.*, x.coins_min + 51, false, null, (x.coins_min + 51) * x.unit, x.payable + 1
        from taxed x where x.custom_amounts and x.coins_max > x.coins_min + 50
    ), sold as (
        select l.*, l.coins * l.payout as paid_out,
            left_of(l.minor, l.tax_included, l.rate, l.payable, l.store_fee_bps, l.store_fee_fixed_minor) - l.slack as net
        from listed l
    ), worst as (
        select distinct on (version, region, channel, place) * from sold where net <= paid_out
        order by version, region, channel, place, paid_out - net desc
    )
    select from_at, version, region, channel, coins, is_package, place, currency, floor(net)::bigint, ceil(paid_out)::bigint,
        payout_currency, rule_version, rate_version
    from worst order by from_at, region, channel, place limit p_rows_max
$$;

revoke execute on function left_of, currency_worth, books_from, best_payouts, sold_below_payout, currency_places, payable_step
    from public;
grant execute on function left_of, currency_worth, books_from, best_payouts, sold_below_payout, currency_places, payable_step
    to plaudit_app;
