-- The general journal: lines in double entry, made of papers, movements and closed days. Lines of one entry stand together by
-- (at, shard, entry, reference), and add up to nothing in its currency.

-- Entries of one line each way. `amount`: above zero for a debit of the first account and a credit of the second.
create or replace view general_entry as
    -- What channels and disputes cost, what left a provider, and what was lost.
    select t.shard, t.posted_at as at, (t.posted_at at time zone 'UTC')::date as day, t.reason as entry, t.reference,
        coalesce(r.seller_code, '') as entity, t.asset as currency,
        m.debit, case m.debit when 'provider' then r.provider else '' end as debit_party,
        m.credit, case m.credit when 'provider' then r.provider else '' end as credit_party,
        t.amount - case when m.is_without_tax and r.paper = 'confirmation' then v.tax_minor else 0 end as amount,
        coalesce(v.order_id, t.reference) as order_id
    from transfer t
    left join reversal v on v.shard = t.shard and v.reversal_id = t.reference
    left join receipt r on r.shard = t.shard and r.order_id = coalesce(v.order_id, t.reference)
    cross join lateral (
        select b.debit, b.credit, b.is_without_tax from (values
            ('sale_fee', 'channel_fees', 'provider', false), ('sale_fee_more', 'channel_fees', 'provider', false),
            ('sale_fee_less', 'provider', 'channel_fees', false), ('refund_fee', 'provider', 'channel_fees', false),
            ('refund_fee_undone', 'channel_fees', 'provider', false), ('dispute_fee', 'dispute_fees', 'provider', false),
            ('dispute_fee_undone', 'provider', 'dispute_fees', false), ('refund_excess', 'losses', 'provider', false),
            ('refund_excess_undone', 'provider', 'losses', false),
            -- What a store took back has no credit note of ours: it is booked at once, without the tax that is the store's.
            ('refund', case r.paper when 'confirmation' then 'refunds' else 'reversals_pending' end, 'provider', true),
            ('refund_undone', 'provider', case r.paper when 'confirmation' then 'refunds' else 'reversals_pending' end, true)
        ) b (reason, debit, credit, is_without_tax) where b.reason = t.reason
    ) m
    where t.debit_kind in ('buyers', 'coin_sales', 'channel_fees', 'losses') and t.debit_owner = 0
    union all
    -- What became of unspent coins on a closed day, of sellers of record.
    select d.shard, (d.day + 1)::timestamp at time zone 'UTC' - interval '1 millisecond', d.day, m.entry,
        md5(concat_ws(' ', d.entity, d.region, d.channel, d.currency))::uuid, d.entity, d.currency,
        m.debit, '', m.credit, '', m.amount, null
    from accounting_day d
    cross join lateral (values ('used', 'deferred_revenue', 'revenue', d.used_minor),
        ('expired', 'deferred_revenue', 'breakage', d.expired_minor),
        ('refunded', 'deferred_revenue', 'refunds', d.refunded_minor - d.put_back_minor)) m (entry, debit, credit, amount)
    where d.kind = 'paid' and d.entity <> ''
    union all
    -- What creators earned and were paid, in the currency of the house.
    select c.shard, (c.day + 1)::timestamp at time zone 'UTC' - interval '1 millisecond', c.day, m.entry,
        md5(m.entry)::uuid, '', p.currency, m.debit, '', m.credit, '', m.amount, null
    from accounting_creator_day c
    join payout_rate p on p.version = c.rate_version
    cross join lateral (values ('earned', 'creator_rewards', 'creators_owed', c.earned_minor),
        ('revalued', 'creator_rewards', 'creators_owed', c.revalued_minor),
        ('diamonds_paid', 'creators_owed', 'exchange', c.paid_minor)) m (entry, debit, credit, amount)
    union all
    -- The money of payouts.
    select t.shard, t.posted_at, (t.posted_at at time zone 'UTC')::date, t.reason, t.reference, '', t.asset,
        'exchange', '', case t.reason when 'payout_fee' then 'payout_fees' else 'payout_funds' end, '', t.amount, null
    from transfer t where t.debit_kind = 'payout_funds' and t.debit_owner = 0
    union all
    select t.shard, t.posted_at, (t.posted_at at time zone 'UTC')::date, t.reason, t.reference, '', t.asset,
        case t.reason when 'payout_fee_returned' then 'payout_fees' else 'payout_funds' end, '', 'exchange', '', t.amount, null
    from transfer t where t.credit_kind = 'payout_funds' and t.credit_owner = 0;

-- All lines: `amount` above zero is a debit, below zero a credit; none is zero.
create or replace view general_line as
    select x.shard, x.at, x.day, x.entry, x.reference, l.line, x.entity, x.currency, l.account, l.party, l.amount, x.paper,
        x.tax_code, x.order_id
    from (
        -- Papers: what was sold, and what was credited. Of what an app store sold it keeps and owes the tax.
        select p.shard, p.at, (p.at at time zone 'UTC')::date as day, p.kind as entry, p.paper_id as reference, p.entity,
            p.currency, p.number as paper, coalesce('by ' || p.sold_by_store, concat_ws('-', p.country, p.subdivision, p.rate_bps)) as tax_code,
            p.order_id, p.country, p.provider, p.sign, p.sold_by_store, p.net_minor, p.tax_minor, p.gross_minor
        from tax_paper p
        where p.kind in ('receipt', 'confirmation', 'credit_note', 'cancellation')
    ) x
    cross join lateral (values
        (1, case when x.entry in ('receipt', 'confirmation') then 'provider' else 'reversals_pending' end,
            case when x.entry in ('receipt', 'confirmation') then x.provider else '' end,
            x.sign * case when x.sold_by_store is null then x.gross_minor else x.net_minor end),
        (2, case when x.entry in ('receipt', 'confirmation') then 'deferred_revenue' else 'refunds' end, '',
            -x.sign * x.net_minor),
        (3, 'tax', x.country, case when x.sold_by_store is null then -x.sign * x.tax_minor else 0 end)
    ) l (line, account, party, amount)
    where l.amount <> 0
    union all
    select e.shard, e.at, e.day, e.entry, e.reference, l.line, e.entity, e.currency, l.account, l.party, l.amount, null, null,
        e.order_id
    from general_entry e
    cross join lateral (values (1, e.debit, e.debit_party, e.amount), (2, e.credit, e.credit_party, -e.amount))
        l (line, account, party, amount)
    where l.amount <> 0;

-- The number and the name that an account has on a day in the books of a seller: what says most precisely what it is of.
create or replace function general_account_of(p_account text, p_entity text, p_party text, p_day date)
returns table (number text, name text)
language sql stable set search_path = public, pg_temp as $$
    select a.number, a.name from general_account a
    where a.account = p_account and a.entity in (p_entity, '') and a.party in (p_party, '') and a.valid_from <= p_day
    order by a.entity desc, a.party desc, a.valid_from desc, a.general_account_id desc limit 1
$$;

grant select on general_entry, general_line to plaudit_app;
grant execute on function general_account_of to plaudit_app;
