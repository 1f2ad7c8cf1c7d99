-- Documents that somebody asks about, by what their number says. Each has its check code.

-- name: find_receipt -> Document
-- What stands of its reversals has gone back, or is about to.
select r.paper as kind, r.issued_at, r.currency, r.price_minor as amount_minor,
    coalesce((select sum(v.amount_minor) from reversal v
        where v.shard = r.shard and v.order_id = r.order_id and v.person_id = r.person_id and v.state <> 'undone'), 0
    )::bigint as gone_minor,
    check_code(r.paper, concat_ws('-', r.seller_code, r.shard, r.number), r.price_minor, r.currency, r.issued_at) as check_code
from receipt r
where r.shard = $2 and r.seller_code = $1 and r.number = $3 and r.paper = case $4 when 'P' then 'confirmation' else 'receipt' end

-- name: find_credit_note -> Document
-- One that was cancelled counts no more.
select n.act as kind, n.issued_at, n.currency, n.amount_minor,
    case when n.act = 'credit' and exists (select from credit_note c
        where c.shard = n.shard and c.reversal_id = n.reversal_id and c.person_id = n.person_id and c.act = 'cancellation')
    then n.amount_minor else 0 end as gone_minor,
    check_code(n.act, concat_ws('-', n.seller_code, n.shard, n.number), n.amount_minor, n.currency, n.issued_at) as check_code
from credit_note n
where n.shard = $2 and n.seller_code = $1 and n.number = $3

-- name: find_payout_note -> Document
-- Of what was sent; it counts no more when the money came back.
select 'payout' as kind, p.requested_at as issued_at, p.currency, p.net_minor as amount_minor,
    case p.state when 'sent' then 0 when 'paid' then 0 else p.net_minor end as gone_minor,
    check_code('payout', p.id::text, p.net_minor, p.currency, p.requested_at) as check_code
from payout p
where p.id = $1 and ($2::bigint is null or p.creator_id = $2) and p.state in ('sent', 'paid', 'returned')

-- name: sellers_now -> OfficialSeller
-- Those of the price book that holds at a moment.
select s.code, s.name, s.address, s.tax_id
from price_seller s
where s.version = (
    select version from price_book b
    where effective_at <= $1 and not exists (select from price_book_withdrawal w where w.version = b.version)
    order by effective_at desc, version desc limit 1
)
order by s.code

-- Reports of scams

-- name: add_scam_report
-- Sent twice at once, it is the first.
insert into scam_report (id, person_id, kind, about, words, reported_at) values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing

-- name: of_strangers_since
select count(*) from scam_report where reported_at > $1 and person_id is null

-- columns: scam_report
id, person_id, kind, about, words, reported_at, state, reply, answered_by, answered_at

-- name: find_scam_report -> ScamReport
select {scam_report} from scam_report where id = $1

-- name: lock_scam_report -> ScamReport
select {scam_report} from scam_report where id = $1 for update

-- name: scam_reports -> ScamReport
select {scam_report} from scam_report
where (reported_at, id) < ($1, $2) and (state in ('new', 'looked_at') or not $3)
order by reported_at desc, id desc limit $4

-- name: answer_scam_report
update scam_report set state = $2, reply = $3, answered_by = $4, answered_at = $5 where id = $1
