-- Each says by whose word it holds; the command line was who owns the tables.
select name from api_key where issuer_id = 9187 and authority <> 'owner';
select issuer from issuer where id = 9187 and authority <> 'owner';
select person_id from role_grant where person_id in (9187, 9188)
    and authority <> case when granted_by is null then 'owner' else 'operator' end;
