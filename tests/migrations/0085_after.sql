-- What was published alone stays, and no law asks for a decision of it.
select version::text as what from price_book where version = 9085 and (decision_id is not null or published_at >= (
    select recorded_at from decision_bound where (name, version) = ('price_book_lead_s', 1)))
union all
select country from tax_rate where country = 'XK' and (decision_id is not null or recorded_at >= (
    select recorded_at from decision_bound where (name, version) = ('tax_rate_change_bps', 1)));
