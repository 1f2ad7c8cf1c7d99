-- Papers and their numbers.

-- name: next_number
-- The row stays locked until the paper is committed: no number is lost, and none is given twice.
insert into paper_counter as c (shard, seller_code, paper, last_number) values ($1, $2, $3, 1)
on conflict (shard, seller_code, paper) do update set last_number = c.last_number + 1
returning last_number

-- name: write_receipt
-- With the next number of its series.
with numbered as (
    insert into paper_counter as c (shard, seller_code, paper, last_number) values ($1, $5, $4, 1)
    on conflict (shard, seller_code, paper) do update set last_number = c.last_number + 1
    returning last_number
)
insert into receipt (shard, order_id, person_id, paper, seller_code, number, seller_name, seller_address, seller_tax_id,
    store_name, store_address, buyer_name, issued_at, paid_at, channel, region, provider, coins, currency, net_minor,
    tax_minor, price_minor, tax_name, tax_rate_bps, subdivision)
select $1, $2, $3, $4, $5, n.last_number, $6, $7, $8, $9, $10, p.display_name, $11, $12, $13, $14, $15, $16, $17, $18,
    $19, $20, $21, $22,
    (select nullif(t.subdivision, '') from quote_tax t where t.shard = $1 and t.person_id = $3 and t.quote_id = $23)
from person p cross join numbered n where p.id = $3

-- name: find_receipt -> Receipt
-- Of one person, or of anybody.
select r.shard, r.order_id, r.person_id, r.paper, r.seller_code, r.number, r.seller_name, r.seller_address,
    r.seller_tax_id, r.store_name, r.store_address, coalesce(r.buyer_name, p.display_name) as buyer_name, r.issued_at,
    r.paid_at, r.channel, r.region, r.provider, r.coins, r.currency, r.net_minor, r.tax_minor, r.price_minor,
    r.tax_name, r.tax_rate_bps,
    check_code(r.paper, concat_ws('-', r.seller_code, r.shard, r.number), r.price_minor, r.currency, r.issued_at) as check_code
from receipt r join person p on p.id = r.person_id
where r.order_id = $1 and ($2::bigint is null or r.person_id = $2)

-- name: series_of_receipt
select seller_code, paper from receipt where shard = $1 and order_id = $2

-- name: write_credit_note
insert into credit_note (shard, reversal_id, act, order_id, person_id, seller_code, number, issued_at, kind, currency,
    amount_minor, net_minor, tax_minor, coins, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- columns: credit_note
n.shard, n.reversal_id, n.act, n.order_id, n.person_id, n.seller_code, n.number, n.issued_at, n.kind, n.currency,
n.amount_minor, n.net_minor, n.tax_minor, n.coins, n.reason,
check_code(n.act, concat_ws('-', n.seller_code, n.shard, n.number), n.amount_minor, n.currency, n.issued_at) as check_code

-- name: credit_notes_of_order -> CreditNote
select {credit_note}, c.number as credited_number
from credit_note n
left join credit_note c on c.shard = n.shard and c.reversal_id = n.reversal_id and c.act = 'credit' and n.act <> 'credit'
where n.shard = $1 and n.order_id = $2 order by n.number

-- name: credited
select reversal_id from credit_note where shard = $1 and reversal_id = any($2::uuid[]) and act = 'credit'

-- name: credit_notes_of_reversal -> CreditNote
-- Of one person, or of anybody: the id alone, in every shard.
select {credit_note}, c.number as credited_number
from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join credit_note n on n.shard = s.shard and n.reversal_id = $1 and ($2::bigint is null or n.person_id = $2)
left join credit_note c on c.shard = n.shard and c.reversal_id = n.reversal_id and c.act = 'credit' and n.act <> 'credit'
order by n.number
