select attname from pg_attribute where attrelid = 'wallet'::regclass and not attisdropped
    and attname in ('given_through', 'gift_worth_max', 'worth_through');
select 'gone' where (select coins from wallet) is distinct from 10;
