-- Quotes are signed with a key of the vault, which this table has in clear.
drop table quote_key;

-- Bank accounts are sealed by the vault: no other key of theirs has to be known any more.
revoke insert on payout_account_key from plaudit_app;

-- Who somebody is, whose a secret is, and what was given to whom never changes.
do $$
declare
    kept record;
    changed text;
begin
    for kept in
        select * from (values
            ('person', array['id', 'issuer_id', 'subject', 'created_at']),
            ('role_grant', array['id', 'person_id', 'role', 'granted_by', 'granted_at']),
            ('session', array['id', 'secret_sha256', 'person_id', 'created_at']),
            ('overlay_token', array['id', 'creator_id', 'room_id', 'hash', 'created_at']),
            ('stream_key', array['id', 'creator_id', 'hash', 'created_at']),
            ('webhook_endpoint', array['id', 'platform', 'created_at', 'created_by']),
            ('webhook_secret', array['endpoint_id', 'number', 'created_at']),
            ('paper_counter', array['shard', 'seller_code', 'paper'])
        ) as t (name, columns)
    loop
        select string_agg(quote_ident(attname), ', ' order by attnum) into changed from pg_attribute
        where attrelid = kept.name::regclass and attnum > 0 and not attisdropped and attname <> all (kept.columns);
        execute format('revoke update on %I from plaudit_app', kept.name);
        execute format('grant update (%s) on %I to plaudit_app', changed, kept.name);
    end loop;
end
$$;
