-- It was neither compared nor fingerprinted: the next server that starts does so.
select id from payout_method where account_fingerprint is not null or name_match is not null;
select 'gone' where not exists (select from payout_method where id = '01900000-0000-7000-8000-000000009002');
