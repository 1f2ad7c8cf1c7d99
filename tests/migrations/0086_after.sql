-- It stays, and no law asks for a decision of it.
select reversal_id from reversal where person_id = 9086 and (decision_id is not null or created_at >= (
    select recorded_at from decision_bound where (name, version) = ('refund_alone_us_cents', 1)));
