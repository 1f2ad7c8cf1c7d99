select 'a method is gone' as wrong where (select count(*) from payout_method where kind = 'bank_account') <> 2;
select 'it is connected' as wrong from payout_connection
