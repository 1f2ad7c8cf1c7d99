-- What a server's key may do, from where and until when; and which key it was, in every row that says somebody acted.

-- Keys that are in use keep what they can be thought to need: not a person's payouts, bank accounts and consents.
alter table api_key
    add column scopes text[] not null default '{people,rooms,videos,gifts,orders,events,money-read}'
        constraint api_key_scopes_check check (scopes <@ array['people', 'rooms', 'videos', 'gifts', 'orders', 'events',
            'money-read', 'payouts', 'methods', 'consents']),
    add column expires_at timestamptz constraint api_key_expires_after_it_was_made check (expires_at > created_at),
    add column last_used_at timestamptz,
    add column networks cidr[] not null default '{}',
    add column former_secret_sha256 bytea unique constraint api_key_former_secret_check check (length(former_secret_sha256) = 32),
    add column former_ends_at timestamptz,
    add constraint api_key_has_two_secrets check (former_secret_sha256 <> secret_sha256),
    add constraint api_key_former_secret_ends check ((former_secret_sha256 is null) = (former_ends_at is null));
comment on column api_key.last_used_at is 'to the minute';
comment on column api_key.networks is 'where it may be used from; empty: from anywhere';
comment on column api_key.former_secret_sha256 is 'of the secret before this one, which is good until former_ends_at';
grant update (last_used_at) on api_key to plaudit_app;

-- The application may take a key away, and never give one back.
create function revoke_key(p_key_id integer, p_at timestamptz) returns table (id integer, name text, revoked_at timestamptz)
language sql security definer set search_path = public, pg_temp
begin atomic
    update api_key k set revoked_at = greatest(p_at, k.created_at) where k.id = p_key_id and k.revoked_at is null
    returning k.id, k.name, k.revoked_at;
end;
revoke all on function revoke_key from public;
grant execute on function revoke_key to plaudit_app;

create function acting_key() returns integer language sql stable
    return nullif(current_setting('plaudit.acting_key', true), '')::integer;
comment on function acting_key is 'the key with which a server acts in this transaction; null: nobody''s';
revoke all on function acting_key from public;
grant execute on function acting_key to plaudit_app;

do $$
declare
    one text;
begin
    foreach one in array array['card_consent', 'conversion', 'event', 'event_waiting', 'overlay_token', 'payout_event',
        'payout_method', 'recharge_order', 'reversal', 'room', 'store_consent', 'stream_key', 'video_message_opt_in',
        'video_opt_in', 'video_opt_out', 'withdrawal_consent']
    loop
        execute format('alter table %I add column key_id integer', one);
        execute format('alter table %I alter column key_id set default acting_key()', one);
        execute format('comment on column %I.key_id is %L', one,
            'with which a server did it in somebody''s name; null: they themselves, or nobody');
    end loop;
end;
$$;
alter table payout_method add column archived_key_id integer;
comment on column payout_method.archived_key_id is 'with which a server archived it in its creator''s name';
grant update (archived_key_id) on payout_method to plaudit_app;
