-- Price books

-- name: current_book -> PriceBook
select version, effective_at, rates_date, note, sources, $1::timestamptz as at from price_book b
where effective_at <= $1 and not exists (select from price_book_withdrawal w where w.version = b.version)
order by effective_at desc, version desc limit 1

-- name: regions
select distinct region from price where version = $1 order by region

-- name: prices -> Price
-- With the tax rate of the day $3: the latest decision of an operator that covers it, else the published one, else the
-- book's own. The name of the tax goes with its rate.
select p.version, region, channel, currency, unit_numerator, unit_denominator, step_minor,
    coalesce(t.name, p.tax_name) as tax_name, coalesce(t.rate_bps, p.tax_rate_bps) as tax_rate_bps,
    p.tax_rate_bps as book_tax_rate_bps,
    tax_included, store_fee_bps, custom_amounts, coins_min, coins_max, reference_numerator, reference_denominator,
    store_fee_fixed_minor, seller_code,
    coalesce((
        select jsonb_agg(jsonb_build_object('coins', k.coins, 'price_minor', k.price_minor, 'best_value', k.best_value,
            'saving_percent', k.saving_percent, 'offer', case when k.offer_code is not null then jsonb_build_object(
                'code', k.offer_code, 'price_minor', k.offer_price_minor, 'starts_at', k.offer_starts_at,
                'ends_at', k.offer_ends_at) end) order by k.sort)
        from package k where (k.version, k.region, k.channel) = (p.version, p.region, p.channel)
    ), '[]') as packages
from price p
left join lateral (
    select name, rate_bps from tax_rate r
    where r.country = p.region and r.valid_from <= $3 and (r.valid_until is null or $3 < r.valid_until)
    order by r.is_override desc, r.tax_rate_id desc limit 1
) t on true
where p.version = $1 and region = $2
order by channel <> 'web', channel

-- name: seller_of -> SellerOfRecord
select s.code, s.name, s.address, s.tax_id
from (
    select version from price_book b
    where effective_at <= $1 and not exists (select from price_book_withdrawal w where w.version = b.version)
    order by effective_at desc, version desc limit 1
) b
join price p on p.version = b.version and p.region = $2 and p.channel = $3
join price_seller s on s.version = p.version and s.code = p.seller_code

-- name: seller_in_book
-- Whom a book names as the seller of a region on the web; a row of nulls: nobody.
select s.code, s.name, s.address, s.tax_id
from (values (true)) one
left join (price p join price_seller s on s.version = p.version and s.code = p.seller_code)
    on p.version = $1 and p.region = $2 and p.channel = 'web'

-- Price books: versions, drafts, tax rates.

-- name: write_book
insert into price_book (version, effective_at, rates_date, note, sources, rates, published_at, published_by, copied_from)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (version) do nothing returning version

-- name: write_seller
insert into price_seller (version, code, name, address, tax_id) values ($1, $2, $3, $4, $5)

-- name: write_price
insert into price (version, region, channel, currency, unit_numerator, unit_denominator, step_minor, tax_name,
    tax_rate_bps, tax_included, store_fee_bps, custom_amounts, coins_min, coins_max, reference_numerator,
    reference_denominator, store_fee_fixed_minor, seller_code)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)

-- name: write_package
insert into package (version, region, channel, coins, price_minor, sort, best_value, saving_percent, offer_code,
    offer_price_minor, offer_starts_at, offer_ends_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: newest_version
select coalesce(max(version), 0) from price_book

-- name: book -> PriceBook
select b.version, b.effective_at, b.rates_date, b.note, b.sources, b.rates,
    coalesce((
        select jsonb_agg(jsonb_build_object('code', s.code, 'name', s.name, 'address', s.address,
            'tax_id', s.tax_id) order by s.code)
        from price_seller s where s.version = b.version
    ), '[]') as sellers
from price_book b where b.version = $1

-- name: prices_of_book -> Price
-- As they were written: with the tax of that day, and all offers.
select p.version, region, channel, currency, unit_numerator, unit_denominator, step_minor, tax_name, tax_rate_bps,
    tax_included, store_fee_bps, custom_amounts, coins_min, coins_max, reference_numerator, reference_denominator,
    store_fee_fixed_minor, seller_code,
    coalesce((
        select jsonb_agg(jsonb_build_object('coins', k.coins, 'price_minor', k.price_minor, 'best_value', k.best_value,
            'saving_percent', k.saving_percent, 'offer', case when k.offer_code is not null then jsonb_build_object(
                'code', k.offer_code, 'price_minor', k.offer_price_minor, 'starts_at', k.offer_starts_at,
                'ends_at', k.offer_ends_at) end) order by k.sort)
        from package k where (k.version, k.region, k.channel) = (p.version, p.region, p.channel)
    ), '[]') as packages
from price p where p.version = $1
order by region, channel <> 'web', channel

-- name: version_in_force
select version from price_book b
where effective_at <= $1 and not exists (select from price_book_withdrawal w where w.version = b.version)
order by effective_at desc, version desc limit 1

-- name: versions -> Version
-- The version that holds is the latest that began; those before it are past.
select b.version, b.effective_at, b.published_at, b.published_by, b.copied_from, b.note,
    (select count(*) from price p where p.version = b.version) as prices,
    (select count(distinct p.region) from price p where p.version = b.version) as regions,
    w.withdrawn_at, w.reason as withdrawal_reason,
    case when w.version is not null then 'withdrawn' when b.effective_at > $1 then 'scheduled'
        when b.version = (
            select c.version from price_book c
            where c.effective_at <= $1 and not exists (select from price_book_withdrawal x where x.version = c.version)
            order by c.effective_at desc, c.version desc limit 1) then 'current'
        else 'past' end as state
from price_book b left join price_book_withdrawal w using (version)
where ($2::integer is null or b.version = $2) and ($3::integer is null or b.version < $3)
order by b.version desc limit $4

-- name: versions_lately
-- What was shown since $1, or is about to be: what claims and offers of a new version are held against.
select version from (
    select version, lead(effective_at) over (order by effective_at, version) as until from price_book b
    where not exists (select from price_book_withdrawal w where w.version = b.version)
) b
where until is null or until > $1
order by version desc limit $2

-- name: withdraw
insert into price_book_withdrawal (version, withdrawn_at, withdrawn_by, reason) values ($1, $2, $3, $4)
on conflict (version) do nothing returning version

-- What is decided

-- name: keep_proposed_book
insert into price_book_proposal (sha256, book) values ($1, $2) on conflict do nothing

-- name: proposed_book
select book from price_book_proposal where sha256 = $1

-- name: price_book_strays
select bound, region, channel from price_book_proposal p, price_book_strays(p.book::jsonb, $2) where p.sha256 = $1

-- name: publish_price_book
select publish_price_book($1, $2)

-- name: decided_version
select version, published_at from price_book where decision_id = $1

-- Drafts

-- columns: draft
d.draft_id, d.name, d.request, d.toml, d.revision, d.created_at, d.created_by, d.changed_at, d.changed_by,
d.published_version

-- name: write_draft -> Draft
insert into price_draft as d (draft_id, name, request, toml, created_at, created_by, changed_at, changed_by)
values ($1, $2, $3, $4, $5, $6, $5, $6)
on conflict (draft_id) do nothing
returning {draft}

-- name: draft -> Draft
select {draft} from price_draft d where draft_id = $1

-- name: lock_draft -> Draft
select {draft} from price_draft d where draft_id = $1 for update

-- name: drafts -> DraftLine
select draft_id, name, revision, changed_at, changed_by, length(toml) as characters from price_draft
where published_version is null and ($1::timestamptz is null or (changed_at, draft_id) < ($1, $2::uuid))
order by changed_at desc, draft_id desc limit $3

-- name: change_draft -> Draft
update price_draft d set name = $2, toml = $3, revision = revision + 1, changed_at = $4, changed_by = $5
where draft_id = $1 returning {draft}

-- name: mark_draft_published
-- Unless somebody went on with it since it was proposed.
update price_draft set published_version = $2, changed_at = $3, changed_by = $4 where draft_id = $1 and revision = $5

-- name: delete_draft
delete from price_draft where draft_id = $1

-- Tax rates

-- columns: tax_rate
t.tax_rate_id, t.country, t.name, t.rate_bps, t.valid_from, t.valid_until, t.source, t.is_override, t.recorded_at,
t.recorded_by, t.request_id

-- name: taxes_around -> TaxRate
-- Rates that may hold anywhere while it is day $1 by UTC, those that go before others first.
select {tax_rate} from tax_rate t
where valid_from <= $1::date + 1 and (valid_until is null or $1::date - 1 < valid_until)
order by country, is_override desc, tax_rate_id desc

-- name: tax_rates -> TaxRate
select {tax_rate} from tax_rate t
where ($1::text is null or country = $1) and ($2::bigint is null or tax_rate_id < $2)
order by tax_rate_id desc limit $3

-- name: newest_published_tax -> TaxRate
select distinct on (country) {tax_rate} from tax_rate t where not is_override order by country, tax_rate_id desc

-- name: published_taxes -> PublishedTax
select distinct on (country) country, name, rate_bps, published_on from published_tax_rate order by country, published_on desc;

-- name: keep_published_tax
insert into published_tax_rate (country, name, rate_bps, published_on, source, recorded_at) values ($1, $2, $3, $4, $5, $6);

-- name: waiting_taxes -> WaitingTax
-- What a release published and nobody decided since, beside what holds on the day $1.
select p.country, p.name, p.rate_bps, p.published_on, p.source, p.recorded_at, held.rate_bps as held_bps
from (
    select distinct on (country) country, name, rate_bps, published_on, source, recorded_at
    from published_tax_rate order by country, published_on desc) p
left join lateral (
    select t.rate_bps from tax_rate t
    where t.country = p.country and t.valid_from <= $1 and (t.valid_until is null or $1 < t.valid_until)
    order by t.is_override desc, t.tax_rate_id desc limit 1) held on true
where held.rate_bps is distinct from p.rate_bps
    and not exists (select from tax_rate t where t.country = p.country and t.is_override and t.recorded_at > p.recorded_at)
order by p.country;

-- name: lock_published_taxes
-- One server at a time brings the table to the day of the data it has.
select pg_advisory_xact_lock(hashtext('plaudit.tax_rate'));

-- name: write_tax -> TaxRate
insert into tax_rate as t (country, name, rate_bps, valid_from, valid_until, source, is_override, recorded_at, recorded_by,
    request_id, decision_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (request_id) do nothing
returning {tax_rate}

-- name: tax_on -> TaxRate
select {tax_rate} from tax_rate t
where country = $1 and valid_from <= $2 and (valid_until is null or $2 < valid_until)
order by is_override desc, tax_rate_id desc limit 1

-- name: tax_is_within
select tax_rate_is_within($1, $2, $3, $4, $5)

-- name: tax_of_decision -> TaxRate
select {tax_rate} from tax_rate t where decision_id = $1

-- name: tax_of_request -> TaxRate
select {tax_rate} from tax_rate t where request_id = $1

-- Tax below countries

-- name: subdivision_rate -> SubdivisionRate
select subdivision_tax_rate_id, country, subdivision, name, rate_ppm, valid_from, valid_until, source, is_override,
    recorded_at, recorded_by, request_id
from subdivision_tax_rate
where country = $1 and subdivision = $2 and valid_from <= $3 and (valid_until is null or $3 < valid_until)
order by is_override desc, subdivision_tax_rate_id desc limit 1

-- name: subdivision_rates_on
select distinct on (subdivision) subdivision, rate_ppm
from subdivision_tax_rate
where country = $1 and valid_from <= $2 and (valid_until is null or $2 < valid_until)
order by subdivision, is_override desc, subdivision_tax_rate_id desc

-- name: subdivision_rates -> SubdivisionRate
select subdivision_tax_rate_id, country, subdivision, name, rate_ppm, valid_from, valid_until, source, is_override,
    recorded_at, recorded_by, request_id
from subdivision_tax_rate
where ($1::text is null or country = $1) and ($2::bigint is null or subdivision_tax_rate_id < $2)
order by subdivision_tax_rate_id desc limit $3

-- name: subdivision_rate_of_request -> SubdivisionRate
select subdivision_tax_rate_id, country, subdivision, name, rate_ppm, valid_from, valid_until, source, is_override,
    recorded_at, recorded_by, request_id
from subdivision_tax_rate where request_id = $1

-- name: subdivision_rate_of_decision -> SubdivisionRate
select subdivision_tax_rate_id, country, subdivision, name, rate_ppm, valid_from, valid_until, source, is_override,
    recorded_at, recorded_by, request_id
from subdivision_tax_rate where decision_id = $1

-- name: write_subdivision_rate -> SubdivisionRate
insert into subdivision_tax_rate (country, subdivision, name, rate_ppm, valid_from, valid_until, source, is_override,
    recorded_at, recorded_by, request_id, decision_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (request_id) do nothing
returning subdivision_tax_rate_id, country, subdivision, name, rate_ppm, valid_from, valid_until, source, is_override,
    recorded_at, recorded_by, request_id
