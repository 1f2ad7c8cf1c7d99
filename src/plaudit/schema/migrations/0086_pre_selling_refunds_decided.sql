-- A larger refund names the decision that it takes. What was given back before stays as it is.
alter table reversal add column decision_id uuid unique references decision (id);
create index reversal_by_operator on reversal (requested_by, created_at) where kind = 'refund' and requested_by is not null;

insert into decision_bound (name, version, value, recorded_at) values
    ('refund_alone_us_cents', 1, 20000, now()),
    ('refund_alone_day_us_cents', 1, 100000, now());
