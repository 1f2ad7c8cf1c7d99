-- Which refunds one operator gives alone, and of whose orders nobody does.

-- Money of an order in US cents, at the exchange rates of the book it was sold by, which stay as they are; null: its
-- book is in another currency.
create or replace function us_cents_of_order(p_shard smallint, p_order_id uuid, p_minor bigint) returns numeric
language sql stable set search_path = public, pg_temp as $$
    select p_minor::numeric * p.reference_numerator * p.unit_denominator / p.reference_denominator / p.unit_numerator
        / case when p.tax_included then 1 else 1 + p.tax_rate_bps / 10000.0 end
    from recharge_order o join quote q using (shard, person_id, quote_id)
    join price p on (p.version, p.region, p.channel, p.currency) = (q.book_version, q.region, q.channel, q.currency)
    where o.shard = p_shard and o.order_id = p_order_id
$$;

-- Whether two decided of a refund, or of the case of a minor that it is a part of.
create or replace function is_decided_by_two(p_decision_id uuid, p_minor_refund_id uuid) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select p_decision_id is not null
        or p_minor_refund_id is not null and exists (
            select from minor_refund where id = p_minor_refund_id and decision_id is not null)
$$;

-- Whether giving so much of an order back needs a decision: with what operators gave back of it alone, or with what this
-- one gave back alone in a day of UTC.
create or replace function refund_needs_two(
    p_shard smallint, p_order_id uuid, p_minor bigint, p_operator_id bigint, p_at timestamptz
) returns boolean language sql stable set search_path = public, pg_temp as $$
    select coalesce(
        us_cents_of_order(p_shard, p_order_id, p_minor + coalesce((
            select sum(amount_minor) from reversal
            where shard = p_shard and order_id = p_order_id and kind = 'refund' and requested_by is not null
                and not is_decided_by_two(decision_id, minor_refund_id) and state <> 'undone'
        ), 0)::bigint) > decision_bound_of('refund_alone_us_cents')
        or us_cents_of_order(p_shard, p_order_id, p_minor) + coalesce((
            select sum(us_cents_of_order(shard, order_id, amount_minor)) from reversal
            where requested_by = p_operator_id and created_at >= date_trunc('day', p_at, 'UTC') and kind = 'refund'
                and not is_decided_by_two(decision_id, minor_refund_id) and state <> 'undone'
        ), 0) > decision_bound_of('refund_alone_day_us_cents'), true)
$$;

-- No operator gives money back to themself, nor much of it alone.
create or replace function refund_takes_two() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.requested_by, new.person_id) then
        raise exception 'nobody refunds an order of their own, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'refund_is_of_another';
    end if;
    if new.minor_refund_id is not null and not exists (
        select from minor_refund c join minor_refund_order o on o.minor_refund_id = c.id and o.order_id = new.order_id
        where c.id = new.minor_refund_id and c.person_id = new.person_id
            and o.amount_minor >= new.amount_minor + coalesce((
                select sum(r.amount_minor) from reversal r
                where r.minor_refund_id = c.id and r.order_id = o.order_id and r.state <> 'undone'), 0))
    then
        raise exception 'a case gives back no more of an order than it says'
            using errcode = 'check_violation', constraint = 'refund_is_of_its_case';
    end if;
    if not is_decided_by_two(new.decision_id, new.minor_refund_id)
            and refund_needs_two(new.shard, new.order_id, new.amount_minor, new.requested_by, new.created_at)
        or new.decision_id is not null
            and (select beneficiary_id from decision where id = new.decision_id) is distinct from new.person_id
    then
        raise exception 'a refund of so much needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'refund_is_decided';
    end if;
    return new;
end $$;
create or replace trigger refund_is_of_another before insert on reversal
    for each row when (new.kind = 'refund' and new.requested_by is not null) execute function refund_takes_two();
create or replace trigger refund_is_decided before insert on reversal
    for each row when (new.decision_id is not null)
    execute function require_decision('refund', 'order_id', 'amount_minor', 'currency', 'coins');

-- The same of all orders of a case, each and together.
create or replace function refunds_need_two(
    p_shard smallint, p_order_ids uuid[], p_minors bigint[], p_operator_id bigint, p_at timestamptz
) returns boolean language sql stable set search_path = public, pg_temp as $$
    select coalesce(bool_or(refund_needs_two(p_shard, o.id, o.minor, p_operator_id, p_at)), false)
        or coalesce(sum(us_cents_of_order(p_shard, o.id, o.minor)) + coalesce((
            select sum(us_cents_of_order(shard, order_id, amount_minor)) from reversal
            where requested_by = p_operator_id and created_at >= date_trunc('day', p_at, 'UTC') and kind = 'refund'
                and not is_decided_by_two(decision_id, minor_refund_id) and state <> 'undone'
        ), 0) > decision_bound_of('refund_alone_day_us_cents'), true)
    from unnest(p_order_ids, p_minors) o (id, minor)
$$;

-- A case that two decided is of what they saw: the person, and each order with its amount.
create or replace function minor_refund_is_of_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.requested_by, new.person_id)
        or new.decision_id is not null
            and (select beneficiary_id from decision where id = new.decision_id) is distinct from new.person_id
    then
        raise exception 'nobody refunds what they or an account linked to theirs spent'
            using errcode = 'check_violation', constraint = 'minor_refund_is_of_another';
    end if;
    return new;
end $$;
create or replace trigger minor_refund_is_of_another before insert on minor_refund
    for each row execute function minor_refund_is_of_another();
create or replace trigger minor_refund_is_decided before insert on minor_refund
    for each row when (new.decision_id is not null) execute function require_decision('minor_refund', 'id', 'reason');
create or replace function minor_refund_order_is_decided() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (
        select from minor_refund c join decision d on d.id = c.decision_id
        where c.id = new.minor_refund_id and not d.content::jsonb -> 'orders' @> jsonb_build_array(jsonb_build_object(
            'order_id', new.order_id, 'amount_minor', new.amount_minor, 'currency', new.currency)))
    then
        raise exception 'an order of a case is not what was decided'
            using errcode = 'check_violation', constraint = 'minor_refund_order_is_decided';
    end if;
    return new;
end $$;
create or replace trigger minor_refund_order_is_decided before insert on minor_refund_order
    for each row execute function minor_refund_order_is_decided();

grant execute on function is_decided_by_two, refund_needs_two, refunds_need_two, us_cents_of_order to plaudit_app;
