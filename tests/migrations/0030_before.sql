-- A price book of the channels there were.
set session_replication_role = replica;

insert into price (version, region, channel, currency, unit_numerator, unit_denominator, step_minor, tax_name, tax_rate_bps,
    tax_included, store_fee_bps, custom_amounts, coins_min, coins_max, reference_numerator, reference_denominator)
select 1, 'US', channel, 'USD', 1, 1, 1, 'Sales tax', 0, false, 290, false, 1, 100, 1, 1
from unnest(array['web', 'apple', 'google']) channel;
