-- All of it was said by who may.
select 'gone' where (select count(*) from payout_event) <> 6;
