-- What a quote may promise. Whoever writes the row.

-- Whether a price book held at a moment, or until a minute before: others may have read it while its successor was written.
create or replace function price_book_held(p_version integer, p_at timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from price_book b
        where b.version = p_version and b.effective_at <= p_at and not exists (
            select from price_book later
            where (later.effective_at, later.version) > (b.effective_at, b.version)
                and later.effective_at <= p_at - interval '1 minute'
                and not exists (select from price_book_withdrawal w where w.version = later.version)))
$$;

-- Whether a quote promises coins for no less than the book that held lists them for: those of a package for its price or its
-- offer's, any others at the price of one. Prices that include their tax are those with it.
create or replace function quote_is_of_its_book(p_quote quote) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select price_book_held(p_quote.book_version, p_quote.created_at) and exists (
        select from price p
        left join package k on (k.version, k.region, k.channel) = (p.version, p.region, p.channel) and k.coins = p_quote.coins
        where (p.version, p.region, p.channel, p.currency)
                = (p_quote.book_version, p_quote.region, p_quote.channel, p_quote.currency)
            and case when p.tax_included then p_quote.price_minor else p_quote.net_minor end
                >= coalesce(least(k.price_minor, k.offer_price_minor), p_quote.coins::numeric * p.unit_numerator / p.unit_denominator))
$$;

create or replace function quoted_by_its_book() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not quote_is_of_its_book(new) then
        raise exception 'a quote promises coins for less than they are listed for'
            using errcode = 'check_violation', constraint = 'quoted_by_its_book';
    end if;
    return null;
end $$;
create or replace trigger quoted_by_its_book after insert on quote for each row execute function quoted_by_its_book();

grant execute on function price_book_held, quote_is_of_its_book to plaudit_app;
