-- The tax of what was promised is that of the country still, and that of provinces is known.
select quote_id from quote_tax;
select 74::bigint, 0::integer except select price_minor, tax_rate_bps from order_with_quote where provider = 'stripe';
select 130000 except select rate_ppm from subdivision_tax_rate where country = 'CA' and subdivision = 'ON';
