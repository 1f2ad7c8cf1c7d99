-- What held holds; one that was further out may go so far.
select name, value from decision_bound_widest
except values ('grant_alone_coins', 90000);
select 'missing' where not exists (select from decision_bound_widest where name = 'grant_alone_coins');
select name, value from decision_bound where name in ('grant_alone_coins', 'key_life_days') and effective_at is not null;
