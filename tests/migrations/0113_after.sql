-- It is what it was, and payments past a cap have a name.
select kind from payment_problem where kind = 'cap_passed' or resolved_at is not null or paid_minor <> 90;
select 'gone' where not exists (select from payment_problem where payment_id = 'pay_9113');
select 'kind' where not exists (select from payment_problem_kind where kind = 'cap_passed');
