-- Each payout is what was quoted for it, and each of those quotes what its diamonds were worth then.
select p.shard, p.id, p.diamonds, p.currency, p.gross_minor, p.fee_minor, p.net_minor, q.gross_minor as quoted_gross_minor,
    q.fee_minor as quoted_fee_minor, q.rate_version, q.terms_version
from payout p join payout_quote q on q.shard = p.shard and q.id = p.quote_id
where (q.creator_id, q.method_id, q.diamonds, q.currency, q.gross_minor, q.fee_minor, q.net_minor)
        is distinct from (p.creator_id, p.method_id, p.diamonds, p.currency, p.gross_minor, p.fee_minor, p.net_minor)
    or not payout_quote_is_worth_it(q);
