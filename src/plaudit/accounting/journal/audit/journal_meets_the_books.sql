-- By the journal, what lies at providers is what buyers paid and did not get back, less fees and what stores owe of tax; tax is what the
-- books owe but for that, and for what is not credited yet; what is deferred is what the last closed day left.
with journal as (
    select l.account, l.currency, sum(l.amount) as amount
    from general_line l left join accounting_position p using (shard)
    where l.account in ('provider', 'tax') or (l.account = 'deferred_revenue' and l.day < p.day)
    group by l.account, l.currency
), of_stores as (
    select currency, sum(sign * tax_minor) as tax_minor from tax_paper where sold_by_store is not null group by currency
), parts (account, currency, amount) as (
    select 'provider', asset, -balance from account where kind in ('buyers', 'channel_fees') and owner_id = 0
    union all
    select 'provider', currency, -tax_minor from of_stores
    union all
    select 'tax', asset, -balance from account where kind = 'taxes_owed' and owner_id = 0
    union all
    select 'tax', currency, tax_minor from of_stores
    union all
    select 'tax', v.currency, -v.tax_minor
    from reversal v join receipt r using (shard, order_id)
    where v.state in ('requested', 'sent', 'opened') and r.paper = 'receipt'
    union all
    select 'deferred_revenue', d.currency, -d.closing_minor
    from accounting_day d join accounting_position p on p.shard = d.shard and p.day - 1 = d.day
    where d.kind = 'paid' and d.entity <> ''
), books as (
    select account, currency, sum(amount) as amount from parts group by account, currency
)
select account, currency, j.amount, b.amount as found
from journal j full join books b using (account, currency)
where coalesce(j.amount, 0) <> coalesce(b.amount, 0)
union all
-- Debits of each day and currency are its credits.
select 'all of ' || day, currency, sum(amount), 0 from general_line group by day, currency having sum(amount) <> 0;
