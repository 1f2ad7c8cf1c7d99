-- The numbers of a year's statements run from one to the last one given, and each month that is corrected has all its papers.
select year, coalesce(s.numbers, 0) as papers, s.highest, c.last_number
from (select year, count(*) as numbers, max(number) as highest from earnings_statement group by year) s
full join earnings_series c using (year)
where (s.numbers, s.highest) is distinct from (c.last_number, c.last_number)
union all
select null, m.edition, null, null
from earnings_month m
where m.edition > 1 and not exists (
    select from earnings_statement s
    where (s.shard, s.creator_id, s.month, s.edition) = (m.shard, m.creator_id, m.month, m.edition));
