-- Papers as tax offices are told of them: each in the period of its issue, with the sign it counts with.

-- The number of a paper as people read it; see full_number in selling/papers/model.py.
create or replace function paper_number(p_seller_code text, p_shard smallint, p_number bigint, p_letter text) returns text
language sql immutable as $$
    select p_seller_code || '-' || p_shard || '-' || p_letter || lpad(p_number::text, greatest(6, length(p_number::text)), '0')
$$;

-- Receipts and credit notes; what app stores sold, who are the sellers there and owe the tax themselves, and what they took
-- back, for which nobody here writes a paper. `sign`: 1 adds to what was sold, -1 takes from it.
create or replace view tax_paper as
    select r.shard, r.issued_at as at, case r.paper when 'receipt' then 'receipt' else 'confirmation' end as kind,
        r.order_id as paper_id, r.order_id,
        paper_number(r.seller_code, r.shard, r.number, case r.paper when 'receipt' then '' else 'P' end) as number,
        null::text as corrected_number, r.seller_code as entity, r.region as country, r.tax_name, r.tax_rate_bps as rate_bps,
        r.currency, case when r.paper = 'confirmation' then r.channel end as sold_by_store, r.provider, r.paid_at, 1 as sign,
        r.net_minor, r.tax_minor, r.price_minor as gross_minor,
        r.subdivision
    from receipt r
    union all
    select n.shard, n.issued_at, case n.act when 'credit' then 'credit_note' else 'cancellation' end, n.reversal_id,
        n.order_id, paper_number(n.seller_code, n.shard, n.number, 'C'),
        case n.act when 'credit' then paper_number(r.seller_code, r.shard, r.number, '')
            else (select paper_number(c.seller_code, c.shard, c.number, 'C') from credit_note c
                where c.shard = n.shard and c.reversal_id = n.reversal_id and c.act = 'credit') end,
        n.seller_code, r.region, r.tax_name, r.tax_rate_bps, n.currency, null, r.provider, r.paid_at,
        case n.act when 'credit' then -1 else 1 end, n.net_minor, n.tax_minor, n.amount_minor, r.subdivision
    from credit_note n join receipt r using (shard, order_id)
    union all
    select t.shard, t.posted_at, case t.reason when 'refund' then 'store_refund' else 'store_refund_undone' end,
        v.reversal_id, v.order_id, null, paper_number(r.seller_code, r.shard, r.number, 'P'), r.seller_code, r.region,
        r.tax_name, r.tax_rate_bps, v.currency, r.channel, r.provider, r.paid_at,
        case t.reason when 'refund' then -1 else 1 end, v.net_minor, v.tax_minor, v.amount_minor, r.subdivision
    from transfer t
    join reversal v on v.shard = t.shard and v.reversal_id = t.reference
    join receipt r on r.shard = v.shard and r.order_id = v.order_id and r.paper = 'confirmation'
    where t.debit_kind in ('buyers', 'coin_sales') and t.debit_owner = 0 and t.reason in ('refund', 'refund_undone');

grant select on tax_paper to plaudit_app;
grant execute on function paper_number to plaudit_app;
