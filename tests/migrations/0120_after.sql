-- It is of no case.
select reversal_id from reversal where person_id = 9120 and minor_refund_id is not null;
select 'gone' where not exists (select from reversal where person_id = 9120);
