-- Decisions about regions.

-- name: write_decision
insert into region_decision (shard, person_id, decision_id, decided_at, kind, order_id, payment_id, outcome, region,
    quoted_region, sought_region, basis, reasons, evidence, network, rule_version, book_version, databases)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::text::cidr, $16, $17, $18)

-- name: find_decision -> RegionDecision
select shard, person_id, decision_id, decided_at, kind, order_id, payment_id, outcome, region, quoted_region,
    sought_region, basis, reasons, evidence, text(network) as network, rule_version, book_version, databases
from region_decision where shard = $1 and decision_id = $2

-- name: find_decision_anywhere -> RegionDecision
-- For the operator: the id alone, in every shard.
select d.shard, d.person_id, d.decision_id, d.decided_at, d.kind, d.order_id, d.payment_id, d.outcome, d.region,
    d.quoted_region, d.sought_region, d.basis, d.reasons, d.evidence, text(d.network) as network, d.rule_version,
    d.book_version, d.databases
from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join region_decision d on d.shard = s.shard and d.decision_id = $1 limit 1

-- name: decisions_of_order -> RegionDecision
-- That of the order's quote first, then those of its payments, the oldest first.
select d.shard, d.person_id, d.decision_id, d.decided_at, d.kind, d.order_id, d.payment_id, d.outcome, d.region,
    d.quoted_region, d.sought_region, d.basis, d.reasons, d.evidence, text(d.network) as network, d.rule_version,
    d.book_version, d.databases
from region_decision d
where d.shard = $1 and (d.order_id = $2 or d.decision_id = $3)
order by d.kind desc, d.decided_at, d.decision_id limit $4

-- name: last_payment_decision -> RegionDecision
-- What the last payment of somebody showed, if it is not too old to count.
select shard, person_id, decision_id, decided_at, kind, order_id, payment_id, outcome, region, quoted_region,
    sought_region, basis, reasons, evidence, text(network) as network, rule_version, book_version, databases
from region_decision
where shard = $1 and person_id = $2 and kind = 'payment' and decided_at > $3 and evidence @? '$[*] ? (
    @.source == "card_issuer" || @.source == "payer_address")'
order by decided_at desc, decision_id desc limit 1

-- name: decisions_about_payment -> RegionDecision
-- That of the order's quote, and the latest about the payment.
select d.shard, d.person_id, d.decision_id, d.decided_at, d.kind, d.order_id, d.payment_id, d.outcome, d.region,
    d.quoted_region, d.sought_region, d.basis, d.reasons, d.evidence, text(d.network) as network, d.rule_version,
    d.book_version, d.databases
from region_decision d
where d.shard = $1 and (d.decision_id = $4 or d.decision_id = (
    select decision_id from region_decision where shard = $1 and order_id = $2 and payment_id = $3
    order by decided_at desc, decision_id desc limit 1))
