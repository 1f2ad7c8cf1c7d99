-- What a payout is worth: its diamonds, at the rate and the terms that held when it was quoted. Whoever writes the rows.

-- Whether a rate held at a moment, or until a minute before: others may have read it while its successor was written.
create or replace function payout_rate_held(p_rate payout_rate, p_at timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select p_rate.effective_at <= p_at and not exists (
        select from payout_rate later
        where later.currency = p_rate.currency and (later.effective_at, later.version) > (p_rate.effective_at, p_rate.version)
            and later.effective_at <= p_at - interval '1 minute')
$$;

-- The same of terms.
create or replace function payout_terms_held(p_terms payout_terms, p_at timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select p_terms.effective_at <= p_at and not exists (
        select from payout_terms later
        where later.method_kind = p_terms.method_kind
            and (later.effective_at, later.version) > (p_terms.effective_at, p_terms.version)
            and later.effective_at <= p_at - interval '1 minute')
$$;

-- Whether a quote says what its diamonds are worth, rounded down, and the fee, each part rounded half up, of its creator's
-- own method; a kind of method that has no terms of its own is paid by those of bank accounts. The fixed part of the fee is
-- converted by the rates of diamonds.
create or replace function payout_quote_is_worth_it(p_quote payout_quote) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from payout_method m
        join payout_rate r on r.version = p_quote.rate_version and r.currency = m.currency
        join payout_terms t on t.version = p_quote.terms_version
            and (t.method_kind = m.kind or t.method_kind = 'bank_account' and not exists (
                select from payout_terms own
                where own.method_kind = m.kind and own.effective_at <= p_quote.quoted_at - interval '1 minute'))
        join payout_rate f on f.currency = t.fee_fixed_currency
        where m.shard = p_quote.shard and m.id = p_quote.method_id
            and (m.creator_id, m.currency) = (p_quote.creator_id, p_quote.currency)
            and payout_rate_held(r, p_quote.quoted_at) and payout_terms_held(t, p_quote.quoted_at)
            and payout_rate_held(f, p_quote.quoted_at)
            and p_quote.gross_minor = div(p_quote.diamonds::numeric * r.numerator, r.denominator)
            and p_quote.fee_minor = div(2::numeric * t.fee_fixed_minor * r.numerator * f.denominator
                        + r.denominator::numeric * f.numerator, 2::numeric * r.denominator * f.numerator)
                + div(2::numeric * p_quote.gross_minor * t.fee_bps + 10000, 20000))
$$;

create or replace function require_payout_quote_worth() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not payout_quote_is_worth_it(new) then
        raise exception 'a quote says what its diamonds are worth'
            using errcode = 'check_violation', constraint = 'payout_quote_is_worth_it';
    end if;
    return new;
end $$;
create or replace trigger payout_quote_is_worth_it before insert on payout_quote
    for each row execute function require_payout_quote_worth();

create or replace function payout_is_its_quote() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (
        select from payout_quote q
        where q.shard = new.shard and q.id = new.quote_id
            and (q.creator_id, q.method_id, q.diamonds, q.currency, q.gross_minor, q.fee_minor, q.net_minor)
                = (new.creator_id, new.method_id, new.diamonds, new.currency, new.gross_minor, new.fee_minor, new.net_minor)
            and new.requested_at between q.quoted_at and q.expires_at)
    then
        raise exception 'a payout is of what was quoted, in time'
            using errcode = 'check_violation', constraint = 'payout_is_its_quote';
    end if;
    return null;
end $$;
create or replace trigger payout_is_its_quote after insert on payout for each row execute function payout_is_its_quote();

grant execute on function payout_rate_held, payout_terms_held, payout_quote_is_worth_it to plaudit_app;
