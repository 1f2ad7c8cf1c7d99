-- Each receipt says the coins, the price and the tax of its order.
select r.shard, r.order_id, r.coins, r.price_minor, r.tax_minor, r.currency, o.coins as ordered_coins,
    o.price_minor as ordered_minor, o.tax_minor as ordered_tax_minor, o.currency as ordered_currency
from receipt r join order_with_quote o using (shard, order_id)
where (r.coins, r.price_minor, r.tax_minor, r.net_minor, r.currency)
    is distinct from (o.coins, o.price_minor, o.tax_minor, o.net_minor, o.currency);
