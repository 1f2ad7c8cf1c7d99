"""Lots without a shop: coins that were granted, by whoever asks."""

GRANT = """
with granted as (
    insert into coin_grant (shard, grant_id, person_id, coins, reason, granted_by, granted_at, expires_at)
    values (shard_of($1), $2, $1, $3, 'for a test', 0, $4, $5)
)
select fund(shard_of($1), $1, $2, 'promotional', 'promotion', $3, null, null, $4, $5)
"""
"""$1 viewer, $2 the lot's id, $3 coins, $4 when, $5 when it expires."""

GRANT_DECIDED = """
with decided as (
    insert into decision (id, kind, content, content_sha256, note, beneficiary_id, proposed_by, proposed_at, expires_at,
        outcome, decided_by, decided_at, effective_at)
    select gen_random_uuid(), 'grant', content, sha256(convert_to(content, 'UTF8')), 'for a test', $1::bigint, 0,
        $4::timestamptz, $4::timestamptz + interval '1 day', 'confirmed', -1, $4::timestamptz, $4::timestamptz
    from (values (jsonb_build_object('coins', $3::bigint)::text)) said (content)
    returning id
), granted as (
    insert into coin_grant (shard, grant_id, person_id, coins, reason, granted_by, granted_at, expires_at, decision_id)
    values (shard_of($1), $2, $1, $3, 'for a test', 0, $4, $5, (select id from decided))
)
select fund(shard_of($1), $1, $2, 'promotional', 'promotion', $3, null, null, $4, $5)
"""
"""The same, however much it is, by two: written by the owner of the tables."""

UNSOLD = "select fund(shard_of($1), $1, $2, 'paid', 'recharge', $3, 100, 'USD', $4, $5)"
"""The same, paid for by nobody, where that is allowed (the marker `unsold`)."""
