-- Publishing what two people decided of prices, and how far it may go from what was published before.

-- The rows that a proposed book is, as a version.
create or replace function proposed_prices(p_book jsonb, p_version integer) returns setof price
language sql stable set search_path = public, pg_temp as $$
    select r.* from jsonb_array_elements(p_book -> 'prices') as p (body)
    cross join lateral jsonb_populate_record(null::price, p.body || jsonb_build_object('version', p_version)) r
$$;

create or replace function proposed_packages(p_book jsonb, p_version integer) returns setof package
language sql stable set search_path = public, pg_temp as $$
    select r.* from jsonb_array_elements(p_book -> 'prices') as p (body)
    cross join lateral jsonb_array_elements(p.body -> 'packages') with ordinality as k (body, place)
    cross join lateral jsonb_populate_record(null::package, k.body || jsonb_build_object('version', p_version,
        'region', p.body -> 'region', 'channel', p.body -> 'channel', 'sort', k.place - 1,
        'offer_code', k.body #> '{offer,code}', 'offer_price_minor', k.body #> '{offer,price_minor}',
        'offer_starts_at', k.body #> '{offer,starts_at}', 'offer_ends_at', k.body #> '{offer,ends_at}')) r
$$;

create or replace function proposed_sellers(p_book jsonb, p_version integer) returns setof price_seller
language sql stable set search_path = public, pg_temp as $$
    select r.* from jsonb_array_elements(p_book -> 'sellers') as s (body)
    cross join lateral jsonb_populate_record(null::price_seller, s.body || jsonb_build_object('version', p_version)) r
$$;

-- The book that a decision is about.
create or replace function decided_book(p_decision_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
    select p.book::jsonb from decision d
    join price_book_proposal p on p.sha256 = decode(d.content::jsonb ->> 'book_sha256', 'hex')
    where d.id = p_decision_id
$$;

-- Whether a version is, in every row, the book that its decision is about.
create or replace function price_book_is_as_decided(p_version integer) returns boolean
language sql stable set search_path = public, pg_temp as $$
    with decided as (select decided_book(decision_id) as book from price_book where version = p_version)
    select (select (b.note, b.rates_date, b.sources, b.rates) is not distinct from
                (d.book ->> 'note', (d.book ->> 'rates_date')::date, d.book -> 'sources', d.book -> 'rates')
            from price_book b, decided d where b.version = p_version)
        and not exists ((select * from price where version = p_version
            except select r.* from decided d, proposed_prices(d.book, p_version) r))
        and not exists ((select r.* from decided d, proposed_prices(d.book, p_version) r
            except select * from price where version = p_version))
        and not exists ((select * from package where version = p_version
            except select r.* from decided d, proposed_packages(d.book, p_version) r))
        and not exists ((select r.* from decided d, proposed_packages(d.book, p_version) r
            except select * from package where version = p_version))
        and not exists ((select * from price_seller where version = p_version
            except select r.* from decided d, proposed_sellers(d.book, p_version) r))
        and not exists ((select r.* from decided d, proposed_sellers(d.book, p_version) r
            except select * from price_seller where version = p_version))
$$;

-- Where a proposed book goes further than one may, from what holds, held within the window before, or will hold: by what
-- is left without tax of the cheapest coin and of a coin of the buyer's choice, by the share of the channel, and by the
-- tax, which may be that of the table where it follows a country's rate.
create or replace function price_book_strays(p_book jsonb, p_at timestamptz)
returns table (bound text, region text, channel text) language plpgsql stable set search_path = public, pg_temp as $$
begin
    if not rewards_are_in_use() then
        return;
    end if;
    return query
    with published as (
        select b.version, b.effective_at, b.rates from price_book b
        where not exists (select from price_book_withdrawal w where w.version = b.version)
    ), begun as (
        select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at
    ), near as (
        select p.version, p.rates from published p, begun
        where p.effective_at > begun.at or p.version = (
            select o.version from published o where o.effective_at <= begun.at order by o.effective_at desc, o.version desc limit 1)
        union all select 0, p_book -> 'rates'
    ), packages as (
        select * from package where package.version in (select n.version from near n)
        union all select * from proposed_packages(p_book, 0)
    ), prices as (
        select * from price where price.version in (select n.version from near n)
        union all select * from proposed_prices(p_book, 0)
    ), coin as (
        select p.version, p.region, p.channel, p.currency, p.store_fee_bps, p.tax_rate_bps, w.cents,
            x.share * c.unit as chosen, x.share * least(c.unit, k.cheapest) as cheapest
        from prices p join near n using (version)
        cross join lateral (select case when p.tax_included then 10000 / (10000 + p.tax_rate_bps)::numeric else 1 end) as x (share)
        cross join lateral (
            select case when p.custom_amounts then p.unit_numerator::numeric / p.unit_denominator end) as c (unit)
        cross join lateral (
            select min(least(k.price_minor, k.offer_price_minor)::numeric / k.coins) from packages k
            where (k.version, k.region, k.channel) = (p.version, p.region, p.channel)) as k (cheapest)
        left join lateral currency_worth(n.rates) w on w.currency = p.currency
    ), followed as (
        select distinct on (t.country) t.country, t.rate_bps from tax_rate t
        where t.valid_from <= p_at::date and (t.valid_until is null or p_at::date < t.valid_until)
        order by t.country, t.is_override desc, t.tax_rate_id desc
    ), compared as (
        select a.region, a.channel, o.store_fee_bps as fee_before, a.store_fee_bps as fee_after,
            o.tax_rate_bps as tax_before, a.tax_rate_bps as tax_after,
            a.cheapest * f.rate as cheapest_after, o.cheapest as cheapest_before,
            a.chosen * f.rate as chosen_after, o.chosen as chosen_before
        from coin a join coin o on o.version <> 0 and (o.region, o.channel) = (a.region, a.channel)
        cross join lateral (
            select case when a.currency = o.currency then 1 else a.cents / o.cents end) as f (rate)
        where a.version = 0
    )
    select case when abs(c.fee_after - c.fee_before) > decision_bound_of('price_book_fee_bps') then 'price_book_fee_bps'
            when c.tax_strays then 'tax_rate_change_bps' else 'price_book_change_bps' end, c.region, c.channel
    from (
        select compared.*, abs(tax_after - tax_before) > decision_bound_of('tax_rate_change_bps')
            and not exists (select from followed f where (f.country, f.rate_bps) = (compared.region, tax_after)) as tax_strays
        from compared
    ) c
    where abs(c.fee_after - c.fee_before) > decision_bound_of('price_book_fee_bps') or c.tax_strays
        or not is_within(c.cheapest_after, 1, c.cheapest_before, 1, decision_bound_of('price_book_change_bps'))
        or not is_within(c.chosen_after, 1, c.chosen_before, 1, decision_bound_of('price_book_change_bps'))
    order by c.region, c.channel limit 1;
end $$;

create or replace function price_book_is_bounded() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from price_book_strays(decided_book(new.decision_id), new.published_at)) then
        raise exception 'prices are too far from those they take the place of'
            using errcode = 'check_violation', constraint = 'price_book_is_bounded';
    end if;
    return new;
end $$;
create or replace trigger price_book_is_decided before insert on price_book
    for each row execute function require_decision('price_book', 'effective_at', 'copied_from');
create or replace trigger price_book_is_bounded before insert on price_book
    for each row when (new.decision_id is not null) execute function price_book_is_bounded();

-- Writes what was decided as the next version, and says which. The application writes prices in no other way.
create or replace function publish_price_book(p_decision_id uuid, p_published_at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_book jsonb := decided_book(p_decision_id);
    v_version integer;
begin
    insert into price_book (version, effective_at, rates_date, note, sources, rates, published_at, published_by, copied_from,
        decision_id)
    select (select coalesce(max(version), 0) + 1 from price_book), d.effective_at, (v_book ->> 'rates_date')::date,
        v_book ->> 'note', v_book -> 'sources', v_book -> 'rates', p_published_at, d.proposed_by,
        (d.content::jsonb ->> 'copied_from')::integer, d.id
    from decision d where d.id = p_decision_id and d.kind = 'price_book' and d.outcome = 'confirmed'
    returning version into strict v_version;
    insert into price_seller select * from proposed_sellers(v_book, v_version);
    insert into price select * from proposed_prices(v_book, v_version);
    insert into package select * from proposed_packages(v_book, v_version);
    return v_version;
end $$;

grant execute on function publish_price_book, price_book_strays, price_book_is_as_decided, decided_book, proposed_prices,
    proposed_packages, proposed_sellers to plaudit_app;
