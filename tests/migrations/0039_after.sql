-- Accountants find their accounts, dated from before the order.
select '1360' except select number from general_account
where account = 'provider' and party = '' and entity = '' and valid_from < '2026-01-01';
select 74::bigint except select price_minor from order_with_quote where provider = 'stripe';
