-- name: key
select key_id, purpose, master, wrapped from vault_key where key_id = $1;

-- name: current_key
select key_id, purpose, master, wrapped from vault_key where purpose = $1 and retired_at is null;

-- name: add_key
insert into vault_key (purpose, master, wrapped) values ($1, $2, $3) on conflict do nothing;

-- name: keys
select key_id, purpose, master, wrapped from vault_key order by key_id;

-- name: keys_to_wrap_again
select key_id, purpose, master, wrapped from vault_key where master <> $1 order by key_id for update;

-- name: wrap_again
update vault_key set master = $2, wrapped = $3 where key_id = $1;

-- name: retire
update vault_key set retired_at = now() where purpose = $1 and retired_at is null;

-- name: retired_keys
-- Long enough ago that nobody is still about to seal with them.
select key_id from vault_key where purpose = $1 and retired_at < now() - make_interval(hours => $2);

-- name: forget_key
delete from vault_key where key_id = $1;
