-- When they proved who they are is not known.
select id from session where auth_time is not null or acr is not null;
select 'gone' where not exists (select from session where secret_sha256 = sha256('0089'));
