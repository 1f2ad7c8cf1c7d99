-- Each paid order was quoted for no less than the price book that held listed its coins for.
select o.shard, o.order_id, q.book_version, q.region, q.channel, q.coins, q.price_minor, q.currency
from recharge_order o
join quote q on q.shard = o.shard and q.person_id = o.person_id and q.quote_id = o.quote_id
where o.state = 'paid' and not quote_is_of_its_book(q);
