-- All is there as it was, for the server that starts to seal it.
select secret from webhook_secret where number = 1 and (secret is null or sealed is not null)
union all select 'none' where (select count(*) from webhook_secret) <> 1;
select id from payout_method where (iban is null) = (account_key is null)
union all select null where (select count(*) from payout_method) <> 2;
