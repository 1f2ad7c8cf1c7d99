-- A purchase that was paid although a cap of its place was reached: in an app store, or after its order was over.
insert into payment_problem_kind (kind, description) values
    ('cap_passed', 'paid although a cap on money was reached where the buyer is')
on conflict do nothing;
