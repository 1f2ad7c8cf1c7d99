-- It is shown as before: nothing is to be paid elsewhere, nothing was chosen by name.
select 74::bigint, null::jsonb, null::text except select price_minor, voucher, method from order_with_quote where provider = 'stripe';
