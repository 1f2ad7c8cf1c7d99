-- The general journal, balances of its accounts, and how accounts are numbered.

-- name: lines -> JournalLine
-- $1 and $2: days, both included; $3 and $4: the moments they begin and end at; $5 and $6: a seller and a currency, null for
-- all; then a place.
select l.shard, l.at, l.day, l.entry, l.reference, l.line, l.entity, l.currency, l.account, l.party, l.amount, l.paper,
    l.tax_code, l.order_id, a.number, a.name
from general_line l
left join lateral general_account_of(l.account, l.entity, l.party, l.day) a on true
where l.day between $1 and $2 and l.at >= $3 and l.at < $4 and ($5::text is null or l.entity = $5)
    and ($6::text is null or l.currency = $6)
    and (l.at, l.shard, l.entry, l.reference, l.line) > ($7::timestamptz, $8::smallint, $9::text, $10::uuid, $11::integer)
order by l.at, l.shard, l.entry, l.reference, l.line
limit $12

-- name: balances -> Balance
-- $1: the first day; $2: the last; $3: the moment it ends at; $4: a seller, null for all.
select b.entity, b.account, b.party, b.currency, b.opening_minor, b.debit_minor, b.credit_minor, a.number, a.name
from (
    select l.entity, l.account, l.party, l.currency,
        coalesce(sum(l.amount) filter (where l.day < $1::date), 0)::bigint as opening_minor,
        coalesce(sum(l.amount) filter (where l.day >= $1::date and l.amount > 0), 0)::bigint as debit_minor,
        coalesce(-sum(l.amount) filter (where l.day >= $1::date and l.amount < 0), 0)::bigint as credit_minor
    from general_line l
    where l.day <= $2::date and l.at < $3 and ($4::text is null or l.entity = $4)
    group by l.entity, l.account, l.party, l.currency
) b
left join lateral general_account_of(b.account, b.entity, b.party, $2::date) a on true
order by a.number, b.account, b.party, b.entity, b.currency

-- name: accounts -> GeneralAccount
-- How accounts are numbered, the latest decision first.
select general_account_id, account, entity, party, number, name, valid_from, recorded_at, recorded_by, request_id
from general_account where $1::bigint is null or general_account_id < $1
order by general_account_id desc limit $2

-- name: account_of_request -> GeneralAccount
select general_account_id, account, entity, party, number, name, valid_from, recorded_at, recorded_by, request_id
from general_account where request_id = $1

-- name: write_account -> GeneralAccount
insert into general_account (account, entity, party, number, name, valid_from, recorded_at, recorded_by, request_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (request_id) do nothing
returning general_account_id, account, entity, party, number, name, valid_from, recorded_at, recorded_by, request_id
