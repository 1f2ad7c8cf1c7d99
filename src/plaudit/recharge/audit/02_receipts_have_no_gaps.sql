-- Receipts of a series are numbered from 1 to what its counter says, without gaps.
select shard, seller_code, c.last_number, count(r.number) as receipts, max(r.number) as highest
from receipt_counter c full join receipt r using (shard, seller_code)
group by shard, seller_code, c.last_number
having c.last_number is distinct from count(r.number) or c.last_number is distinct from max(r.number);
