-- Nobody knows since when the operator is one, both lead where they led, and the key may do what it might and no more.
select id from person
where staff_since is not null or platform_roles <> case id when 9112 then '{viewer,support}' else '{viewer}' end::text[];
select 'people' where (select count(*) from person) <> 2;
select * from person_move;
select 'scopes' where (select cardinality(scopes) from api_key where id = 9112 and not 'merge' = any (scopes)) is distinct from 13;
select scope
from unnest('{merge,people,rooms,videos,gifts,orders,events,money-read,payouts,methods,consents,step-up,data,limits}'::text[]) scope
where not exists (select from pg_constraint where conname = 'api_key_scopes_check' and convalidated
    and pg_get_constraintdef(oid) like '%''' || scope || '''::text%');
select n from unnest('{payout_unnamed_diamonds,rename_alone_coins,rename_alone_diamonds}'::text[]) n
where not exists (select from decision_bound where name = n and version = 1 and effective_at is null);
