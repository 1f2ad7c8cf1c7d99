-- Papers of a series are numbered from 1 to what its counter says, without gaps.
with papers (shard, seller_code, paper, number) as (
    select shard, seller_code, paper, number from receipt
    union all
    select shard, seller_code, 'credit_note', number from credit_note
)
select shard, seller_code, paper, c.last_number, count(p.number) as papers, max(p.number) as highest
from paper_counter c full join papers p using (shard, seller_code, paper)
group by shard, seller_code, paper, c.last_number
having c.last_number is distinct from count(p.number) or c.last_number is distinct from max(p.number);
