-- What a statement says is what it said when it was issued.
select s.year, s.number, s.shard, s.creator_id, s.month, s.edition
from earnings_statement s
where s.hash <> earnings_hash(s.shard, s.creator_id, s.month, s.edition);
