-- It can be paid to at once, as before.
select id from payout_method where payable_from is not null;
select 'gone' where not exists (select from payout_method where id = '01900000-0000-7000-8000-000000007202');
