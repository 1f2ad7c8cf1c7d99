-- What is kept of saved cards.

-- name: write_consent
insert into card_consent (shard, person_id, consent_id, version, language, given_at) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing

-- name: consent_version
select version from card_consent where shard = $1 and person_id = $2 and consent_id = $3

-- name: write_customer -> Customer
-- Who is known stays; who was forgotten, or not made yet, is begun with this consent.
insert into card_customer (shard, person_id, provider, consent_id) values ($1, $2, $3, $4)
on conflict (shard, person_id, provider) do update
set consent_id = case when card_customer.customer_id is null then excluded.consent_id else card_customer.consent_id end,
    ended_at = case when card_customer.customer_id is null then null else card_customer.ended_at end
returning shard, person_id, provider, consent_id, customer_id, ended_at

-- name: note_customer
-- Once; one that was to be forgotten meanwhile is due at once.
update card_customer set customer_id = $5, due_at = case when ended_at is not null then $6::timestamptz end
where shard = $1 and person_id = $2 and provider = $3 and consent_id = $4 and customer_id is null
returning true

-- name: customer_of -> Customer
select shard, person_id, provider, consent_id, customer_id, ended_at from card_customer
where shard = $1 and person_id = $2 and provider = $3

-- name: cards_of -> SavedCard
select shard, person_id, card_id, provider, provider_card_id, brand, last_four, expires_on, is_default, saved_at
from saved_card where shard = $1 and person_id = $2 and removed_at is null
order by is_default desc, saved_at desc, card_id

-- name: find_card -> SavedCard
select shard, person_id, card_id, provider, provider_card_id, brand, last_four, expires_on, is_default, saved_at
from saved_card where shard = $1 and person_id = $2 and card_id = $3 and removed_at is null

-- name: had_card
select exists (select from saved_card where shard = $1 and person_id = $2 and card_id = $3)

-- name: lock_cards
-- One change of somebody's cards at a time.
select 1 from card_customer where shard = $1 and person_id = $2 order by provider for no key update

-- name: no_default
update saved_card set is_default = false where shard = $1 and person_id = $2 and is_default

-- name: make_default
update saved_card set is_default = true where shard = $1 and person_id = $2 and card_id = $3 and removed_at is null

-- name: make_newest_default
-- Where there is none.
update saved_card s set is_default = true
from (
    select card_id from saved_card
    where shard = $1 and person_id = $2 and removed_at is null
    order by (expires_on >= $3::date) desc, saved_at desc, card_id limit 1
) newest
where s.shard = $1 and s.person_id = $2 and s.card_id = newest.card_id and not exists (
    select from saved_card where shard = $1 and person_id = $2 and is_default)

-- name: remove_card
update saved_card set removed_at = $4, is_default = false, brand = null, last_four = null, expires_on = null
where shard = $1 and person_id = $2 and card_id = $3 and removed_at is null
returning provider

-- name: look_again
update card_customer set due_at = least(due_at, $4)
where shard = $1 and person_id = $2 and provider = $3 and customer_id is not null

-- name: look_again_of
update card_customer set due_at = least(due_at, $3) where shard = $1 and person_id = $2 and customer_id is not null

-- name: look_again_at
update card_customer set due_at = least(due_at, $3) where provider = $1 and customer_id = $2
returning true

-- name: end_customers
update card_customer set ended_at = coalesce(ended_at, $3), due_at = case when customer_id is not null then $3 end
where shard = $1 and person_id = $2

-- name: remove_all
update saved_card set removed_at = $3, is_default = false, brand = null, last_four = null, expires_on = null
where shard = $1 and person_id = $2 and removed_at is null

-- Bringing what a provider keeps in line

-- name: claim_customers -> DueCustomer
-- Those that are due, of one person or of all.
update card_customer c set tries = tries + 1, due_at = $2, leased_until = $2
from (
    select shard, person_id, provider from card_customer
    where due_at <= $1 and ($5::bigint is null or (shard, person_id) = ($4, $5))
    order by due_at limit $3 for update skip locked
) due
where (c.shard, c.person_id, c.provider) = (due.shard, due.person_id, due.provider)
returning c.shard, c.person_id, c.provider, c.customer_id, c.ended_at, c.tries, c.leased_until

-- name: postpone_customer
update card_customer set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and shard = $6 and person_id = $7 and provider = $8 and due_at is not null
returning true

-- name: customer_done
-- $6: whether the provider knows the customer still. Asked for once more meanwhile, it stays due.
update card_customer
set due_at = case when due_at < leased_until and $6::boolean then due_at end, leased_until = null, failed_with = null,
    error = null,
    customer_id = case when $6::boolean then customer_id end
where tries = $1 and leased_until = $2 and shard = $3 and person_id = $4 and provider = $5
returning true

-- name: waiting_customers
select coalesce(ended_at, due_at) as since, due_at, tries, leased_until, failed_with
from card_customer where due_at is not null

-- name: removed_cards
select provider_card_id from saved_card
where shard = $1 and person_id = $2 and provider = $3 and removed_at is not null and provider_card_id is not null

-- name: cards_forgotten
-- By the provider, of these.
update saved_card set provider_card_id = null
where shard = $1 and person_id = $2 and provider = $3 and removed_at is not null and provider_card_id = any ($4::text[])

-- name: keep_card
-- One that is kept there is shown here, unless it was removed here.
insert into saved_card (shard, person_id, card_id, provider, provider_card_id, brand, last_four, expires_on, saved_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (provider, provider_card_id) do update
set brand = excluded.brand, last_four = excluded.last_four, expires_on = excluded.expires_on
where saved_card.removed_at is null

-- name: drop_others
-- What the provider keeps no longer.
update saved_card
set removed_at = $5, is_default = false, brand = null, last_four = null, expires_on = null, provider_card_id = null
where shard = $1 and person_id = $2 and provider = $3 and removed_at is null and provider_card_id <> all ($4::text[])
