-- The key may do what it was used for, and not what somebody does themself; what was before names no key.
select name, scopes from api_key where id = 9101 and (scopes && '{payouts,methods,consents}'
    or not scopes @> '{people,rooms,videos,gifts,orders,events,money-read}'
    or num_nonnulls(expires_at, last_used_at, former_secret_sha256, former_ends_at) > 0 or networks <> '{}')
union all select 'none', null where not exists (select from api_key where id = 9101);
select person_id from store_consent where person_id = 9101 and key_id is not null;
