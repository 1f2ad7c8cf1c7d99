"""Lots without a shop: coins that were granted, by whoever asks."""

GRANT = """
with granted as (
    insert into coin_grant (shard, grant_id, person_id, coins, reason, granted_by, granted_at, expires_at)
    values (shard_of($1), $2, $1, $3, 'for a test', 0, $4, $5)
)
select fund(shard_of($1), $1, $2, 'promotional', 'promotion', $3, null, null, $4, $5)
"""
"""$1 viewer, $2 the lot's id, $3 coins, $4 when, $5 when it expires."""

UNSOLD = "select fund(shard_of($1), $1, $2, 'paid', 'recharge', $3, 100, 'USD', $4, $5)"
"""The same, paid for by nobody, where that is allowed (the marker `unsold`)."""
