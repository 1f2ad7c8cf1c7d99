-- Each price book of an operator is, row by row, what was decided, and each confirmed decision of one has its book.
select coalesce(b.decision_id, d.id) as decision_id, b.version, b.effective_at, b.note, d.content, d.effective_at as decided_for
from (
    select * from price_book where decision_id is not null or published_by is not null and published_at >= (
        select recorded_at from decision_bound where (name, version) = ('price_book_lead_s', 1))
) b
full join (select * from decision where kind = 'price_book' and outcome = 'confirmed') d on d.id = b.decision_id
where b.version is null or d.id is null or d.effective_at is distinct from b.effective_at
    or price_book_is_as_decided(b.version) is not true;
