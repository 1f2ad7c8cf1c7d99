-- Tax by period, and the papers it is made of.

-- name: tax_lines -> TaxSums
-- $1 and $2: moments, the second excluded; $3: a seller, null for all.
select entity, country, subdivision, tax_name, rate_bps, currency, sold_by_store,
    count(*) filter (where kind in ('receipt', 'confirmation')) as sales,
    count(*) filter (where kind not in ('receipt', 'confirmation')) as corrections,
    coalesce(sum(net_minor) filter (where kind in ('receipt', 'confirmation')), 0)::bigint as sales_net_minor,
    coalesce(sum(tax_minor) filter (where kind in ('receipt', 'confirmation')), 0)::bigint as sales_tax_minor,
    coalesce(sum(sign * net_minor) filter (where kind not in ('receipt', 'confirmation')), 0)::bigint
        as corrections_net_minor,
    coalesce(sum(sign * tax_minor) filter (where kind not in ('receipt', 'confirmation')), 0)::bigint
        as corrections_tax_minor
from tax_paper
where at >= $1 and at < $2 and ($3::text is null or entity = $3)
group by entity, country, subdivision, tax_name, rate_bps, currency, sold_by_store
order by sold_by_store nulls first, entity, country, subdivision nulls first, rate_bps, tax_name, currency

-- name: newest_paper
-- When the newest paper of ours before a moment was issued.
select greatest(
    (select max(issued_at) from receipt where issued_at < $1),
    (select max(issued_at) from credit_note where issued_at < $1))

-- name: papers -> ListedPaper
-- $1 and $2: moments, the second excluded; $3 to $6: a seller, a country, a currency and a kind, null for all; then a place.
select p.shard, p.at, p.kind, p.paper_id, p.order_id, p.number, p.corrected_number, p.entity, p.country, p.subdivision, p.tax_name,
    p.rate_bps, p.currency, p.sold_by_store, p.provider, p.paid_at, p.sign, p.net_minor, p.tax_minor, p.gross_minor,
    q.region_source, coalesce((
        select array_agg(distinct (e ->> 'source') || '=' || (e ->> 'country'))
        from region_decision d cross join lateral jsonb_array_elements(d.evidence) e
        where d.shard = p.shard and (d.decision_id = q.decision_id or d.order_id = p.order_id)
            and e ->> 'country' is not null and (e ->> 'strength')::integer > 0
    ), '{}') as evidence
from tax_paper p
join recharge_order o on o.shard = p.shard and o.order_id = p.order_id
join quote q on q.shard = o.shard and q.person_id = o.person_id and q.quote_id = o.quote_id
where p.at >= $1 and p.at < $2 and ($3::text is null or p.entity = $3) and ($4::text is null or p.country = $4)
    and ($5::text is null or p.currency = $5) and ($6::text is null or p.kind = $6)
    and (p.at, p.shard, p.kind, p.paper_id) > ($7::timestamptz, $8::smallint, $9::text, $10::uuid)
order by p.at, p.shard, p.kind, p.paper_id
limit $11
