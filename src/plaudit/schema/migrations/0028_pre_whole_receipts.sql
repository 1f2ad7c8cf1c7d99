-- A receipt says itself what was sold: a paper is read without what it came from.
alter table receipt
    add channel text,
    add region text,
    add provider text,
    add coins bigint check (coins > 0),
    add currency text,
    add net_minor bigint check (net_minor >= 0),
    add tax_minor bigint check (tax_minor >= 0),
    add price_minor bigint,
    add tax_name text,
    add tax_rate_bps integer,
    add constraint receipt_adds_up check (price_minor = net_minor + tax_minor);

update receipt r
set channel = o.channel, region = o.region, provider = o.provider, coins = o.coins, currency = o.currency,
    net_minor = o.net_minor, tax_minor = o.tax_minor, price_minor = o.price_minor, tax_name = o.tax_name,
    tax_rate_bps = o.tax_rate_bps
from order_with_quote o
where o.shard = r.shard and o.order_id = r.order_id;

alter table receipt
    alter channel set not null,
    alter region set not null,
    alter provider set not null,
    alter coins set not null,
    alter currency set not null,
    alter net_minor set not null,
    alter tax_minor set not null,
    alter price_minor set not null,
    alter tax_name set not null,
    alter tax_rate_bps set not null;

create index receipt_by_order on receipt (order_id);
