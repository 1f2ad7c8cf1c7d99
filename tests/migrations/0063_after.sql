-- The chain begins once, with nothing: what was done before is not in it.
select last, hash from act_chain where last <> 0 or hash <> decode(repeat('00', 32), 'hex')
union all select 0, '' where (select count(*) from act_chain) <> 1;
select id from act;
select 'gone' where not exists (select from api_key where id = 9363);
