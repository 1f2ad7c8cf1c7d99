-- The schema after all migrations and functions, as PostgreSQL 18 tells it. `make schema` writes it.

CREATE TYPE public.brake_word AS (
	stopped_by text,
	worth bigint,
	room bigint,
	ends_at timestamp with time zone,
	currency text,
	session_given bigint,
	period text,
	period_given bigint,
	period_max bigint,
	reminds boolean
);

CREATE TYPE public.brake_step AS (
	word public.brake_word,
	given bigint,
	given_through bigint,
	gift_worth_max bigint,
	brake_until timestamp with time zone,
	session_mark bigint,
	period_mark bigint
);

CREATE TYPE public.gift_share AS (
	creator_id bigint,
	coins bigint,
	creator_shard smallint
);

COMMENT ON TYPE public.gift_share IS 'Who earns how many coins of a gift. The first share has the first coins of the strip, and so on.';

CREATE TYPE public.gift_line AS (
	id uuid,
	viewer_id bigint,
	creator_id bigint,
	share_coins bigint,
	room_id bigint,
	item_id integer,
	count integer,
	coins bigint,
	combo_id uuid,
	combo_count integer,
	message text,
	anonymous boolean,
	video_id bigint,
	position_ms integer,
	shares public.gift_share[]
);

COMMENT ON TYPE public.gift_line IS 'What one creator has of a gift: who gave it, who receives which share of it, in which room or video it is seen, and how.';

CREATE TYPE public.lot_coins AS (
	lot_id uuid,
	coins bigint
);

CREATE FUNCTION public.accounting_flow(p_shard smallint, p_from date, p_until timestamp with time zone) RETURNS TABLE(day date, kind text, entity text, region text, channel text, currency text, sold_coins bigint, put_back_coins bigint, used_coins bigint, refunded_coins bigint, expired_coins bigint, sold_minor bigint, put_back_minor bigint, used_minor bigint, refunded_minor bigint, expired_minor bigint, gross_sales_minor bigint, sale_tax_minor bigint, sale_fee_minor bigint, gross_refunds_minor bigint, chargebacks_minor bigint, refund_tax_minor bigint, refund_fee_minor bigint, dispute_fee_minor bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select x.day, x.kind, x.entity, x.region, x.channel, x.currency,
        sum(x.sold_coins)::bigint, sum(x.put_back_coins)::bigint, sum(x.used_coins)::bigint,
        sum(x.refunded_coins)::bigint, sum(x.expired_coins)::bigint,
        sum(x.sold_minor)::bigint, sum(x.put_back_minor)::bigint, sum(x.used_minor)::bigint,
        sum(x.refunded_minor)::bigint, sum(x.expired_minor)::bigint,
        sum(x.gross_sales_minor)::bigint, sum(x.sale_tax_minor)::bigint, sum(x.sale_fee_minor)::bigint,
        sum(x.gross_refunds_minor)::bigint, sum(x.chargebacks_minor)::bigint, sum(x.refund_tax_minor)::bigint,
        sum(x.refund_fee_minor)::bigint, sum(x.dispute_fee_minor)::bigint
    from (
        select f.day, f.kind, f.entity, f.region, f.channel, f.currency,
            f.sold_coins, f.put_back_coins, f.used_coins, f.refunded_coins, f.expired_coins,
            f.sold_minor, f.put_back_minor, f.used_minor, f.refunded_minor, f.expired_minor,
            0 as gross_sales_minor, 0 as sale_tax_minor, 0 as sale_fee_minor, 0 as gross_refunds_minor,
            0 as chargebacks_minor, 0 as refund_tax_minor, 0 as refund_fee_minor, 0 as dispute_fee_minor
        from accounting_lot_figure f
        where f.shard = p_shard and f.day >= p_from and f.day::timestamp at time zone 'UTC' < p_until
        union all
        select m.day, 'paid', coalesce(l.entity, ''), coalesce(l.region, ''), coalesce(l.channel, ''), m.currency,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, m.gross_sales_minor, m.sale_tax_minor, m.sale_fee_minor, m.gross_refunds_minor,
            m.chargebacks_minor, m.refund_tax_minor, m.refund_fee_minor, m.dispute_fee_minor
        from accounting_money m
        left join accounting_lot l on l.shard = m.shard and l.lot_id = m.lot_id
        where m.shard = p_shard and m.posted_at >= p_from::timestamp at time zone 'UTC' and m.posted_at < p_until
    ) x
    group by 1, 2, 3, 4, 5, 6
$$;

CREATE FUNCTION public.accounts_at(p_person_id bigint, p_at timestamp with time zone) RETURNS SETOF bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with recursive own (id) as (
        select p_person_id
        union
        select case when l.person_id = own.id then l.other_id else l.person_id end
        from own join person_link l on own.id in (l.person_id, l.other_id)
            and l.linked_at < p_at and (l.ended_at is null or l.ended_at > p_at)
    )
    select id from own
$$;

CREATE FUNCTION public.accounts_near(p_person_id bigint, p_crowd integer) RETURNS TABLE(person_id bigint, is_linked boolean, kinds text[])
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with own as materialized (
        select accounts_of(p_person_id) as id
    ), shared as (
        select other.person_id, mine.kind
        from instrument_in_use mine join instrument_in_use other on other.kind = mine.kind and other.print = mine.print
        where mine.person_id in (select id from own) and other.person_id not in (select id from own)
            and (select count(*) from instrument_in_use i where i.kind = mine.kind and i.print = mine.print) <= p_crowd
    )
    select id, true, '{}'::text[] from own where id <> p_person_id
    union all
    select s.person_id, false, array_agg(distinct s.kind order by s.kind) from shared s group by s.person_id
$$;

CREATE FUNCTION public.accounts_of(p_person_id bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with recursive own (id) as (
        select p_person_id
        union
        select case when l.person_id = own.id then l.other_id else l.person_id end
        from own join person_link l on own.id in (l.person_id, l.other_id) and l.ended_at is null
    )
    select id from own
$$;

CREATE FUNCTION public.acting_key() RETURNS integer
    LANGUAGE sql STABLE
    RETURN (NULLIF(current_setting('plaudit.acting_key'::text, true), ''::text))::integer;

COMMENT ON FUNCTION public.acting_key() IS 'the key with which a server acts in this transaction; null: nobody''s';

CREATE FUNCTION public.admit_issuer(p_decision_id uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_decision decision := admitted_decision(p_decision_id, 'issuer');
    v_id integer := write_issuer(p_decision_id, v_decision.content::jsonb, v_decision.decided_at);
begin
    insert into admission (decision_id, issuer_id) values (p_decision_id, v_id);
    return v_id;
end $$;

CREATE FUNCTION public.admit_key(p_decision_id uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_decision decision := admitted_decision(p_decision_id, 'key');
    v_said jsonb := v_decision.content::jsonb;
    v_ends_at timestamptz := (v_said ->> 'expires_at')::timestamptz;
    v_id integer;
begin
    if (v_ends_at > v_decision.decided_at
        and v_ends_at <= v_decision.decided_at + make_interval(days => decision_bound_of('key_life_days')::integer)) is not true
    then
        raise exception 'a key ends in time' using errcode = 'check_violation', constraint = 'admission_key_life';
    end if;
    v_id := write_key(p_decision_id, v_said ->> 'name', (select id from issuer where issuer = v_said ->> 'issuer'),
        decode(v_said ->> 'secret_sha256', 'hex'), array(select jsonb_array_elements_text(v_said -> 'scopes')),
        array(select jsonb_array_elements_text(v_said -> 'networks'))::cidr[], v_ends_at,
        v_decision.decided_at + make_interval(hours => (v_said ->> 'overlap_hours')::integer), v_decision.decided_at);
    insert into admission (decision_id, key_id) values (p_decision_id, v_id);
    return v_id;
end $$;

CREATE FUNCTION public.admit_role(p_decision_id uuid) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_decision decision := admitted_decision(p_decision_id, 'role');
    v_said jsonb := v_decision.content::jsonb;
    v_id bigint;
begin
    if v_decision.beneficiary_id is distinct from (v_said ->> 'person_id')::bigint then
        raise exception 'who is given a role decides nothing of it'
            using errcode = 'check_violation', constraint = 'admission_names_who_gains';
    end if;
    v_id := write_role(p_decision_id, v_decision.beneficiary_id, v_said ->> 'role', v_decision.proposed_by, v_decision.decided_at);
    insert into admission (decision_id, role_grant_id) values (p_decision_id, v_id);
    return v_id;
end $$;

CREATE TABLE public.decision (
    id uuid NOT NULL,
    kind text NOT NULL,
    subject text,
    content text NOT NULL,
    content_sha256 bytea NOT NULL,
    before text,
    note text NOT NULL,
    beneficiary_id bigint,
    proposed_by bigint NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    outcome text,
    decided_by bigint,
    decided_at timestamp with time zone,
    effective_at timestamp with time zone,
    reason text,
    alone boolean DEFAULT false NOT NULL,
    emergency boolean DEFAULT false NOT NULL,
    CONSTRAINT decision_alone_in_an_emergency CHECK (((NOT emergency) OR (alone AND (reason IS NOT NULL)))),
    CONSTRAINT decision_before_check CHECK ((jsonb_typeof((before)::jsonb) = 'object'::text)),
    CONSTRAINT decision_check CHECK ((expires_at > proposed_at)),
    CONSTRAINT decision_check1 CHECK ((decided_at >= proposed_at)),
    CONSTRAINT decision_check2 CHECK ((effective_at >= decided_at)),
    CONSTRAINT decision_confirmer_gains_nothing CHECK (((outcome IS DISTINCT FROM 'confirmed'::text) OR (beneficiary_id <> decided_by))),
    CONSTRAINT decision_content_check CHECK ((jsonb_typeof((content)::jsonb) = 'object'::text)),
    CONSTRAINT decision_content_is_hashed CHECK ((content_sha256 = sha256(convert_to(content, 'UTF8'::name)))),
    CONSTRAINT decision_has_an_end CHECK ((((outcome IS NULL) = (decided_at IS NULL)) AND ((decided_by IS NULL) = ((outcome IS NULL) OR (outcome = 'expired'::text))) AND ((effective_at IS NULL) = (outcome IS DISTINCT FROM 'confirmed'::text)))),
    CONSTRAINT decision_is_confirmed_in_time CHECK (((outcome IS DISTINCT FROM 'confirmed'::text) OR (decided_at < expires_at))),
    CONSTRAINT decision_is_refused_by_another CHECK (((outcome IS DISTINCT FROM 'refused'::text) OR ((decided_by <> proposed_by) AND (reason IS NOT NULL)))),
    CONSTRAINT decision_is_withdrawn_by_its_proposer CHECK (((outcome IS DISTINCT FROM 'withdrawn'::text) OR (decided_by = proposed_by))),
    CONSTRAINT decision_kind_check CHECK ((kind ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT decision_note_check CHECK ((note ~ '\S'::text)),
    CONSTRAINT decision_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'refused'::text, 'withdrawn'::text, 'expired'::text]))),
    CONSTRAINT decision_proposer_gains_nothing CHECK ((beneficiary_id <> proposed_by)),
    CONSTRAINT decision_reason_check CHECK ((reason ~ '\S'::text)),
    CONSTRAINT decision_subject_check CHECK ((subject <> ''::text)),
    CONSTRAINT decision_takes_two CHECK ((((NOT (outcome IS DISTINCT FROM 'confirmed'::text)) AND (decided_by = proposed_by)) = alone))
);

COMMENT ON COLUMN public.decision.id IS 'made by the caller: the idempotency key';

COMMENT ON COLUMN public.decision.kind IS 'what its content is, as a room brings it';

COMMENT ON COLUMN public.decision.subject IS 'what there may be one open decision of at a time, such as the id of a payout';

COMMENT ON COLUMN public.decision.content IS 'JSON, as it is hashed and confirmed';

COMMENT ON COLUMN public.decision.before IS 'what was in force when it was proposed; null: nothing';

COMMENT ON COLUMN public.decision.beneficiary_id IS 'who gains by it';

COMMENT ON COLUMN public.decision.effective_at IS 'from when it holds: not before its lead time is over';

COMMENT ON COLUMN public.decision.alone IS 'confirmed by who proposed it: where there is one operator, or in an emergency';

CREATE FUNCTION public.admitted_decision(p_id uuid, p_kind text) RETURNS public.decision
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_decision decision;
begin
    select * into v_decision from decision where id = p_id and kind = p_kind and outcome = 'confirmed';
    if not found then
        raise exception 'who may come in is decided' using errcode = 'check_violation', constraint = 'admission_is_decided';
    end if;
    if v_decision.alone and (p_kind = 'issuer' or p_kind = 'role' and role_takes_two(v_decision.content::jsonb ->> 'role')) then
        raise exception 'nobody alone says who decides' using errcode = 'check_violation', constraint = 'admission_takes_two';
    end if;
    return v_decision;
end $$;

CREATE FUNCTION public.age_assurance_stays() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if old.revoked_at is not null then
        raise exception 'an age is revoked once' using errcode = 'check_violation', constraint = 'age_assurance_stays';
    end if;
    return new;
end $$;

CREATE FUNCTION public.appeal_is_answered_by_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (select from erasure e where e.person_id = old.person_id and e.begun_at is not null and e.erased_at is null) then
        new.text := 'erased';
        new.answer := case when old.answer is not null then 'erased' end;
        return new;
    end if;
    if old.answered_at is not null or are_linked(new.answered_by, new.person_id) then
        raise exception 'an appeal is answered once, by another' using errcode = 'check_violation', constraint = 'appeal_is_answered_by_another';
    end if;
    return new;
end $$;

CREATE FUNCTION public.append_frame(p_shard smallint, p_room_id bigint, p_kind text, p_body jsonb, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with numbered as (
        insert into room_head as h (shard, room_id, seq) values (p_shard, p_room_id, 1)
        on conflict (shard, room_id) do update set seq = h.seq + 1
        returning h.seq
    )
    insert into frame (shard, room_id, seq, kind, at, body)
    select p_shard, p_room_id, seq, p_kind, p_at, p_body from numbered
    returning seq
$$;

CREATE FUNCTION public.apply_freeze() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if new.what in ('person', 'wallet') then
        insert into wallet (shard, viewer_id) values (shard_of(new.person_id), new.person_id) on conflict do nothing;
        update wallet set frozen_until = (
            select max(coalesce(f.ends_at, 'infinity')) from freeze_record f
            where f.person_id = new.person_id and f.what in ('person', 'wallet') and f.lifted_at is null)
        where shard = shard_of(new.person_id) and viewer_id = new.person_id;
    end if;
    if new.what in ('person', 'creator') then
        perform freeze_receiver('creator', new.person_id, (
            select max(coalesce(f.ends_at, 'infinity')) from freeze_record f
            where f.person_id = new.person_id and f.what in ('person', 'creator') and f.lifted_at is null));
    elsif new.what = 'room' then
        perform freeze_receiver('room', new.room_id, (
            select max(coalesce(f.ends_at, 'infinity')) from freeze_record f
            where f.person_id = new.person_id and f.what = 'room' and f.room_id = new.room_id and f.lifted_at is null));
    elsif new.what = 'lot' and new.lifted_at is null then
        perform hold_lot(shard_of(new.person_id), new.person_id, new.id, new.lot_id, new.frozen_at, new.ends_at);
    elsif new.what = 'lot' and not exists (select from freeze_record f where f.lot_id = new.lot_id and f.lifted_at is null) then
        perform release_lot(shard_of(new.person_id), new.person_id, new.lot_id, new.lifted_at);
    end if;
    return null;
end $$;

CREATE FUNCTION public.archive_methods(p_creator_id bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    update payout_method set archived_at = greatest(p_at, created_at)
    where shard = shard_of(p_creator_id) and creator_id = p_creator_id and archived_at is null
$$;

CREATE FUNCTION public.are_linked(p_person_id bigint, p_other_id bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_other_id in (select accounts_of(p_person_id))
$$;

CREATE TABLE public.wallet (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    coins bigint DEFAULT 0 NOT NULL,
    spent bigint DEFAULT 0 NOT NULL,
    last_gift_id uuid,
    combo_id uuid,
    combo_room_id bigint,
    combo_creator_id bigint,
    combo_item_id integer,
    combo_count integer,
    combo_at timestamp with time zone,
    held bigint DEFAULT 0 NOT NULL,
    combo_anonymous boolean,
    newest_gift_id uuid,
    gifts_since_milestone smallint DEFAULT 0 NOT NULL,
    frozen_until timestamp with time zone,
    promotional_through bigint DEFAULT 0 NOT NULL,
    brake_id bigint,
    given bigint,
    brake_until timestamp with time zone,
    session_mark bigint,
    period_mark bigint,
    next_coin_worth bigint,
    given_spent bigint,
    free_through bigint,
    free_gift_max bigint,
    CONSTRAINT wallet_brake_counts CHECK ((num_nulls(brake_id, given, given_spent, next_coin_worth) = ANY (ARRAY[0, 4]))),
    CONSTRAINT wallet_gifts_since_milestone_check CHECK ((gifts_since_milestone >= 0)),
    CONSTRAINT wallet_goes_free_so_far CHECK ((spent <= free_through)),
    CONSTRAINT wallet_knows_its_newest_gift CHECK (((newest_gift_id IS NULL) = (spent = 0))),
    CONSTRAINT wallet_not_over_released CHECK ((held >= 0)),
    CONSTRAINT wallet_not_overdrawn CHECK ((coins >= 0)),
    CONSTRAINT wallet_spent_check CHECK ((spent >= 0))
)
WITH (fillfactor='50');

COMMENT ON COLUMN public.wallet.coins IS 'free: what can be spent';

COMMENT ON COLUMN public.wallet.combo_room_id IS 'the room or video';

COMMENT ON COLUMN public.wallet.held IS 'set aside by holds, and not on the strip';

COMMENT ON COLUMN public.wallet.combo_anonymous IS 'whether the sender of the latest combo hides; null: it is older than this column';

COMMENT ON COLUMN public.wallet.newest_gift_id IS 'charged last; last_gift_id is the greatest';

COMMENT ON COLUMN public.wallet.gifts_since_milestone IS 'charged since the last one that is a milestone';

COMMENT ON COLUMN public.wallet.frozen_until IS 'nothing is spent before; infinity: until it is lifted';

COMMENT ON COLUMN public.wallet.promotional_through IS 'where the last promotional stretch of the strip ends: what is spent before may be one';

COMMENT ON COLUMN public.wallet.brake_id IS 'whose brake holds: the least of the accounts of one person';

COMMENT ON COLUMN public.wallet.given IS 'when the brake was last asked; each coin since given_spent is worth next_coin_worth more';

COMMENT ON COLUMN public.wallet.period_mark IS 'of the longest of day, week and month that has a limit';

COMMENT ON COLUMN public.wallet.given_spent IS 'how far the strip was spent when the brake was last asked';

COMMENT ON COLUMN public.wallet.free_through IS 'until that coin of the strip no gift asks the brake, before brake_until; null: each asks';

COMMENT ON COLUMN public.wallet.free_gift_max IS 'a gift of more coins asks the brake all the same';

CREATE FUNCTION public.ask_brake(p_purse public.wallet, p_gift public.gift_line, p_worth bigint, p_at timestamp with time zone, p_confirmed_minor bigint) RETURNS public.brake_step
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    b brake;
    step brake_step;
    word brake_word;
    period record;
begin
    select * into b from brake where id = p_purse.brake_id for no key update;
    if not b.is_shared then
        b.given := p_purse.given;
        b.given_at := p_purse.combo_at;
    end if;
    b := turned_brake(b, p_at);
    word := brake_on(b, p_at, p_worth, given_to(b, p_gift.creator_id), p_confirmed_minor);
    if word.stopped_by is null and p_purse.coins >= p_gift.coins then
        b.given := b.given + p_worth;
        b.given_at := p_at;
        update brake set given = b.given, given_at = b.given_at, night_since = b.night_since, night_until = b.night_until,
            session_since = b.session_since, session_mark = b.session_mark, day_since = b.day_since, day_until = b.day_until,
            day_mark = b.day_mark, week_since = b.week_since, week_until = b.week_until, week_mark = b.week_mark,
            month_since = b.month_since, month_until = b.month_until, month_mark = b.month_mark
        where id = b.id;
        if b.creator_max is not null then
            insert into brake_creator as c (brake_id, creator_id, since, given)
            values (b.id, p_gift.creator_id, b.month_since, p_worth)
            on conflict (brake_id, creator_id) do update set since = b.month_since,
                given = p_worth + case when c.since >= b.month_since then c.given else 0 end;
        end if;
        word.session_given := b.given - b.session_mark;
        word.period_given := word.period_given + p_worth;
        word.reminds := coalesce(
            (b.given - b.session_mark) / b.remind_each > (b.given - p_worth - b.session_mark) / b.remind_each, false);
    end if;
    step.word := word;
    step.given := b.given;
    step.session_mark := b.session_mark;
    select * into period from period_of(b);
    step.period_mark := period.mark;
    step.gift_worth_max := coalesce(least(b.gift_max, b.ask_above), 9223372036854775807);
    if not b.is_shared and b.creator_max is null then
        step.given_through := greatest(b.given, coalesce(least(
            b.session_mark + b.session_max, b.day_mark + b.day_max, b.week_mark + b.week_max, b.month_mark + b.month_max,
            b.session_mark + ((b.given - b.session_mark) / b.remind_each + 1) * b.remind_each - 1), 9223372036854775807));
    end if;
    if p_at < coalesce(b.night_since, 'infinity') then
        step.brake_until := least(b.day_until, b.week_until, b.month_until, b.night_since);
    end if;
    return step;
end $$;

CREATE FUNCTION public.begin_life(p_anew boolean, p_at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    c_numbers_left_out constant bigint := 1000000;
    v_place text := concat_ws('/',
        (select system_identifier from pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8),
        (select oid from pg_database where datname = current_database()), 'ledger_setting'::regclass::oid);
    v_known database_life;
    v_epoch integer;
begin
    select * into v_known from database_life order by epoch desc limit 1;
    if v_known.place = v_place and not p_anew then
        return v_known.epoch;
    end if;
    select epoch into strict v_epoch from ledger_setting for update;
    select * into v_known from database_life order by epoch desc limit 1;
    if v_known.place = v_place and not p_anew then
        return v_known.epoch;  -- another process was first
    end if;
    if v_known.epoch is null and not p_anew then
        insert into database_life (epoch, place, began_at, payouts_compared_at) values (v_epoch, v_place, p_at, p_at);
        return v_epoch;
    end if;
    update ledger_setting set epoch = epoch + 1 returning epoch into v_epoch;
    insert into database_life (epoch, place, began_at) values (v_epoch, v_place, p_at);
    perform setval(sequence, nextval(sequence) + c_numbers_left_out)
    from unnest(array[pg_get_serial_sequence('person', 'id'), pg_get_serial_sequence('room', 'id')]) sequence;
    return v_epoch;
end $$;

CREATE TABLE public.brake_terms (
    person_id bigint NOT NULL,
    currency text NOT NULL,
    coin_worth bigint NOT NULL,
    time_zone text NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT brake_terms_coin_worth_check CHECK ((coin_worth > 0)),
    CONSTRAINT brake_terms_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
);

COMMENT ON COLUMN public.brake_terms.coin_worth IS 'in millionths of the minor unit: the web price when the first limit was set';

CREATE FUNCTION public.begin_to_brake(p_person_id bigint, p_currency text, p_coin_worth bigint, p_time_zone text, p_at timestamp with time zone) RETURNS public.brake_terms
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    terms brake_terms;
begin
    perform lock_wallets(spending_accounts(p_person_id));
    insert into brake_terms (person_id, currency, coin_worth, time_zone, set_at)
    values (p_person_id, p_currency, p_coin_worth, coalesce(p_time_zone, 'UTC'), p_at) on conflict do nothing;
    select * into terms from brake_terms where person_id = p_person_id;
    if terms.currency <> p_currency and not exists (
        select from limits_that_hold(p_person_id, p_at) l where num_nonnulls(l.amount_minor, l.minutes, l.night_from_minute) > 0
    ) and not exists (
        select from brake_limit l where l.person_id = p_person_id and not l.is_laid and l.withdrawn_at is null
    ) and not exists (select from brake_pause p where p.person_id = p_person_id and p.ends_at > p_at)
        and not exists (select from guardian_stop g where g.person_id = p_person_id and g.ended_at is null)
    then
        update brake_terms set currency = p_currency, coin_worth = p_coin_worth, set_at = p_at where person_id = p_person_id;
    end if;
    update brake_terms set time_zone = p_time_zone where person_id = p_person_id and p_time_zone <> time_zone;
    select * into terms from brake_terms where person_id = p_person_id;
    return terms;
end $$;

CREATE FUNCTION public.believed_age(p_person_id bigint, p_at timestamp with time zone) RETURNS TABLE(at_least smallint, under smallint, level smallint, method text, source text, until timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select said.at_least, said.under, said.level, said.method, said.source, said.until from (
        select distinct on (a.level, a.method, a.source) a.* from age_assurance a
        where a.person_id = p_person_id and a.revoked_at is null and (a.until is null or a.until > p_at)
        order by a.level, a.method, a.source, a.proved_at desc, a.id desc) said
    order by said.level desc, said.under nulls last, said.at_least, said.until, said.method, said.source limit 1
$$;

CREATE FUNCTION public.best_payouts(p_from timestamp with time zone, p_draft jsonb, p_without_rule integer, p_without_rate integer) RETURNS TABLE(version integer, cents numeric, currency text, rule_version integer, rate_version integer)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with rule as (
        select version, numerator, denominator, effective_at,
            coalesce(lead(effective_at) over (order by effective_at, version = 0, version), 'infinity') as until
        from (
            select version, numerator, denominator, effective_at from reward_rule where version is distinct from p_without_rule
            union all
            select 0, numerator, denominator, effective_at
            from jsonb_populate_record(null::reward_rule, p_draft -> 'rule') where p_draft ? 'rule'
        ) r
    ), rate as (
        select version, currency, numerator, denominator,
            coalesce(lead(effective_at) over (partition by currency order by effective_at, version = 0, version), 'infinity')
                as until
        from (
            select version, currency, numerator, denominator, effective_at from payout_rate
            where version is distinct from p_without_rate
            union all
            select 0, currency, numerator, denominator, effective_at
            from jsonb_populate_record(null::payout_rate, p_draft -> 'rate') where p_draft ? 'rate'
        ) r
    )
    select distinct on (b.version) b.version,
        r.numerator::numeric * t.numerator * w.cents / r.denominator / t.denominator as cents,
        t.currency, r.version, t.version
    from books_from(p_from, p_draft) b
    join rule r on r.until > greatest(b.from_at, r.effective_at)
    join rate t on t.until > greatest(b.from_at, r.effective_at)
    join lateral currency_worth(b.rates) w on w.currency = t.currency
    order by b.version, cents desc, r.version, t.version
$$;

CREATE FUNCTION public.books_from(p_from timestamp with time zone, p_draft jsonb) RETURNS TABLE(version integer, from_at timestamp with time zone, until timestamp with time zone, rates jsonb)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select version, from_at, until, rates from (
        select version, greatest(effective_at, p_from) as from_at, rates,
            coalesce(lead(effective_at) over (order by effective_at, version = 0, version), 'infinity') as until
        from (
            select version, effective_at, rates from price_book b
            where not exists (select from price_book_withdrawal w where w.version = b.version)
            union all
            select 0, (p_draft ->> 'effective_at')::timestamptz, p_draft -> 'rates' where p_draft ? 'effective_at'
        ) b
    ) b where until > from_at
$$;

CREATE FUNCTION public.bound_is_a_time(p_name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    select p_name ~ '(_lead|_window)_s$'
$_$;

CREATE FUNCTION public.bound_is_narrower(p_name text, p_value bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when bound_is_a_time(p_name) then p_value >= decision_bound_of(p_name) else p_value <= decision_bound_of(p_name) end
$$;

CREATE FUNCTION public.bound_is_withdrawn_in_time() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not exists (select from decision_bound b
        where (b.name, b.version) = (new.name, new.version) and b.effective_at > greatest(new.withdrawn_at, now()))
    then
        raise exception 'this bound holds'
            using errcode = 'check_violation', constraint = 'decision_bound_is_withdrawn_in_time';
    end if;
    return new;
end $$;

CREATE FUNCTION public.bound_is_within(p_name text, p_value bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when bound_is_a_time(p_name) then p_value >= bound_widest(p_name) else p_value <= bound_widest(p_name) end
$$;

CREATE FUNCTION public.bound_takes_two() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_decision decision;
begin
    new.effective_at := null;
    if new.decision_id is null or bound_is_narrower(new.name, new.value) then
        return new;
    end if;
    select * into strict v_decision from decision where id = new.decision_id;
    if v_decision.alone then
        raise exception 'nobody alone widens a bound'
            using errcode = 'check_violation', constraint = 'decision_bound_takes_two';
    end if;
    if not bound_is_within(new.name, new.value) then
        raise exception 'the installation lets nobody widen a bound so far'
            using errcode = 'check_violation', constraint = 'decision_bound_is_within';
    end if;
    new.effective_at := v_decision.effective_at;
    return new;
end $$;

CREATE FUNCTION public.bound_widest(p_name text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    select coalesce((select value from decision_bound_widest where name = p_name), (
        select case when bound_is_a_time(p_name) then (value + 3) / 4
            when p_name ~ '_(bps|days)$' then value * 2
            else value * 10 end
        from decision_bound where name = p_name and version = 1))
$_$;

CREATE TABLE public.brake (
    id bigint NOT NULL,
    is_shared boolean NOT NULL,
    currency text NOT NULL,
    coin_worth bigint NOT NULL,
    time_zone text NOT NULL,
    stopped_until timestamp with time zone,
    gift_max bigint,
    creator_max bigint,
    session_max bigint,
    day_max bigint,
    week_max bigint,
    month_max bigint,
    ask_above bigint,
    remind_each bigint,
    night_from_minute smallint,
    night_to_minute smallint,
    night_asks boolean,
    night_since timestamp with time zone,
    night_until timestamp with time zone,
    given bigint NOT NULL,
    given_at timestamp with time zone,
    session_since timestamp with time zone NOT NULL,
    session_mark bigint NOT NULL,
    day_since timestamp with time zone NOT NULL,
    day_until timestamp with time zone NOT NULL,
    day_mark bigint NOT NULL,
    week_since timestamp with time zone NOT NULL,
    week_until timestamp with time zone NOT NULL,
    week_mark bigint NOT NULL,
    month_since timestamp with time zone NOT NULL,
    month_until timestamp with time zone NOT NULL,
    month_mark bigint NOT NULL,
    CONSTRAINT brake_remind_each_check CHECK ((remind_each > 0))
)
WITH (fillfactor='50');

COMMENT ON TABLE public.brake IS 'what one person lets themselves give: of one wallet, or shared by those of linked accounts';

COMMENT ON COLUMN public.brake.coin_worth IS 'of a coin that was not bought in the currency';

COMMENT ON COLUMN public.brake.night_since IS 'of the night that is, or comes next';

COMMENT ON COLUMN public.brake.given IS 'where it is shared; else the wallet counts: so for given_at, when the last gift was';

CREATE FUNCTION public.brake_of(p_viewer_id bigint, p_at timestamp with time zone) RETURNS public.brake
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet;
    b brake;
begin
    select * into purse from wallet where shard = shard_of(p_viewer_id) and viewer_id = p_viewer_id;
    select * into b from brake where id = purse.brake_id;
    if not found then
        return null;
    end if;
    if not b.is_shared then
        b.given := given_of(purse);
        b.given_at := purse.combo_at;
    end if;
    return turned_brake(b, p_at);
end $$;

CREATE FUNCTION public.brake_on(p_brake public.brake, p_at timestamp with time zone, p_worth bigint, p_creator_given bigint, p_confirmed_minor bigint) RETURNS public.brake_word
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    word brake_word;
    is_night constant boolean := coalesce(p_at >= p_brake.night_since and p_at < p_brake.night_until, false);
begin
    word.worth := p_worth;
    word.currency := p_brake.currency;
    word.session_given := p_brake.given - p_brake.session_mark;
    select name, p_brake.given - mark, most into word.period, word.period_given, word.period_max from period_of(p_brake);
    word.reminds := false;
    if p_brake.stopped_until > p_at then
        word.stopped_by := case when p_brake.stopped_until = 'infinity' then 'guardian' else 'pause' end;
        word.room := 0;
        word.ends_at := nullif(p_brake.stopped_until, 'infinity');
    elsif is_night and not p_brake.night_asks then
        word.stopped_by := 'night';
        word.room := 0;
        word.ends_at := p_brake.night_until;
    else
        select l.name, greatest(l.most - l.given, 0), l.until into word.stopped_by, word.room, word.ends_at
        from (values
            ('gift', p_brake.gift_max, 0, null::timestamptz),
            ('creator', p_brake.creator_max, p_creator_given, p_brake.month_until),
            ('session', p_brake.session_max, p_brake.given - p_brake.session_mark,
                coalesce(p_brake.given_at, p_at) + session_gap()),
            ('day', p_brake.day_max, p_brake.given - p_brake.day_mark, p_brake.day_until),
            ('week', p_brake.week_max, p_brake.given - p_brake.week_mark, p_brake.week_until),
            ('month', p_brake.month_max, p_brake.given - p_brake.month_mark, p_brake.month_until)
        ) l (name, most, given, until)
        where p_worth > l.most - l.given
        order by l.until desc nulls first limit 1;
        if word.stopped_by is null and (is_night or p_worth > p_brake.ask_above)
            and p_worth > coalesce(p_confirmed_minor, 0) * 1000000
        then
            word.stopped_by := 'ask';
        end if;
    end if;
    return word;
end $$;

CREATE FUNCTION public.break_holds(p_purse public.wallet, p_lot_id uuid, p_coins bigint, p_at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    known hold;
    free bigint;
    broken integer := 0;
begin
    for known in
        select h.* from hold_piece p join hold h using (shard, hold_id)
        where p.shard = p_purse.shard and p.lot_id = p_lot_id and h.viewer_id = p_purse.viewer_id and h.state = 'held'
        order by h.held_at desc, h.hold_id desc
    loop
        select coalesce(sum(end_coin - greatest(start_coin, p_purse.spent)), 0) into free from strip
        where shard = p_purse.shard and viewer_id = p_purse.viewer_id and lot_id = p_lot_id and end_coin > p_purse.spent;
        exit when free >= p_coins;
        perform end_hold(p_purse, known, 'broken', p_at);
        broken := broken + 1;
    end loop;
    return broken;
end $$;

CREATE FUNCTION public.caps_passed(p_person_id bigint, p_order_id uuid, p_currency text, p_minor bigint, p_at timestamp with time zone, p_book integer, p_locks boolean, p_currencies text[], p_amounts bigint[], p_hours integer[]) RETURNS TABLE(number integer, left_minor bigint, fits_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    members constant bigint[] := spending_accounts(p_person_id);
    rates constant jsonb := (select b.rates from price_book b where b.version = p_book);
begin
    if p_locks then
        perform lock_wallets(members);
    end if;
    return query
    with worth as (
        select w.currency, w.cents from currency_worth(rates) w
    ), cap as (
        select c.number::integer, c.amount, make_interval(hours => c.hours) as lasts, c.currency, w.cents,
            case when c.currency = p_currency then p_minor
                else coalesce(p_minor * (select cents from worth where currency = p_currency) / w.cents, c.amount + 1) end as price
        from unnest(p_currencies, p_amounts, p_hours) with ordinality c (currency, amount, hours, number)
        left join worth w on w.currency = c.currency
    ), paid as (
        select coalesce(l.created_at, p_at) as at, coalesce(o.paid_currency, q.currency) as currency,
            coalesce(o.paid_minor, q.price_minor * o.quantity)::numeric
                * (coalesce(l.coins, 1) - coalesce(l.coins_reversed, 0)) / coalesce(l.coins, 1) as minor
        from unnest(members) person
        join recharge_order o on o.shard = shard_of(person) and o.person_id = person
        join quote q on q.shard = o.shard and q.person_id = o.person_id and q.quote_id = o.quote_id
        left join lot l on l.shard = o.shard and l.lot_id = o.order_id
        where o.state not in ('declined', 'expired', 'refused') and o.order_id is distinct from p_order_id
    ), counted as (
        select c.number, p.at, case when p.currency = c.currency then p.minor
            else coalesce(p.minor * w.cents / c.cents, c.amount) end as minor
        from cap c join paid p on p.at > p_at - c.lasts
        left join worth w on w.currency = p.currency
    ), leaving as (
        select k.number, k.at, sum(k.minor) over (partition by k.number order by k.at) as gone from counted k
    )
    select c.number, greatest(floor(room.minor), 0)::bigint,
        case when c.price <= c.amount then (
            select min(k.at + c.lasts) from leaving k where k.number = c.number and k.gone >= c.price - room.minor) end as until
    from cap c
    cross join lateral (
        select c.amount - coalesce(sum(k.minor), 0) as minor from counted k where k.number = c.number) room
    where c.price > room.minor
    order by until desc nulls first, c.number;
end $$;

CREATE FUNCTION public.case_is_decided_by_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (select from erasure e where e.person_id = old.person_id and e.begun_at is not null and e.erased_at is null) then
        new.reason := case when old.reason is not null then 'erased' end;
        return new;
    end if;
    if old.outcome is not null then
        raise exception 'a case is decided once' using errcode = 'check_violation', constraint = 'case_stays';
    end if;
    if are_linked(new.decided_by, new.person_id) then
        raise exception 'another operator decides of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'case_is_decided_by_another';
    end if;
    return new;
end $$;

CREATE FUNCTION public.charge(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gifts public.gift_line[], p_creator_shards smallint[], p_refused boolean[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[]) RETURNS record
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select array_replace(outcomes, 'braked', 'frozen'), coins_short, coins_after, combo_ids, combo_counts, charged_ats
    from charge_gifts(p_shard, p_charged_at, p_combo_window_ms, p_gifts, p_creator_shards, p_refused, null, null)
$$;

CREATE FUNCTION public.charge_gifts(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gifts public.gift_line[], p_creator_shards smallint[], p_refused boolean[], p_key_ids integer[], p_confirmed bigint[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[], OUT session_given bigint[], OUT period_given bigint[], OUT brakes public.brake_word[]) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
declare
    gifts constant integer := cardinality(p_gifts);
    combo_since constant timestamptz := p_charged_at - p_combo_window_ms * interval '1 millisecond';
    viewers constant bigint[] := array(select viewer_id from unnest(p_gifts));
    wallets wallet[];
    purse wallet;
    next_wallet integer := 1;
    viewer bigint;
    line gift_line;
    target_id bigint;
    changed wallet[] := '{}';
    is_changed boolean := false;
    asked wallet[] := '{}'; -- those of them whose brake was asked
    is_asked boolean := false;
    posted gift_line[] := '{}';
    posted_shards smallint[] := '{}';
    posted_keys integer[] := '{}'; -- stays empty when no gift is by a key
    previous_ids uuid[] := '{}';
    milestones gift_milestone[] := '{}';
    spent_befores bigint[] := '{}';
    remaining bigint[] := '{}';
    promotional integer[] := '{}';
    known gift;
    somebody_is_frozen boolean;
    is_braked boolean;
    ahead record;
    step brake_step;
    session_open timestamptz;
    i integer;
begin
    outcomes := array_fill(null::text, array[gifts]);
    coins_short := array_fill(0::bigint, array[gifts]);
    coins_after := array_fill(0::bigint, array[gifts]);
    combo_ids := array_fill(null::uuid, array[gifts]);
    combo_counts := array_fill(0, array[gifts]);
    charged_ats := array_fill(null::timestamptz, array[gifts]);

    -- The locks come first: whatever another batch did to these wallets is committed and visible below.
    wallets := array(
        select w from wallet w where w.shard = p_shard and w.viewer_id = any (viewers) order by w.viewer_id for no key update
    );

    somebody_is_frozen := exists (select from frozen_receiver where until > p_charged_at);
    if exists (select from brake where is_shared) then
        perform from brake b where b.is_shared and b.id in (select w.brake_id from unnest(wallets) w)
        order by b.id for no key update;
    end if;

    for i in 1..gifts loop
        line := p_gifts[i];
        if viewer is distinct from line.viewer_id then
            if is_changed then
                changed := array_append(changed, purse);
                is_changed := false;
                if is_asked then
                    asked := array_append(asked, purse);
                    is_asked := false;
                end if;
            end if;
            viewer := line.viewer_id;
            if (wallets[next_wallet]).viewer_id = viewer then
                purse := wallets[next_wallet];
                next_wallet := next_wallet + 1;
            else
                purse := null; -- by the names of columns: a wallet may have more of them
                purse.coins := 0;
            end if;
            is_braked := purse.brake_id is not null;
            if is_braked and session_open is null then
                session_open := p_charged_at - session_gap();
                session_given := array_fill(null::bigint, array[gifts]);
                period_given := session_given;
            end if;
        end if;
        -- Ids grow with time: only one that is not above the viewer's last can be known already.
        if line.id <= purse.last_gift_id then
            select * into known from gift where shard = p_shard and viewer_id = viewer and id = line.id;
            if found then
                if known.message is null and line.message is not null and exists (
                    select from message_removal m
                    where m.shard = p_shard and m.viewer_id = viewer and m.gift_id = line.id
                ) then
                    known.message := line.message; -- taken away since
                end if;
                if (known.creator_id, known.room_id, known.item_id, known.count, known.coins, known.message, known.anonymous,
                        known.video_id, known.position_ms, known.shares)
                    is not distinct from
                    (line.creator_id, line.room_id, line.item_id, line.count, line.coins, line.message, line.anonymous,
                        line.video_id, line.position_ms, line.shares)
                then
                    outcomes[i] := 'repeated';
                    coins_after[i] := known.coins_after;
                    combo_ids[i] := known.combo_id;
                    combo_counts[i] := known.combo_count;
                    charged_ats[i] := known.charged_at;
                else
                    outcomes[i] := 'conflict';
                end if;
                continue;
            end if;
        end if;
        if p_refused[i] then
            outcomes[i] := 'refused';
            continue;
        elsif purse.frozen_until > p_charged_at or somebody_is_frozen and has_frozen_receiver(line, p_charged_at) then
            outcomes[i] := 'frozen';
            continue;
        end if;
        -- Until it asks again, what was given follows from what was spent.
        if is_braked and (purse.spent + line.coins <= purse.free_through and line.coins <= purse.free_gift_max
            and p_charged_at < purse.brake_until and purse.combo_at > session_open) is not true
        then
            purse.given := given_of(purse);
            purse.given_spent := purse.spent;
            select w.* into ahead from brake b
            cross join lateral worth_from(p_shard, viewer, purse.spent, line.coins, b.currency, b.coin_worth) w
            where b.id = purse.brake_id;
            step := ask_brake(purse, line, ahead.worth, p_charged_at, p_confirmed[i]);
            brakes := coalesce(brakes, array_fill(null::brake_word, array[gifts]));
            if (step.word).stopped_by is not null then
                outcomes[i] := 'braked';
                brakes[i] := step.word;
                continue;
            elsif purse.coins >= line.coins then
                brakes[i] := step.word;
                purse := free_way(purse, step, line.coins, ahead.through, ahead.first_worth);
                is_asked := true;
            end if;
        end if;
        if purse.coins < line.coins then
            outcomes[i] := 'insufficient';
            coins_short[i] := line.coins - purse.coins;
        else
            target_id := coalesce(line.room_id, line.video_id);
            -- A combo is told of with its sender: one who hides is in none that names them.
            if purse.combo_room_id = target_id and purse.combo_creator_id = line.creator_id
                and purse.combo_item_id = line.item_id and purse.combo_anonymous = line.anonymous
                and purse.combo_at >= combo_since
            then
                purse.combo_count := purse.combo_count + line.count;
            else
                purse.combo_id := line.id;
                purse.combo_room_id := target_id;
                purse.combo_creator_id := line.creator_id;
                purse.combo_item_id := line.item_id;
                purse.combo_anonymous := line.anonymous;
                purse.combo_count := line.count;
            end if;
            purse.combo_at := p_charged_at;
            purse.last_gift_id := greatest(purse.last_gift_id, line.id);
            line.combo_id := purse.combo_id;
            line.combo_count := purse.combo_count;
            line.share_coins := case when line.shares is null then line.coins else 0 end;
            posted := array_append(posted, line);
            posted_shards := array_append(posted_shards, p_creator_shards[i]);
            if p_key_ids is not null then
                posted_keys := array_append(posted_keys, p_key_ids[i]);
            end if;
            previous_ids := array_append(previous_ids, purse.newest_gift_id);
            purse.newest_gift_id := line.id;
            purse.gifts_since_milestone := purse.gifts_since_milestone + 1;
            if purse.gifts_since_milestone >= gifts_between_milestones() then
                purse.gifts_since_milestone := 0;
                milestones := array_append(milestones, row(p_shard, viewer, purse.spent, line.id)::gift_milestone);
            end if;
            spent_befores := array_append(spent_befores, purse.spent);
            if purse.spent < purse.promotional_through then
                promotional := array_append(promotional, cardinality(posted));
            end if;
            purse.coins := purse.coins - line.coins;
            purse.spent := purse.spent + line.coins;
            if is_braked then
                session_given[i] := purse.given + (purse.spent - purse.given_spent) * purse.next_coin_worth - purse.session_mark;
                period_given[i] := session_given[i] + purse.session_mark - purse.period_mark;
            end if;
            remaining := array_append(remaining, purse.coins);
            outcomes[i] := 'posted';
            coins_after[i] := purse.coins;
            combo_ids[i] := purse.combo_id;
            combo_counts[i] := purse.combo_count;
            charged_ats[i] := p_charged_at;
            is_changed := true;
        end if;
    end loop;
    if is_changed then
        changed := array_append(changed, purse);
        if is_asked then
            asked := array_append(asked, purse);
        end if;
    end if;
    if cardinality(posted) = 0 then
        return;
    end if;

    if cardinality(asked) > 0 then -- before the coins are spent
        update wallet w
        set given = a.given, given_spent = a.given_spent, next_coin_worth = a.next_coin_worth, free_through = a.free_through,
            free_gift_max = a.free_gift_max, brake_until = a.brake_until, session_mark = a.session_mark, period_mark = a.period_mark
        from unnest(asked) a
        where w.shard = p_shard and w.viewer_id = a.viewer_id;
    end if;
    update wallet w
    set coins = c.coins, spent = c.spent, last_gift_id = c.last_gift_id, combo_id = c.combo_id, combo_room_id = c.combo_room_id,
        combo_creator_id = c.combo_creator_id, combo_item_id = c.combo_item_id, combo_anonymous = c.combo_anonymous,
        combo_count = c.combo_count, combo_at = c.combo_at, newest_gift_id = c.newest_gift_id,
        gifts_since_milestone = c.gifts_since_milestone
    from unnest(changed) c
    where w.shard = p_shard and w.viewer_id = c.viewer_id;

    if cardinality(milestones) > 0 then
        insert into gift_milestone (shard, viewer_id, spent_before, gift_id)
        select shard, viewer_id, spent_before, gift_id from unnest(milestones);
    end if;

    with accepted as materialized (
        select * from unnest(posted, posted_shards, previous_ids, spent_befores, remaining) with ordinality
            as a (id, viewer_id, creator_id, share_coins, room_id, item_id, count, coins, combo_id, combo_count, message,
                anonymous, video_id, position_ms, shares, creator_shard, previous_id, spent_before, remaining, place)
    ), shared as materialized (
        select a.place, s.share_no, s.creator_id, s.coins, s.creator_shard
        from accepted a
        cross join lateral unnest(a.shares) with ordinality as s (creator_id, coins, creator_shard, share_no)
        where a.shares is not null
    ), numbered as (
        update charge_stream s set charged_through = charged_through + 1
        where s.shard = p_shard
            and s.creator_shard = any (select creator_shard from accepted union all select creator_shard from shared)
        returning s.creator_shard, s.charged_through as batch_no
    ), written as (
        insert into gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after,
            combo_id, combo_count, message, anonymous, creator_shard, batch_no, charged_at, video_id, position_ms, shares,
            share_batch_nos, previous_gift_id, key_id)
        select p_shard, a.viewer_id, a.id, a.creator_id, a.room_id, a.item_id, a.count, a.coins, a.spent_before, a.remaining,
            a.combo_id, a.combo_count, a.message, a.anonymous, n.creator_shard, n.batch_no, p_charged_at,
            a.video_id, a.position_ms, a.shares, case when a.shares is not null then (
                select array_agg(b.batch_no order by s.share_no) from shared s join numbered b using (creator_shard)
                where s.place = a.place) end, a.previous_id, posted_keys[a.place]
        from accepted a join numbered n using (creator_shard)
    ), shown as (
        select creator_shard, count(*) as gifts, sum(share_coins) as coins, array_agg(posted[place] order by place) as lines
        from accepted group by creator_shard
    ), unshown as (
        select creator_shard, count(*) as gifts, sum(coins) as coins,
            array_agg(part_of(posted[place], creator_id, coins) order by place, share_no) as lines
        from shared group by creator_shard
    )
    insert into gift_batch (shard, creator_shard, batch_no, charged_at, gifts, coins, lines, unshown)
    select p_shard, n.creator_shard, n.batch_no, p_charged_at, coalesce(s.gifts, 0) + coalesce(u.gifts, 0),
        coalesce(s.coins, 0) + coalesce(u.coins, 0), coalesce(s.lines, '{}'), u.lines
    from numbered n left join shown s using (creator_shard) left join unshown u using (creator_shard);

    if cardinality(promotional) > 0 then
        perform mark_promotional(p_shard, array(select posted[place] from unnest(promotional) place));
    end if;
end $$;

CREATE FUNCTION public.check_code(p_kind text, p_name text, p_amount bigint, p_currency text, p_at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(h.hash, place) & 31) + 1, 1), '' order by place)
    from check_code_key k
    cross join lateral (select concat_ws('|', p_kind, p_name, p_amount, p_currency, to_char(p_at at time zone 'UTC', 'YYYY-MM-DD'))) d (said)
    cross join lateral (select sha256(k.key || sha256(k.key || convert_to(d.said, 'UTF8')))) h (hash)
    cross join generate_series(0, 11) place
$$;

CREATE FUNCTION public.clocks_show(p_local timestamp without time zone, p_time_zone text, p_begins boolean) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    around constant interval := '3 hours';
    at constant timestamptz := p_local at time zone p_time_zone;
begin
    if (at - around) at time zone p_time_zone = p_local - around and (at + around) at time zone p_time_zone = p_local + around then
        return at; -- they are not changed near it
    end if;
    return (
        select case when p_begins then min(minute) filter (where shown >= p_local)
            else max(minute) filter (where shown < p_local) + interval '1 minute' end
        from generate_series(at - around, at, '1 minute') minute
        cross join lateral (select minute at time zone p_time_zone as shown) s);
end $$;

CREATE TABLE public.lot (
    shard smallint NOT NULL,
    lot_id uuid NOT NULL,
    viewer_id bigint NOT NULL,
    kind text NOT NULL,
    coins bigint NOT NULL,
    price_minor bigint,
    currency text,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    coins_reversed bigint DEFAULT 0 NOT NULL,
    coins_expired bigint DEFAULT 0 NOT NULL,
    coins_held bigint DEFAULT 0 NOT NULL,
    CONSTRAINT lot_check CHECK ((expires_at > created_at)),
    CONSTRAINT lot_coins_check CHECK ((coins > 0)),
    CONSTRAINT lot_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT lot_kind_check CHECK ((kind = ANY (ARRAY['paid'::text, 'promotional'::text]))),
    CONSTRAINT lot_not_over_held CHECK (((coins_held >= 0) AND (((coins_reversed + coins_expired) + coins_held) <= coins))),
    CONSTRAINT lot_not_over_reversed CHECK (((coins_reversed >= 0) AND (coins_expired >= 0) AND ((coins_reversed + coins_expired) <= coins))),
    CONSTRAINT lot_paid_has_price CHECK (((kind = 'paid'::text) = ((price_minor IS NOT NULL) AND (currency IS NOT NULL)))),
    CONSTRAINT lot_price_minor_check CHECK ((price_minor >= 0))
);

COMMENT ON COLUMN public.lot.coins_reversed IS 'taken back by reversals, spent and unspent, less what was put back';

COMMENT ON COLUMN public.lot.coins_held IS 'set aside by holds: unspent, and not on the strip';

CREATE FUNCTION public.coin_worth_of(p_lot public.lot, p_currency text, p_coin_worth bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when p_lot.kind = 'paid' and p_lot.currency = p_currency
        then round(p_lot.price_minor::numeric * 1000000 / p_lot.coins)::bigint else p_coin_worth end
$$;

CREATE FUNCTION public.coins_bring_more_than_payouts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    recorded_at constant timestamptz :=
        coalesce(to_jsonb(new) ->> 'recorded_at', to_jsonb(new) ->> 'published_at', to_jsonb(new) ->> 'withdrawn_at');
    rule constant integer := case tg_table_name when 'reward_rule' then (to_jsonb(new) ->> 'version')::integer end;
    rate constant integer := case tg_table_name when 'payout_rate' then (to_jsonb(new) ->> 'version')::integer end;
begin
    perform pg_advisory_xact_lock(hashtext('plaudit.margin'));
    if coalesce(rule, rate) is not null and not exists (
        select from best_payouts(recorded_at, null, null, null) b
        left join best_payouts(recorded_at, null, rule, rate) w using (version)
        where b.cents > coalesce(w.cents, 0)
    ) then
        return null;
    end if;
    perform from sold_below_payout(recorded_at, null, null) l
    where tg_table_name <> 'price_book' or l.book_version = (to_jsonb(new) ->> 'version')::integer;
    if found then
        raise check_violation using message = 'coins would be sold for no more than they can be paid out for',
            constraint = 'coins_bring_more_than_payouts', table = tg_table_name;
    end if;
    return null;
end $$;

CREATE FUNCTION public.coins_cap(p_person_id bigint, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select min(s.coins_max) from safety_step s
    where s.kind = 'cap' and s.lifted_at is null and s.began_at <= p_at and s.ends_at > p_at
        and s.person_id in (select accounts_of(p_person_id))
$$;

CREATE FUNCTION public.consents_of(p_person_id bigint) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(array_agg(distinct c.action), '{}') from rule_consent c
    where c.person_id = p_person_id and c.ended_at is null and exists (
        select from age_assurance a
        where a.person_id = c.given_by and a.at_least >= 18 and a.level >= 2 and a.revoked_at is null)
$$;

CREATE TABLE public.conversion (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    coins_requested bigint,
    coins bigint NOT NULL,
    diamonds bigint NOT NULL,
    rule_version integer NOT NULL,
    converted_at timestamp with time zone NOT NULL,
    matures_at timestamp with time zone NOT NULL,
    matured_at timestamp with time zone,
    coins_clawed bigint DEFAULT 0 NOT NULL,
    diamonds_clawed bigint DEFAULT 0 NOT NULL,
    diamonds_matured bigint,
    maturity_tries integer DEFAULT 0 NOT NULL,
    maturity_due_at timestamp with time zone,
    maturity_error text,
    maturity_leased_until timestamp with time zone,
    maturity_failed_with text,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT conversion_check CHECK ((matures_at >= converted_at)),
    CONSTRAINT conversion_check1 CHECK ((matured_at >= matures_at)),
    CONSTRAINT conversion_check2 CHECK ((coins <= coins_requested)),
    CONSTRAINT conversion_check3 CHECK (((coins_clawed >= 0) AND (coins_clawed <= coins))),
    CONSTRAINT conversion_check4 CHECK (((diamonds_matured >= 0) AND (diamonds_matured <= diamonds))),
    CONSTRAINT conversion_check5 CHECK (((diamonds_matured IS NULL) = (matured_at IS NULL))),
    CONSTRAINT conversion_clawed_in_proportion CHECK (((diamonds_clawed)::numeric = div(((diamonds)::numeric * (coins_clawed)::numeric), (coins)::numeric))),
    CONSTRAINT conversion_coins_check CHECK ((coins > 0)),
    CONSTRAINT conversion_coins_requested_check CHECK ((coins_requested > 0)),
    CONSTRAINT conversion_diamonds_check CHECK ((diamonds > 0))
)
WITH (fillfactor='80');

COMMENT ON COLUMN public.conversion.diamonds_matured IS 'what became available: less what had been clawed back until then';

COMMENT ON COLUMN public.conversion.maturity_due_at IS 'when it may be matured after a try that failed; null: when it matures';

COMMENT ON COLUMN public.conversion.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE FUNCTION public.conversion_is_at_its_rule(p_conversion public.conversion) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (
        select from reward_rule r
        where r.version = p_conversion.rule_version and reward_rule_held(r, p_conversion.converted_at)
            and p_conversion.diamonds = div(p_conversion.coins::numeric * r.numerator, r.denominator)
            and p_conversion.matures_at = p_conversion.converted_at + make_interval(secs => r.maturity_s))
$$;

CREATE FUNCTION public.converted_at_its_rule() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not conversion_is_at_its_rule(new) then
        raise exception 'a conversion is at the rule that holds'
            using errcode = 'check_violation', constraint = 'converted_at_its_rule';
    end if;
    return null;
end $$;

CREATE TABLE public.earnings_statement (
    year smallint NOT NULL,
    number integer NOT NULL,
    follows integer GENERATED ALWAYS AS (NULLIF((number - 1), 0)) STORED,
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    month date NOT NULL,
    edition smallint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    issuer_name text NOT NULL,
    issuer_address text NOT NULL,
    issuer_tax_id text NOT NULL,
    creator_name text NOT NULL,
    reason text NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT earnings_statement_check CHECK ((EXTRACT(year FROM (issued_at AT TIME ZONE 'UTC'::text)) = (year)::numeric)),
    CONSTRAINT earnings_statement_correction_says_why CHECK (((edition = 1) = (reason = ''::text))),
    CONSTRAINT earnings_statement_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT earnings_statement_is_of_a_month_that_is_over CHECK (((month + '1 mon'::interval) <= (issued_at AT TIME ZONE 'UTC'::text))),
    CONSTRAINT earnings_statement_number_check CHECK ((number > 0))
);

COMMENT ON COLUMN public.earnings_statement.reason IS 'why an earlier one is corrected, as its creator reads it';

COMMENT ON COLUMN public.earnings_statement.hash IS 'of all that it says';

CREATE FUNCTION public.correct_statements(p_creator_id bigint, p_month date, p_at timestamp with time zone, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_reason text) RETURNS SETOF public.earnings_statement
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_shard constant smallint := shard_of(p_creator_id);
    v_next date;
    v_month date := p_month;
    v_last earnings_month;
    v_edition smallint;
    v_months earnings_month[] := '{}';
begin
    select p.month into v_next from earnings_position p where p.shard = v_shard for no key update;
    while v_month < v_next loop
        select m.* into v_last from earnings_in_force(v_shard, v_month, p_creator_id) m;
        v_edition := coalesce(v_last.edition, 0) + 1;
        perform write_earnings(v_shard, v_month, v_edition, p_creator_id);
        if v_last.edition is not null and earnings_says_the_same(v_shard, p_creator_id, v_month, v_last.edition, v_edition) then
            delete from earnings_gift g where (g.shard, g.creator_id, g.month, g.edition) = (v_shard, p_creator_id, v_month, v_edition);
            delete from earnings_country c where (c.shard, c.creator_id, c.month, c.edition) = (v_shard, p_creator_id, v_month, v_edition);
            delete from earnings_line l where (l.shard, l.creator_id, l.month, l.edition) = (v_shard, p_creator_id, v_month, v_edition);
            delete from earnings_month m where (m.shard, m.creator_id, m.month, m.edition) = (v_shard, p_creator_id, v_month, v_edition);
        elsif v_edition > 1 then
            v_months := v_months || array(
                select m from earnings_month m
                where (m.shard, m.creator_id, m.month, m.edition) = (v_shard, p_creator_id, v_month, v_edition));
        end if;
        if v_edition = 1 then
            update earnings_position p set issuing = least(p.issuing, v_month) where p.shard = v_shard;
        end if;
        v_month := (v_month + interval '1 month')::date;
    end loop;
    return query select * from number_statements(v_months, p_at, p_issuer_name, p_issuer_address, p_issuer_tax_id, p_reason);
end $$;

CREATE FUNCTION public.cost_of(p_net_minor bigint, p_coins bigint, p_unspent bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
    select div(2 * p_net_minor::numeric * p_unspent + p_coins, 2 * p_coins::numeric)::bigint
$$;

CREATE FUNCTION public.currency_places(p_currency text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case
        when p_currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV',
            'XAF', 'XOF', 'XPF') then 0
        when p_currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
        when p_currency in ('CLF', 'UYW') then 4
        else 2
    end
$$;

CREATE FUNCTION public.currency_worth(p_rates jsonb) RETURNS TABLE(currency text, cents numeric)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    with newest as (
        select r.currency, r.per_euro from exchange_rate r where r.day = (select max(day) from exchange_rate)
        union all select 'EUR', 1 where exists (select from exchange_rate)
    ), quoted as (
        select n.currency, d.per_euro * 100 / n.per_euro / 10 ^ currency_places(n.currency) as cents
        from newest n join newest d on d.currency = 'USD'
    )
    select currency, cents from quoted
    union all
    select r.key, split_part(r.value, '/', 2)::numeric / split_part(r.value, '/', 1)::numeric
    from jsonb_each_text(p_rates) r
    where r.value ~ '^[1-9][0-9]*/[1-9][0-9]*$' and r.key not in (select currency from quoted)
    union all
    select 'USD', 1 where not exists (select from quoted) and not coalesce(p_rates ? 'USD', false)
$_$;

CREATE FUNCTION public.debt_is_owed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if (select beneficiary_id from decision where id = new.decision_id) is distinct from new.creator_id then
        raise exception 'the decision is about another creator'
            using errcode = 'check_violation', constraint = 'debt_write_off_is_decided';
    end if;
    if new.diamonds > coalesce((
        select a.overdraft from account a
        where a.shard = new.shard and a.kind = 'diamonds_available' and a.owner_id = new.creator_id and a.asset = 'DIAMOND'
    ), 0) then
        raise exception 'that much is not owed' using errcode = 'check_violation', constraint = 'debt_write_off_is_owed';
    end if;
    return new;
end $$;

CREATE FUNCTION public.decided_book(p_decision_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p.book::jsonb from decision d
    join price_book_proposal p on p.sha256 = decode(d.content::jsonb ->> 'book_sha256', 'hex')
    where d.id = p_decision_id
$$;

CREATE FUNCTION public.decision_bound_at(p_name text, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select b.value from decision_bound b
    where b.name = p_name and coalesce(b.effective_at, b.recorded_at) <= p_at
        and not exists (select from decision_bound_withdrawal w where (w.name, w.version) = (b.name, b.version))
    order by b.version desc limit 1
$$;

CREATE FUNCTION public.decision_bound_of(p_name text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when bound_is_a_time(p_name) then greatest(b.value, bound_widest(p_name))
        else least(b.value, bound_widest(p_name)) end
    from decision_bound b
    where b.name = p_name and (b.effective_at is null or b.effective_at <= now())
        and not exists (select from decision_bound_withdrawal w where (w.name, w.version) = (b.name, b.version))
    order by b.version desc limit 1
$$;

CREATE FUNCTION public.decision_bound_within(p_name text, p_from timestamp with time zone, p_until timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select max(b.value) from decision_bound b
    where b.name = p_name and coalesce(b.effective_at, b.recorded_at) between p_from and p_until
        and not exists (select from decision_bound_withdrawal w where (w.name, w.version) = (b.name, b.version))
$$;

CREATE FUNCTION public.decision_is_kept() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if tg_op = 'DELETE' then
        raise exception 'decisions are kept' using errcode = 'restrict_violation';
    end if;
    if tg_op = 'UPDATE' and (old.outcome is not null
        or (old.id, old.kind, old.subject, old.content, old.before, old.note, old.beneficiary_id, old.proposed_by,
            old.proposed_at, old.expires_at)
        is distinct from (new.id, new.kind, new.subject, new.content, new.before, new.note, new.beneficiary_id,
            new.proposed_by, new.proposed_at, new.expires_at))
    then
        raise exception 'a decision is ended once, and nothing else of it changes' using errcode = 'restrict_violation';
    end if;
    -- That they are not the same is a matter of constraints.
    if are_linked(new.proposed_by, nullif(new.beneficiary_id, new.proposed_by))
        or new.outcome = 'confirmed' and (are_linked(new.proposed_by, nullif(new.decided_by, new.proposed_by))
            or are_linked(new.decided_by, nullif(new.beneficiary_id, new.decided_by)))
    then
        raise exception 'accounts of one person cannot decide together, or for each other'
            using errcode = 'check_violation', constraint = 'decision_parties_are_not_linked';
    end if;
    return new;
end $$;

CREATE FUNCTION public.decision_is_seen_by_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not exists (select from decision where id = new.decision_id and emergency and not are_linked(decided_by, new.seen_by)) then
        raise exception 'another operator sees what was decided in an emergency'
            using errcode = 'check_violation', constraint = 'decision_is_seen_by_another';
    end if;
    return new;
end $$;

CREATE FUNCTION public.decision_lead_s(p_kind text, p_content text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when p_kind = 'bound' and bound_is_narrower(p_content::jsonb ->> 'name', (p_content::jsonb ->> 'value')::bigint)
        then 0 else coalesce(decision_bound_of(p_kind || '_lead_s'), 0) end
$$;

CREATE TABLE public.frame (
    shard smallint NOT NULL,
    room_id bigint NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    body jsonb,
    lines public.gift_line[],
    CONSTRAINT frame_check CHECK (((kind = 'gift'::text) = (lines IS NOT NULL))),
    CONSTRAINT frame_check1 CHECK (((kind = 'gift'::text) = (body IS NULL))),
    CONSTRAINT frame_seq_check CHECK ((seq > 0))
);

COMMENT ON COLUMN public.frame.room_id IS 'the room or video';

CREATE FUNCTION public.deliver(p_shard smallint, p_source_shard smallint, p_delivered_at timestamp with time zone, p_batches_max integer, p_watched bigint[]) RETURNS SETOF public.frame
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    AS $$
declare
    stream delivery_stream;
    through bigint;
    batch_count bigint;
    v_lines gift_line[]; -- shown
    v_unshown gift_line[];
    v_all gift_line[];
    sum_creators bigint[]; sum_coins bigint[];
    v_total bigint;
    shown frame;
begin
    select * into stream from delivery_stream s
    where s.shard = p_shard and s.source_shard = p_source_shard for no key update skip locked;
    if not found then
        return;
    end if;

    with taken as (
        delete from gift_batch g
        where g.shard = p_source_shard and g.creator_shard = p_shard
            and g.batch_no > stream.delivered_through and g.batch_no <= stream.delivered_through + p_batches_max
        returning g.batch_no, g.lines, g.unshown
    ), opened as (
        select t.batch_no, generate_subscripts(t.lines, 1) as place, unnest(t.lines) as line from taken t
    ), opened_unshown as (
        select t.batch_no, generate_subscripts(t.unshown, 1) as place, unnest(t.unshown) as line from taken t
        where t.unshown is not null
    )
    select (select count(*) from taken), (select max(batch_no) from taken), array_agg(o.line order by o.batch_no, o.place),
        (select array_agg(u.line order by u.batch_no, u.place) from opened_unshown u)
    into batch_count, through, v_lines, v_unshown from opened o;
    if batch_count = 0 then
        return;
    end if;
    if through <> stream.delivered_through + batch_count then
        raise exception 'stream % -> %: a batch is missing between % and %',
            p_source_shard, p_shard, stream.delivered_through, through using errcode = 'data_corrupted';
    end if;

    v_all := case when v_unshown is null then v_lines else v_lines || v_unshown end;
    with sums as (
        select u.creator_id, sum(u.share_coins)::bigint as coins from unnest(v_all) u where u.share_coins > 0
        group by u.creator_id
    )
    select coalesce(array_agg(creator_id order by creator_id), '{}'), coalesce(array_agg(coins order by creator_id), '{}'),
        coalesce(sum(coins), 0)
    into sum_creators, sum_coins, v_total from sums;

    insert into gift_balance as g (shard, creator_id, balance, received)
    select p_shard, u.creator_id, u.coins, u.coins from unnest(sum_creators, sum_coins) as u (creator_id, coins)
    on conflict (shard, creator_id) do update
    set balance = g.balance + excluded.balance, received = g.received + excluded.received;

    stream.hash := delivery_hash(stream.hash, stream.delivered_through + 1, through, v_all);
    update delivery_stream s set delivered_through = through, hash = stream.hash
    where s.shard = p_shard and s.source_shard = p_source_shard;

    -- By the names of columns, not by their places: a frame may have more of them than this function knows.
    for shown.shard, shown.room_id, shown.seq, shown.kind, shown.at, shown.lines in
    with opened as (
        select generate_subscripts(v_lines, 1) as place, unnest(v_lines) as line
    ), per_room as (
        select coalesce((o.line).room_id, (o.line).video_id) as room_id, array_agg(o.line order by o.place) as lines
        from opened o group by 1
    ), numbered as (
        insert into room_head as h (shard, room_id, seq)
        select p_shard, r.room_id, 1 from per_room r order by r.room_id
        on conflict (shard, room_id) do update set seq = h.seq + 1
        returning h.room_id, h.seq
    ), written as (
        insert into frame (shard, room_id, seq, kind, at, lines)
        select p_shard, r.room_id, n.seq, 'gift', p_delivered_at, r.lines
        from per_room r join numbered n on n.room_id = r.room_id
        returning room_id, seq
    ), seen as (
        select coalesce(array_agg(w.room_id order by w.room_id), '{}') as room_ids,
            coalesce(array_agg(w.seq order by w.room_id), '{}') as seqs
        from written w
    ), logged as ( -- the last of all locks
        update gift_log g set through = g.through + 1 from seen where g.shard = p_shard returning g.through as log_no
    ), sealed as (
        insert into delivery (shard, source_shard, through_batch_no, from_batch_no, delivered_at, gifts, coins,
            creator_ids, creator_coins, hash, log_no, room_ids, seqs, unshown)
        select p_shard, p_source_shard, through, stream.delivered_through + 1, p_delivered_at, cardinality(v_all), v_total,
            sum_creators, sum_coins, stream.hash, l.log_no, s.room_ids, s.seqs, v_unshown
        from logged l cross join seen s
    )
    select p_shard, n.room_id, n.seq, 'gift', p_delivered_at, r.lines
    from numbered n left join per_room r on r.room_id = n.room_id and r.room_id = any (p_watched)
    loop
        return next shown;
    end loop;
end $$;

CREATE FUNCTION public.delivery_hash(p_previous bytea, p_from bigint, p_through bigint, p_lines public.gift_line[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select sha256(p_previous || int8send(p_from) || int8send(p_through) || array_send(array_agg(id))
        || array_send(array_agg(viewer_id)) || array_send(array_agg(creator_id)) || array_send(array_agg(share_coins)))
    from unnest(p_lines)
$$;

CREATE FUNCTION public.diamonds_have_a_cause() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    case new.reason
        when 'reward' then
            perform from conversion c
            join transfer t on t.shard = c.shard and t.reference = c.id and t.reason = 'conversion'
            where c.shard = new.shard and c.id = new.reference
                and (c.creator_id, c.diamonds, t.debit_owner, t.amount)
                    = (new.credit_owner, new.amount, new.credit_owner, c.coins);
        when 'maturity' then
            perform from conversion c
            where c.shard = new.shard and c.id = new.reference
                and (c.creator_id, c.creator_id, c.diamonds_matured) = (new.debit_owner, new.credit_owner, new.amount);
        when 'payout_given_back', 'payout_returned' then
            perform from payout p join payout_event e on e.shard = p.shard and e.payout_id = p.id
            where p.shard = new.shard and p.id = new.reference
                and (p.creator_id, p.creator_id, p.diamonds) = (new.debit_owner, new.credit_owner, new.amount)
                and e.to_state = any (case new.reason when 'payout_returned' then array['returned']
                    else array['refused', 'cancelled', 'failed'] end);
        else
            perform from clawback_part p
            where p.shard = new.shard and p.reference = new.reference
                and (p.creator_id, p.diamonds_returned, p.returned_pending)
                    = (new.credit_owner, new.amount, new.reason = 'clawback_pending_returned');
    end case;
    if not found then
        raise check_violation using message = format('%s of %s diamonds has no cause', new.reason, new.amount),
            constraint = 'diamonds_have_a_cause', table = 'transfer';
    end if;
    return null;
end $$;

CREATE FUNCTION public.earnings_hash(p_shard smallint, p_creator_id bigint, p_month date, p_edition smallint) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select sha256(convert_to(concat_ws(E'\n',
        (select concat_ws(' ', m.shard, m.creator_id, m.month, m.edition, m.gifts, m.received_coins, m.promotional_coins,
                m.opening_coins, m.coins_in, m.coins_out, m.opening_pending, m.pending_in, m.pending_out, m.opening_available,
                m.available_in, m.available_out, m.opening_in_payout, m.in_payout_in, m.in_payout_out)
            from earnings_month m where (m.shard, m.creator_id, m.month, m.edition) = (p_shard, p_creator_id, p_month, p_edition)),
        (select string_agg(concat_ws(' ', l.line, l.reason, coalesce(l.rule_version, 0), coalesce(l.payout_id::text, '-'),
                coalesce(extract(epoch from l.at), 0), l.movements, l.coins, l.pending, l.available, l.in_payout,
                coalesce(l.rate_version, 0), coalesce(l.currency, '-'), coalesce(l.gross_minor, 0), coalesce(l.fee_minor, 0)),
                E'\n' order by l.line)
            from earnings_line l where (l.shard, l.creator_id, l.month, l.edition) = (p_shard, p_creator_id, p_month, p_edition)),
        (select string_agg(concat_ws(' ', g.place_id, g.kind, g.country, g.is_video, g.gifts, g.coins), E'\n'
                order by g.place_id, g.kind, g.country)
            from earnings_gift g where (g.shard, g.creator_id, g.month, g.edition) = (p_shard, p_creator_id, p_month, p_edition)),
        (select string_agg(concat_ws(' ', c.country, c.opening_coins, c.coins_in, c.coins_out, c.diamonds), E'\n' order by c.country)
            from earnings_country c where (c.shard, c.creator_id, c.month, c.edition) = (p_shard, p_creator_id, p_month, p_edition))
    ), 'UTF8'))
$$;

CREATE TABLE public.earnings_month (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    month date NOT NULL,
    edition smallint NOT NULL,
    gifts bigint NOT NULL,
    received_coins bigint NOT NULL,
    promotional_coins bigint NOT NULL,
    opening_coins bigint NOT NULL,
    coins_in bigint NOT NULL,
    coins_out bigint NOT NULL,
    closing_coins bigint GENERATED ALWAYS AS (((opening_coins + coins_in) - coins_out)) STORED NOT NULL,
    opening_pending bigint NOT NULL,
    pending_in bigint NOT NULL,
    pending_out bigint NOT NULL,
    closing_pending bigint GENERATED ALWAYS AS (((opening_pending + pending_in) - pending_out)) STORED NOT NULL,
    opening_available bigint NOT NULL,
    available_in bigint NOT NULL,
    available_out bigint NOT NULL,
    closing_available bigint GENERATED ALWAYS AS (((opening_available + available_in) - available_out)) STORED NOT NULL,
    opening_in_payout bigint NOT NULL,
    in_payout_in bigint NOT NULL,
    in_payout_out bigint NOT NULL,
    closing_in_payout bigint GENERATED ALWAYS AS (((opening_in_payout + in_payout_in) - in_payout_out)) STORED NOT NULL,
    CONSTRAINT earnings_month_available_in_check CHECK ((available_in >= 0)),
    CONSTRAINT earnings_month_available_out_check CHECK ((available_out >= 0)),
    CONSTRAINT earnings_month_check CHECK (((promotional_coins >= 0) AND (promotional_coins <= received_coins))),
    CONSTRAINT earnings_month_check1 CHECK ((coins_in >= received_coins)),
    CONSTRAINT earnings_month_coins_out_check CHECK ((coins_out >= 0)),
    CONSTRAINT earnings_month_edition_check CHECK ((edition > 0)),
    CONSTRAINT earnings_month_gifts_check CHECK ((gifts >= 0)),
    CONSTRAINT earnings_month_in_payout_in_check CHECK ((in_payout_in >= 0)),
    CONSTRAINT earnings_month_in_payout_out_check CHECK ((in_payout_out >= 0)),
    CONSTRAINT earnings_month_month_check CHECK ((month = date_trunc('month'::text, (month)::timestamp with time zone))),
    CONSTRAINT earnings_month_pending_in_check CHECK ((pending_in >= 0)),
    CONSTRAINT earnings_month_pending_out_check CHECK ((pending_out >= 0)),
    CONSTRAINT earnings_month_received_coins_check CHECK ((received_coins >= 0))
);

COMMENT ON TABLE public.earnings_month IS 'gift balance, and diamonds that are pending, available and on their way in a payout';

COMMENT ON COLUMN public.earnings_month.promotional_coins IS 'of those received: coins an operator had given, which are never converted';

CREATE FUNCTION public.earnings_in_force(p_shard smallint, p_month date, p_creator_id bigint DEFAULT NULL::bigint) RETURNS SETOF public.earnings_month
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select distinct on (m.creator_id) m.* from earnings_month m
    where m.shard = p_shard and m.month = p_month and (p_creator_id is null or m.creator_id = p_creator_id)
    order by m.creator_id, m.edition desc
$$;

CREATE FUNCTION public.earnings_says_the_same(p_shard smallint, p_creator_id bigint, p_month date, p_one smallint, p_other smallint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select not exists (
        (select to_jsonb(m) - 'edition' from earnings_month m
            where (m.shard, m.creator_id, m.month) = (p_shard, p_creator_id, p_month) and m.edition in (p_one, p_other)
            group by 1 having count(*) <> 2)
        union all
        (select to_jsonb(l) - 'edition' from earnings_line l
            where (l.shard, l.creator_id, l.month) = (p_shard, p_creator_id, p_month) and l.edition in (p_one, p_other)
            group by 1 having count(*) <> 2)
        union all
        (select to_jsonb(g) - 'edition' from earnings_gift g
            where (g.shard, g.creator_id, g.month) = (p_shard, p_creator_id, p_month) and g.edition in (p_one, p_other)
            group by 1 having count(*) <> 2)
        union all
        (select to_jsonb(c) - 'edition' from earnings_country c
            where (c.shard, c.creator_id, c.month) = (p_shard, p_creator_id, p_month) and c.edition in (p_one, p_other)
            group by 1 having count(*) <> 2))
$$;

CREATE FUNCTION public.earnings_stand_still() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    stands_still bigint;
    there bigint;
begin
    if new.reason = 'conversion' then
        stands_still := frozen_coins_of(new.debit_owner, new.posted_at);
        select g.balance - promotional_received(g.shard, g.creator_id) into there from gift_balance g
        where g.shard = new.shard and g.creator_id = new.debit_owner;
    else
        stands_still := frozen_diamonds_of(new.debit_owner, new.posted_at);
        select a.balance into there from account a
        where a.shard = new.shard and a.kind = 'diamonds_available' and a.owner_id = new.debit_owner and a.asset = 'DIAMOND';
    end if;
    if stands_still > 0 and there < stands_still then
        raise exception '% of creator % takes what stands still', new.reason, new.debit_owner
            using errcode = 'check_violation', constraint = 'earnings_stand_still';
    end if;
    return null;
end $$;

CREATE FUNCTION public.empty_payout_methods(p_shards smallint[], p_ids uuid[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    update payout_method m
    set holder_name = '', account_ending = '', account_key = null, iban = null, bank_code = null, account_number = null,
        sealed_account = '', account_fingerprint = null, name_match = null, name_compared_at = null
    from unnest(p_shards, p_ids) as old (shard, id) where m.shard = old.shard and m.id = old.id;
    update payout_connection c set account = null, state = 'closed', needs = '{}', needs_by = null
    from unnest(p_shards, p_ids) as old (shard, id) where c.shard = old.shard and c.method_id = old.id
$$;

CREATE FUNCTION public.end_consents(p_person_id bigint, p_given_by bigint, p_action text, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    update rule_consent set ended_at = greatest(p_at, given_at)
    where person_id = p_person_id and given_by = p_given_by and (p_action is null or action = p_action) and ended_at is null
$$;

CREATE FUNCTION public.end_decision(p_id uuid, p_outcome text, p_by bigint, p_at timestamp with time zone, p_content_sha256 bytea, p_reason text, p_alone boolean, p_emergency boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    update decision d set outcome = p_outcome, decided_by = p_by, decided_at = p_at, reason = p_reason, alone = p_alone,
        emergency = p_emergency,
        effective_at = case when p_outcome = 'confirmed' then greatest(
            p_at + make_interval(secs => case when p_alone then 0 else decision_lead_s(d.kind, d.content) end),
            (d.content::jsonb ->> 'effective_at')::timestamptz
        ) end
    where d.id = p_id and d.outcome is null and (p_outcome <> 'confirmed' or d.content_sha256 = p_content_sha256);
    return found;
end $$;

CREATE FUNCTION public.end_guardianship(p_id uuid, p_at timestamp with time zone, p_because text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    ended guardianship;
begin
    update guardianship set ended_at = greatest(p_at, began_at), ended_because = p_because
    where id = p_id and ended_at is null returning * into ended;
    if ended.id is null then
        return false;
    end if;
    perform end_consents(ended.minor_id, ended.guardian_id, null, p_at);
    perform let_spend(ended.minor_id, ended.guardian_id, p_at, true);
    return true;
end $$;

CREATE TABLE public.hold (
    shard smallint NOT NULL,
    hold_id uuid NOT NULL,
    viewer_id bigint NOT NULL,
    purpose text NOT NULL,
    coins bigint NOT NULL,
    held_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    state text DEFAULT 'held'::text NOT NULL,
    previous_state text,
    ended_at timestamp with time zone,
    gift_id uuid,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT hold_check CHECK ((ends_at > held_at)),
    CONSTRAINT hold_check1 CHECK ((ended_at >= held_at)),
    CONSTRAINT hold_coins_check CHECK ((coins > 0)),
    CONSTRAINT hold_is_open_or_has_ended CHECK ((((state = 'held'::text) = (previous_state IS NULL)) AND ((state = 'held'::text) = (ended_at IS NULL)) AND ((state = 'held'::text) = (due_at IS NOT NULL)))),
    CONSTRAINT hold_is_spent_by_a_gift CHECK (((state = 'spent'::text) = (gift_id IS NOT NULL))),
    CONSTRAINT hold_is_spent_in_time CHECK (((state <> 'spent'::text) OR (ended_at < ends_at))),
    CONSTRAINT hold_lapses_at_its_end CHECK (((state <> 'lapsed'::text) OR (ended_at >= ends_at))),
    CONSTRAINT hold_purpose_check CHECK ((purpose ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
    CONSTRAINT hold_state_check CHECK ((state = ANY (ARRAY['held'::text, 'spent'::text, 'released'::text, 'lapsed'::text, 'broken'::text]))),
    CONSTRAINT hold_tries_check CHECK ((tries >= 0))
)
WITH (fillfactor='70');

COMMENT ON COLUMN public.hold.due_at IS 'when it is let go if nothing happens before: its end, later when that failed';

COMMENT ON COLUMN public.hold.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE FUNCTION public.end_hold(p_purse public.wallet, p_hold public.hold, p_state text, p_at timestamp with time zone, p_gift_id uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    update hold set previous_state = state, state = p_state, ended_at = greatest(p_at, held_at), gift_id = p_gift_id, due_at = null
    where shard = p_hold.shard and hold_id = p_hold.hold_id;
    perform move_held(p_purse, p_hold, -1, p_state = 'spent');
end $$;

CREATE FUNCTION public.end_provider_wait() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    new.provider_wait := null;
    new.provider_wait_until := null;
    return new;
end $$;

CREATE FUNCTION public.ensure_gift_partitions(p_now timestamp with time zone, p_months_ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    this_month constant timestamp := date_trunc('month', p_now at time zone 'UTC');
    month_end timestamp;
    bound uuid;  -- the first id of the month after
    last_bound uuid;
    made integer := 0;
    m integer;
begin
    perform pg_advisory_xact_lock(hashtext('plaudit.gift_partitions'));
    select max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([0-9a-f-]+)''\)'))[1])::uuid
    into last_bound from pg_inherits h join pg_class c on c.oid = h.inhrelid where h.inhparent = 'gift'::regclass;
    for m in 0..p_months_ahead loop
        month_end := this_month + (m + 1) * interval '1 month';
        bound := (lpad(to_hex((extract(epoch from month_end at time zone 'UTC') * 1000)::bigint), 12, '0')
            || '00000000000000000000')::uuid;
        if bound <= last_bound then
            continue;
        end if;
        execute format('create table %I partition of gift for values from (%s) to (%L)',
            'gift_' || to_char(this_month + m * interval '1 month', 'YYYYMM'),
            coalesce(quote_literal(last_bound), 'minvalue'), bound);
        last_bound := bound;
        made := made + 1;
    end loop;
    return made;
end $$;

CREATE FUNCTION public.erase_ages(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    delete from age_request where person_id = p_person_id;
    return 0;
end $$;

CREATE FUNCTION public.erase_brakes(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    members constant bigint[] := spending_accounts(p_person_id);
    v_at constant timestamptz := (
        select begun_at from erasure where person_id = p_person_id and begun_at is not null and erased_at is null);
    is_left constant boolean := exists (
        select from unnest(members) m where not exists (select from erasure e where e.person_id = m and e.begun_at is not null));
    gone constant bigint[] := case when is_left then array[p_person_id] else members end;
begin
    perform require_erasing(p_person_id);
    perform let_spend(g.person_id, g.set_by, v_at, true) from (
        select person_id, set_by from guardian_limit where set_by = any (gone) and not is_over
        union select person_id, set_by from guardian_stop where set_by = any (gone) and ended_at is null) g;
    delete from guardian_limit where set_by = any (gone) or person_id = any (gone);
    delete from guardian_stop where set_by = any (gone) or person_id = any (gone);
    if not exists (select from brake_terms where person_id = any (gone)) then
        return 0;
    end if;
    perform lock_wallets(members);
    delete from brake_limit where person_id = any (gone);
    delete from brake_pause where person_id = any (gone) and not (is_left and ends_at > v_at);
    delete from brake_terms t
    where t.person_id = any (gone) and not exists (select from brake_pause p where p.person_id = t.person_id);
    perform lay_brakes(p_person_id, v_at);
    return 0;
end $$;

CREATE FUNCTION public.erase_cards(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    if exists (select from card_customer where shard = shard_of(p_person_id) and person_id = p_person_id and customer_id is not null)
    then
        raise exception 'a provider still keeps cards' using errcode = 'object_not_in_prerequisite_state';
    end if;
    update card_customer set error = null where shard = shard_of(p_person_id) and person_id = p_person_id;
    update saved_card set provider_card_id = null where shard = shard_of(p_person_id) and person_id = p_person_id;
    return 0;
end $$;

CREATE FUNCTION public.erase_creators(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    update debt_write_off set reason = 'erased'
    where shard = shard_of(p_person_id) and creator_id = p_person_id and reason <> 'erased';
    return 0;
end $$;

CREATE FUNCTION public.erase_decisions(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    update person_link set note = 'erased' where p_person_id in (person_id, other_id);
    return 0;
end $$;

CREATE FUNCTION public.erase_events(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
    more integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select position, without_person(data::jsonb, p_person_id) as data from event
        where names_person(data, p_person_id) and data::text not like '%"subject": "erased"%' limit p_rows_max
    )
    update event e set data = s.data::json from chosen s where e.position = s.position;
    get diagnostics done = row_count;
    with chosen as (
        select number, without_person(data::jsonb, p_person_id) as data from event_waiting
        where names_person(data, p_person_id) and data::text not like '%"subject": "erased"%' limit p_rows_max
    )
    update event_waiting e set data = s.data::json from chosen s where e.number = s.number;
    get diagnostics more = row_count;
    return done + more;
end $$;

CREATE FUNCTION public.erase_freezes(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select id from freeze_record where person_id = p_person_id and reason <> 'erased' limit p_rows_max
    )
    update freeze_record f set reason = 'erased' from chosen s where f.id = s.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erase_grants(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    update coin_grant set reason = 'erased' where shard = shard_of(p_person_id) and person_id = p_person_id and reason <> 'erased';
    return 0;
end $$;

CREATE FUNCTION public.erase_guardians(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    delete from guardianship where p_person_id in (guardian_id, minor_id);
    delete from guardian_invitation where p_person_id in (guardian_id, minor_id);
    return 0;
end $$;

CREATE FUNCTION public.erase_instruments(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    delete from instrument where ctid in (select ctid from instrument where person_id = p_person_id limit p_rows_max);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erase_ledger(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
    v_shard constant smallint := shard_of(p_person_id);
    v_gift gift;
    v_frame frame;
    v_line gift_line;
    done integer := 0;
begin
    perform require_erasing(p_person_id);
    for v_gift in
        select * from gift where shard = v_shard and viewer_id = p_person_id and message is not null
        order by id limit p_rows_max for no key update
    loop
        select f.* into v_frame
        from delivery d cross join unnest(d.room_ids, d.seqs) as shown (room_id, seq)
        join frame f on f.shard = d.shard and f.room_id = shown.room_id and f.seq = shown.seq
        where d.shard = v_gift.creator_shard and d.source_shard = v_shard
            and v_gift.batch_no between d.from_batch_no and d.through_batch_no
            and shown.room_id = coalesce(v_gift.room_id, v_gift.video_id)
        for no key update of f;
        if not found then
            raise exception 'gift % is still to be delivered', v_gift.id using errcode = 'object_not_in_prerequisite_state';
        end if;
        for i in 1..cardinality(v_frame.lines) loop
            v_line := v_frame.lines[i];
            if v_line.viewer_id = p_person_id then
                v_line.message := null;
                v_frame.lines[i] := v_line;
            end if;
        end loop;
        update frame set lines = v_frame.lines
        where shard = v_frame.shard and room_id = v_frame.room_id and seq = v_frame.seq;
        update gift set message = null where shard = v_shard and viewer_id = p_person_id and id = v_gift.id;
        done := done + 1;
    end loop;
    for v_frame in
        select * from frame
        where kind = 'chat' and jsonb_path_query_array(body, '$.messages[*].sender_id') @> to_jsonb(p_person_id)
        limit p_rows_max for no key update
    loop
        update frame set body = jsonb_build_object('messages', coalesce((
            select jsonb_agg(m order by place) from jsonb_array_elements(v_frame.body -> 'messages') with ordinality as e (m, place)
            where (m ->> 'sender_id')::bigint <> p_person_id), '[]'))
        where shard = v_frame.shard and room_id = v_frame.room_id and seq = v_frame.seq;
        done := done + 1;
    end loop;
    return done;
end $_$;

CREATE FUNCTION public.erase_live(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    delete from overlay_token where creator_id = p_person_id;
    with chosen as (
        select id from room where creator_id = p_person_id
            and (title <> '–' or cover_url is not null or cover_alt <> '' or stage_url is not null or external_id is not null)
        limit p_rows_max
    )
    update room r set title = '–', cover_url = null, cover_alt = '', stage_url = null, external_id = null, request_sha256 = null
    from chosen s where r.id = s.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erase_mail(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    update mail set state = 'dropped', ended_at = greatest(now(), created_at), due_at = null, leased_until = null, failed_with = null
    where person_id = p_person_id and state = 'waiting';
    with chosen as (
        select mail_id from mail where person_id = p_person_id and (reason <> '' or error is not null) limit p_rows_max
    )
    update mail m set reason = '', error = null from chosen s where m.mail_id = s.mail_id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erase_official(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select id from scam_report where person_id = p_person_id and (words <> 'erased' or about <> '') limit p_rows_max
    )
    update scam_report r set words = 'erased', about = '' from chosen c where r.id = c.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erase_orders(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_shard constant smallint := shard_of(p_person_id);
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select shard, order_id from recharge_order where shard = v_shard and person_id = p_person_id
            and (return_url <> '' or checkout_url is not null or voucher is not null or poll_error is not null or locale <> 'en')
        limit p_rows_max
    )
    update recharge_order o set return_url = '', checkout_url = null, voucher = null, poll_error = null, locale = 'en'
    from chosen s where o.shard = s.shard and o.order_id = s.order_id;
    get diagnostics done = row_count;
    update quote_tax set postal_code = '' where shard = v_shard and person_id = p_person_id and postal_code <> '';
    update payment_problem p set detail = '', resolution = case when resolution is not null then 'erased' end
    from recharge_order o
    where o.shard = v_shard and o.person_id = p_person_id and p.shard = o.shard and p.order_id = o.order_id;
    return done;
end $$;

CREATE FUNCTION public.erase_payouts(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_shard constant smallint := shard_of(p_person_id);
begin
    perform require_erasing(p_person_id);
    update payout_method m set archived_at = greatest(now(), created_at)
    where m.shard = v_shard and m.creator_id = p_person_id and m.archived_at is null;
    update payout_method m
    set holder_name = '', account_ending = '', account_key = null, iban = null, bank_code = null, account_number = null,
        sealed_account = '', account_fingerprint = null, name_match = null, name_compared_at = null
    where m.shard = v_shard and m.creator_id = p_person_id and not exists (
        select from payout p where p.shard = v_shard and p.method_id = m.id and p.state in ('sent', 'paid', 'returned'));
    update payout_connection set account = null, state = 'closed', needs = '{}', needs_by = null
    where shard = v_shard and creator_id = p_person_id and not exists (
        select from payout p where p.shard = v_shard and p.method_id = payout_connection.method_id
            and p.state in ('sent', 'paid', 'returned'));
    update payout set attention = null, poll_error = null where shard = v_shard and creator_id = p_person_id;
    update payout_pass a set reason = '–'
    from payout p where p.shard = v_shard and p.creator_id = p_person_id and (a.shard, a.payout_id) = (p.shard, p.id);
    delete from vouched_name where shard = v_shard and creator_id = p_person_id;
    update screening set reference = null, last_error = null, due_at = null where shard = v_shard and creator_id = p_person_id;
    return 0;
end $$;

CREATE FUNCTION public.erase_people(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    update session set ended_at = greatest(now(), created_at), sealed_id_token = null where person_id = p_person_id and ended_at is null;
    delete from session where person_id = p_person_id;
    delete from sign_in_code where person_id = p_person_id;
    delete from allowance_taken where person_id = p_person_id;
    delete from person_email where person_id = p_person_id;
    update person_move set subject = 'erased:' || gen_random_uuid(), to_subject = null where p_person_id in (person_id, merged_id);
    update role_grant set taken_at = greatest(now(), granted_at) where person_id = p_person_id and taken_at is null;
    update person set subject = 'erased:' || gen_random_uuid(), handle = 'deleted-' || id, display_name = 'Deleted user', avatar = '',
        country = null, language = null, born_on = null, platform_roles = '{}', told_at = null, said_at = null
    where id = p_person_id;
    return 0;
end $$;

CREATE FUNCTION public.erase_policy(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select shard, decision_id from region_decision
        where shard = shard_of(p_person_id) and person_id = p_person_id
            and (network is not null or evidence @? '$[*] ? (@.detail != "")')
        limit p_rows_max
    )
    update region_decision d set network = null,
        evidence = (select coalesce(jsonb_agg(e || '{"detail": ""}' order by place), '[]')
            from jsonb_array_elements(d.evidence) with ordinality as x (e, place))
    from chosen s where d.shard = s.shard and d.decision_id = s.decision_id;
    get diagnostics done = row_count;
    return done;
end $_$;

CREATE FUNCTION public.erase_requests(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    delete from data_export_part where export_id in (select id from data_export where person_id = p_person_id);
    delete from data_export where person_id = p_person_id and state = 'waiting'; -- one that is being made is lost with it
    update data_export set state = 'deleted', reason = case when reason is not null then 'erased' end, error = null
    where person_id = p_person_id;
    update erasure set reason = case when reason is not null then 'erased' end, error = null where person_id = p_person_id;
    update legal_hold set reason = 'erased', lifted_because = 'erased' where person_id = p_person_id;
    return 0;
end $$;

CREATE FUNCTION public.erase_reversals(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    update minor_refund set reason = '' where person_id = p_person_id and reason <> '';
    with chosen as (
        select shard, reversal_id from reversal where shard = shard_of(p_person_id) and person_id = p_person_id
            and (reason <> '' or coalesce(request, '') <> '' or send_error is not null)
        limit p_rows_max
    )
    update reversal r set reason = '', request = case when r.request is not null then '' end, send_error = null
    from chosen s where r.shard = s.shard and r.reversal_id = s.reversal_id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erase_rules(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    delete from age_assurance where person_id = p_person_id;
    delete from age_silence where person_id = p_person_id;
    delete from store_guardian_withdrawal w using store_guardian c
    where c.person_id = p_person_id and (w.store, w.account) = (c.store, c.account) and not exists (
        select from store_guardian o where (o.store, o.account) = (c.store, c.account) and o.person_id <> p_person_id);
    delete from store_guardian where person_id = p_person_id;
    delete from rule_consent where p_person_id in (person_id, given_by);
    delete from person_subdivision where person_id = p_person_id;
    update rule_decision r set countries = '{}', at_least = null, under = null, level = null, method = null, source = null
    where (r.shard, r.reference, r.action) in (
        select shard, reference, action from rule_decision
        where shard = shard_of(p_person_id) and person_id = p_person_id and countries <> '{}'
        limit p_rows_max);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erase_safety(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    delete from safety_told where person_id = p_person_id;
    delete from safety_due where person_id = p_person_id;
    delete from safety_flow where viewer_id = p_person_id or shard = shard_of(p_person_id) and creator_id = p_person_id;
    update safety_finding set sentence = 'erased', evidence = '[{"kind": "erased", "key": "", "words": ""}]' where person_id = p_person_id and sentence <> 'erased';
    update safety_case set reason = 'erased' where person_id = p_person_id and reason <> 'erased';
    update safety_appeal set text = 'erased' where person_id = p_person_id and text <> 'erased';
    delete from link_proposal where p_person_id in (person_id, other_id);
    update safety_step set reason = 'erased' where person_id = p_person_id and reason <> 'erased';
    with chosen as (
        select e.id from safety_entry e join safety_case c on c.id = e.case_id
        where c.person_id = p_person_id and e.text not in ('', 'erased') limit p_rows_max
    )
    update safety_entry e set text = 'erased' from chosen s where e.id = s.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erase_stores(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    update store_transaction t
    set account_token = '', error = null, resolution = case when t.resolution is not null then 'erased' end
    where t.presented_by = p_person_id or exists (
        select from recharge_order o where o.shard = t.shard and o.order_id = t.order_id and o.person_id = p_person_id);
    return 0;
end $$;

CREATE FUNCTION public.erase_streams(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform require_erasing(p_person_id);
    update stream set name = replace(gen_random_uuid()::text, '-', '') where creator_id = p_person_id;
    update stream_key set hash = sha256(gen_random_uuid()::text::bytea), revoked_at = coalesce(revoked_at, now())
    where creator_id = p_person_id;
    return 0;
end $$;

CREATE FUNCTION public.erase_videos(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (select id from video where owner_id = p_person_id and title <> '–' limit p_rows_max for no key update)
    update video v set title = '–', state = 'deleted', cover_url = null, hls_url = null, external_id = 'erased-' || v.id
    from chosen s where v.id = s.id;
    get diagnostics done = row_count;
    update video set public_title = null where owner_id = p_person_id and public_title is not null;
    return done;
end $$;

CREATE FUNCTION public.erase_webhooks(p_person_id bigint, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select t.id from webhook_try t join event e on e.id = t.event_id
        where (t.answer <> '' or t.error <> '') and names_person(e.data, p_person_id) limit p_rows_max
    )
    update webhook_try t set answer = '', error = '' from chosen s where t.id = s.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.erasure_is_not_obstructed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if new.asked_by <> 'restore' and exists (
        select from erasure_obstacles(new.person_id, new.begun_at) o
        where not (o.code = 'coins' and new.gives_up_coins)
            and not (o.code in ('gift_balance', 'diamonds') and new.gives_up_earnings))
    then
        raise exception 'something is in the way of erasing person %', new.person_id
            using errcode = 'check_violation', constraint = 'erasure_is_not_obstructed';
    end if;
    return new;
end $$;

CREATE FUNCTION public.erasure_obstacles(p_person_id bigint, p_at timestamp with time zone) RETURNS TABLE(code text, amount bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with me as (select shard_of(p_person_id) as shard)
    select 'staff', n from staff_roles_of(p_person_id) n where n > 0
    union all
    select 'frozen', count(*) from freeze_record
    where person_id in (select merged_accounts(p_person_id)) and lifted_at is null and (ends_at is null or ends_at > p_at)
        and not exists (select from person_move m where m.id = freeze_record.id) having count(*) > 0
    union all
    select 'legal_hold', count(*) from legal_hold
    where person_id in (select merged_accounts(p_person_id)) and lifted_at is null having count(*) > 0
    union all
    select 'live', count(*) from room where creator_id = p_person_id and state = 'live' having count(*) > 0
    union all
    select 'open_orders', count(*) from recharge_order o, me
    where o.shard = me.shard and o.person_id = p_person_id and o.state in ('created', 'pending', 'authorised') having count(*) > 0
    union all
    select 'open_reversals', count(*) from reversal r, me
    where r.shard = me.shard and r.person_id = p_person_id and r.state in ('requested', 'sent', 'opened') having count(*) > 0
    union all
    select 'payment_problems', count(*) from payment_problem p join recharge_order o using (shard, order_id), me
    where o.shard = me.shard and o.person_id = p_person_id and p.resolved_at is null having count(*) > 0
    union all
    select 'open_payouts', count(*) from payout p, me
    where p.shard = me.shard and p.creator_id = p_person_id and p.state in ('requested', 'approved', 'sent') having count(*) > 0
    union all
    select 'open_clawbacks', count(*) from clawback where creator_id = p_person_id and applied_at is null having count(*) > 0
    union all
    -- A case that is open is said to be a decision: who is looked into is not told.
    select 'open_decisions', count(*) from (
        select from decision where outcome is null and p_person_id in (proposed_by, beneficiary_id)
        union all select from safety_case where outcome is null and person_id in (select merged_accounts(p_person_id))) s having count(*) > 0
    union all
    select 'held_coins', w.held from wallet w, me
    where w.shard = me.shard and w.viewer_id = p_person_id and w.held > 0
    union all
    select 'coins', w.coins from wallet w, me where w.shard = me.shard and w.viewer_id = p_person_id and w.coins > 0
    union all
    select 'gift_balance', g.balance from gift_balance g, me
    where g.shard = me.shard and g.creator_id = p_person_id and g.balance > 0
    union all
    select 'diamonds', sum(a.balance)::bigint from account a, me
    where a.shard = me.shard and a.owner_id = p_person_id and a.kind in ('diamonds_available', 'diamonds_pending')
    having sum(a.balance) > 0
$$;

CREATE FUNCTION public.expire_lot(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_now timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet;
    unspent bigint;
    reached bigint;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id;
    select coalesce(sum(end_coin - greatest(start_coin, purse.spent)), 0) into unspent from strip
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and end_coin > purse.spent;
    if unspent = 0 then
        return 0;
    end if;
    update lot set coins_expired = coins_expired + unspent where shard = p_shard and lot_id = p_lot_id
    returning coins_expired into reached;
    -- A lot can expire twice: coins that come back after it expired go as well. The reference says which time it is.
    perform record_transfer(p_shard, md5(p_lot_id::text || reached)::uuid, 'expiry', p_viewer_id, 0, 'COIN', unspent, p_now);
    perform move_balance(p_shard, 'coins_expired', 0, 'COIN', unspent);
    perform lay_strip(p_shard, p_viewer_id, purse.spent, p_lot_id, -unspent);
    update wallet set coins = coins - unspent where shard = p_shard and viewer_id = p_viewer_id;
    -- Their screens are told at the commit; without it they would find out by polling.
    perform pg_notify('plaudit_wallets', ':' || p_viewer_id);
    return unspent;
end $$;

CREATE FUNCTION public.expire_lots(p_now timestamp with time zone, p_lots_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    due lot;
    dues constant lot[] := array(
        select l from lot l where expires_at <= p_now and coins_reversed + coins_expired < coins and exists (
            select from strip s join wallet w using (shard, viewer_id)
            where s.shard = l.shard and s.viewer_id = l.viewer_id and s.lot_id = l.lot_id and s.end_coin > w.spent)
        order by expires_at limit p_lots_max);
    expired integer := 0;
begin
    -- All wallets before any account, and in the order in which charge() locks them: nobody waits for another in a circle.
    perform from wallet where (shard, viewer_id) in (select u.shard, u.viewer_id from unnest(dues) u)
    order by shard, viewer_id for no key update;
    foreach due in array dues loop
        if expire_lot(due.shard, due.viewer_id, due.lot_id, p_now) > 0 then
            expired := expired + 1;
        end if;
    end loop;
    return expired;
end $$;

CREATE FUNCTION public.expire_wallet(p_shard smallint, p_viewer_id bigint, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    due uuid;
begin
    for due in
        select lot_id from lot where shard = p_shard and viewer_id = p_viewer_id and expires_at <= p_now
            and coins_reversed + coins_expired < coins
        order by expires_at, lot_id
    loop
        perform expire_lot(p_shard, p_viewer_id, due, p_now);
    end loop;
end $$;

CREATE FUNCTION public.final_person(p_person_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with recursive way (id) as (
        select p_person_id union select m.person_id from way w join person_move m on m.merged_id = w.id)
    select w.id from way w where not exists (select from person_move m where m.merged_id = w.id)
$$;

CREATE FUNCTION public.free_way(p_purse public.wallet, p_step public.brake_step, p_coins bigint, p_through bigint, p_coin_worth bigint) RETURNS public.wallet
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet := p_purse;
begin
    purse.given := p_step.given;
    purse.given_spent := p_purse.spent + p_coins;
    purse.next_coin_worth := coalesce(p_coin_worth, 0);
    purse.free_through := null;
    if purse.given_spent <= p_through and p_step.given_through is not null then
        purse.free_through := least(p_through,
            purse.given_spent::numeric + div(p_step.given_through - p_step.given, nullif(p_coin_worth, 0)));
    end if;
    purse.free_gift_max := coalesce(p_step.gift_worth_max / nullif(p_coin_worth, 0), p_step.gift_worth_max);
    purse.brake_until := p_step.brake_until;
    purse.session_mark := p_step.session_mark;
    purse.period_mark := p_step.period_mark;
    return purse;
end $$;

CREATE FUNCTION public.freeze_changes_by_being_lifted() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if tg_op = 'UPDATE' and exists (
        select from erasure e where e.person_id = old.person_id and e.begun_at is not null and e.erased_at is null)
    then
        new.reason := 'erased';
        new.message := case when old.message is not null then 'erased' end;
        new.lifted_because := case when old.lifted_because is not null then 'erased' end;
        return new;
    end if;
    if tg_op = 'DELETE' or old.lifted_at is not null then
        raise exception 'a freeze is lifted once and stays' using errcode = 'check_violation', constraint = 'freeze_stays';
    end if;
    return new;
end $$;

CREATE FUNCTION public.freeze_is_lifted_by_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if are_linked(new.lifted_by, new.person_id) then
        raise exception 'another operator lifts what is frozen of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'freeze_is_lifted_by_another';
    end if;
    return new;
end $$;

CREATE FUNCTION public.freeze_is_of_its_owner() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not (case new.what
        when 'lot' then exists (
            select from lot where shard = shard_of(new.person_id) and viewer_id = new.person_id and lot_id = new.lot_id)
        when 'room' then exists (select from room where id = new.room_id and creator_id = new.person_id)
        when 'payout_method' then exists (
            select from payout_method
            where shard = shard_of(new.person_id) and id = new.method_id and creator_id = new.person_id)
        when 'payout' then exists (
            select from payout where shard = shard_of(new.person_id) and id = new.payout_id and creator_id = new.person_id)
        else true end)
    then
        raise exception 'this % is not of %', new.what, new.person_id
            using errcode = 'foreign_key_violation', constraint = 'freeze_is_of_its_owner';
    end if;
    return new;
end $$;

CREATE FUNCTION public.freeze_is_of_what_was_earned() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if new.what = 'reward' then
        perform from conversion c where c.shard = shard_of(new.person_id) and c.id = new.conversion_id and c.creator_id = new.person_id;
    else
        perform from generate_series(0, (select shards - 1 from ledger_setting)) n (shard)
        join gift_part p on p.shard = n.shard and p.id = new.gift_id and p.creator_id = new.person_id and p.coins > 0;
    end if;
    if not found then
        raise foreign_key_violation using message = format('person %s earned no such %s', new.person_id, new.what);
    end if;
    return new;
end $$;

CREATE FUNCTION public.freeze_merged(p_id uuid, p_merged_id bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    insert into freeze_record (id, what, person_id, reason, frozen_at)
    values (p_id, 'person', p_merged_id, 'merged into another account, as their platform says', p_at)
$$;

CREATE FUNCTION public.freeze_receiver(p_kind text, p_id bigint, p_until timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if p_until is null then
        delete from frozen_receiver where kind = p_kind and id = p_id;
    else
        insert into frozen_receiver (kind, id, until) values (p_kind, p_id, p_until)
        on conflict (kind, id) do update set until = excluded.until;
    end if;
end $$;

CREATE FUNCTION public.frozen_coins_of(p_creator_id bigint, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(sum(p.coins - coalesce(r.coins, 0)), 0)::bigint
    from (
        select distinct f.gift_id from freeze_record f
        where f.person_id = p_creator_id and f.what = 'gift' and f.lifted_at is null and (f.ends_at is null or f.ends_at > p_at)
    ) frozen
    cross join generate_series(0, (select shards - 1 from ledger_setting)) n (shard)
    join gift_part p on p.shard = n.shard and p.id = frozen.gift_id and p.creator_id = p_creator_id
    left join lateral (
        select sum(m.coins) as coins from gift_reversal m
        where m.shard = p.shard and m.viewer_id = p.viewer_id and m.gift_id = p.id and m.creator_id = p_creator_id and m.lifted_at is null
    ) r on true
$$;

CREATE FUNCTION public.frozen_diamonds_of(p_creator_id bigint, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(sum(c.diamonds - c.diamonds_clawed), 0)::bigint
    from (
        select distinct f.conversion_id from freeze_record f
        where f.person_id = p_creator_id and f.what = 'reward' and f.lifted_at is null and (f.ends_at is null or f.ends_at > p_at)
    ) frozen
    join conversion c on c.shard = shard_of(p_creator_id) and c.id = frozen.conversion_id
    where c.matured_at is not null
$$;

CREATE FUNCTION public.frozen_lot_stays_held() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    until timestamptz;
    since timestamptz;
begin
    select max(f.ends_at), max(f.frozen_at) into until, since from freeze_record f
    where f.person_id = new.viewer_id and f.lot_id = new.lot_id and f.lifted_at is null;
    select greatest(since, max(h.ended_at)) into since from hold_piece p join hold h using (shard, hold_id)
    where p.shard = new.shard and p.lot_id = new.lot_id;
    if since < until then
        perform hold_lot(new.shard, new.viewer_id, gen_random_uuid(), new.lot_id, since, until);
    end if;
    return null;
end $$;

CREATE FUNCTION public.fund(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_kind text, p_reason text, p_coins bigint, p_price_minor bigint, p_currency text, p_at timestamp with time zone, p_expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet;
    added lot;
begin
    if p_reason not in ('recharge', 'promotion') then
        raise exception '% does not fund a wallet', p_reason using errcode = 'invalid_parameter_value';
    end if;
    insert into wallet (shard, viewer_id) values (p_shard, p_viewer_id) on conflict do nothing;
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    if not record_transfer(p_shard, p_lot_id, p_reason, 0, p_viewer_id, 'COIN', p_coins, p_at) then
        return false;
    end if;
    perform move_balance(p_shard, 'coins_issued', 0, 'COIN', -p_coins);
    insert into lot (shard, lot_id, viewer_id, kind, coins, price_minor, currency, created_at, expires_at)
    values (p_shard, p_lot_id, p_viewer_id, p_kind, p_coins, p_price_minor, p_currency, p_at, p_expires_at)
    returning * into added;
    if exists (
        select from strip s join lot l using (shard, viewer_id, lot_id)
        where s.shard = p_shard and s.viewer_id = p_viewer_id and s.end_coin > purse.spent
            and spend_rank(l) > spend_rank(added)
    ) then
        perform lay_strip(p_shard, p_viewer_id, purse.spent, p_lot_id, p_coins);
    else
        insert into strip (shard, viewer_id, start_coin, end_coin, lot_id)
        values (p_shard, p_viewer_id, purse.coins + purse.spent, purse.coins + purse.spent + p_coins, p_lot_id);
        if p_kind = 'promotional' then
            update wallet set promotional_through = purse.coins + purse.spent + p_coins
            where shard = p_shard and viewer_id = p_viewer_id;
        end if;
    end if;
    update wallet set coins = coins + p_coins where shard = p_shard and viewer_id = p_viewer_id;
    return true;
end $$;

CREATE FUNCTION public.general_account_of(p_account text, p_entity text, p_party text, p_day date) RETURNS TABLE(number text, name text)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select a.number, a.name from general_account a
    where a.account = p_account and a.entity in (p_entity, '') and a.party in (p_party, '') and a.valid_from <= p_day
    order by a.entity desc, a.party desc, a.valid_from desc, a.general_account_id desc limit 1
$$;

CREATE FUNCTION public.shares_are_the_price(p_shares public.gift_share[], p_coins bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(sum(coins) = p_coins and bool_and(coins > 0) and count(distinct creator_id) = count(*)
        and count(coins) = count(*) and count(creator_shard) = count(*), false)
    from unnest(p_shares)
$$;

COMMENT ON FUNCTION public.shares_are_the_price(p_shares public.gift_share[], p_coins bigint) IS 'each coin is one creator''s, who has one share';

CREATE TABLE public.gift (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    room_id bigint,
    item_id integer NOT NULL,
    count integer NOT NULL,
    coins bigint NOT NULL,
    spent_before bigint NOT NULL,
    coins_after bigint NOT NULL,
    combo_id uuid NOT NULL,
    combo_count integer NOT NULL,
    creator_shard smallint NOT NULL,
    batch_no bigint NOT NULL,
    charged_at timestamp with time zone NOT NULL,
    message text,
    anonymous boolean DEFAULT false NOT NULL,
    video_id bigint,
    position_ms integer,
    shares public.gift_share[],
    share_batch_nos bigint[],
    previous_gift_id uuid,
    key_id integer,
    CONSTRAINT gift_check CHECK (((count > 0) AND (coins > 0) AND (spent_before >= 0) AND (coins_after >= 0) AND (combo_count >= count))),
    CONSTRAINT gift_follows_another CHECK (((previous_gift_id IS NULL) = (spent_before = 0))),
    CONSTRAINT gift_has_one_target CHECK (((room_id IS NULL) <> (video_id IS NULL))),
    CONSTRAINT gift_message_check CHECK ((message <> ''::text)),
    CONSTRAINT gift_position_is_in_a_video CHECK (((position_ms IS NULL) OR ((position_ms >= 0) AND (video_id IS NOT NULL)))),
    CONSTRAINT gift_shares_are_few CHECK ((cardinality(shares) <= 16)),
    CONSTRAINT gift_shares_are_in_batches CHECK ((((shares IS NULL) = (share_batch_nos IS NULL)) AND (cardinality(shares) = cardinality(share_batch_nos)))),
    CONSTRAINT gift_shares_are_its_price CHECK (((shares IS NULL) OR public.shares_are_the_price(shares, coins)))
)
PARTITION BY RANGE (id);

COMMENT ON COLUMN public.gift.creator_id IS 'whom it is sent to';

COMMENT ON COLUMN public.gift.creator_shard IS 'where it is shown: that of whose room or video it is';

COMMENT ON COLUMN public.gift.video_id IS 'of the same numbers as rooms: none is both';

COMMENT ON COLUMN public.gift.shares IS 'who earns it, fixed when it is charged; null: all of it is of whom it is sent to';

COMMENT ON COLUMN public.gift.share_batch_nos IS 'the batch of each share, in its creator''s shard';

COMMENT ON COLUMN public.gift.previous_gift_id IS 'the one charged before it of the same viewer; null: it is the first';

COMMENT ON COLUMN public.gift.key_id IS 'with which a server sent it in somebody''s name; null: they themselves';

CREATE FUNCTION public.gifts_between(p_shard smallint, p_viewer_id bigint, p_start_coin bigint, p_end_coin bigint) RETURNS SETOF public.gift
    LANGUAGE sql STABLE
    AS $$
    select g.* from (
        select (
            select m.gift_id from gift_milestone m
            where m.shard = p_shard and m.viewer_id = p_viewer_id and m.spent_before >= p_end_coin
            order by m.spent_before limit 1
        ) as gift_id
    ) milestone cross join lateral gifts_of(p_shard, p_viewer_id, milestone.gift_id, p_start_coin) g
    where g.spent_before < p_end_coin and g.spent_before + g.coins > p_start_coin
$$;

CREATE FUNCTION public.gifts_between_milestones() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ select 256 $$;

CREATE FUNCTION public.gifts_of(p_shard smallint, p_viewer_id bigint, p_from_gift_id uuid, p_down_to bigint) RETURNS SETOF public.gift
    LANGUAGE sql STABLE
    AS $$
    with recursive walk as (
        select g as step from wallet w join gift g
            on g.shard = p_shard and g.viewer_id = p_viewer_id and g.id = coalesce(p_from_gift_id, w.newest_gift_id)
        where w.shard = p_shard and w.viewer_id = p_viewer_id
        union all
        select before.step from walk cross join lateral (
            select g as step from gift g
            where g.shard = p_shard and g.viewer_id = p_viewer_id and g.id = (walk.step).previous_gift_id
                and (walk.step).spent_before > p_down_to
            limit 1 -- one look-up, whatever the planner thinks of the table
        ) before
    )
    select (step).* from walk
$$;

CREATE FUNCTION public.gifts_since(p_shard smallint, p_viewer_id bigint, p_since timestamp with time zone) RETURNS SETOF public.gift
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select g.*
    from (
        select coalesce((
            select m.spent_before from gift_milestone m
            join gift g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id
            where m.shard = p_shard and m.viewer_id = p_viewer_id and g.charged_at < p_since
            order by m.spent_before desc limit 1), 0) as spent_before
    ) walked
    cross join lateral gifts_of(p_shard, p_viewer_id, null, walked.spent_before) g
    where g.charged_at >= p_since
$$;

CREATE FUNCTION public.given_by(p_members bigint[], p_since timestamp with time zone, p_brake public.brake) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(sum(given_since(shard_of(m), m, p_since, p_brake.currency, p_brake.coin_worth)), 0)::bigint
    from unnest(p_members) m
$$;

CREATE FUNCTION public.given_of(p_purse public.wallet) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_purse.given + (p_purse.spent - p_purse.given_spent) * p_purse.next_coin_worth
$$;

CREATE FUNCTION public.given_since(p_shard smallint, p_viewer_id bigint, p_since timestamp with time zone, p_currency text, p_coin_worth bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(sum(w.worth), 0)::bigint
    from gifts_since(p_shard, p_viewer_id, p_since) g
    cross join lateral worth_from(p_shard, p_viewer_id, g.spent_before, g.coins, p_currency, p_coin_worth) w
$$;

CREATE FUNCTION public.given_to(p_brake public.brake, p_creator_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(sum(c.given), 0)::bigint from brake_creator c
    where p_brake.creator_max is not null and c.brake_id = p_brake.id and c.creator_id = p_creator_id
        and c.since >= p_brake.month_since
$$;

CREATE FUNCTION public.grant_needs_two(p_coins bigint, p_operator_id bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_coins > decision_bound_of('grant_alone_coins')
        or p_coins + coalesce((
            select sum(coins) from coin_grant
            where granted_by in (select accounts_of(p_operator_id)) and decision_id is null
                and granted_at >= date_trunc('day', p_at, 'UTC')
        ), 0) > decision_bound_of('grant_alone_day_coins')
$$;

CREATE FUNCTION public.grant_takes_two() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if are_linked(new.granted_by, nullif(new.person_id, new.granted_by)) then
        raise exception 'nobody gives coins to an account linked to theirs'
            using errcode = 'check_violation', constraint = 'grant_not_to_oneself';
    end if;
    if new.decision_id is null and grant_needs_two(new.coins, new.granted_by, new.granted_at)
        or new.decision_id is not null
            and (select beneficiary_id from decision where id = new.decision_id) is distinct from new.person_id
    then
        raise exception 'a grant of so much needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'grant_is_decided';
    end if;
    return new;
end $$;

CREATE FUNCTION public.guardian_may_guard() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not is_of_age(new.guardian_id, new.began_at) or is_of_age(new.minor_id, new.began_at)
        or are_linked(new.guardian_id, new.minor_id)
    then
        raise exception 'a guardian is known to be of age, and the minor is not'
            using errcode = 'check_violation', constraint = 'guardian_may_guard';
    end if;
    return new;
end $$;

CREATE FUNCTION public.has_frozen_receiver(p_gift public.gift_line, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (
        select from frozen_receiver f
        where f.until > p_at and case f.kind
            when 'room' then f.id = p_gift.room_id
            else f.id = p_gift.creator_id or f.id in (select s.creator_id from unnest(p_gift.shares) s) end)
$$;

CREATE FUNCTION public.held_people() RETURNS TABLE(person_id bigint, why text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with recursive held (person_id, why) as (
        (select h.person_id, 'legal_hold' from legal_hold h where h.lifted_at is null
        union all
        select f.person_id, 'frozen' from freeze_record f
        where f.lifted_at is null and (f.ends_at is null or f.ends_at > now()) and not exists (select from person_move m where m.id = f.id)
        union all
        select r.person_id, 'reversal' from reversal r where r.state in ('requested', 'sent', 'opened')
        union all
        select o.person_id, 'payment_problem' from payment_problem p join recharge_order o using (shard, order_id)
        where p.resolved_at is null
        union all
        select d.beneficiary_id, 'decision' from decision d where d.outcome is null and d.beneficiary_id is not null)
        union
        select case m.merged_id when h.person_id then m.person_id else m.merged_id end, h.why
        from held h join person_move m on m.merged_id is not null and (m.merged_id = h.person_id or m.person_id = h.person_id)
    )
    select person_id, why from held
$$;

CREATE FUNCTION public.held_providers() RETURNS TABLE(side text, provider text, since timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with held as (select distinct person_id from held_people())
    select 'payments', o.provider, min(o.created_at) from held h
    join recharge_order o on o.shard = shard_of(h.person_id) and o.person_id = h.person_id group by o.provider
    union all
    select 'payouts', p.provider, min(p.requested_at) from held h
    join payout p on p.shard = shard_of(h.person_id) and p.creator_id = h.person_id group by p.provider
$$;

CREATE FUNCTION public.hold(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_purpose text, p_coins bigint, p_held_at timestamp with time zone, p_ends_at timestamp with time zone, p_holds_max integer, p_refused boolean, OUT outcome text, OUT coins_short bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet;
    known hold;
begin
    coins_short := 0;
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    select * into known from hold h where h.shard = p_shard and h.hold_id = p_hold_id;
    if found then
        outcome := case when (known.viewer_id, known.purpose, known.coins, known.ends_at)
            = (p_viewer_id, p_purpose, p_coins, p_ends_at) then 'repeated' else 'conflict' end;
    elsif p_refused then
        outcome := 'refused';
    elsif purse.frozen_until > p_held_at then
        outcome := 'frozen';
    elsif (select count(*) from hold h where h.shard = p_shard and h.viewer_id = p_viewer_id and h.state = 'held') >= p_holds_max
    then
        outcome := 'too_many';
    elsif coalesce(purse.coins, 0) < p_coins then
        outcome := 'insufficient';
        coins_short := p_coins - coalesce(purse.coins, 0);
    else
        insert into hold (shard, hold_id, viewer_id, purpose, coins, held_at, ends_at, due_at)
        values (p_shard, p_hold_id, p_viewer_id, p_purpose, p_coins, p_held_at, p_ends_at, p_ends_at)
        returning * into known;
        insert into hold_piece (shard, hold_id, viewer_id, lot_id, coins)
        select p_shard, p_hold_id, p_viewer_id, s.lot_id,
            sum(least(s.end_coin, purse.spent + p_coins) - greatest(s.start_coin, purse.spent))
        from strip s
        where s.shard = p_shard and s.viewer_id = p_viewer_id
            and s.start_coin < purse.spent + p_coins and s.end_coin > purse.spent
        group by s.lot_id;
        perform move_held(purse, known, 1, false);
        outcome := 'held';
    end if;
end $$;

CREATE FUNCTION public.hold_lot(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_lot_id uuid, p_held_at timestamp with time zone, p_ends_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet;
    made hold;
    free bigint;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    select coalesce(sum(end_coin - greatest(start_coin, purse.spent)), 0) into free from strip
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and end_coin > purse.spent;
    if free > 0 then
        insert into hold (shard, hold_id, viewer_id, purpose, coins, held_at, ends_at, due_at)
        values (p_shard, p_hold_id, p_viewer_id, 'freeze', free, p_held_at, p_ends_at, p_ends_at)
        returning * into made;
        insert into hold_piece (shard, hold_id, viewer_id, lot_id, coins)
        values (p_shard, p_hold_id, p_viewer_id, p_lot_id, free);
        perform move_held(purse, made, 1, false);
    end if;
    return free;
end $$;

CREATE FUNCTION public.is_decided_by_two(p_decision_id uuid, p_minor_refund_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_decision_id is not null
        or p_minor_refund_id is not null and exists (
            select from minor_refund where id = p_minor_refund_id and decision_id is not null)
$$;

CREATE FUNCTION public.is_frozen(p_at timestamp with time zone, p_person_id bigint, p_what text[], p_method_id uuid DEFAULT NULL::uuid, p_payout_id uuid DEFAULT NULL::uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (
        select from freeze_record f
        where f.person_id = p_person_id and f.lifted_at is null and (f.ends_at is null or f.ends_at > p_at)
            and (f.what = any (p_what) or f.method_id = p_method_id or f.payout_id = p_payout_id))
$$;

CREATE TABLE public.brake_limit (
    id uuid NOT NULL,
    number bigint NOT NULL,
    person_id bigint NOT NULL,
    kind text NOT NULL,
    amount_minor bigint,
    minutes integer,
    night_from_minute smallint,
    night_to_minute smallint,
    night_asks boolean,
    set_at timestamp with time zone NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    withdrawn_at timestamp with time zone,
    is_laid boolean DEFAULT false NOT NULL,
    CONSTRAINT brake_limit_amount_minor_check CHECK (((amount_minor >= 1) AND (amount_minor <= '1000000000000'::bigint))),
    CONSTRAINT brake_limit_check CHECK ((effective_at >= set_at)),
    CONSTRAINT brake_limit_check1 CHECK ((withdrawn_at >= set_at)),
    CONSTRAINT brake_limit_is_of_its_kind CHECK ((((amount_minor IS NULL) OR (kind <> ALL (ARRAY['night'::text, 'remind_minutes'::text]))) AND ((minutes IS NULL) OR (kind = 'remind_minutes'::text)) AND ((night_from_minute IS NULL) OR (kind = 'night'::text)) AND ((night_from_minute IS NULL) = (night_to_minute IS NULL)) AND ((night_from_minute IS NULL) = (night_asks IS NULL)) AND (night_from_minute IS DISTINCT FROM COALESCE((night_to_minute)::integer, '-1'::integer)))),
    CONSTRAINT brake_limit_is_withdrawn_before_it_holds CHECK (((withdrawn_at IS NULL) OR (NOT is_laid))),
    CONSTRAINT brake_limit_kind_check CHECK ((kind <> 'session_gap'::text)),
    CONSTRAINT brake_limit_minutes_check CHECK (((minutes >= 5) AND (minutes <= 1440))),
    CONSTRAINT brake_limit_night_from_minute_check CHECK (((night_from_minute >= 0) AND (night_from_minute <= 1439))),
    CONSTRAINT brake_limit_night_to_minute_check CHECK (((night_to_minute >= 0) AND (night_to_minute <= 1439)))
);

COMMENT ON TABLE public.brake_limit IS 'what was said, the newest that holds counts; without an amount, minutes or night: no such limit';

COMMENT ON COLUMN public.brake_limit.key_id IS 'the server that said it for them';

COMMENT ON COLUMN public.brake_limit.is_laid IS 'the books have it';

CREATE FUNCTION public.is_looser(p_new public.brake_limit, p_old public.brake_limit) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case p_new.kind
        when 'night' then p_old.night_from_minute is not null and is_looser_night(p_new, p_old)
        when 'remind_minutes' then p_old.minutes < coalesce(p_new.minutes, 2147483647)
        else p_old.amount_minor < coalesce(p_new.amount_minor, 9223372036854775807) end
$$;

CREATE FUNCTION public.is_looser_night(p_new public.brake_limit, p_old public.brake_limit) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (
        select from generate_series(0, 1439) m
        where is_minute_of_night(m, p_old) and not coalesce(is_minute_of_night(m, p_new), false)
    ) or p_new.night_asks and not p_old.night_asks
$$;

CREATE FUNCTION public.is_minute_of_night(p_minute integer, p_night public.brake_limit) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when p_night.night_from_minute < p_night.night_to_minute
        then p_minute >= p_night.night_from_minute and p_minute < p_night.night_to_minute
        else p_minute >= p_night.night_from_minute or p_minute < p_night.night_to_minute end
$$;

CREATE FUNCTION public.is_of_age(p_person_id bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (select from believed_age(p_person_id, p_at) where at_least >= 18 and level >= 2)
$$;

CREATE FUNCTION public.is_within(p_numerator numeric, p_denominator numeric, p_of_numerator numeric, p_of_denominator numeric, p_bps bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_numerator * p_of_denominator * 10000 <= p_of_numerator * p_denominator * (10000 + p_bps)
        and p_of_numerator * p_denominator * 10000 <= p_numerator * p_of_denominator * (10000 + p_bps)
$$;

CREATE FUNCTION public.issue_statements(p_shard smallint, p_at timestamp with time zone, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_most integer) RETURNS SETOF public.earnings_statement
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_position earnings_position;
    v_months earnings_month[];
begin
    select * into v_position from earnings_position p where p.shard = p_shard for no key update skip locked;
    if v_position.shard is null or v_position.issuing = v_position.month then
        return;
    end if;
    v_months := array(
        select m from earnings_month m
        where m.shard = p_shard and m.month >= v_position.issuing and m.edition = 1 and not exists (
            select from earnings_statement s
            where (s.shard, s.creator_id, s.month, s.edition) = (m.shard, m.creator_id, m.month, m.edition))
        order by m.month, m.creator_id limit p_most);
    if cardinality(v_months) < p_most then
        update earnings_position p set issuing = p.month where p.shard = p_shard;
    end if;
    return query select * from number_statements(v_months, p_at, p_issuer_name, p_issuer_address, p_issuer_tax_id, '');
end $$;

CREATE TABLE public.item_version (
    item_id integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    coins bigint NOT NULL,
    category text NOT NULL,
    art text NOT NULL,
    size text NOT NULL,
    combo boolean NOT NULL,
    animation text NOT NULL,
    duration_ms integer NOT NULL,
    sort integer NOT NULL,
    active_from timestamp with time zone NOT NULL,
    retired_at timestamp with time zone,
    names jsonb DEFAULT '{}'::jsonb NOT NULL,
    alt text DEFAULT ''::text NOT NULL,
    still text DEFAULT ''::text NOT NULL,
    hidden boolean DEFAULT false NOT NULL,
    regions text[] DEFAULT '{}'::text[] NOT NULL,
    creator_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT item_version_check CHECK ((retired_at >= active_from)),
    CONSTRAINT item_version_check1 CHECK ((withdrawn_at < active_from)),
    CONSTRAINT item_version_coins_check CHECK ((coins > 0)),
    CONSTRAINT item_version_duration_ms_check CHECK (((duration_ms >= 1) AND (duration_ms <= 60000))),
    CONSTRAINT item_version_name_check CHECK ((name <> ''::text)),
    CONSTRAINT item_version_names_check CHECK ((jsonb_typeof(names) = 'object'::text)),
    CONSTRAINT item_version_size_check CHECK ((size = ANY (ARRAY['small'::text, 'large'::text]))),
    CONSTRAINT item_version_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.item_version.names IS 'the name in other languages, by tag of BCP 47';

COMMENT ON COLUMN public.item_version.alt IS 'what its picture shows, for who does not see it; empty: the name';

COMMENT ON COLUMN public.item_version.still IS 'the picture for who wants no motion; empty: art';

COMMENT ON COLUMN public.item_version.hidden IS 'not in the tray; who knows it can send it';

COMMENT ON COLUMN public.item_version.regions IS 'where it may be sent; empty: everywhere';

COMMENT ON COLUMN public.item_version.creator_ids IS 'to whom it may be sent; empty: to everybody';

COMMENT ON COLUMN public.item_version.changed_by IS 'null: a file of the command line';

COMMENT ON COLUMN public.item_version.withdrawn_at IS 'it never began';

CREATE FUNCTION public.item_shown(p_item_id integer, p_unit_coins bigint, p_at timestamp with time zone) RETURNS SETOF public.item_version
    LANGUAGE sql STABLE
    AS $$
    select * from item_version
    where item_id = p_item_id and active_from <= p_at and withdrawn_at is null
    order by coins = p_unit_coins desc, active_from desc, version desc limit 1
$$;

CREATE TABLE public.api_key (
    id integer NOT NULL,
    name text NOT NULL,
    issuer_id integer NOT NULL,
    secret_sha256 bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    scopes text[] DEFAULT '{people,rooms,videos,gifts,orders,events,money-read}'::text[] NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    networks cidr[] DEFAULT '{}'::cidr[] NOT NULL,
    former_secret_sha256 bytea,
    former_ends_at timestamp with time zone,
    authority text DEFAULT 'owner'::text NOT NULL,
    decision_id uuid,
    CONSTRAINT api_key_authority_check CHECK ((authority = ANY (ARRAY['owner'::text, 'decision'::text]))),
    CONSTRAINT api_key_expires_after_it_was_made CHECK ((expires_at > created_at)),
    CONSTRAINT api_key_former_secret_check CHECK ((length(former_secret_sha256) = 32)),
    CONSTRAINT api_key_former_secret_ends CHECK (((former_secret_sha256 IS NULL) = (former_ends_at IS NULL))),
    CONSTRAINT api_key_has_two_secrets CHECK ((former_secret_sha256 <> secret_sha256)),
    CONSTRAINT api_key_name_check CHECK (((name <> ''::text) AND (length(name) <= 100))),
    CONSTRAINT api_key_names_its_decision CHECK (((authority = 'decision'::text) = (decision_id IS NOT NULL))),
    CONSTRAINT api_key_scopes_check CHECK ((scopes <@ ARRAY['merge'::text, 'limits'::text, 'data'::text, 'people'::text, 'rooms'::text, 'videos'::text, 'gifts'::text, 'orders'::text, 'events'::text, 'money-read'::text, 'payouts'::text, 'methods'::text, 'consents'::text, 'step-up'::text])),
    CONSTRAINT api_key_secret_sha256_check CHECK ((length(secret_sha256) = 32))
);

COMMENT ON COLUMN public.api_key.last_used_at IS 'to the minute';

COMMENT ON COLUMN public.api_key.networks IS 'where it may be used from; empty: from anywhere';

COMMENT ON COLUMN public.api_key.former_secret_sha256 IS 'of the secret before this one, which is good until former_ends_at';

COMMENT ON COLUMN public.api_key.authority IS 'by whose word it may what it may';

CREATE FUNCTION public.key_is_narrower(p_key public.api_key, p_scopes text[], p_networks cidr[], p_expires_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_scopes <@ p_key.scopes
        and (p_key.networks = '{}' or p_networks <> '{}' and not exists (
            select from unnest(p_networks) said where not exists (
                select from unnest(p_key.networks) known where said <<= known)))
        and (p_key.expires_at is null or coalesce(p_expires_at <= p_key.expires_at, false))
$$;

CREATE FUNCTION public.law_lets_go_of(p_before timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select least(p_before, now() - interval '4018 days')
$$;

CREATE FUNCTION public.lay_brake(p_members bigint[], p_brake public.brake, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    ids_before bigint[];
    before brake;
    b brake := p_brake;
    in_session bigint;
    in_day bigint;
    in_week bigint;
    in_month bigint;
begin
    perform lock_wallets(p_members);
    ids_before := array(
        select distinct w.brake_id from wallet w join unnest(p_members) m on w.shard = shard_of(m) and w.viewer_id = m
        where w.brake_id is not null);
    b.id := (select min(m) from unnest(p_members) m);
    b.is_shared := cardinality(p_members) > 1;
    perform from brake where id = any (ids_before) or id = b.id order by id for no key update;
    select f.* into before from unnest(p_members) m cross join lateral brake_of(m, p_at) f
    where f.id is not null order by m limit 1;

    update wallet w set brake_id = null, given = null, given_spent = null, next_coin_worth = null, free_through = null,
        free_gift_max = null, brake_until = null, session_mark = null, period_mark = null
    from unnest(p_members) m where w.shard = shard_of(m) and w.viewer_id = m;
    delete from brake_creator where brake_id = any (p_members);
    delete from brake where id = any (ids_before) and not exists (select from wallet w where w.brake_id = brake.id);
    if b.currency is null then
        return;
    end if;

    if before.id is not null then
        b.session_since := before.session_since;
        b.day_since := before.day_since;
        b.day_until := before.day_until;
        b.week_since := before.week_since;
        b.week_until := before.week_until;
        b.month_since := before.month_since;
        b.month_until := before.month_until;
        if before.time_zone <> b.time_zone then
            b.day_until := period_ends('day', b.day_until - interval '1 microsecond', b.time_zone);
            b.week_until := period_ends('week', b.week_until - interval '1 microsecond', b.time_zone);
            b.month_until := period_ends('month', b.month_until - interval '1 microsecond', b.time_zone);
        end if;
    end if;
    b.given := 0;
    b.given_at := (select max(w.combo_at) from wallet w join unnest(p_members) m on w.shard = shard_of(m) and w.viewer_id = m);
    b := turned_brake(b, p_at);
    in_session := given_by(p_members, b.session_since, b);
    in_day := given_by(p_members, b.day_since, b);
    in_week := given_by(p_members, b.week_since, b);
    in_month := given_by(p_members, b.month_since, b);
    b.given := greatest(in_session, in_day, in_week, in_month);
    b.session_mark := b.given - in_session;
    b.day_mark := b.given - in_day;
    b.week_mark := b.given - in_week;
    b.month_mark := b.given - in_month;
    delete from brake where id = b.id;
    insert into brake select b.*;
    update wallet w set brake_id = b.id, given = b.given, given_spent = w.spent, next_coin_worth = 0
    from unnest(p_members) m where w.shard = shard_of(m) and w.viewer_id = m;
    insert into brake_creator (brake_id, creator_id, since, given)
    select b.id, g.creator_id, b.month_since, sum(w.worth)
    from unnest(p_members) m
    cross join lateral gifts_since(shard_of(m), m, b.month_since) g
    cross join lateral worth_from(shard_of(m), m, g.spent_before, g.coins, b.currency, b.coin_worth) w
    where b.creator_max is not null group by g.creator_id;
end $$;

CREATE FUNCTION public.lay_brakes(p_person_id bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    members constant bigint[] := spending_accounts(p_person_id);
    terms brake_terms;
    night brake_limit;
    b brake;
begin
    select * into terms from brake_terms where person_id = any (members) order by set_at, person_id limit 1;
    update brake_limit set is_laid = true
    where person_id = any (members) and not is_laid and withdrawn_at is null and effective_at <= p_at;
    update brake_pause set is_over = true where person_id = any (members) and not is_over and ends_at <= p_at;
    select max(ends_at) into b.stopped_until from (
        select ends_at from brake_pause where person_id = any (members) and ends_at > p_at
        union all select 'infinity' from guardian_stop where person_id = any (members) and ended_at is null) stops;
    select min(m) filter (where kind = 'gift'), min(m) filter (where kind = 'creator'), min(m) filter (where kind = 'session'),
        min(m) filter (where kind = 'day'), min(m) filter (where kind = 'week'), min(m) filter (where kind = 'month'),
        min(m) filter (where kind = 'ask'), min(m) filter (where kind = 'remind_amount')
    into b.gift_max, b.creator_max, b.session_max, b.day_max, b.week_max, b.month_max, b.ask_above, b.remind_each
    from (
        select l.kind, case when t.currency = terms.currency then l.amount_minor * 1000000
            else trunc(l.amount_minor * 1000000::numeric * terms.coin_worth / t.coin_worth)::bigint end as m
        from unnest(members) p cross join lateral limits_that_hold(p, p_at) l join brake_terms t on t.person_id = p
    ) said;
    select l.* into night from unnest(members) p cross join lateral limits_that_hold(p, p_at) l
    where l.kind = 'night' and l.night_from_minute is not null
    order by l.night_asks, exists (select from guardian_limit g where g.id = l.id) desc, l.person_id limit 1;
    b.night_from_minute := night.night_from_minute;
    b.night_to_minute := night.night_to_minute;
    b.night_asks := night.night_asks;
    if num_nonnulls(b.stopped_until, b.gift_max, b.creator_max, b.session_max, b.day_max, b.week_max, b.month_max, b.ask_above,
        b.remind_each, b.night_from_minute) > 0
        or exists (select from unnest(members) p cross join lateral limits_that_hold(p, p_at) l
            where l.kind = 'remind_minutes' and l.minutes is not null)
    then
        b.currency := terms.currency;
        b.coin_worth := terms.coin_worth;
        b.time_zone := terms.time_zone;
    end if;
    perform lay_brake(members, b, p_at);
end $$;

CREATE FUNCTION public.lay_due_brakes(p_at timestamp with time zone, p_people_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    due bigint;
    people integer := 0;
begin
    for due in
        select person_id from brake_limit where not is_laid and withdrawn_at is null and effective_at <= p_at
        union select person_id from brake_pause where not is_over and ends_at <= p_at
        order by person_id limit p_people_max
    loop
        perform lock_wallets(spending_accounts(due));
        perform lay_brakes(due, p_at);
        people := people + 1;
    end loop;
    return people;
end $$;

CREATE FUNCTION public.lay_lots(p_shard smallint, p_viewer_id bigint, p_spent bigint, p_changes public.lot_coins[], p_first boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    head strip;
    lot_ids uuid[];
    lengths bigint[];
    last_end bigint := p_spent;
begin
    select * into head from strip
    where shard = p_shard and viewer_id = p_viewer_id and start_coin < p_spent and end_coin > p_spent;

    select array_agg(l.lot_id order by part.is_first desc, spend_rank(l)),
        array_agg(part.coins order by part.is_first desc, spend_rank(l))
    into lot_ids, lengths
    from (
        select is_first, lot_id, sum(coins)::bigint as coins from (
            select false as is_first, s.lot_id, s.end_coin - greatest(s.start_coin, p_spent) as coins from strip s
            where s.shard = p_shard and s.viewer_id = p_viewer_id and s.end_coin > p_spent
            union all select p_first, c.lot_id, c.coins from unnest(p_changes) c
        ) parts group by is_first, lot_id
    ) part join lot l on l.shard = p_shard and l.viewer_id = p_viewer_id and l.lot_id = part.lot_id
    where part.coins <> 0;

    delete from strip where shard = p_shard and viewer_id = p_viewer_id and end_coin > p_spent;
    if head.lot_id is not null and head.lot_id = lot_ids[1] then
        -- The lot that is being spent goes on: one interval, not two.
        last_end := head.start_coin;
        lengths[1] := lengths[1] + p_spent - head.start_coin;
    elsif head.lot_id is not null then
        insert into strip (shard, viewer_id, start_coin, end_coin, lot_id)
        values (p_shard, p_viewer_id, head.start_coin, p_spent, head.lot_id);
    end if;
    insert into strip (shard, viewer_id, start_coin, end_coin, lot_id)
    select p_shard, p_viewer_id, last_end + reached - length, last_end + reached, lot_id
    from (
        select u.lot_id, u.length, (sum(u.length) over (order by u.place))::bigint as reached
        from unnest(lot_ids, lengths) with ordinality as u (lot_id, length, place)
    ) laid;
    update wallet w set promotional_through = p.through
    from (
        select coalesce(max(s.end_coin), 0) as through from strip s join lot l using (shard, viewer_id, lot_id)
        where s.shard = p_shard and s.viewer_id = p_viewer_id and s.end_coin > p_spent and l.kind = 'promotional'
    ) p
    where w.shard = p_shard and w.viewer_id = p_viewer_id and w.promotional_through <> p.through
        and greatest(w.promotional_through, p.through) > p_spent;
    update wallet set free_through = null where shard = p_shard and viewer_id = p_viewer_id and free_through is not null;
end $$;

CREATE FUNCTION public.lay_strip(p_shard smallint, p_viewer_id bigint, p_spent bigint, p_lot_id uuid, p_change bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select lay_lots(p_shard, p_viewer_id, p_spent, array[row(p_lot_id, p_change)::lot_coins], false)
$$;

CREATE FUNCTION public.left_of(p_listed_minor numeric, p_tax_included boolean, p_tax_rate numeric, p_step integer, p_fee_bps integer, p_fee_fixed_minor bigint) RETURNS numeric
    LANGUAGE sql IMMUTABLE
    AS $$
    select case when p_tax_included
        then least(round(p_listed_minor / (1 + p_tax_rate) / p_step) * p_step, p_listed_minor)
            - round(p_listed_minor * p_fee_bps / 10000)
        else p_listed_minor
            - round((p_listed_minor + round(p_listed_minor * p_tax_rate / p_step) * p_step) * p_fee_bps / 10000)
        end - p_fee_fixed_minor
$$;

CREATE FUNCTION public.let_go_of_age_silences(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from age_silence where (person_id, source) in (
        select person_id, source from age_silence
        where since <= p_before and person_id not in (select h.person_id from held_people() h)
        order by since limit p_rows_max for update skip locked);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_ages(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from age_assurance a using (
        select id from age_assurance
        where (revoked_at is not null or until is not null) and least(revoked_at, until) <= p_before
            and person_id not in (select h.person_id from held_people() h)
        order by least(revoked_at, until) limit p_rows_max for update skip locked) old
    where a.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_allowances(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from allowance_taken a using (
        select person_id, kind, hour from allowance_taken where hour <= p_before
        order by hour limit p_rows_max for update skip locked) old
    where (a.person_id, a.kind, a.hour) = (old.person_id, old.kind, old.hour);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_checkouts(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    update recharge_order o set return_url = '', checkout_url = null, voucher = null, poll_error = null
    from (
        select shard, order_id from recharge_order
        where created_at <= p_before and state in ('paid', 'declined', 'expired', 'refused')
            and (return_url <> '' or checkout_url is not null or voucher is not null or poll_error is not null)
            and person_id not in (select h.person_id from held_people() h)
        order by created_at limit p_rows_max for no key update skip locked) old
    where (o.shard, o.order_id) = (old.shard, old.order_id);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_codes(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    codes integer;
    tokens integer;
begin
    delete from sign_in_code c using (
        select code_sha256 from sign_in_code where expires_at <= p_before
        order by expires_at limit p_rows_max for update skip locked) old
    where c.code_sha256 = old.code_sha256;
    get diagnostics codes = row_count;
    delete from logout_token t using (
        select issuer_id, token_id from logout_token where expires_at <= p_before
        order by expires_at limit p_rows_max - codes for update skip locked) old
    where (t.issuer_id, t.token_id) = (old.issuer_id, old.token_id);
    get diagnostics tokens = row_count;
    return codes + tokens;
end $$;

CREATE FUNCTION public.let_go_of_data_requests(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    exports integer;
    erasures integer;
begin
    delete from data_export e using (
        select id from data_export
        where state = 'deleted' and asked_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by asked_at limit p_rows_max for update skip locked) old
    where e.id = old.id;
    get diagnostics exports = row_count;
    delete from erasure e using (
        select id from erasure
        where withdrawn_at <= p_before and asked_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by asked_at limit p_rows_max - exports for update skip locked) old
    where e.id = old.id;
    get diagnostics erasures = row_count;
    return exports + erasures;
end $$;

CREATE FUNCTION public.let_go_of_events(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_last bigint;
    v_through bigint;
    v_first bigint;
    v_end bigint;
    done integer;
begin
    select last, forgotten_through into v_last, v_through from event_log for no key update;
    select min(position) into v_first from event where position > v_through;
    v_end := least(v_last, coalesce(v_first, v_last) + p_rows_max - 1);
    select coalesce(min(position) - 1, v_end) into v_end
    from event where position between v_first and v_end and at > p_before;
    if v_end <= v_through then
        return 0;
    end if;
    update event_log set forgotten_through = v_end;
    delete from event where position <= v_end;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_export_files(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_ids uuid[];
begin
    select coalesce(array_agg(id), '{}') into v_ids from (
        select id from data_export where state = 'ready' and ready_at <= p_before
        order by ready_at limit p_rows_max for no key update skip locked) old;
    delete from data_export_part where export_id = any (v_ids);
    update data_export set state = 'deleted' where id = any (v_ids);
    return cardinality(v_ids);
end $$;

CREATE FUNCTION public.let_go_of_invitations(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from guardian_invitation i using (
        select id from guardian_invitation
        where made_at <= p_before and guardian_id not in (select h.person_id from held_people() h)
            and (minor_id is null or minor_id not in (select h.person_id from held_people() h))
        order by made_at limit p_rows_max for update skip locked) old
    where i.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_legal_holds(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from legal_hold l using (
        select id from legal_hold where lifted_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by lifted_at limit p_rows_max for update skip locked) old
    where l.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_mails(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from mail m using (
        select mail_id from mail where ended_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by ended_at limit p_rows_max for update skip locked) old
    where m.mail_id = old.mail_id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_messages(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_ids uuid[];
begin
    select coalesce(array_agg(message_id), '{}') into v_ids from (
        select message_id from webhook_event e
        where received_at <= p_before and state in ('applied', 'repeated', 'ignored') and due_at is null
            and not exists (select from held_providers() s where (s.side, s.provider) = (e.side, e.provider) and s.since <= e.received_at)
        order by received_at limit p_rows_max for update skip locked) old;
    delete from webhook_replay where message_id = any (v_ids);
    delete from webhook_event where message_id = any (v_ids);
    return cardinality(v_ids);
end $$;

CREATE FUNCTION public.let_go_of_paid_accounts(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_shards smallint[];
    v_ids uuid[];
begin
    select coalesce(array_agg(shard), '{}'), coalesce(array_agg(id), '{}') into v_shards, v_ids from (
        select shard, id from payout_method m
        where archived_at <= law_lets_go_of(p_before) and holder_name <> ''
            and creator_id not in (select h.person_id from held_people() h)
            and exists (select from payout p where p.shard = m.shard and p.creator_id = m.creator_id and p.method_id = m.id)
            and not exists (
                select from payout p where p.shard = m.shard and p.creator_id = m.creator_id and p.method_id = m.id
                    and p.changed_at > law_lets_go_of(p_before))
        order by archived_at limit p_rows_max for no key update skip locked) old;
    perform empty_payout_methods(v_shards, v_ids);
    return cardinality(v_ids);
end $$;

CREATE FUNCTION public.let_go_of_payout_quotes(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from payout_quote q using (
        select shard, id from payout_quote c
        where expires_at <= p_before and creator_id not in (select h.person_id from held_people() h)
            and not exists (select from payout p where p.shard = c.shard and p.quote_id = c.id)
        order by expires_at limit p_rows_max for update skip locked) old
    where (q.shard, q.id) = (old.shard, old.id);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_places(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
    done integer;
begin
    update region_decision d set network = null,
        evidence = (select coalesce(jsonb_agg(e || '{"detail": ""}' order by place), '[]')
            from jsonb_array_elements(d.evidence) with ordinality as x (e, place))
    from (
        select shard, decision_id from region_decision
        where decided_at <= law_lets_go_of(p_before) and (network is not null or evidence @? '$[*] ? (@.detail != "")')
            and person_id not in (select h.person_id from held_people() h)
        order by decided_at limit p_rows_max for no key update skip locked) old
    where (d.shard, d.decision_id) = (old.shard, old.decision_id);
    get diagnostics done = row_count;
    return done;
end $_$;

CREATE FUNCTION public.let_go_of_quoted_places(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from region_decision d using (
        select shard, decision_id from region_decision c
        where kind = 'quote' and decided_at <= p_before and person_id not in (select h.person_id from held_people() h)
            and not exists (select from quote q where (q.shard, q.decision_id) = (c.shard, c.decision_id))
        order by decided_at limit p_rows_max for update skip locked) old
    where (d.shard, d.decision_id) = (old.shard, old.decision_id);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_quotes(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from quote q using (
        select shard, person_id, quote_id from quote c
        where expires_at <= p_before and person_id not in (select h.person_id from held_people() h) and not exists (
            select from recharge_order o where (o.shard, o.person_id, o.quote_id) = (c.shard, c.person_id, c.quote_id))
        order by expires_at limit p_rows_max for update skip locked) old
    where (q.shard, q.person_id, q.quote_id) = (old.shard, old.person_id, old.quote_id);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_rule_places(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    update rule_decision r set countries = '{}', at_least = null, under = null, level = null, method = null, source = null
    from (
        select shard, reference, action from rule_decision
        where decided_at <= p_before and countries <> '{}' and person_id not in (select h.person_id from held_people() h)
        order by decided_at limit p_rows_max for no key update skip locked) old
    where (r.shard, r.reference, r.action) = (old.shard, old.reference, old.action);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_scam_reports(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from scam_report r using (
        select id from scam_report
        where reported_at <= p_before and state in ('confirmed', 'not_confirmed')
            and (person_id is null or person_id not in (select h.person_id from held_people() h))
        order by reported_at limit p_rows_max for update skip locked) old
    where r.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_sessions(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from session s using (
        select id from session where expires_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by expires_at limit p_rows_max for update skip locked) old
    where s.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_store_withdrawals(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from store_guardian_withdrawal where (store, account) in (
        select w.store, w.account from store_guardian_withdrawal w
        where w.withdrawn_at <= p_before
            and not exists (select from store_guardian c where (c.store, c.account) = (w.store, w.account))
        order by w.withdrawn_at limit p_rows_max for update skip locked);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_tallies(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from rule_tally where ctid in (
        select ctid from rule_tally where day < (p_before at time zone 'UTC')::date order by day limit p_rows_max for update skip locked);
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_tries(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    done integer;
begin
    delete from webhook_try t using (
        select id from webhook_try where at <= p_before order by at limit p_rows_max for update skip locked) old
    where t.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_unused_accounts(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_shards smallint[];
    v_ids uuid[];
begin
    select coalesce(array_agg(shard), '{}'), coalesce(array_agg(id), '{}') into v_shards, v_ids from (
        select shard, id from payout_method m
        where archived_at <= p_before and holder_name <> '' and creator_id not in (select h.person_id from held_people() h)
            and not exists (select from payout p where p.shard = m.shard and p.creator_id = m.creator_id and p.method_id = m.id)
        order by archived_at limit p_rows_max for no key update skip locked) old;
    perform empty_payout_methods(v_shards, v_ids);
    return cardinality(v_ids);
end $$;

CREATE FUNCTION public.let_go_of_words(p_before timestamp with time zone, p_rows_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    held constant bigint[] := array(select h.person_id from held_people() h);
    v_room room;
    v_frame frame;
    v_through bigint;
    is_over boolean;
    done integer := 0;
begin
    for v_room in
        select * from room where ended_at <= p_before and words_gone_at is null
        order by ended_at, id for no key update skip locked
    loop
        exit when done >= p_rows_max;
        v_through := v_room.words_through;
        is_over := true;
        for v_frame in
            select * from frame f
            where f.shard = v_room.shard and f.room_id = v_room.id and f.seq > v_room.words_through
                and (f.kind = 'chat' and f.body -> 'messages' <> '[]'
                    or exists (select from unnest(f.lines) l where l.message is not null))
            order by f.seq limit p_rows_max - done for no key update
        loop
            if exists (select from jsonb_array_elements(v_frame.body -> 'messages') m where (m ->> 'sender_id')::bigint = any (held))
                or exists (select from unnest(v_frame.lines) l where l.message is not null and l.viewer_id = any (held))
            then
                is_over := false;
                exit;
            end if;
            perform let_go_of_words_of(v_frame);
            v_through := v_frame.seq;
            done := done + 1;
        end loop;
        if is_over and done < p_rows_max then
            update room set words_through = v_through, words_gone_at = greatest(now(), ended_at) where id = v_room.id;
            done := done + 1;
        elsif v_through > v_room.words_through then
            update room set words_through = v_through where id = v_room.id;
        end if;
    end loop;
    return done;
end $$;

CREATE FUNCTION public.let_go_of_words_of(p_frame public.frame) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_line gift_line;
begin
    if p_frame.kind = 'chat' then
        update frame set body = '{"messages": []}'
        where shard = p_frame.shard and room_id = p_frame.room_id and seq = p_frame.seq;
        return;
    end if;
    for i in 1..cardinality(p_frame.lines) loop
        v_line := p_frame.lines[i];
        if v_line.message is not null then
            update gift set message = null where shard = shard_of(v_line.viewer_id) and viewer_id = v_line.viewer_id and id = v_line.id;
            v_line.message := null;
            p_frame.lines[i] := v_line;
        end if;
    end loop;
    update frame set lines = p_frame.lines
    where shard = p_frame.shard and room_id = p_frame.room_id and seq = p_frame.seq;
end $$;

CREATE FUNCTION public.let_spend(p_person_id bigint, p_set_by bigint, p_at timestamp with time zone, p_limits boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not exists (select from brake_terms where person_id = p_person_id) then
        return;
    end if;
    perform lock_wallets(spending_accounts(p_person_id));
    update guardian_stop set ended_at = greatest(p_at, began_at)
    where person_id = p_person_id and set_by = p_set_by and ended_at is null;
    update guardian_limit set is_over = true
    where p_limits and person_id = p_person_id and set_by = p_set_by and not is_over;
    perform lay_brakes(p_person_id, p_at);
end $$;

CREATE FUNCTION public.limits_in_force(p_person_id bigint, p_at timestamp with time zone) RETURNS SETOF public.brake_limit
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select distinct on (l.kind) l.* from brake_limit l
    where l.person_id = p_person_id and l.withdrawn_at is null and l.effective_at <= p_at
    order by l.kind, l.effective_at desc, l.number desc
$$;

CREATE FUNCTION public.limits_that_hold(p_person_id bigint, p_at timestamp with time zone) RETURNS SETOF public.brake_limit
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select * from limits_in_force(p_person_id, p_at)
    union all
    select l.* from guardian_limit g
    cross join lateral jsonb_populate_record(null::brake_limit, to_jsonb(g) || '{"night_asks": false}') l
    where g.person_id = p_person_id and not g.is_over
$$;

CREATE FUNCTION public.line_of(p_gift public.gift) RETURNS public.gift_line
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select row(p_gift.id, p_gift.viewer_id, p_gift.creator_id, case when p_gift.shares is null then p_gift.coins else 0 end,
        p_gift.room_id, p_gift.item_id, p_gift.count, p_gift.coins, p_gift.combo_id, p_gift.combo_count, p_gift.message,
        p_gift.anonymous, p_gift.video_id, p_gift.position_ms, p_gift.shares)::gift_line
$$;

CREATE FUNCTION public.link_merged(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    insert into person_link (id, person_id, other_id, note, linked_by, linked_at)
    values (p_id, least(p_merged_id, p_into_id), greatest(p_merged_id, p_into_id), 'one person, as their platform says', 0, p_at)
    on conflict (person_id, other_id) where ended_at is null do nothing
$$;

CREATE FUNCTION public.linked_accounts_brake_together() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    at constant timestamptz := coalesce(new.ended_at, new.linked_at);
begin
    if exists (select from brake_terms where person_id = any (spending_accounts(new.person_id) || spending_accounts(new.other_id))) then
        -- What they shared is the brake of the least of them: whoever parts from it is first, and sees it as it was.
        perform lay_brakes(p, at)
        from (select p from unnest(array[new.person_id, new.other_id]) p order by (spending_accounts(p))[1] desc) parted;
    end if;
    return null;
end $$;

CREATE FUNCTION public.lock_brake(p_person_id bigint, p_at timestamp with time zone) RETURNS public.brake
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (select from wallet where shard = shard_of(p_person_id) and viewer_id = p_person_id and brake_id is not null) then
        perform lock_wallets(spending_accounts(p_person_id));
    end if;
    return brake_of(p_person_id, p_at);
end $$;

CREATE FUNCTION public.lock_money(p_shard smallint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    insert into money_turn (shard) values (p_shard) on conflict do nothing;
    perform from money_turn where shard = p_shard for no key update;
end $$;

CREATE FUNCTION public.lock_wallets(p_viewer_ids bigint[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    insert into wallet (shard, viewer_id) select shard_of(v), v from unnest(p_viewer_ids) v on conflict do nothing;
    perform from wallet where (shard, viewer_id) in (select shard_of(v), v from unnest(p_viewer_ids) v)
    order by shard, viewer_id for no key update;
end $$;

CREATE TABLE public.payment_decision (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    payment_id text NOT NULL,
    outcome text NOT NULL,
    region text,
    reasons text[] NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    error text,
    carried_out_at timestamp with time zone,
    leased_until timestamp with time zone,
    failed_with text,
    CONSTRAINT decision_is_carried_out_once CHECK (((due_at IS NULL) OR (carried_out_at IS NULL))),
    CONSTRAINT decision_outcome_known CHECK ((outcome = ANY (ARRAY['capture'::text, 'reprice'::text, 'ask'::text, 'refuse'::text, 'expire'::text])))
);

COMMENT ON COLUMN public.payment_decision.region IS 'whose price is the right one';

CREATE TABLE public.payment_problem (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    payment_id text NOT NULL,
    expected_minor bigint NOT NULL,
    expected_currency text NOT NULL,
    paid_minor bigint NOT NULL,
    paid_currency text NOT NULL,
    credited boolean NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    resolution text,
    problem_id uuid DEFAULT gen_random_uuid() NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    resolved_by bigint,
    CONSTRAINT payment_problem_check CHECK (((resolved_at IS NULL) = (resolution IS NULL))),
    CONSTRAINT payment_problem_is_resolved_with_words CHECK (((length(resolution) >= 1) AND (length(resolution) <= 1000)))
);

CREATE TABLE public.quote (
    shard smallint NOT NULL,
    person_id bigint NOT NULL,
    quote_id uuid NOT NULL,
    request text NOT NULL,
    book_version integer NOT NULL,
    region text NOT NULL,
    region_source text NOT NULL,
    channel text NOT NULL,
    coins bigint NOT NULL,
    coins_left_over bigint NOT NULL,
    unused_minor bigint NOT NULL,
    currency text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    price_minor bigint NOT NULL,
    tax_name text NOT NULL,
    tax_rate_bps integer NOT NULL,
    store_fee_bps integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    signature text DEFAULT ''::text NOT NULL,
    decision_id uuid,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT quote_adds_up CHECK (((net_minor + tax_minor) = price_minor)),
    CONSTRAINT quote_check CHECK ((expires_at > created_at)),
    CONSTRAINT quote_coins_check CHECK ((coins > 0)),
    CONSTRAINT quote_coins_left_over_check CHECK ((coins_left_over >= 0)),
    CONSTRAINT quote_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT quote_net_minor_check CHECK ((net_minor > 0)),
    CONSTRAINT quote_region_source_check CHECK ((region_source = ANY (ARRAY['identity'::text, 'requested'::text, 'default'::text, 'card'::text, 'network'::text, 'store_front'::text]))),
    CONSTRAINT quote_tax_minor_check CHECK ((tax_minor >= 0)),
    CONSTRAINT quote_unused_minor_check CHECK ((unused_minor >= 0))
);

COMMENT ON COLUMN public.quote.request IS 'what was asked, as canonical JSON: the same id with another request is a conflict';

COMMENT ON COLUMN public.quote.coins_left_over IS 'coins beyond those that were missing, because fewer cannot be bought';

COMMENT ON COLUMN public.quote.unused_minor IS 'what of the offered money the coins do not cost';

COMMENT ON COLUMN public.quote.signature IS 'HMAC-SHA256 over all other fields';

COMMENT ON COLUMN public.quote.decision_id IS 'why it has the prices of its region; null before decisions were kept';

COMMENT ON COLUMN public.quote.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.recharge_order (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    person_id bigint NOT NULL,
    quote_id uuid NOT NULL,
    provider text NOT NULL,
    return_url text NOT NULL,
    state text DEFAULT 'created'::text NOT NULL,
    previous_state text,
    payment_id text,
    checkout_url text,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    poll_at timestamp with time zone,
    polls integer DEFAULT 0 NOT NULL,
    paid_minor bigint,
    paid_currency text,
    paid_net_minor bigint,
    paid_tax_minor bigint,
    quantity integer DEFAULT 1 NOT NULL,
    processing_since timestamp with time zone,
    locale text DEFAULT 'en'::text NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    poll_error text,
    voucher jsonb,
    method text,
    card_id uuid,
    card_consent_id uuid,
    authenticates boolean DEFAULT false NOT NULL,
    decline text,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT order_begins_created CHECK (((previous_state IS NOT NULL) OR (state = 'created'::text))),
    CONSTRAINT order_is_polled_while_open CHECK (((poll_at IS NOT NULL) = (state = ANY (ARRAY['created'::text, 'pending'::text])))),
    CONSTRAINT order_paid_adds_up CHECK (((paid_net_minor + paid_tax_minor) = paid_minor)),
    CONSTRAINT order_paid_is_whole CHECK ((num_nulls(paid_minor, paid_currency, paid_net_minor, paid_tax_minor) = ANY (ARRAY[0, 4]))),
    CONSTRAINT order_saves_no_card_it_has CHECK (((card_id IS NULL) OR (card_consent_id IS NULL))),
    CONSTRAINT order_state_known CHECK ((state = ANY (ARRAY['created'::text, 'pending'::text, 'authorised'::text, 'paid'::text, 'declined'::text, 'expired'::text, 'refused'::text]))),
    CONSTRAINT recharge_order_decline_check CHECK ((decline = ANY (ARRAY['declined'::text, 'insufficient_funds'::text, 'card_expired'::text, 'not_authenticated'::text]))),
    CONSTRAINT recharge_order_locale_check CHECK ((locale ~ '^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$'::text)),
    CONSTRAINT recharge_order_method_check CHECK ((method ~ '^[a-z0-9_]{1,40}$'::text)),
    CONSTRAINT recharge_order_paid_currency_check CHECK ((paid_currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT recharge_order_paid_minor_check CHECK ((paid_minor > 0)),
    CONSTRAINT recharge_order_paid_net_minor_check CHECK ((paid_net_minor >= 0)),
    CONSTRAINT recharge_order_paid_tax_minor_check CHECK ((paid_tax_minor >= 0)),
    CONSTRAINT recharge_order_quantity_check CHECK (((quantity >= 1) AND (quantity <= 100))),
    CONSTRAINT voucher_says_what_is_missing CHECK (((voucher IS NULL) OR ((((voucher ->> 'missing_minor'::text))::bigint >= 0) AND (length((voucher ->> 'method'::text)) > 0) AND (jsonb_typeof((voucher -> 'numbers'::text)) = 'array'::text))))
)
WITH (fillfactor='70');

COMMENT ON COLUMN public.recharge_order.paid_minor IS 'what a store was paid, where it is not what was quoted';

COMMENT ON COLUMN public.recharge_order.quantity IS 'how many times the quote was bought: stores sell several units at once';

COMMENT ON COLUMN public.recharge_order.processing_since IS 'since when the provider says that the buyer has done everything and the money is on its way; null: it does not';

COMMENT ON COLUMN public.recharge_order.locale IS 'what the checkout is written in';

COMMENT ON COLUMN public.recharge_order.voucher IS 'what the buyer pays with elsewhere, once the checkout is done: numbers, until when, and how much is missing';

COMMENT ON COLUMN public.recharge_order.method IS 'chosen by name before the checkout; null: the provider''s own page asks';

COMMENT ON COLUMN public.recharge_order.card_id IS 'the saved card that pays; null: the provider asks';

COMMENT ON COLUMN public.recharge_order.card_consent_id IS 'that the card it is paid with is to be saved; null: it is not';

COMMENT ON COLUMN public.recharge_order.authenticates IS 'whether the buyer''s bank is to ask them even where it need not';

COMMENT ON COLUMN public.recharge_order.decline IS 'why the card did not pay, as far as its holder may be told';

COMMENT ON COLUMN public.recharge_order.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE VIEW public.order_with_quote AS
 SELECT o.shard,
    o.order_id,
    o.person_id,
    o.quote_id,
    o.provider,
    o.return_url,
    o.state,
    o.payment_id,
    o.checkout_url,
    o.created_at,
    o.changed_at,
    o.expires_at,
    o.polls,
    q.channel,
    q.region,
    (q.coins * o.quantity) AS coins,
    COALESCE(o.paid_currency, q.currency) AS currency,
    COALESCE(o.paid_net_minor, (q.net_minor * o.quantity)) AS net_minor,
    COALESCE(o.paid_tax_minor, (q.tax_minor * o.quantity)) AS tax_minor,
    COALESCE(o.paid_minor, (q.price_minor * o.quantity)) AS price_minor,
    q.tax_name,
    q.tax_rate_bps,
    q.store_fee_bps,
    (EXISTS ( SELECT
           FROM public.payment_problem p
          WHERE ((p.shard = o.shard) AND (p.order_id = o.order_id) AND (p.resolved_at IS NULL) AND (NOT p.credited) AND (p.paid_minor > 0)))) AS needs_review,
        CASE
            WHEN (d.outcome <> 'capture'::text) THEN d.outcome
            ELSE NULL::text
        END AS refusal,
        CASE
            WHEN (d.outcome <> 'capture'::text) THEN d.reasons
            ELSE NULL::text[]
        END AS refusal_reasons,
        CASE
            WHEN (d.outcome <> 'capture'::text) THEN d.region
            ELSE NULL::text
        END AS refusal_region,
    o.quantity,
    o.processing_since,
    o.locale,
    q.book_version,
    q.decision_id,
    o.voucher,
    o.method,
    o.card_id,
    o.card_consent_id,
    o.authenticates,
    o.decline
   FROM ((public.recharge_order o
     JOIN public.quote q USING (shard, person_id, quote_id))
     LEFT JOIN public.payment_decision d ON (((d.shard = o.shard) AND (d.order_id = o.order_id) AND (d.payment_id = o.payment_id) AND (o.state = 'refused'::text))));

CREATE FUNCTION public.locked_order(p_shard smallint, p_order_id uuid) RETURNS SETOF public.order_with_quote
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform from recharge_order where shard = p_shard and order_id = p_order_id for no key update;
    return query select * from order_with_quote where shard = p_shard and order_id = p_order_id;
end
$$;

CREATE FUNCTION public.log_reversal(p_shard smallint, p_source_shard smallint, p_reversal_id uuid, p_creator_id bigint, p_direction text, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with logged as (
        update gift_log g set through = g.through + 1 where g.shard = p_shard returning g.through
    )
    insert into gift_log_reversal (shard, log_no, source_shard, reversal_id, creator_id, direction, at)
    select p_shard, through, p_source_shard, p_reversal_id, p_creator_id, p_direction, p_at from logged
    returning log_no
$$;

CREATE FUNCTION public.look_at(p_people bigint[], p_at timestamp with time zone, p_after_s integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    insert into safety_due (person_id, since, due_at)
    select distinct id, p_at, p_at + make_interval(secs => p_after_s) from unnest(p_people) id order by id
    on conflict (person_id) do update set is_changed = true where safety_due.leased_until is not null and not safety_due.is_changed
$$;

CREATE FUNCTION public.look_at_told(p_after_s integer, p_rows_max integer) RETURNS integer
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with told as (
        delete from safety_told where id in (select id from safety_told order by id limit p_rows_max for update skip locked)
        returning person_id, at
    ), people as (select array_agg(distinct person_id) as ids, max(at) as at, count(*)::integer as rows from told),
    looks as (select look_at(ids, at, p_after_s) from people where rows > 0)
    select rows from people left join looks on true
$$;

CREATE FUNCTION public.lot_has_a_cause() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if new.kind = 'paid' then
        perform from order_with_quote o
        where o.shard = new.shard and o.order_id = new.lot_id and o.state = 'paid'
            and (o.person_id, o.coins, o.price_minor, o.currency) = (new.viewer_id, new.coins, new.price_minor, new.currency);
    else
        perform from coin_grant g
        where g.shard = new.shard and g.grant_id = new.lot_id and (g.person_id, g.coins) = (new.viewer_id, new.coins);
    end if;
    if not found then
        raise check_violation using message = format('lot %s was neither paid for nor granted', new.lot_id),
            constraint = 'lot_has_a_cause', table = 'lot';
    end if;
    return null;
end $$;

CREATE FUNCTION public.lot_movements(p_shard smallint, p_from timestamp with time zone, p_until timestamp with time zone) RETURNS TABLE(lot_id uuid, day date, sold_coins bigint, put_back_coins bigint, used_coins bigint, refunded_coins bigint, expired_coins bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with recursive given as (
        select g.viewer_id, (g.charged_at at time zone 'UTC')::date as day,
            range_agg(int8range(g.spent_before, g.spent_before + g.coins)) as stretches
        from gift g where g.shard = p_shard and g.charged_at >= p_from and g.charged_at < p_until
        group by 1, 2
    ), used as (
        select s.lot_id, g.day, least(s.end_coin, upper(u.stretch)) - greatest(s.start_coin, lower(u.stretch)) as coins
        from given g cross join lateral unnest(g.stretches) as u (stretch)
        join strip s on s.shard = p_shard and s.viewer_id = g.viewer_id
            and s.start_coin < upper(u.stretch) and s.end_coin > lower(u.stretch)
    ), posted as (
        select t.reference, t.reason, t.debit_owner as viewer_id, t.amount, (t.posted_at at time zone 'UTC')::date as day
        from transfer t
        where t.shard = p_shard and t.debit_kind = 'coins_issued' and t.debit_owner = 0
            and t.reason in ('recharge', 'promotion', 'reversal_undone') and t.posted_at >= p_from and t.posted_at < p_until
        union all
        select t.reference, t.reason, t.debit_owner, t.amount, (t.posted_at at time zone 'UTC')::date
        from transfer t
        where t.shard = p_shard and t.credit_kind in ('coins_issued', 'coins_expired') and t.credit_owner = 0
            and t.reason in ('reversal', 'expiry') and t.posted_at >= p_from and t.posted_at < p_until
    ), expiry as (
        -- The reference of an expiry tells how many coins of the lot had expired then: followed back from now.
        select l.lot_id, l.coins_expired as reached, md5(l.lot_id::text || l.coins_expired)::uuid as reference
        from lot l
        where l.shard = p_shard and l.coins_expired > 0
            and l.viewer_id in (select viewer_id from posted where reason = 'expiry')
        union all
        select e.lot_id, e.reached - t.amount, md5(e.lot_id::text || (e.reached - t.amount))::uuid
        from expiry e
        join transfer t on t.shard = p_shard and t.reference = e.reference and t.reason = 'expiry'
        where e.reached > t.amount
    )
    select m.lot_id, m.day, sum(m.sold)::bigint, sum(m.put_back)::bigint, sum(m.used)::bigint, sum(m.refunded)::bigint,
        sum(m.expired)::bigint
    from (
        select u.lot_id, u.day, 0 as sold, 0 as put_back, u.coins as used, 0 as refunded, 0 as expired from used u
        union all
        select p.reference, p.day, p.amount, 0, 0, 0, 0 from posted p where p.reason in ('recharge', 'promotion')
        union all
        select r.lot_id, p.day, 0, case p.reason when 'reversal_undone' then p.amount else 0 end, 0,
            case p.reason when 'reversal' then p.amount else 0 end, 0
        from posted p join lot_reversal r on r.shard = p_shard and r.reversal_id = p.reference
        where p.reason in ('reversal', 'reversal_undone')
        union all
        select e.lot_id, p.day, 0, 0, 0, 0, p.amount
        from posted p join expiry e on e.reference = p.reference where p.reason = 'expiry'
    ) m
    group by m.lot_id, m.day
$$;

CREATE FUNCTION public.mark_promotional(p_shard smallint, p_gifts public.gift_line[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    insert into promotional_part (shard, viewer_id, gift_id, creator_id, coins, creator_shard, batch_no)
    select p.shard, p.viewer_id, p.id, p.creator_id,
        sum(least(s.end_coin, p.spent_before + p.coins) - greatest(s.start_coin, p.spent_before)), p.creator_shard, p.batch_no
    from unnest(p_gifts) g
    join gift_part p on p.shard = p_shard and p.viewer_id = g.viewer_id and p.id = g.id and p.coins > 0
    join strip s on s.shard = p_shard and s.viewer_id = g.viewer_id and s.start_coin < p.spent_before + p.coins
        and s.end_coin > p.spent_before
    join lot l on l.shard = p_shard and l.lot_id = s.lot_id and l.kind = 'promotional'
    group by p.shard, p.viewer_id, p.id, p.creator_id, p.creator_shard, p.batch_no
$$;

CREATE FUNCTION public.mark_spent(p_shard smallint, p_viewer_id bigint, p_spent bigint, p_reversal_id uuid, p_lot_id uuid, p_coins bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    free int8multirange;
    stretch int8range;
    left_over bigint := p_coins;
    taken bigint;
begin
    select coalesce(range_agg(int8range(start_coin, least(end_coin, p_spent))), '{}') into free from strip
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and start_coin < p_spent;
    free := free - (
        select coalesce(range_agg(int8range(c.start_coin, c.end_coin)), '{}')
        from reversed_strip c join lot_reversal r using (shard, reversal_id)
        where c.shard = p_shard and c.viewer_id = p_viewer_id and r.lot_id = p_lot_id
    );
    for stretch in select u from unnest(free) u order by lower(u) desc loop
        exit when left_over = 0;
        taken := least(left_over, upper(stretch) - lower(stretch));
        insert into reversed_strip (shard, viewer_id, start_coin, end_coin, reversal_id)
        values (p_shard, p_viewer_id, upper(stretch) - taken, upper(stretch), p_reversal_id);
        left_over := left_over - taken;
    end loop;
    if left_over <> 0 then
        raise exception 'lot %: % coins are nowhere on the strip', p_lot_id, left_over using errcode = 'data_corrupted';
    end if;

    insert into gift_reversal (shard, viewer_id, gift_id, reversal_id, creator_id, room_id, video_id, item_id, coins, marked_at)
    select p_shard, p_viewer_id, g.id, p_reversal_id, g.creator_id, g.room_id, g.video_id, g.item_id,
        sum(least(c.end_coin, g.spent_before + g.coins) - greatest(c.start_coin, g.spent_before)), p_at
    from reversed_strip c
    cross join lateral gifts_between(p_shard, p_viewer_id, c.start_coin, c.end_coin) w
    join gift_part g on g.shard = p_shard and g.viewer_id = p_viewer_id and g.id = w.id and g.coins > 0
        and g.spent_before < c.end_coin and g.spent_before + g.coins > c.start_coin
    where c.shard = p_shard and c.reversal_id = p_reversal_id
    group by g.id, g.creator_id, g.room_id, g.video_id, g.item_id;

    insert into clawback (shard, reversal_id, creator_id, direction, coins, creator_shard, through_batch_no, queued_at)
    select p_shard, p_reversal_id, g.creator_id, 'take', sum(m.coins), g.creator_shard, max(g.batch_no), p_at
    from gift_reversal m
    join gift_part g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id and g.creator_id = m.creator_id
        and g.coins > 0
    where m.shard = p_shard and m.reversal_id = p_reversal_id
    group by g.creator_id, g.creator_shard;
end $$;

CREATE FUNCTION public.maturity_is_not_slowed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if step_holds(new.creator_id, 'slow_maturity', new.matured_at) then
        raise exception 'diamonds of % mature later', new.creator_id using errcode = 'check_violation', constraint = 'maturity_is_not_slowed';
    end if;
    return null;
end $$;

CREATE FUNCTION public.merge_person(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform pg_advisory_xact_lock(hashtext('plaudit.decision'));
    perform lock_wallets(array[p_merged_id, p_into_id]);  -- before people, as whoever orders does
    perform from person where id in (p_merged_id, p_into_id) order by id for update;
    if exists (select from erasure_obstacles(p_merged_id, p_at)) then
        raise exception 'something is in the way of merging person %', p_merged_id
            using errcode = 'check_violation', constraint = 'merge_is_not_obstructed';
    end if;
    perform link_merged(p_id, p_merged_id, p_into_id, p_at);
    perform move_merged(p_id, p_merged_id, p_into_id, p_at);
    perform freeze_merged(p_id, p_merged_id, p_at);
    perform archive_methods(p_merged_id, p_at);
end $$;

CREATE FUNCTION public.merged_accounts(p_person_id bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with recursive one (id) as (
        select p_person_id
        union
        select case m.merged_id when o.id then m.person_id else m.merged_id end
        from one o join person_move m on m.merged_id is not null and (m.merged_id = o.id or m.person_id = o.id)
    )
    select id from one
$$;

CREATE FUNCTION public.merged_stands_still() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (select from person_move m where m.merged_id = new.person_id and m.id = new.id) then
        raise exception 'this account turned out to be another one''s'
            using errcode = 'check_violation', constraint = 'merged_stands_still';
    end if;
    return new;
end $$;

CREATE FUNCTION public.merged_stays_linked() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (select from person_move m
        where m.merged_id in (new.person_id, new.other_id) and m.person_id in (new.person_id, new.other_id))
    then
        raise exception 'these accounts turned out to be one person''s'
            using errcode = 'check_violation', constraint = 'merged_stays_linked';
    end if;
    return new;
end $$;

CREATE FUNCTION public.method_is_payable() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (
        select from payout_method m
        where m.shard = new.shard and m.id = new.method_id and m.payable_from > new.requested_at
    ) then
        raise exception 'nothing is paid to method % yet', new.method_id
            using errcode = 'check_violation', constraint = 'method_is_payable';
    end if;
    return null;
end $$;

CREATE FUNCTION public.minor_refund_is_of_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.minor_refund_order_is_decided() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.month_begins(p_month date) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$
    select p_month::timestamp at time zone 'UTC'
$$;

CREATE FUNCTION public.move_balance(p_shard smallint, p_kind text, p_owner_id bigint, p_asset text, p_amount bigint, p_may_overdraw boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if p_kind = 'gift_balance' then
        update gift_balance set balance = balance + p_amount where shard = p_shard and creator_id = p_owner_id;
        if not found then
            raise exception 'creator % has no gift balance', p_owner_id
                using errcode = 'check_violation', constraint = 'gift_balance_not_overdrawn';
        end if;
    else
        -- Tried as an update first: the check of an insert would see the movement alone, not the balance it leads to.
        update account set balance = balance + p_amount, overdraft = case
            when may_go_negative then 0
            when p_may_overdraw or p_amount > 0 then greatest(0, -(balance + p_amount))
            else overdraft end
        where shard = p_shard and kind = p_kind and owner_id = p_owner_id and asset = p_asset;
        if not found then
            insert into account as a (shard, kind, owner_id, asset, balance, overdraft, may_go_negative)
            select p_shard, kind, p_owner_id, p_asset, p_amount,
                case when p_may_overdraw and not may_go_negative then greatest(0, -p_amount) else 0 end, may_go_negative
            from account_kind where kind = p_kind
            on conflict (shard, kind, owner_id, asset) do update
            set balance = a.balance + excluded.balance, overdraft = case
                when a.may_go_negative then 0
                when p_may_overdraw or p_amount > 0 then greatest(0, -(a.balance + excluded.balance))
                else a.overdraft end;
        end if;
    end if;
end $$;

CREATE FUNCTION public.move_held(p_purse public.wallet, p_hold public.hold, p_direction integer, p_first boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    pieces constant lot_coins[] := array(
        select row(lot_id, coins)::lot_coins from hold_piece where shard = p_hold.shard and hold_id = p_hold.hold_id);
begin
    update lot l set coins_held = coins_held + p_direction * c.coins from unnest(pieces) c
    where l.shard = p_hold.shard and l.lot_id = c.lot_id;
    perform lay_lots(p_hold.shard, p_hold.viewer_id, p_purse.spent,
        array(select row(c.lot_id, -p_direction * c.coins)::lot_coins from unnest(pieces) c), p_first);
    update wallet set coins = coins - p_direction * p_hold.coins, held = held + p_direction * p_hold.coins
    where shard = p_hold.shard and viewer_id = p_hold.viewer_id;
end $$;

CREATE FUNCTION public.move_merged(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_merged person;
begin
    select * into strict v_merged from person where id = p_merged_id;
    update person set subject = 'merged:' || p_id, platform_roles = '{}' where id = p_merged_id;
    insert into person_move (id, issuer_id, subject, to_subject, person_id, merged_id, moved_at)
    select p_id, v_merged.issuer_id, v_merged.subject, p.subject, p_into_id, p_merged_id, p_at from person p where p.id = p_into_id;
    update role_grant set taken_at = greatest(p_at, granted_at) where person_id = p_merged_id and taken_at is null;
    update session set ended_at = greatest(p_at, created_at) where person_id = p_merged_id and ended_at is null;
    delete from sign_in_code where person_id = p_merged_id;
end $$;

CREATE FUNCTION public.move_subject(p_id uuid, p_person_id bigint, p_subject text, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_person person;
begin
    select * into strict v_person from person where id = p_person_id for update;
    update person set subject = p_subject where id = p_person_id;
    insert into person_move (id, issuer_id, subject, to_subject, person_id, moved_at)
    values (p_id, v_person.issuer_id, v_person.subject, p_subject, p_person_id, p_at);
end $$;

CREATE FUNCTION public.moved_earnings(p_shard smallint, p_creator_id bigint, p_from timestamp with time zone, p_until timestamp with time zone) RETURNS TABLE(creator_id bigint, reason text, reference uuid, at timestamp with time zone, kind text, amount bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select c.creator_id, t.reason, t.reference, t.posted_at, t.kind, t.amount
    from (
        select b.creator_id from gift_balance b where b.shard = p_shard
        union
        select a.owner_id from account a where a.shard = p_shard and a.owner_id <> 0 and a.asset = 'DIAMOND'
    ) c
    cross join (values ('gift_balance'), ('diamonds_pending'), ('diamonds_available'), ('diamonds_in_payout')) k (kind)
    cross join lateral (
        select d.reason, d.reference, d.posted_at, k.kind, -d.amount as amount from transfer d
        where d.shard = p_shard and d.debit_kind = k.kind and d.debit_owner = c.creator_id
            and d.posted_at >= p_from and d.posted_at < p_until
        union all
        select d.reason, d.reference, d.posted_at, k.kind, d.amount from transfer d
        where d.shard = p_shard and d.credit_kind = k.kind and d.credit_owner = c.creator_id
            and d.posted_at >= p_from and d.posted_at < p_until
    ) t
    where p_creator_id is null or c.creator_id = p_creator_id
$$;

CREATE FUNCTION public.names_person(p_data json, p_person_id bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_data::text ~ ('"id": ?"' || p_person_id || '", ?"')
$$;

CREATE FUNCTION public.narrow_key(p_key_id integer, p_scopes text[], p_networks cidr[], p_expires_at timestamp with time zone) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    update api_key k set scopes = p_scopes, networks = p_networks, expires_at = p_expires_at
    where k.id = p_key_id and k.revoked_at is null and key_is_narrower(k, p_scopes, p_networks, p_expires_at)
    returning k.id
$$;

CREATE FUNCTION public.note_let_go(p_rule text, p_days integer, p_through timestamp with time zone, p_at timestamp with time zone, p_rows integer, p_is_done boolean) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    insert into retention_day as d (rule, day, days, through, rows, looked_at, is_done)
    values (p_rule, (p_at at time zone 'UTC')::date, p_days, p_through, p_rows, p_at, p_is_done)
    on conflict (rule, day) do update
    set days = excluded.days, through = greatest(d.through, excluded.through), rows = d.rows + excluded.rows,
        looked_at = greatest(d.looked_at, excluded.looked_at), is_done = excluded.is_done
$$;

CREATE FUNCTION public.note_lost_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    update webhook_endpoint e set lost_through = d.through
    from (
        select endpoint_id, max(position) as through from webhook_delivery
        where position <= new.forgotten_through and state = 'waiting' group by endpoint_id
    ) d
    where e.id = d.endpoint_id;
    return null;
end $$;

CREATE FUNCTION public.note_staff_since() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not new.platform_roles && staff_roles() then
        new.staff_since := null;
    elsif tg_op = 'INSERT' then
        new.staff_since := now();
    else
        new.staff_since := case when old.platform_roles && staff_roles() then old.staff_since else now() end;
    end if;
    return new;
end $$;

CREATE FUNCTION public.number_statements(p_months public.earnings_month[], p_at timestamp with time zone, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_reason text) RETURNS SETOF public.earnings_statement
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with counted as (
        insert into earnings_series as s (year, last_number)
        select extract(year from p_at at time zone 'UTC')::smallint, cardinality(p_months) where cardinality(p_months) > 0
        on conflict (year) do update set last_number = s.last_number + excluded.last_number
        returning s.year, s.last_number - cardinality(p_months) as before
    )
    insert into earnings_statement (year, number, shard, creator_id, month, edition, issued_at, issuer_name, issuer_address,
        issuer_tax_id, creator_name, reason, hash)
    select c.year, c.before + u.place, u.shard, u.creator_id, u.month, u.edition, p_at, p_issuer_name, p_issuer_address,
        p_issuer_tax_id, coalesce(p.display_name, ''), p_reason, earnings_hash(u.shard, u.creator_id, u.month, u.edition)
    from counted c
    cross join lateral (
        select row_number() over () as place, m.* from unnest(p_months) m
    ) u
    left join person p on p.id = u.creator_id
    returning *
$$;

CREATE FUNCTION public.order_in_turn(p_person_id bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if coins_cap(p_person_id, p_at) is not null then
        perform lock_wallets(spending_accounts(p_person_id));
    end if;
end $$;

CREATE FUNCTION public.order_is_looked_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    insert into safety_told (person_id, at) values (new.person_id, new.changed_at);
    return null;
end $$;

CREATE FUNCTION public.order_is_within_cap() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_most constant bigint := coins_cap(new.person_id, new.created_at);
begin
    if v_most is not null and v_most < (
        select sum(q.coins * o.quantity) from recharge_order o join quote q using (shard, person_id, quote_id)
        where o.person_id in (select accounts_of(new.person_id)) and o.shard = shard_of(o.person_id)
            and o.created_at > new.created_at - interval '1 day' and o.state not in ('declined', 'expired', 'refused'))
    then
        raise exception 'more coins than may be bought in a day' using errcode = 'check_violation', constraint = 'order_is_within_cap';
    end if;
    return null;
end $$;

CREATE FUNCTION public.owing_since(p_creator_id bigint) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with moved as (
        select posted_at, reference, reason, amount from transfer
        where shard = shard_of(p_creator_id) and credit_kind = 'diamonds_available' and credit_owner = p_creator_id
        union all
        select posted_at, reference, reason, -amount from transfer
        where shard = shard_of(p_creator_id) and debit_kind = 'diamonds_available' and debit_owner = p_creator_id
    ), stood as (
        select posted_at, reference, reason,
            (sum(amount) over (order by posted_at, reference, reason))::bigint as balance
        from moved
    )
    select min(posted_at) from stood
    where balance < 0 and (posted_at, reference, reason) > coalesce((
        select (s.posted_at, s.reference, s.reason) from stood s where s.balance >= 0
        order by s.posted_at desc, s.reference desc, s.reason desc limit 1
    ), row ('-infinity'::timestamptz, '00000000-0000-0000-0000-000000000000'::uuid, ''))
$$;

CREATE FUNCTION public.paper_number(p_seller_code text, p_shard smallint, p_number bigint, p_letter text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    select p_seller_code || '-' || p_shard || '-' || p_letter || lpad(p_number::text, greatest(6, length(p_number::text)), '0')
$$;

CREATE FUNCTION public.part_of(p_line public.gift_line, p_creator_id bigint, p_coins bigint) RETURNS public.gift_line
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    p_line.creator_id := p_creator_id;
    p_line.share_coins := p_coins;
    p_line.shares := null;
    p_line.message := null;
    return p_line;
end $$;

CREATE FUNCTION public.payable_step(p_currency text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when p_currency in ('HUF', 'IDR') then 100 else 1 end
$$;

CREATE FUNCTION public.payout_approval_is_controlled() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_stopped text;
begin
    perform pg_advisory_xact_lock(hashtext('plaudit.decision'));
    select string_agg(control, ', ') into v_stopped from payout_controls(new.shard, new.payout_id, new.at) where stops = 'approval' and not passed;
    if v_stopped is not null then
        raise exception 'payout % waits for a person: %', new.payout_id, v_stopped
            using errcode = 'check_violation', constraint = 'payout_is_controlled';
    end if;
    return new;
end $$;

CREATE FUNCTION public.payout_approval_takes_two() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if are_linked(new.actor_id, (select creator_id from payout where shard = new.shard and id = new.payout_id)) then
        raise exception 'nobody approves a payout of their own, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'payout_is_approved_by_another';
    end if;
    if new.decision_id is null and payout_needs_two(new.shard, new.payout_id, new.actor_id, new.at) then
        raise exception 'a payout of so much needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'payout_is_decided';
    end if;
    return new;
end $$;

CREATE FUNCTION public.payout_arrival(p_kind text, p_at timestamp with time zone, OUT arrives_from date, OUT arrives_to date) RETURNS record
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select working_days_after((p_at at time zone 'UTC')::date, u.there_from),
        working_days_after(working_days_after((p_at at time zone 'UTC')::date, u.decided), u.there_to)
    from payout_usual_days(p_kind) u
$$;

CREATE FUNCTION public.payout_connection_is_ready() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (
        select from payout_method m left join payout_connection c on c.shard = m.shard and c.method_id = m.id
        where m.shard = new.shard and m.id = new.method_id and m.kind = 'stripe_account' and c.state is distinct from 'ready')
    then
        raise exception 'the account of method % takes no money yet', new.method_id
            using errcode = 'check_violation', constraint = 'payout_connection_is_ready';
    end if;
    return null;
end $$;

CREATE FUNCTION public.payout_connection_waits(p_shard smallint, p_method_id uuid) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select c.changed_at from payout_connection c
    where c.shard = p_shard and c.method_id = p_method_id and c.state <> 'ready'
$$;

CREATE FUNCTION public.payout_controls(p_shard smallint, p_payout_id uuid, p_at timestamp with time zone) RETURNS TABLE(control text, figure bigint, most bigint, since timestamp with time zone, stops text, passed boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select v.control, v.figure, v.most, p.requested_at, 'approval', exists (
        select from payout_pass o
        where o.shard = p_shard and o.payout_id = p_payout_id and o.control = v.control and o.figure >= v.figure)
    from payout_velocity(p_shard, p_payout_id, p_at) v, payout p
    where p.shard = p_shard and p.id = p_payout_id
    union all
    -- Only a name that matches needs nobody. What a person decided of an account's name holds for its other payouts, until
    -- another name is vouched for; where nobody vouches, a bound says how much needs no person.
    select 'name_' || n.match, 0, 0, coalesce(m.name_compared_at, p.requested_at), 'approval', exists (
        select from payout_pass o join payout q on q.shard = o.shard and q.id = o.payout_id
        where q.shard = p.shard and q.method_id = p.method_id and o.control = 'name_' || n.match
            and o.passed_at >= coalesce(m.name_compared_at, o.passed_at))
    from payout p join payout_method m on m.shard = p.shard and m.id = p.method_id
    cross join lateral (select coalesce(m.name_match, 'unknown') as match) n
    where p.shard = p_shard and p.id = p_payout_id and n.match <> 'match'
        and (n.match <> 'unknown' or p.diamonds > decision_bound_of('payout_unnamed_diamonds'))
    union all
    select 'safety_hold', 0, 0, p.requested_at, 'approval', false from payout p
    where p.shard = p_shard and p.id = p_payout_id and step_holds(p.creator_id, 'hold_payout', p_at)
    union all
    select s.control, 0, 0, coalesce(s.since, p.requested_at), 'sending', false
    from payout p cross join lateral payout_screening(p.shard, p.method_id, p_at) s
    where p.shard = p_shard and p.id = p_payout_id
    union all
    select 'connection_waits', 0, 0, greatest(w.since, p.requested_at), 'sending', false
    from payout p cross join lateral (select payout_connection_waits(p.shard, p.method_id) as since) w
    where p.shard = p_shard and p.id = p_payout_id and w.since is not null
$$;

CREATE FUNCTION public.payout_is_its_quote() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.payout_is_no_emergency() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if (select emergency from decision where id = new.decision_id) then
        raise exception 'no emergency lets one operator approve what takes two'
            using errcode = 'check_violation', constraint = 'payout_is_no_emergency';
    end if;
    return new;
end $$;

CREATE FUNCTION public.payout_is_not_held() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (
        select from payout p
        left join payout_send s on tg_table_name = 'payout_send' and s.shard = p.shard and s.payout_id = p.id
        left join payout_export e on tg_table_name = 'payout_export_item' and e.number = (to_jsonb(new) ->> 'export_number')::integer
        where p.shard = new.shard and p.id = new.payout_id
            and step_holds(p.creator_id, 'hold_payout', coalesce(s.leased_until, e.exported_at))
    ) then
        raise exception 'payout % is held', new.payout_id using errcode = 'check_violation', constraint = 'payout_is_not_held';
    end if;
    return null;
end $$;

CREATE FUNCTION public.payout_is_passed_by_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if are_linked(new.passed_by, (select creator_id from payout where shard = new.shard and id = new.payout_id)) then
        raise exception 'nobody lets a payout of their own pass, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'payout_is_passed_by_another';
    end if;
    return new;
end $$;

CREATE FUNCTION public.payout_is_screened() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_control text;
begin
    select s.control into v_control
    from payout p
    left join payout_export e on tg_table_name = 'payout_export_item' and e.number = (to_jsonb(new) ->> 'export_number')::integer
    cross join lateral payout_screening(p.shard, p.method_id, greatest(p.changed_at, e.exported_at)) s
    where p.shard = new.shard and p.id = new.payout_id;
    if v_control is not null then
        raise exception 'payout % is not screened: %', new.payout_id, v_control
            using errcode = 'check_violation', constraint = 'payout_is_screened';
    end if;
    return null;
end $$;

CREATE FUNCTION public.payout_needs_two(p_shard smallint, p_payout_id uuid, p_operator_id bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p.diamonds > decision_bound_of('payout_alone_diamonds')
        or p.diamonds + coalesce((
            select sum(o.diamonds) from payout_event e join payout o on o.shard = e.shard and o.id = e.payout_id
            where e.to_state = 'approved' and e.decision_id is null and e.actor_id in (select accounts_of(p_operator_id))
                and e.at >= date_trunc('day', p_at, 'UTC')
        ), 0) > decision_bound_of('payout_alone_day_diamonds')
    from payout p where p.shard = p_shard and p.id = p_payout_id
$$;

CREATE FUNCTION public.payout_outcome_is_of_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if are_linked(new.actor_id, (select creator_id from payout where shard = new.shard and id = new.payout_id)) then
        raise exception 'nobody says what became of a payout of their own, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'payout_outcome_is_of_another';
    end if;
    return new;
end $$;

CREATE TABLE public.payout_quote (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    method_id uuid NOT NULL,
    diamonds bigint NOT NULL,
    rate_version integer NOT NULL,
    terms_version integer NOT NULL,
    currency text NOT NULL,
    gross_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    quoted_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT payout_quote_check CHECK ((expires_at > quoted_at)),
    CONSTRAINT payout_quote_check1 CHECK ((gross_minor = (fee_minor + net_minor))),
    CONSTRAINT payout_quote_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_quote_diamonds_check CHECK ((diamonds > 0)),
    CONSTRAINT payout_quote_fee_minor_check CHECK ((fee_minor >= 0)),
    CONSTRAINT payout_quote_gross_minor_check CHECK ((gross_minor > 0)),
    CONSTRAINT payout_quote_net_minor_check CHECK ((net_minor > 0))
);

COMMENT ON COLUMN public.payout_quote.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE FUNCTION public.payout_quote_is_worth_it(p_quote public.payout_quote) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE TABLE public.payout_rate (
    version integer NOT NULL,
    currency text NOT NULL,
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    source text NOT NULL,
    source_note text NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    decision_id uuid,
    CONSTRAINT payout_rate_check CHECK (((source = 'operator'::text) = (recorded_by IS NOT NULL))),
    CONSTRAINT payout_rate_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_rate_denominator_check CHECK ((denominator > 0)),
    CONSTRAINT payout_rate_numerator_check CHECK ((numerator > 0)),
    CONSTRAINT payout_rate_source_check CHECK ((source = ANY (ARRAY['house'::text, 'reference'::text, 'operator'::text]))),
    CONSTRAINT payout_rate_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.payout_rate.source IS 'house: came with Plaudit; reference: the house rate in US dollars at a reference rate of the ECB; operator: decided by one';

CREATE FUNCTION public.payout_rate_follows(p_rate public.payout_rate) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (
        select from exchange_rate dollar
        join lateral (
            select per_euro from exchange_rate e where e.day = dollar.day and e.currency = p_rate.currency
            union all select 1 where p_rate.currency = 'EUR'
        ) quoted on true
        join payout_rate house on house.currency = 'USD' and payout_rate_held(house, p_rate.effective_at)
        where dollar.day = reference_day_of(p_rate) and dollar.currency = 'USD'
            and p_rate.numerator::numeric * house.denominator * dollar.per_euro * 100
                = p_rate.denominator::numeric * house.numerator * quoted.per_euro * 10::numeric ^ currency_places(p_rate.currency))
$$;

CREATE FUNCTION public.payout_rate_held(p_rate public.payout_rate, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_rate.effective_at <= p_at and not exists (
        select from payout_rate later
        where later.currency = p_rate.currency and (later.effective_at, later.version) > (p_rate.effective_at, p_rate.version)
            and later.effective_at <= p_at - interval '1 minute')
$$;

CREATE FUNCTION public.payout_rate_is_bounded() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not payout_rate_is_within(new.currency, new.numerator, new.denominator, new.recorded_at)
        or (select alone from decision where id = new.decision_id)
            and not exists (select from payout_rate where currency = new.currency and effective_at <= new.recorded_at)
    then
        raise exception 'a payout rate is too far from what it takes the place of, or one operator alone begins a currency'
            using errcode = 'check_violation', constraint = 'payout_rate_is_bounded';
    end if;
    return new;
end $$;

CREATE FUNCTION public.payout_rate_is_within(p_currency text, p_numerator bigint, p_denominator bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with begun as (select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at)
    select not rewards_are_in_use() or not exists (
        select from payout_rate r, begun
        where r.currency = p_currency
            and (r.effective_at > begun.at or r.version = (
                select version from payout_rate where currency = p_currency and effective_at <= begun.at
                order by effective_at desc, version desc limit 1))
            and not is_within(p_numerator, p_denominator, r.numerator, r.denominator, decision_bound_of('payout_rate_change_bps'))
    )
$$;

CREATE FUNCTION public.payout_screening(p_shard smallint, p_method_id uuid, p_at timestamp with time zone) RETURNS TABLE(control text, since timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with rule as (
        select * from screening_rule order by id desc limit 1
    ), newest as (
        select s.* from screening s, rule r
        where s.shard = p_shard and s.method_id = p_method_id and s.provider = r.provider
            and s.asked_at > p_at - make_interval(secs => r.age_max_s)
        order by s.asked_at desc, s.id desc limit 1
    ), standing as (
        select case
            when n.id is null or n.outcome is null and n.failed_with is null then 'screening_missing'
            when n.outcome is null then 'screening_unreachable'
            when n.outcome = 'pending' then 'screening_pending'
            when n.outcome = 'potential_match' and d.verdict is null then 'screening_match'
            when n.outcome = 'potential_match' and d.verdict = 'is_them' then 'screening_confirmed'
            when r.identity and n.identity <> 'verified' then 'identity_unverified' end as control,
            coalesce(n.answered_at, n.asked_at) as since
        from rule r left join newest n on true
        left join screening_decision d on d.screening_id = n.id and d.said_at = n.answered_at
        where r.provider is not null
    )
    select control, since from standing where control is not null
$$;

CREATE FUNCTION public.payout_terms_are_bounded() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if payout_terms_exceed(new.method_kind, new.fee_bps, new.diamonds_min, new.diamonds_per_day_max, new.recorded_at) is not null then
        raise exception 'payout terms are too far from what they take the place of'
            using errcode = 'check_violation', constraint = 'payout_terms_are_bounded';
    end if;
    return new;
end $$;

CREATE FUNCTION public.payout_terms_exceed(p_method_kind text, p_fee_bps integer, p_diamonds_min bigint, p_diamonds_per_day_max bigint, p_at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with begun as (select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at), near as (
        select t.* from payout_terms t, begun
        where rewards_are_in_use()
            and (t.method_kind = p_method_kind and t.effective_at > begun.at or t.version = (
                select version from payout_terms
                where method_kind in (p_method_kind, 'bank_account') and effective_at <= begun.at
                order by method_kind <> p_method_kind, effective_at desc, version desc limit 1))
    )
    select case
        when bool_or(not is_within(p_diamonds_per_day_max, 1, diamonds_per_day_max, 1, decision_bound_of('payout_terms_change_bps'))
                or not is_within(p_diamonds_min, 1, diamonds_min, 1, decision_bound_of('payout_terms_change_bps')))
            then 'payout_terms_change_bps'
        when bool_or(abs(p_fee_bps - fee_bps) > decision_bound_of('payout_terms_fee_bps')) then 'payout_terms_fee_bps'
    end from near
$$;

CREATE TABLE public.payout_terms (
    version integer NOT NULL,
    method_kind text NOT NULL,
    fee_fixed_minor bigint NOT NULL,
    fee_fixed_currency text NOT NULL,
    fee_bps integer NOT NULL,
    diamonds_min bigint NOT NULL,
    diamonds_per_day_max bigint NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    note text NOT NULL,
    decision_id uuid,
    CONSTRAINT payout_terms_check CHECK ((diamonds_per_day_max >= diamonds_min)),
    CONSTRAINT payout_terms_diamonds_min_check CHECK ((diamonds_min > 0)),
    CONSTRAINT payout_terms_fee_bps_check CHECK (((fee_bps >= 0) AND (fee_bps <= 10000))),
    CONSTRAINT payout_terms_fee_fixed_currency_check CHECK ((fee_fixed_currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_terms_fee_fixed_minor_check CHECK ((fee_fixed_minor >= 0)),
    CONSTRAINT payout_terms_method_kind_check CHECK ((method_kind = ANY (ARRAY['bank_account'::text, 'stripe_account'::text, 'paypal'::text]))),
    CONSTRAINT payout_terms_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.payout_terms.method_kind IS 'what of it has no terms of its own is paid by those of bank accounts';

COMMENT ON COLUMN public.payout_terms.diamonds_min IS 'the threshold of one payout';

COMMENT ON COLUMN public.payout_terms.diamonds_per_day_max IS 'what one creator can request in a day of UTC';

CREATE FUNCTION public.payout_terms_held(p_terms public.payout_terms, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_terms.effective_at <= p_at and not exists (
        select from payout_terms later
        where later.method_kind = p_terms.method_kind
            and (later.effective_at, later.version) > (p_terms.effective_at, p_terms.version)
            and later.effective_at <= p_at - interval '1 minute')
$$;

CREATE FUNCTION public.payout_usual_days(p_kind text) RETURNS TABLE(decided integer, there_from integer, there_to integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select 3, u.there_from, u.there_to
    from (values ('bank_account', 1, 3), ('stripe_account', 2, 5), ('paypal', 0, 1)) u (kind, there_from, there_to)
    where u.kind = p_kind
$$;

CREATE FUNCTION public.payout_velocity(p_shard smallint, p_payout_id uuid, p_at timestamp with time zone) RETURNS TABLE(control text, figure bigint, most bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with this as materialized (
        select p.creator_id, p.requested_at, p.id, p.diamonds, m.account_fingerprint
        from payout p join payout_method m on m.shard = p.shard and m.id = p.method_id
        where p.shard = p_shard and p.id = p_payout_id
    ), own as materialized (
        select accounts_of(creator_id) as id from this
    ), counted as materialized (
        select p.id, p.creator_id, p.diamonds, coalesce(e.at, p_at) as at
        from payout p left join payout_event e on e.shard = p.shard and e.payout_id = p.id and e.to_state = 'approved', this
        where p.id <> this.id and (p.state = 'requested' and (p.requested_at, p.id) < (this.requested_at, this.id)
            or p.state in ('approved', 'sent', 'paid', 'returned') and e.at > p_at - interval '7 days')
        union all
        select id, creator_id, diamonds, p_at from this
    ), of_person as materialized (
        select c.diamonds, c.at > p_at - interval '1 day' as today from counted c where c.creator_id in (select id from own)
    ), of_account as materialized (
        select c.diamonds, (select min(a) from accounts_of(c.creator_id) a) as person_id
        from counted c join payout p on p.id = c.id join payout_method m on m.shard = p.shard and m.id = p.method_id, this
        where m.account_fingerprint = this.account_fingerprint
    ), figure (control, value) as (
        select 'payout_person_day_count', count(*) filter (where today) from of_person
        union all select 'payout_person_day_diamonds', sum(diamonds) filter (where today) from of_person
        union all select 'payout_person_week_count', count(*) from of_person
        union all select 'payout_person_week_diamonds', sum(diamonds) from of_person
        union all select 'payout_account_week_creators', count(distinct person_id) from of_account
        union all select 'payout_account_week_diamonds', sum(diamonds) from of_account
        union all select 'payout_house_day_diamonds', sum(diamonds) filter (where at > p_at - interval '1 day') from counted
        union all select 'payout_new_creator_diamonds', sum(diamonds) from of_person where not exists (
            select from own, payout p join payout_event e on e.shard = p.shard and e.payout_id = p.id and e.to_state = 'paid'
            where p.shard = shard_of(own.id) and p.creator_id = own.id
                and e.at <= p_at - make_interval(secs => decision_bound_of('payout_new_creator_window_s')))
    )
    select f.control, f.value::bigint, b.value
    from figure f cross join lateral (select decision_bound_of(f.control) as value) b
    where f.value > b.value
$$;

CREATE FUNCTION public.payout_waits(p_state text, p_kind text, p_requested_at timestamp with time zone, p_changed_at timestamp with time zone, p_provider_wait text, p_provider_wait_until timestamp with time zone, p_provider_arrives_on date) RETURNS TABLE(waits_for text, waits_until timestamp with time zone)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select w.reason, coalesce(w.until, (w.day + 1)::timestamp at time zone 'UTC')
    from (select 1) one left join lateral (
        select 'approval' as reason, null::timestamptz as until,
            working_days_after((p_requested_at at time zone 'UTC')::date, u.decided) as day
        from payout_usual_days(p_kind) u where p_state = 'requested'
        union all
        select 'sending', null, working_days_after((p_changed_at at time zone 'UTC')::date, 1) where p_state = 'approved'
        union all
        select p_provider_wait, p_provider_wait_until, null where p_state = 'sent' and p_provider_wait is not null
        union all
        select 'arrival', null, coalesce(p_provider_arrives_on, working_days_after((p_changed_at at time zone 'UTC')::date, u.there_to))
        from payout_usual_days(p_kind) u where p_state = 'sent' and p_provider_wait is null) w on true
$$;

CREATE FUNCTION public.payout_was_approved_alone_by(p_shard smallint, p_payout_id uuid, p_operator_id bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (
        select from payout_event e left join decision d on d.id = e.decision_id
        where e.shard = p_shard and e.payout_id = p_payout_id and e.to_state = 'approved' and coalesce(d.alone, true)
            and are_linked(p_operator_id, e.actor_id))
$$;

CREATE FUNCTION public.payouts_wait() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (select from database_life where payouts_compared_at is null);
$$;

CREATE FUNCTION public.period_began(p_period text, p_at timestamp with time zone, p_time_zone text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select max(began) from (
        select (date_trunc(p_period, p_at at time zone p_time_zone) - n * ('1 ' || p_period)::interval) at time zone p_time_zone
        from generate_series(0, 1) n
    ) b (began) where began <= p_at
$$;

CREATE FUNCTION public.period_ends(p_period text, p_at timestamp with time zone, p_time_zone text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select min(ends) from (
        select (date_trunc(p_period, p_at at time zone p_time_zone) + n * ('1 ' || p_period)::interval) at time zone p_time_zone
        from generate_series(0, 1) n
    ) e (ends) where ends > p_at
$$;

CREATE FUNCTION public.period_of(p_brake public.brake, OUT name text, OUT mark bigint, OUT most bigint) RETURNS record
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select name, mark, most from (values
        (1, 'month', p_brake.month_mark, p_brake.month_max),
        (2, 'week', p_brake.week_mark, p_brake.week_max),
        (3, 'day', p_brake.day_mark, p_brake.day_max)
    ) p (place, name, mark, most)
    where most is not null order by place limit 1
$$;

CREATE FUNCTION public.person_comes_by_their_subject() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (select from person_move m where (m.issuer_id, m.subject) = (new.issuer_id, new.subject)) then
        raise exception 'subject % leads to another person', new.subject
            using errcode = 'check_violation', constraint = 'person_comes_by_their_subject';
    end if;
    return null;
end $$;

CREATE FUNCTION public.policy_pack_is_bounded() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if new.loosens
        and new.effective_at < new.recorded_at + make_interval(secs => decision_bound_of('policy_pack_loosening_lead_s'))
    then
        raise exception 'a pack that loosens something holds no sooner than its lead says'
            using errcode = 'check_violation', constraint = 'policy_pack_is_bounded';
    end if;
    return new;
end $$;

CREATE FUNCTION public.post(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    movement transfer_reason;
begin
    select * into movement from transfer_reason r where r.reason = p_reason;
    if movement.debit_kind in ('wallet', 'clearing') or movement.credit_kind in ('wallet', 'clearing') then
        raise exception '% moves a wallet; use fund() or charge()', p_reason using errcode = 'invalid_parameter_value';
    end if;
    if not record_transfer(p_shard, p_reference, p_reason, p_debit_owner, p_credit_owner, p_asset, p_amount, p_at) then
        return false;
    end if;
    -- Always in the order of the kinds, whichever is the debit: two opposite movements cannot wait for each other.
    if movement.debit_kind < movement.credit_kind then
        perform move_balance(p_shard, movement.debit_kind, p_debit_owner, p_asset, -p_amount, movement.may_overdraw);
        perform move_balance(p_shard, movement.credit_kind, p_credit_owner, p_asset, p_amount);
    else
        perform move_balance(p_shard, movement.credit_kind, p_credit_owner, p_asset, p_amount);
        perform move_balance(p_shard, movement.debit_kind, p_debit_owner, p_asset, -p_amount, movement.may_overdraw);
    end if;
    -- What leaves a gift balance becomes money, or was money before: granted coins stay in it.
    if movement.debit_kind = 'gift_balance' and exists (
        select from gift_balance g where g.shard = p_shard and g.creator_id = p_debit_owner
            and g.balance < promotional_received(p_shard, p_debit_owner)
    ) then
        raise exception 'the gift balance of creator % is of granted coins', p_debit_owner
            using errcode = 'check_violation', constraint = 'gift_balance_not_overdrawn';
    end if;
    return true;
end $$;

CREATE FUNCTION public.price_book_held(p_version integer, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (
        select from price_book b
        where b.version = p_version and b.effective_at <= p_at and not exists (
            select from price_book later
            where (later.effective_at, later.version) > (b.effective_at, b.version)
                and later.effective_at <= p_at - interval '1 minute'
                and not exists (select from price_book_withdrawal w where w.version = later.version)))
$$;

CREATE FUNCTION public.price_book_is_as_decided(p_version integer) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with decided as (select decided_book(decision_id) as book from price_book where version = p_version)
    select (select (b.note, b.rates_date, b.sources, b.rates) is not distinct from
                (d.book ->> 'note', (d.book ->> 'rates_date')::date, d.book -> 'sources', d.book -> 'rates')
            from price_book b, decided d where b.version = p_version)
        and not exists ((select * from price where version = p_version
            except select r.* from decided d, proposed_prices(d.book, p_version) r))
        and not exists ((select r.* from decided d, proposed_prices(d.book, p_version) r
            except select * from price where version = p_version))
        and not exists ((select * from package where version = p_version
            except select r.* from decided d, proposed_packages(d.book, p_version) r))
        and not exists ((select r.* from decided d, proposed_packages(d.book, p_version) r
            except select * from package where version = p_version))
        and not exists ((select * from price_seller where version = p_version
            except select r.* from decided d, proposed_sellers(d.book, p_version) r))
        and not exists ((select r.* from decided d, proposed_sellers(d.book, p_version) r
            except select * from price_seller where version = p_version))
$$;

CREATE FUNCTION public.price_book_is_bounded() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if exists (select from price_book_strays(decided_book(new.decision_id), new.published_at)) then
        raise exception 'prices are too far from those they take the place of'
            using errcode = 'check_violation', constraint = 'price_book_is_bounded';
    end if;
    return new;
end $$;

CREATE FUNCTION public.price_book_never_changes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'INSERT' and tg_table_name <> 'price_book'
        and (select written_in from price_book b where b.version = new.version) = pg_current_xact_id() then
        return new;
    end if;
    raise check_violation using
        message = 'a published price book is never changed; publish a new version',
        constraint = 'price_book_never_changes', table = tg_table_name;
end $$;

CREATE FUNCTION public.price_book_strays(p_book jsonb, p_at timestamp with time zone) RETURNS TABLE(bound text, region text, channel text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not rewards_are_in_use() then
        return;
    end if;
    return query
    with published as (
        select b.version, b.effective_at, b.rates from price_book b
        where not exists (select from price_book_withdrawal w where w.version = b.version)
    ), begun as (
        select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at
    ), near as (
        select p.version, p.rates from published p, begun
        where p.effective_at > begun.at or p.version = (
            select o.version from published o where o.effective_at <= begun.at order by o.effective_at desc, o.version desc limit 1)
        union all select 0, p_book -> 'rates'
    ), packages as (
        select * from package where package.version in (select n.version from near n)
        union all select * from proposed_packages(p_book, 0)
    ), prices as (
        select * from price where price.version in (select n.version from near n)
        union all select * from proposed_prices(p_book, 0)
    ), coin as (
        select p.version, p.region, p.channel, p.currency, p.store_fee_bps, p.tax_rate_bps, w.cents,
            x.share * c.unit as chosen, x.share * least(c.unit, k.cheapest) as cheapest
        from prices p join near n using (version)
        cross join lateral (select case when p.tax_included then 10000 / (10000 + p.tax_rate_bps)::numeric else 1 end) as x (share)
        cross join lateral (
            select case when p.custom_amounts then p.unit_numerator::numeric / p.unit_denominator end) as c (unit)
        cross join lateral (
            select min(least(k.price_minor, k.offer_price_minor)::numeric / k.coins) from packages k
            where (k.version, k.region, k.channel) = (p.version, p.region, p.channel)) as k (cheapest)
        left join lateral currency_worth(n.rates) w on w.currency = p.currency
    ), followed as (
        select distinct on (t.country) t.country, t.rate_bps from tax_rate t
        where t.valid_from <= p_at::date and (t.valid_until is null or p_at::date < t.valid_until)
        order by t.country, t.is_override desc, t.tax_rate_id desc
    ), compared as (
        select a.region, a.channel, o.store_fee_bps as fee_before, a.store_fee_bps as fee_after,
            o.tax_rate_bps as tax_before, a.tax_rate_bps as tax_after,
            a.cheapest * f.rate as cheapest_after, o.cheapest as cheapest_before,
            a.chosen * f.rate as chosen_after, o.chosen as chosen_before
        from coin a join coin o on o.version <> 0 and (o.region, o.channel) = (a.region, a.channel)
        cross join lateral (
            select case when a.currency = o.currency then 1 else a.cents / o.cents end) as f (rate)
        where a.version = 0
    )
    select case when abs(c.fee_after - c.fee_before) > decision_bound_of('price_book_fee_bps') then 'price_book_fee_bps'
            when c.tax_strays then 'tax_rate_change_bps' else 'price_book_change_bps' end, c.region, c.channel
    from (
        select compared.*, abs(tax_after - tax_before) > decision_bound_of('tax_rate_change_bps')
            and not exists (select from followed f where (f.country, f.rate_bps) = (compared.region, tax_after)) as tax_strays
        from compared
    ) c
    where abs(c.fee_after - c.fee_before) > decision_bound_of('price_book_fee_bps') or c.tax_strays
        or not is_within(c.cheapest_after, 1, c.cheapest_before, 1, decision_bound_of('price_book_change_bps'))
        or not is_within(c.chosen_after, 1, c.chosen_before, 1, decision_bound_of('price_book_change_bps'))
    order by c.region, c.channel limit 1;
end $$;

CREATE FUNCTION public.promotional_received(p_shard smallint, p_creator_id bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(sum(p.coins), 0)::bigint
    from promotional_part p
    join delivery_stream d on d.shard = p.creator_shard and d.source_shard = p.shard and d.delivered_through >= p.batch_no
    where p.creator_shard = p_shard and p.creator_id = p_creator_id
$$;

CREATE TABLE public.package (
    version integer NOT NULL,
    region text NOT NULL,
    channel text NOT NULL,
    coins bigint NOT NULL,
    price_minor bigint NOT NULL,
    sort integer NOT NULL,
    best_value boolean DEFAULT false NOT NULL,
    saving_percent integer,
    offer_code text,
    offer_price_minor bigint,
    offer_starts_at timestamp with time zone,
    offer_ends_at timestamp with time zone,
    CONSTRAINT package_coins_check CHECK ((coins > 0)),
    CONSTRAINT package_offer_code_check CHECK ((offer_code ~ '^[a-z0-9-]{1,40}$'::text)),
    CONSTRAINT package_offer_ends_after_it_starts CHECK ((offer_ends_at > offer_starts_at)),
    CONSTRAINT package_offer_is_whole CHECK ((num_nulls(offer_code, offer_price_minor, offer_starts_at, offer_ends_at) = ANY (ARRAY[0, 4]))),
    CONSTRAINT package_offer_price_minor_check CHECK ((offer_price_minor > 0)),
    CONSTRAINT package_price_minor_check CHECK ((price_minor > 0)),
    CONSTRAINT package_saving_percent_check CHECK (((saving_percent >= 1) AND (saving_percent <= 99)))
);

COMMENT ON COLUMN public.package.best_value IS 'claims that no other way to buy coins here costs as little per coin';

COMMENT ON COLUMN public.package.saving_percent IS 'claims to cost this much less than the same coins in the apps';

CREATE FUNCTION public.proposed_packages(p_book jsonb, p_version integer) RETURNS SETOF public.package
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select r.* from jsonb_array_elements(p_book -> 'prices') as p (body)
    cross join lateral jsonb_array_elements(p.body -> 'packages') with ordinality as k (body, place)
    cross join lateral jsonb_populate_record(null::package, k.body || jsonb_build_object('version', p_version,
        'region', p.body -> 'region', 'channel', p.body -> 'channel', 'sort', k.place - 1,
        'offer_code', k.body #> '{offer,code}', 'offer_price_minor', k.body #> '{offer,price_minor}',
        'offer_starts_at', k.body #> '{offer,starts_at}', 'offer_ends_at', k.body #> '{offer,ends_at}')) r
$$;

CREATE TABLE public.price (
    version integer NOT NULL,
    region text NOT NULL,
    channel text NOT NULL,
    currency text NOT NULL,
    unit_numerator bigint NOT NULL,
    unit_denominator bigint NOT NULL,
    step_minor bigint NOT NULL,
    tax_name text NOT NULL,
    tax_rate_bps integer NOT NULL,
    tax_included boolean NOT NULL,
    store_fee_bps integer NOT NULL,
    custom_amounts boolean NOT NULL,
    coins_min bigint NOT NULL,
    coins_max bigint NOT NULL,
    store_fee_fixed_minor bigint DEFAULT 0 NOT NULL,
    seller_code text,
    reference_numerator bigint NOT NULL,
    reference_denominator bigint NOT NULL,
    CONSTRAINT price_channel_check CHECK ((channel ~ '^[a-z][a-z0-9_]{0,29}$'::text)),
    CONSTRAINT price_check CHECK ((coins_max >= coins_min)),
    CONSTRAINT price_coins_min_check CHECK ((coins_min > 0)),
    CONSTRAINT price_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT price_reference_denominator_check CHECK ((reference_denominator > 0)),
    CONSTRAINT price_reference_numerator_check CHECK ((reference_numerator > 0)),
    CONSTRAINT price_region_check CHECK ((region ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT price_step_minor_check CHECK ((step_minor > 0)),
    CONSTRAINT price_store_fee_bps_check CHECK (((store_fee_bps >= 0) AND (store_fee_bps <= 10000))),
    CONSTRAINT price_store_fee_fixed_minor_check CHECK ((store_fee_fixed_minor >= 0)),
    CONSTRAINT price_tax_name_check CHECK ((tax_name <> ''::text)),
    CONSTRAINT price_tax_rate_bps_check CHECK (((tax_rate_bps >= 0) AND (tax_rate_bps <= 10000))),
    CONSTRAINT price_unit_denominator_check CHECK ((unit_denominator > 0)),
    CONSTRAINT price_unit_numerator_check CHECK ((unit_numerator > 0))
);

COMMENT ON COLUMN public.price.unit_numerator IS 'one coin costs unit_numerator / unit_denominator minor units, exactly';

COMMENT ON COLUMN public.price.step_minor IS 'prices are rounded up to a multiple of this many minor units';

COMMENT ON COLUMN public.price.custom_amounts IS 'whether other amounts than the packages can be bought';

COMMENT ON COLUMN public.price.store_fee_fixed_minor IS 'what the channel is expected to keep of each payment beside its share';

COMMENT ON COLUMN public.price.seller_code IS 'null: the seller of the settings';

COMMENT ON COLUMN public.price.reference_numerator IS 'one coin with tax costs reference_numerator / reference_denominator US cents at the rates of the book';

CREATE FUNCTION public.proposed_prices(p_book jsonb, p_version integer) RETURNS SETOF public.price
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select r.* from jsonb_array_elements(p_book -> 'prices') as p (body)
    cross join lateral jsonb_populate_record(null::price, p.body || jsonb_build_object('version', p_version)) r
$$;

CREATE TABLE public.price_seller (
    version integer NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    tax_id text NOT NULL,
    CONSTRAINT price_seller_code_check CHECK ((code ~ '^[A-Z0-9]{1,20}$'::text)),
    CONSTRAINT price_seller_name_check CHECK ((name <> ''::text))
);

COMMENT ON TABLE public.price_seller IS 'sellers of record; the code begins the numbers of their receipts';

COMMENT ON COLUMN public.price_seller.tax_id IS 'empty: the seller has none';

CREATE FUNCTION public.proposed_sellers(p_book jsonb, p_version integer) RETURNS SETOF public.price_seller
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select r.* from jsonb_array_elements(p_book -> 'sellers') as s (body)
    cross join lateral jsonb_populate_record(null::price_seller, s.body || jsonb_build_object('version', p_version)) r
$$;

CREATE FUNCTION public.publish_price_book(p_decision_id uuid, p_published_at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_book jsonb := decided_book(p_decision_id);
    v_version integer;
begin
    insert into price_book (version, effective_at, rates_date, note, sources, rates, published_at, published_by, copied_from,
        decision_id)
    select (select coalesce(max(version), 0) + 1 from price_book), d.effective_at, (v_book ->> 'rates_date')::date,
        v_book ->> 'note', v_book -> 'sources', v_book -> 'rates', p_published_at, d.proposed_by,
        (d.content::jsonb ->> 'copied_from')::integer, d.id
    from decision d where d.id = p_decision_id and d.kind = 'price_book' and d.outcome = 'confirmed'
    returning version into strict v_version;
    insert into price_seller select * from proposed_sellers(v_book, v_version);
    insert into price select * from proposed_prices(v_book, v_version);
    insert into package select * from proposed_packages(v_book, v_version);
    return v_version;
end $$;

CREATE FUNCTION public.purchase_is_bound_by_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if are_linked(new.resolved_by, (
        select person_id from recharge_order where shard = new.shard and order_id = new.order_id))
    then
        raise exception 'nobody binds a purchase to an order of their own, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'purchase_is_bound_by_another';
    end if;
    return new;
end $$;

CREATE FUNCTION public.put_back(p_shard smallint, p_viewer_id bigint, p_reversal_id uuid, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    known lot_reversal;
    purse wallet;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    update lot_reversal set put_back_at = p_at
    where shard = p_shard and viewer_id = p_viewer_id and reversal_id = p_reversal_id and put_back_at is null
    returning * into known;
    if not found then
        perform from lot_reversal where shard = p_shard and viewer_id = p_viewer_id and reversal_id = p_reversal_id;
        if not found then
            raise exception 'viewer % has no reversal %', p_viewer_id, p_reversal_id using errcode = 'no_data_found';
        end if;
        return false;
    end if;
    update lot set coins_reversed = coins_reversed - known.coins_unspent - known.coins_spent
    where shard = p_shard and lot_id = known.lot_id;
    if known.coins_unspent > 0 then
        perform record_transfer(p_shard, p_reversal_id, 'reversal_undone', 0, p_viewer_id, 'COIN', known.coins_unspent, p_at);
        perform move_balance(p_shard, 'coins_issued', 0, 'COIN', -known.coins_unspent);
        perform lay_strip(p_shard, p_viewer_id, purse.spent, known.lot_id, known.coins_unspent);
        update wallet set coins = coins + known.coins_unspent where shard = p_shard and viewer_id = p_viewer_id;
    end if;
    delete from reversed_strip where shard = p_shard and reversal_id = p_reversal_id;
    update gift_reversal set lifted_at = p_at where shard = p_shard and reversal_id = p_reversal_id;
    insert into clawback (shard, reversal_id, creator_id, direction, coins, creator_shard, through_batch_no, queued_at)
    select shard, reversal_id, creator_id, 'return', coins, creator_shard, through_batch_no, p_at from clawback
    where shard = p_shard and reversal_id = p_reversal_id and direction = 'take';
    return true;
end $$;

CREATE FUNCTION public.quote_is_of_its_book(p_quote public.quote) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select price_book_held(p_quote.book_version, p_quote.created_at) and exists (
        select from price p
        left join package k on (k.version, k.region, k.channel) = (p.version, p.region, p.channel) and k.coins = p_quote.coins
        where (p.version, p.region, p.channel, p.currency)
                = (p_quote.book_version, p_quote.region, p_quote.channel, p_quote.currency)
            and case when p.tax_included then p_quote.price_minor else p_quote.net_minor end
                >= coalesce(least(k.price_minor, k.offer_price_minor), p_quote.coins::numeric * p.unit_numerator / p.unit_denominator))
$$;

CREATE FUNCTION public.quoted_by_its_book() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not quote_is_of_its_book(new) then
        raise exception 'a quote promises coins for less than they are listed for'
            using errcode = 'check_violation', constraint = 'quoted_by_its_book';
    end if;
    return null;
end $$;

CREATE FUNCTION public.received_earnings(p_shard smallint, p_creator_id bigint, p_charged_from timestamp with time zone, p_from timestamp with time zone, p_until timestamp with time zone) RETURNS TABLE(creator_id bigint, place_id bigint, is_video boolean, kind text, country text, gifts bigint, coins bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with charged as (
        select g.shard, g.viewer_id, g.batch_no, g.creator_id, coalesce(g.room_id, g.video_id) as place_id,
            g.video_id is not null as is_video, g.spent_before, g.coins
        from gift g
        where g.creator_shard = p_shard and g.shares is null and g.charged_at >= p_charged_from
            and g.charged_at < p_until + interval '1 hour' -- clocks of servers differ a little
            and (p_creator_id is null or g.creator_id = p_creator_id)
        union all
        select g.shard, g.viewer_id, s.batch_no, s.creator_id, coalesce(g.room_id, g.video_id), g.video_id is not null,
            g.spent_before + s.before, s.coins
        from gift g
        cross join lateral (
            select u.creator_id, u.coins, u.creator_shard, g.share_batch_nos[u.share_no] as batch_no,
                (sum(u.coins) over (order by u.share_no))::bigint - u.coins as before
            from unnest(g.shares) with ordinality as u (creator_id, coins, creator_shard, share_no)
        ) s
        where g.shares is not null and g.charged_at >= p_charged_from and g.charged_at < p_until + interval '1 hour'
            and s.creator_shard = p_shard and (p_creator_id is null or s.creator_id = p_creator_id)
    ), batch as (
        select b.shard, b.batch_no from (select distinct shard, batch_no from charged) b
        cross join lateral (
            select d.delivered_at from delivery d
            where d.shard = p_shard and d.source_shard = b.shard and d.through_batch_no >= b.batch_no
            order by d.through_batch_no limit 1
        ) d
        where d.delivered_at >= p_from and d.delivered_at < p_until
    ), given as materialized (
        select c.shard, c.viewer_id, c.creator_id, c.place_id, c.is_video, count(*) as gifts,
            range_agg(int8range(c.spent_before, c.spent_before + c.coins)) as stretches
        from charged c join batch b using (shard, batch_no)
        group by 1, 2, 3, 4, 5
    ), spent as materialized (
        select g.shard, g.viewer_id, min(lower(g.stretches)) as first_coin, max(upper(g.stretches)) as last_coin
        from given g group by 1, 2
    ), piece as materialized ( -- what of each viewer's strip can have paid, before it is cut by gifts
        select s.shard, s.viewer_id, s.start_coin, s.end_coin,
            case when w.is_granted then 'promotional' else 'paid' end as kind,
            case when w.is_granted then '' else coalesce(a.region, '') end as country
        from spent p
        join strip s on s.shard = p.shard and s.viewer_id = p.viewer_id and s.end_coin > p.first_coin and s.start_coin < p.last_coin
        join lot l on l.shard = s.shard and l.lot_id = s.lot_id
        left join promotional_before o on o.shard = s.shard and o.viewer_id = s.viewer_id
        left join accounting_lot a on a.shard = s.shard and a.lot_id = s.lot_id
        cross join lateral (select l.kind = 'promotional' and s.start_coin >= coalesce(o.spent, 0) as is_granted) w
    ), cell as (
        select g.creator_id, g.place_id, g.is_video, p.kind, p.country,
            sum(least(p.end_coin, upper(u.stretch)) - greatest(p.start_coin, lower(u.stretch)))::bigint as coins
        from given g
        cross join lateral unnest(g.stretches) as u (stretch)
        join piece p on p.shard = g.shard and p.viewer_id = g.viewer_id
            and p.start_coin < upper(u.stretch) and p.end_coin > lower(u.stretch)
        group by 1, 2, 3, 4, 5
    ), counted as (
        select g.creator_id, g.place_id, sum(g.gifts)::bigint as gifts from given g group by 1, 2
    )
    select c.creator_id, c.place_id, c.is_video, c.kind, c.country,
        case when row_number() over (partition by c.creator_id, c.place_id order by c.kind, c.country) = 1
            then n.gifts else 0 end,
        c.coins
    from cell c join counted n using (creator_id, place_id)
$$;

CREATE FUNCTION public.record_transfer(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    present transfer;
begin
    insert into transfer (shard, reference, reason, debit_kind, debit_owner, credit_kind, credit_owner, asset, amount, posted_at)
    select p_shard, p_reference, r.reason, r.debit_kind, p_debit_owner, r.credit_kind, p_credit_owner, p_asset, p_amount, p_at
    from transfer_reason r where r.reason = p_reason
    on conflict (shard, reference, reason) do nothing;
    if found then
        return true;
    end if;
    select * into present from transfer t where t.shard = p_shard and t.reference = p_reference and t.reason = p_reason;
    if not found then
        raise exception 'no movement is called %', p_reason using errcode = 'foreign_key_violation';
    end if;
    if (present.debit_owner, present.credit_owner, present.asset, present.amount)
        <> (p_debit_owner, p_credit_owner, p_asset, p_amount)
    then
        raise exception 'transfer % of % was posted with another body', p_reason, p_reference
            using errcode = 'unique_violation', constraint = 'transfer_pkey';
    end if;
    return false;
end $$;

CREATE FUNCTION public.reference_day_of(p_rate public.payout_rate) RETURNS date
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    select substring(p_rate.source_note from '[0-9]{4}-[0-9]{2}-[0-9]{2}$')::date
$_$;

CREATE FUNCTION public.reference_rate_follows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not payout_rate_follows(new)
        or reference_day_of(new) < (select min(day) from (select distinct day from exchange_rate order by day desc limit 2) newest)
    then
        raise exception 'a rate that nobody decided is the house''s at the reference rate of the day'
            using errcode = 'check_violation', constraint = 'reference_rate_follows';
    end if;
    return null;
end $$;

CREATE FUNCTION public.refund_needs_two(p_shard smallint, p_order_id uuid, p_minor bigint, p_operator_id bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.refund_takes_two() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.refunds_need_two(p_shard smallint, p_order_ids uuid[], p_minors bigint[], p_operator_id bigint, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(bool_or(refund_needs_two(p_shard, o.id, o.minor, p_operator_id, p_at)), false)
        or coalesce(sum(us_cents_of_order(p_shard, o.id, o.minor)) + coalesce((
            select sum(us_cents_of_order(shard, order_id, amount_minor)) from reversal
            where requested_by = p_operator_id and created_at >= date_trunc('day', p_at, 'UTC') and kind = 'refund'
                and not is_decided_by_two(decision_id, minor_refund_id) and state <> 'undone'
        ), 0) > decision_bound_of('refund_alone_day_us_cents'), true)
    from unnest(p_order_ids, p_minors) o (id, minor)
$$;

CREATE FUNCTION public.refuse_frozen() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    stands_still boolean;
begin
    case tg_table_name
        when 'conversion' then
            stands_still := is_frozen(new.converted_at, new.creator_id, '{person,creator}');
        when 'payout' then
            stands_still := is_frozen(new.changed_at, new.creator_id, '{person,creator}', new.method_id, new.id);
        else
            select is_frozen(coalesce(s.leased_until, e.exported_at), p.creator_id, '{person,creator}', p.method_id, p.id)
            into stands_still from payout p
            left join payout_send s on tg_table_name = 'payout_send' and s.shard = p.shard and s.payout_id = p.id
            left join payout_export e on tg_table_name = 'payout_export_item' and e.number = (to_jsonb(new) ->> 'export_number')::integer
            where p.shard = new.shard and p.id = new.payout_id;
    end case;
    if stands_still then
        raise exception '% of % stands still', tg_table_name, to_jsonb(new) ->> 'creator_id'
            using errcode = 'check_violation', constraint = 'not_frozen';
    end if;
    return null;
end $$;

CREATE FUNCTION public.release_hold(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet;
    known hold;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    select * into known from hold h
    where h.shard = p_shard and h.viewer_id = p_viewer_id and h.hold_id = p_hold_id and h.state = 'held';
    if not found then
        return false;
    end if;
    perform end_hold(purse, known, case when p_at < known.ends_at then 'released' else 'lapsed' end, p_at);
    perform expire_wallet(p_shard, p_viewer_id, p_at);
    return true;
end $$;

CREATE FUNCTION public.release_lot(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet;
    known hold;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    for known in
        select h.* from hold_piece p join hold h using (shard, hold_id)
        where p.shard = p_shard and p.lot_id = p_lot_id and h.viewer_id = p_viewer_id and h.purpose = 'freeze' and h.state = 'held'
    loop
        perform end_hold(purse, known, case when p_at < known.ends_at then 'released' else 'lapsed' end, p_at);
    end loop;
    perform expire_wallet(p_shard, p_viewer_id, p_at);
end $$;

CREATE FUNCTION public.remove_message(p_shard smallint, p_viewer_id bigint, p_gift_id uuid, p_seq bigint, p_removed_by text, p_person_id bigint, p_key_id integer, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_gift gift;
    v_lines gift_line[];
    v_line gift_line;
    i integer;
begin
    update gift set message = null
    where shard = p_shard and viewer_id = p_viewer_id and id = p_gift_id and message is not null returning * into v_gift;
    if not found then
        return false;
    end if;
    insert into message_removal (shard, viewer_id, gift_id, removed_by, person_id, key_id, removed_at)
    values (p_shard, p_viewer_id, p_gift_id, p_removed_by, p_person_id, p_key_id, p_at);
    select f.lines into strict v_lines from frame f
    where f.shard = v_gift.creator_shard and f.room_id = coalesce(v_gift.room_id, v_gift.video_id) and f.seq = p_seq
    for no key update;
    for i in 1..cardinality(v_lines) loop
        v_line := v_lines[i];
        if v_line.viewer_id = p_viewer_id and v_line.id = p_gift_id then
            v_line.message := null;
            v_lines[i] := v_line;
        end if;
    end loop;
    update frame f set lines = v_lines
    where f.shard = v_gift.creator_shard and f.room_id = coalesce(v_gift.room_id, v_gift.video_id) and f.seq = p_seq;
    return true;
end $$;

CREATE FUNCTION public.rename_obstacles(p_person_id bigint) RETURNS TABLE(code text, amount bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with me as (select shard_of(p_person_id) as shard), owned (code, amount, most) as (
        select 'coins', coalesce(sum(w.coins), 0)::bigint, decision_bound_of('rename_alone_coins') from wallet w, me
        where w.shard = me.shard and w.viewer_id = p_person_id
        union all
        select 'diamonds', coalesce(sum(n), 0)::bigint, decision_bound_of('rename_alone_diamonds') from (
            select a.balance from account a, me
            where a.shard = me.shard and a.owner_id = p_person_id and a.kind in ('diamonds_available', 'diamonds_pending')
            union all select g.balance from gift_balance g, me where g.shard = me.shard and g.creator_id = p_person_id) e (n)
    )
    select code, amount from owned where amount > most
    union all
    select 'staff', n from staff_roles_of(p_person_id) n where n > 0
$$;

CREATE FUNCTION public.rename_person(p_id uuid, p_person_id bigint, p_subject text, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform lock_wallets(array[p_person_id]);
    if exists (select from rename_obstacles(p_person_id)) then
        raise exception 'a key alone leads person % to no other subject', p_person_id
            using errcode = 'check_violation', constraint = 'rename_is_not_obstructed';
    end if;
    perform move_subject(p_id, p_person_id, p_subject, p_at);
end $$;

CREATE FUNCTION public.report_reversal_of_link() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    told constant text := case new.state when 'done' then 'refund' else 'refund_undone' end;
begin
    insert into store_link_report (provider, link_id, kind, shard, order_id, reversal_id, region, currency, net_minor,
        tax_minor, net_left_minor, happened_at, report_by, due_at)
    select l.provider, l.link_id, told, s.shard, s.order_id, new.reversal_id, s.region, s.currency, new.net_minor,
        new.tax_minor, greatest(0, last.net_left_minor + case told when 'refund' then -new.net_minor else new.net_minor end),
        new.changed_at, new.changed_at + make_interval(hours => l.report_hours), new.changed_at
    from store_link_report s join store_link l using (provider, link_id)
    cross join lateral (
        select r.net_left_minor from store_link_report r where r.shard = s.shard and r.order_id = s.order_id
        order by r.number desc limit 1
    ) last
    where s.shard = new.shard and s.order_id = new.order_id and s.kind = 'sale' and (told = 'refund' or exists (
        select from store_link_report r where r.shard = new.shard and r.reversal_id = new.reversal_id and r.kind = 'refund'))
    on conflict do nothing;
    return null;
end $$;

CREATE FUNCTION public.report_sale_of_link() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    insert into store_link_report (provider, link_id, kind, shard, order_id, region, currency, net_minor, tax_minor,
        net_left_minor, happened_at, report_by, due_at)
    select l.provider, l.link_id, 'sale', o.shard, o.order_id, o.region, o.currency, o.net_minor, o.tax_minor, o.net_minor,
        o.changed_at, o.changed_at + make_interval(hours => l.report_hours), o.changed_at
    from store_link_order k join store_link l using (provider, link_id)
    join order_with_quote o on o.shard = k.shard and o.order_id = k.order_id
    where k.shard = new.shard and k.order_id = new.order_id
    on conflict do nothing;
    return null;
end $$;

CREATE FUNCTION public.require_decision() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_decision decision;
    v_row jsonb := to_jsonb(new);
    v_column text;
begin
    if v_row ->> 'decision_id' is null
        and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage')
    then
        return new;
    end if;
    select * into v_decision from decision
    where id = (v_row ->> 'decision_id')::uuid and kind = tg_argv[0] and outcome = 'confirmed';
    if not found then
        raise exception '% needs a confirmed decision', tg_table_name
            using errcode = 'check_violation', constraint = tg_table_name || '_is_decided';
    end if;
    foreach v_column in array tg_argv[1:] loop
        if (case v_column when 'effective_at' then to_jsonb(v_decision.effective_at) else v_decision.content::jsonb -> v_column end
            is distinct from v_row -> v_column)
        then
            raise exception '% of % is not what was decided', v_column, tg_table_name
                using errcode = 'check_violation', constraint = tg_table_name || '_is_decided';
        end if;
    end loop;
    return new;
end $$;

CREATE FUNCTION public.require_erasing(p_person_id bigint) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not exists (select from erasure where person_id = p_person_id and begun_at is not null and erased_at is null) then
        raise exception 'person % is not being erased', p_person_id using errcode = 'object_not_in_prerequisite_state';
    end if;
end $$;

CREATE FUNCTION public.require_payout_quote_worth() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not payout_quote_is_worth_it(new) then
        raise exception 'a quote says what its diamonds are worth'
            using errcode = 'check_violation', constraint = 'payout_quote_is_worth_it';
    end if;
    return new;
end $$;

CREATE FUNCTION public.revoke_key(p_key_id integer, p_at timestamp with time zone) RETURNS TABLE(id integer, name text, revoked_at timestamp with time zone)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    BEGIN ATOMIC
 UPDATE public.api_key k SET revoked_at = GREATEST(revoke_key.p_at, k.created_at)
   WHERE ((k.id = revoke_key.p_key_id) AND (k.revoked_at IS NULL))
   RETURNING k.id,
     k.name,
     k.revoked_at;
END;

CREATE FUNCTION public.revoked_age_tells_of_consents() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || person_id) from rule_consent
    where given_by = new.person_id and ended_at is null;
    return null;
end $$;

CREATE FUNCTION public.reward_rule_exceeds(p_numerator bigint, p_denominator bigint, p_maturity_s integer, p_at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with begun as (select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at), near as (
        select r.* from reward_rule r, begun
        where rewards_are_in_use() and (r.effective_at > begun.at or r.version = (
            select version from reward_rule where effective_at <= begun.at order by effective_at desc, version desc limit 1))
    )
    select case
        when bool_or(not is_within(p_numerator, p_denominator, numerator, denominator, decision_bound_of('reward_rule_change_bps')))
            then 'reward_rule_change_bps'
        when bool_or(maturity_s::numeric * 10000
                > p_maturity_s::numeric * (10000 + decision_bound_of('reward_rule_maturity_change_bps')))
            then 'reward_rule_maturity_change_bps'
    end from near
$$;

CREATE TABLE public.reward_rule (
    version integer NOT NULL,
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    maturity_s integer NOT NULL,
    coins_min bigint NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    note text NOT NULL,
    decision_id uuid,
    CONSTRAINT reward_rule_coins_min_check CHECK ((coins_min > 0)),
    CONSTRAINT reward_rule_denominator_check CHECK (((denominator >= 1) AND (denominator <= 1000000000))),
    CONSTRAINT reward_rule_maturity_s_check CHECK ((maturity_s >= 0)),
    CONSTRAINT reward_rule_numerator_check CHECK (((numerator >= 1) AND (numerator <= 1000000000))),
    CONSTRAINT reward_rule_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.reward_rule.maturity_s IS 'how long diamonds stay pending';

COMMENT ON COLUMN public.reward_rule.coins_min IS 'the smallest conversion';

COMMENT ON COLUMN public.reward_rule.recorded_by IS 'the operator; null: it came with the house';

CREATE FUNCTION public.reward_rule_held(p_rule public.reward_rule, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_rule.effective_at <= p_at and not exists (
        select from reward_rule later
        where (later.effective_at, later.version) > (p_rule.effective_at, p_rule.version)
            and later.effective_at <= p_at - interval '1 minute')
$$;

CREATE FUNCTION public.reward_rule_is_bounded() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if reward_rule_exceeds(new.numerator, new.denominator, new.maturity_s, new.recorded_at) is not null then
        raise exception 'a reward rule is too far from what it takes the place of'
            using errcode = 'check_violation', constraint = 'reward_rule_is_bounded';
    end if;
    return new;
end $$;

CREATE FUNCTION public.reward_stands_still(p_conversion_id uuid, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (
        select from freeze_record f
        where f.conversion_id = p_conversion_id and f.lifted_at is null and (f.ends_at is null or f.ends_at > p_at))
$$;

CREATE FUNCTION public.rewards_are_in_use() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (select from conversion)
$$;

CREATE FUNCTION public.rewards_mature_in_time() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if reward_stands_still(new.id, new.matured_at) then
        raise exception 'reward % stands still', new.id using errcode = 'check_violation', constraint = 'reward_stands_still';
    end if;
    return null;
end $$;

CREATE FUNCTION public.role_is_taken_once() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    raise exception 'a role that was taken is given anew' using errcode = 'restrict_violation';
end $$;

CREATE FUNCTION public.role_takes_two(p_role text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_role not in ('creator', 'auditor')
$$;

CREATE FUNCTION public.screening_needs_two(p_screening_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(sum(p.diamonds), 0) > decision_bound_of('screening_alone_diamonds')
    from screening s join payout p on p.shard = s.shard and p.method_id = s.method_id and p.state in ('requested', 'approved')
    where s.id = p_screening_id
$$;

CREATE FUNCTION public.screening_takes_two() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if are_linked(new.decided_by, (select creator_id from screening where id = new.screening_id)) then
        raise exception 'nobody decides of themselves, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'screening_is_decided_by_another';
    end if;
    if new.verdict = 'somebody_else' and new.decision_id is null and screening_needs_two(new.screening_id) then
        raise exception 'so much needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'screening_decision_is_decided';
    end if;
    return new;
end $$;

CREATE FUNCTION public.seal_acts(p_acts_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    chain act_chain;
    waiting record;
    sealed integer := 0;
begin
    select * into chain from act_chain for no key update skip locked;
    if not found then
        return 0;
    end if;
    for waiting in
        select a.id, a.record::text as record from act_unsealed u join act a on a.id = u.act_id
        order by u.number limit p_acts_max
    loop
        chain.last := chain.last + 1;
        chain.hash := sha256(chain.hash || convert_to(waiting.record, 'UTF8'));
        insert into act_seal (position, act_id, hash) values (chain.last, waiting.id, chain.hash);
        delete from act_unsealed where act_id = waiting.id;
        sealed := sealed + 1;
    end loop;
    update act_chain set last = chain.last, hash = chain.hash where sealed > 0;
    return sealed;
end $$;

CREATE FUNCTION public.sell(p_shard smallint, p_viewer_id bigint, p_order_id uuid, p_coins bigint, p_price_minor bigint, p_currency text, p_reasons text[], p_amounts bigint[], p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform lock_money(p_shard);
    perform fund(p_shard, p_viewer_id, p_order_id, 'paid', 'recharge', p_coins, p_price_minor, p_currency, p_at);
    for place in 1 .. cardinality(p_reasons) loop
        perform post(p_shard, p_order_id, p_reasons[place], 0, 0, p_currency, p_amounts[place], p_at);
    end loop;
end
$$;

CREATE FUNCTION public.session_gap() RETURNS interval
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select make_interval(secs => seconds) from brake_rule where name = 'session_gap'
$$;

CREATE TABLE public.guardian_limit (
    id uuid NOT NULL,
    number bigint NOT NULL,
    person_id bigint NOT NULL,
    set_by bigint NOT NULL,
    kind text NOT NULL,
    amount_minor bigint,
    night_from_minute smallint,
    night_to_minute smallint,
    set_at timestamp with time zone NOT NULL,
    is_over boolean DEFAULT false NOT NULL,
    CONSTRAINT guardian_limit_amount_minor_check CHECK (((amount_minor >= 1) AND (amount_minor <= '1000000000000'::bigint))),
    CONSTRAINT guardian_limit_is_of_its_kind CHECK ((((amount_minor IS NULL) OR (kind <> 'night'::text)) AND ((night_from_minute IS NULL) OR (kind = 'night'::text)) AND ((night_from_minute IS NULL) = (night_to_minute IS NULL)) AND (night_from_minute IS DISTINCT FROM COALESCE((night_to_minute)::integer, '-1'::integer)))),
    CONSTRAINT guardian_limit_kind_check CHECK ((kind = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'session'::text, 'gift'::text, 'creator'::text, 'night'::text]))),
    CONSTRAINT guardian_limit_night_from_minute_check CHECK (((night_from_minute >= 0) AND (night_from_minute <= 1439))),
    CONSTRAINT guardian_limit_night_to_minute_check CHECK (((night_to_minute >= 0) AND (night_to_minute <= 1439)))
);

COMMENT ON COLUMN public.guardian_limit.set_by IS 'the guardian; the person never changes it';

COMMENT ON COLUMN public.guardian_limit.is_over IS 'another was said later, or nobody answers for them any more';

CREATE FUNCTION public.set_guardian_limit(p_limit public.guardian_limit, p_currency text, p_coin_worth bigint, p_time_zone text, OUT outcome text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    said constant guardian_limit := p_limit;
    known guardian_limit;
begin
    perform begin_to_brake(said.person_id, p_currency, p_coin_worth, p_time_zone, said.set_at);
    select * into known from guardian_limit where id = said.id;
    if found then
        outcome := case when (known.person_id, known.set_by, known.kind, known.amount_minor, known.night_from_minute,
                known.night_to_minute)
            is not distinct from (said.person_id, said.set_by, said.kind, said.amount_minor, said.night_from_minute,
                said.night_to_minute) then 'said' else 'conflict' end;
        return;
    end if;
    update guardian_limit set is_over = true
    where person_id = said.person_id and set_by = said.set_by and kind = said.kind and not is_over;
    insert into guardian_limit (id, person_id, set_by, kind, amount_minor, night_from_minute, night_to_minute, set_at)
    values (said.id, said.person_id, said.set_by, said.kind, said.amount_minor, said.night_from_minute, said.night_to_minute,
        said.set_at);
    perform lay_brakes(said.person_id, said.set_at);
    outcome := 'said';
end $$;

CREATE FUNCTION public.set_limit(p_limit public.brake_limit, p_currency text, p_coin_worth bigint, p_time_zone text, p_may_loosen boolean, OUT outcome text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    said brake_limit := p_limit;
    known brake_limit;
    held brake_limit;
    zone_before text;
begin
    select time_zone into zone_before from brake_terms where person_id = said.person_id;
    perform begin_to_brake(said.person_id, p_currency, p_coin_worth, p_time_zone, said.set_at);
    select * into known from brake_limit where id = said.id;
    if found then
        outcome := case when (known.person_id, known.kind, known.amount_minor, known.minutes, known.night_from_minute,
                known.night_to_minute, known.night_asks)
            is not distinct from (said.person_id, said.kind, said.amount_minor, said.minutes, said.night_from_minute,
                said.night_to_minute, said.night_asks) then 'said' else 'conflict' end;
        return;
    end if;
    select * into held from limits_in_force(said.person_id, said.set_at) l where l.kind = said.kind;
    said.effective_at := said.set_at;
    if coalesce(is_looser(said, held), false) then
        said.effective_at := said.set_at + make_interval(secs => (select seconds from brake_rule where name = said.kind));
        if not p_may_loosen and said.effective_at > said.set_at then
            outcome := 'looser';
            return;
        end if;
    end if;
    update brake_limit set withdrawn_at = said.set_at
    where person_id = said.person_id and kind = said.kind and not is_laid and withdrawn_at is null;
    insert into brake_limit (id, person_id, kind, amount_minor, minutes, night_from_minute, night_to_minute, night_asks, set_at,
        effective_at)
    values (said.id, said.person_id, said.kind, said.amount_minor, said.minutes, said.night_from_minute, said.night_to_minute,
        said.night_asks, said.set_at, said.effective_at);
    if said.effective_at = said.set_at or zone_before is distinct from p_time_zone then
        perform lay_brakes(said.person_id, said.set_at);
    end if;
    outcome := 'said';
end $$;

CREATE FUNCTION public.set_pause(p_id uuid, p_person_id bigint, p_kind text, p_at timestamp with time zone, p_ends_at timestamp with time zone, p_currency text, p_coin_worth bigint, p_time_zone text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform begin_to_brake(p_person_id, p_currency, p_coin_worth, p_time_zone, p_at);
    insert into brake_pause (id, person_id, kind, began_at, ends_at) values (p_id, p_person_id, p_kind, p_at, p_ends_at)
    on conflict (id) do nothing;
    if not found then
        return exists (select from brake_pause where id = p_id and person_id = p_person_id and kind = p_kind
            and ends_at - began_at = p_ends_at - p_at);
    end if;
    perform lay_brakes(p_person_id, p_at);
    return true;
end $$;

CREATE FUNCTION public.settle_lives(p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with settled as (
        update database_life set payouts_compared_at = greatest(p_at, began_at)
        where payouts_compared_at is null returning epoch
    )
    select count(*) from settled;
$$;

CREATE FUNCTION public.shard_of(p_id bigint) RETURNS smallint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select (p_id % shards)::smallint from ledger_setting
$$;

CREATE FUNCTION public.sold_below_payout(p_from timestamp with time zone, p_draft jsonb, p_rows_max integer) RETURNS TABLE(from_at timestamp with time zone, book_version integer, region text, channel text, coins bigint, is_package boolean, place integer, currency text, net_minor bigint, payout_minor bigint, payout_currency text, rule_version integer, rate_version integer)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with book as materialized (
        select b.version, b.from_at, b.until, b.rates, o.cents, o.currency, o.rule_version, o.rate_version
        from books_from(p_from, p_draft) b join best_payouts(p_from, p_draft, null, null) o using (version)
    ), prices as (
        select * from price where price.version in (select b.version from book b)
        union all select * from jsonb_populate_recordset(null::price, p_draft -> 'prices')
    ), packages as (
        select * from package where package.version in (select b.version from book b)
        union all select * from jsonb_populate_recordset(null::package, p_draft -> 'packages')
    ), worth as materialized (
        select b.version, w.currency, w.cents from book b cross join lateral currency_worth(b.rates) w
    ), day as (
        -- The days on which taxes begin to hold while a book does.
        select b.version, b.from_at::date as day from book b
        union
        select b.version, r.valid_from from book b
        join (select valid_from from tax_rate union select valid_from from subdivision_tax_rate) r
            on r.valid_from > b.from_at::date and r.valid_from < b.until
    ), taxed as materialized (
        select p.version, p.region, p.channel, p.currency, p.unit_numerator::numeric / p.unit_denominator as unit, p.step_minor,
            p.tax_included, p.store_fee_bps, p.store_fee_fixed_minor, p.custom_amounts, p.coins_min, p.coins_max,
            b.from_at, b.until, b.currency as payout_currency, b.rule_version, b.rate_version, t.rate,
            payable_step(p.currency) as payable,
            -- Minor units that a coin can be paid out for.
            b.cents / coalesce(w.cents, p.reference_numerator::numeric * p.unit_denominator / p.reference_denominator
                / p.unit_numerator / case when p.tax_included then 1 else 1 + p.tax_rate_bps / 10000.0 end) as payout
        from book b
        join prices p using (version)
        left join worth w on w.version = p.version and w.currency = p.currency
        cross join lateral (
            select max(greatest(coalesce((
                select r.rate_bps from tax_rate r
                where r.country = p.region and r.valid_from <= d.day and (r.valid_until is null or d.day < r.valid_until)
                order by r.is_override desc, r.tax_rate_id desc limit 1
            ), p.tax_rate_bps) / 10000.0, (
                select max(s.rate_ppm) / 1000000.0 from subdivision_tax_rate s
                where s.country = p.region and s.valid_from <= d.day and (s.valid_until is null or d.day < s.valid_until)
            ))) as rate
            from day d where d.version = b.version
        ) t
    ), listed as (
        select x.*, k.coins, true as is_package, k.sort as place, case
            when k.offer_ends_at > x.from_at and k.offer_starts_at < x.until then least(k.price_minor, k.offer_price_minor)
            else k.price_minor end::numeric as minor, 0 as slack
        from taxed x join packages k using (version, region, channel)
        union all
        -- Of amounts that anybody chooses the smallest as they are, and all others as none of them is below.
        select x.*, n.coins, false, null, ceil(n.coins * x.unit / x.step_minor) * x.step_minor, 0
        from taxed x cross join lateral generate_series(x.coins_min, least(x.coins_max, x.coins_min + 50)) as n (coins)
        where x.custom_amounts
        union all
        select x.*, x.coins_min + 51, false, null, (x.coins_min + 51) * x.unit, x.payable + 1
        from taxed x where x.custom_amounts and x.coins_max > x.coins_min + 50
    ), sold as (
        select l.*, l.coins * l.payout as paid_out,
            left_of(l.minor, l.tax_included, l.rate, l.payable, l.store_fee_bps, l.store_fee_fixed_minor) - l.slack as net
        from listed l
    ), worst as (
        select distinct on (version, region, channel, place) * from sold where net <= paid_out
        order by version, region, channel, place, paid_out - net desc
    )
    select from_at, version, region, channel, coins, is_package, place, currency, floor(net)::bigint, ceil(paid_out)::bigint,
        payout_currency, rule_version, rate_version
    from worst order by from_at, region, channel, place limit p_rows_max
$$;

CREATE FUNCTION public.spend_hold(p_shard smallint, p_hold_id uuid, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gift public.gift_line, p_creator_shard smallint, p_refused boolean, OUT outcome text, OUT coins_after bigint, OUT combo_id uuid, OUT combo_count integer, OUT charged_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    purse wallet;
    known hold;
    is_frozen boolean;
    is_braked boolean := false;
    pays boolean;
    confirmed constant bigint := 1000000000000;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_gift.viewer_id for no key update;
    select * into known from hold h
    where h.shard = p_shard and h.viewer_id = p_gift.viewer_id and h.hold_id = p_hold_id;
    is_frozen := purse.frozen_until is not null and purse.frozen_until > p_charged_at or has_frozen_receiver(p_gift, p_charged_at);
    if purse.brake_id is not null and known.hold_id is not null then
        perform from brake where id = purse.brake_id for no key update;
        select (brake_on(b, p_charged_at, (
                select sum(p.coins * coin_worth_of(l, b.currency, b.coin_worth))::bigint
                from hold_piece p join lot l on l.shard = p.shard and l.lot_id = p.lot_id
                where p.shard = p_shard and p.hold_id = p_hold_id
            ), given_to(b, p_gift.creator_id), confirmed)).stopped_by is not null
        into is_braked from brake_of(p_gift.viewer_id, p_charged_at) b;
    end if;
    pays := known.hold_id is not null and not p_refused and not is_frozen and not is_braked and known.state = 'held'
        and known.ends_at > p_charged_at and known.coins = p_gift.coins
        and not exists (
            select from gift g where g.shard = p_shard and g.viewer_id = p_gift.viewer_id and g.id = p_gift.id);
    if pays then
        perform end_hold(purse, known, 'spent', p_charged_at, p_gift.id);
    end if;
    select c.outcomes[1], c.coins_after[1], c.combo_ids[1], c.combo_counts[1], c.charged_ats[1]
    into outcome, coins_after, combo_id, combo_count, charged_at
    from charge_gifts(
        p_shard, p_charged_at, p_combo_window_ms, array[p_gift], array[p_creator_shard], array[not pays], array[acting_key()],
        array[confirmed]) c;
    if pays <> (outcome = 'posted') then
        raise exception 'hold % and gift % do not fit: %', p_hold_id, p_gift.id, outcome using errcode = 'data_corrupted';
    end if;
    if outcome = 'refused' and is_frozen and not p_refused then
        outcome := 'frozen';
    elsif outcome = 'refused' and is_braked and not p_refused then
        outcome := 'braked';
    elsif outcome = 'repeated' and known.gift_id is distinct from p_gift.id then
        outcome := 'conflict';
    end if;
end $$;

CREATE FUNCTION public.spend_rank(p_lot public.lot) RETURNS record
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce(p_lot.expires_at, 'infinity'), p_lot.kind <> 'promotional', p_lot.created_at, p_lot.lot_id
$$;

CREATE FUNCTION public.spending_accounts(p_person_id bigint) RETURNS bigint[]
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select array_agg(id order by id) from accounts_of(p_person_id) id
$$;

CREATE FUNCTION public.staff_roles() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select '{operator,owner,support,finance,pricing,catalogue,safety,auditor}'::text[]
$$;

CREATE FUNCTION public.staff_roles_of(p_person_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select count(*) from (
        select from role_grant where person_id = p_person_id and taken_at is null and role <> 'creator'
        union all select from person where id = p_person_id and platform_roles && staff_roles()) s
$$;

CREATE FUNCTION public.step_holds(p_person_id bigint, p_kind text, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select exists (select from safety_step where kind = p_kind and lifted_at is null and ends_at > p_at) and exists (
        select from safety_step s
        where s.kind = p_kind and s.lifted_at is null and s.began_at <= p_at and s.ends_at > p_at
            and s.person_id in (select accounts_of(p_person_id)))
$$;

CREATE FUNCTION public.step_is_of_an_open_case() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not exists (select from safety_case c where c.id = new.case_id and c.outcome is null) then
        raise exception 'a step is of a case that is open' using errcode = 'check_violation', constraint = 'step_is_of_an_open_case';
    end if;
    return new;
end $$;

CREATE FUNCTION public.step_stays() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if tg_op = 'UPDATE' and exists (
        select from erasure e where e.person_id = old.person_id and e.begun_at is not null and e.erased_at is null)
    then
        new.reason := 'erased';
        new.lifted_because := case when old.lifted_because is not null then 'erased' end;
        return new;
    end if;
    if tg_op = 'DELETE' or old.lifted_at is not null then
        raise exception 'a step is lifted once and stays' using errcode = 'check_violation', constraint = 'step_stays';
    end if;
    if are_linked(new.lifted_by, new.person_id) then
        raise exception 'another operator lifts a step of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'step_is_lifted_by_another';
    end if;
    return new;
end $$;

CREATE FUNCTION public.stop_issuer(p_issuer_id integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    update issuer set active = false where id = p_issuer_id and active and removed_at is null returning id
$$;

CREATE FUNCTION public.stop_spending(p_id uuid, p_person_id bigint, p_set_by bigint, p_at timestamp with time zone, p_currency text, p_coin_worth bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform begin_to_brake(p_person_id, p_currency, p_coin_worth, null, p_at);
    insert into guardian_stop (id, person_id, set_by, began_at) values (p_id, p_person_id, p_set_by, p_at) on conflict do nothing;
    perform lay_brakes(p_person_id, p_at);
end $$;

CREATE FUNCTION public.store_guardian_says(p_person_id bigint) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with said as (
        select distinct on (store) state from store_guardian where person_id = p_person_id order by store, said_at desc, account)
    select case
        when exists (
            select from store_guardian c join store_guardian_withdrawal w using (store, account)
            where c.person_id = p_person_id and w.withdrawn_at >= c.said_at)
            or exists (select from said where state in ('pending', 'denied')) then 'withheld'
        when exists (select from said where state = 'given') then 'given'
    end
$$;

CREATE FUNCTION public.store_guardian_withdrawal_tells() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || person_id) from store_guardian
    where store = new.store and account = new.account;
    return null;
end $$;

CREATE FUNCTION public.streams_waiting() RETURNS TABLE(shard smallint, source_shards smallint[])
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
    with recursive waiting as (
        (select b.shard, b.creator_shard from gift_batch b order by b.shard, b.creator_shard limit 1)
        union all
        select n.shard, n.creator_shard from waiting w cross join lateral (
            select b.shard, b.creator_shard from gift_batch b
            where (b.shard, b.creator_shard) > (w.shard, w.creator_shard) order by b.shard, b.creator_shard limit 1
        ) n
    )
    select w.creator_shard, array_agg(w.shard order by w.shard) from waiting w group by w.creator_shard
$$;

CREATE FUNCTION public.sum_countries(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with before as (
        select b.creator_id, c.country, c.closing_coins
        from earnings_in_force(p_shard, (p_month - interval '1 month')::date, p_creator_id) b
        join earnings_country c on c.shard = p_shard and c.creator_id = b.creator_id and c.month = b.month and c.edition = b.edition
        where c.closing_coins <> 0
    ), own as (
        select m.creator_id, m.coins_out - (m.coins_in - m.received_coins) as leaves, coalesce(-b.closing_coins, 0) as owed,
            coalesce((select sum(l.pending) from earnings_line l
                where l.shard = m.shard and l.creator_id = m.creator_id and l.month = m.month and l.edition = m.edition
                    and l.reason = 'conversion'), 0)::bigint as diamonds
        from earnings_month m left join before b on b.creator_id = m.creator_id and b.closing_coins < 0
        where m.shard = p_shard and m.month = p_month and m.edition = p_edition
            and (p_creator_id is null or m.creator_id = p_creator_id)
    ), there as (
        select x.creator_id, x.country, sum(x.opening) as opening, sum(x.received) as received
        from (
            select b.creator_id, b.country, b.closing_coins as opening, 0 as received from before b where b.closing_coins > 0
            union all
            select g.creator_id, g.country, 0, g.coins from earnings_gift g
            where g.shard = p_shard and g.month = p_month and g.edition = p_edition and g.kind = 'paid'
                and (p_creator_id is null or g.creator_id = p_creator_id)
            union all
            select o.creator_id, '', 0, -o.leaves from own o where o.leaves < 0
        ) x
        group by x.creator_id, x.country
    ), pool as (
        select o.creator_id, o.owed, o.diamonds, greatest(o.leaves, 0) + o.owed as wanted,
            coalesce(sum(t.opening + t.received), 0) as coins
        from own o left join there t using (creator_id) group by o.creator_id, o.owed, o.diamonds, o.leaves
    ), placed as (
        select t.creator_id, t.country, t.opening, t.received, least(p.wanted, p.coins) as drawn, p.diamonds, p.coins,
            sum(t.opening + t.received) over (partition by t.creator_id order by t.country) as reached
        from there t join pool p using (creator_id)
    ), parted as (
        select creator_id, country, opening, received as coins_in,
            div(drawn * reached, coins) - div(drawn * (reached - opening - received), coins) as coins_out,
            div(diamonds * reached, coins) - div(diamonds * (reached - opening - received), coins) as diamonds
        from placed
        union all
        select creator_id, '', -owed, owed, greatest(wanted - coins, 0), case coins when 0 then diamonds else 0 end
        from pool where owed > 0 or wanted > coins or coins = 0 and diamonds > 0
    )
    insert into earnings_country (shard, creator_id, month, edition, country, opening_coins, coins_in, coins_out, diamonds)
    select p_shard, creator_id, p_month, p_edition, country, sum(opening), sum(coins_in), sum(coins_out), sum(diamonds)
    from parted group by creator_id, country
$$;

CREATE FUNCTION public.sum_earnings(p_shard smallint, p_settled timestamp with time zone) RETURNS date
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_month date;
begin
    insert into earnings_position (shard, month, issuing)
    select p_shard, m.month, m.month
    from (
        select date_trunc('month', min(first.at) at time zone 'UTC')::date as month
        from (
            (select min(d.delivered_at) as at from delivery d where d.shard = p_shard)
            union all
            (select min(t.posted_at) from transfer t
                where t.shard = p_shard and t.debit_kind = 'diamonds_issued' and t.debit_owner = 0)
        ) first
        where not exists (select from earnings_position p where p.shard = p_shard)
    ) m
    where m.month is not null
    on conflict do nothing;
    select p.month into v_month from earnings_position p where p.shard = p_shard for no key update skip locked;
    if v_month is null or month_begins((v_month + interval '1 month')::date) > p_settled then
        return null;
    end if;
    perform write_earnings(p_shard, v_month, 1::smallint, null);
    update earnings_position p set month = (v_month + interval '1 month')::date where p.shard = p_shard;
    return v_month;
end $$;

CREATE FUNCTION public.sum_lines(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with moved as (
        select m.creator_id, case m.reason when 'reward' then 'conversion' else m.reason end as reason,
            m.reference, m.at, m.kind, m.amount, c.rule_version, p.id as payout_id
        from moved_earnings(p_shard, p_creator_id, month_begins(p_month), month_begins((p_month + interval '1 month')::date)) m
        left join conversion c on m.reason in ('conversion', 'reward') and c.shard = p_shard and c.id = m.reference
        left join payout p on m.reason in ('payout_paid', 'payout_returned') and p.shard = p_shard and p.id = m.reference
    ), line as (
        select g.creator_id, 'delivery' as reason, null::integer as rule_version, null::uuid as payout_id, null::timestamptz as at,
            greatest(1, sum(g.gifts))::bigint as movements, sum(g.coins)::bigint as coins, 0::bigint as pending, 0::bigint as available, 0::bigint as in_payout
        from earnings_gift g
        where g.shard = p_shard and g.month = p_month and g.edition = p_edition
            and (p_creator_id is null or g.creator_id = p_creator_id)
        group by g.creator_id
        union all
        select m.creator_id, m.reason, m.rule_version, m.payout_id, case when m.payout_id is not null then min(m.at) end,
            count(distinct m.reference), coalesce(sum(m.amount) filter (where m.kind = 'gift_balance'), 0)::bigint,
            coalesce(sum(m.amount) filter (where m.kind = 'diamonds_pending'), 0)::bigint,
            coalesce(sum(m.amount) filter (where m.kind = 'diamonds_available'), 0)::bigint,
            coalesce(sum(m.amount) filter (where m.kind = 'diamonds_in_payout'), 0)::bigint
        from moved m group by m.creator_id, m.reason, m.rule_version, m.payout_id
    )
    insert into earnings_line (shard, creator_id, month, edition, line, reason, rule_version, payout_id, at, movements, coins, pending,
        available, in_payout, rate_version, currency, gross_minor, fee_minor)
    select p_shard, l.creator_id, p_month, p_edition,
        row_number() over (partition by l.creator_id order by array_position(array['delivery', 'clawback_coins',
            'clawback_coins_returned', 'conversion', 'clawback_pending', 'clawback_pending_returned', 'maturity',
            'clawback_available', 'clawback_available_returned', 'payout_requested', 'payout_given_back', 'payout_paid',
            'payout_returned'], l.reason), l.reason, l.rule_version, l.at, l.payout_id),
        l.reason, l.rule_version, l.payout_id, l.at, l.movements, l.coins, l.pending, l.available, l.in_payout,
        q.rate_version, p.currency, p.gross_minor * s.sign, p.fee_minor * s.sign
    from line l
    left join payout p on p.shard = p_shard and p.id = l.payout_id
    left join payout_quote q on q.shard = p_shard and q.id = p.quote_id
    cross join lateral (select case l.reason when 'payout_returned' then -1 else 1 end as sign) s
    where (l.coins, l.pending, l.available, l.in_payout) <> (0, 0, 0, 0)
$$;

CREATE FUNCTION public.sum_months(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_made integer;
begin
    insert into earnings_month (shard, creator_id, month, edition, gifts, received_coins, promotional_coins, opening_coins, coins_in,
        coins_out, opening_pending, pending_in, pending_out, opening_available, available_in, available_out, opening_in_payout,
        in_payout_in, in_payout_out)
    select p_shard, creator_id, p_month, p_edition, coalesce(g.gifts, 0), coalesce(g.coins, 0), coalesce(g.promotional, 0),
        coalesce(b.closing_coins, 0), coalesce(l.coins_in, 0), coalesce(l.coins_out, 0),
        coalesce(b.closing_pending, 0), coalesce(l.pending_in, 0), coalesce(l.pending_out, 0),
        coalesce(b.closing_available, 0), coalesce(l.available_in, 0), coalesce(l.available_out, 0),
        coalesce(b.closing_in_payout, 0), coalesce(l.in_payout_in, 0), coalesce(l.in_payout_out, 0)
    from (
        select creator_id, closing_coins, closing_pending, closing_available, closing_in_payout
        from earnings_in_force(p_shard, (p_month - interval '1 month')::date, p_creator_id)
        where (closing_coins, closing_pending, closing_available, closing_in_payout) <> (0, 0, 0, 0)
        union all
        select p_creator_id, 0, 0, 0, 0
        where p_edition > 1 and not exists ( -- what is corrected was something, whatever is left of it
            select from earnings_in_force(p_shard, (p_month - interval '1 month')::date, p_creator_id)
            where (closing_coins, closing_pending, closing_available, closing_in_payout) <> (0, 0, 0, 0))
    ) b
    full join (
        select creator_id, sum(greatest(coins, 0)) as coins_in, sum(greatest(-coins, 0)) as coins_out,
            sum(greatest(pending, 0)) as pending_in, sum(greatest(-pending, 0)) as pending_out,
            sum(greatest(available, 0)) as available_in, sum(greatest(-available, 0)) as available_out,
            sum(greatest(in_payout, 0)) as in_payout_in, sum(greatest(-in_payout, 0)) as in_payout_out
        from earnings_line
        where shard = p_shard and month = p_month and edition = p_edition and (p_creator_id is null or creator_id = p_creator_id)
        group by creator_id
    ) l using (creator_id)
    left join (
        select creator_id, sum(gifts)::bigint as gifts, sum(coins)::bigint as coins,
            coalesce(sum(coins) filter (where kind = 'promotional'), 0)::bigint as promotional
        from earnings_gift
        where shard = p_shard and month = p_month and edition = p_edition and (p_creator_id is null or creator_id = p_creator_id)
        group by creator_id
    ) g using (creator_id);
    get diagnostics v_made = row_count;
    return v_made;
end $$;

CREATE FUNCTION public.sum_received(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint, p_charged_from timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_from constant timestamptz := month_begins(p_month);
    v_until constant timestamptz := month_begins((p_month + interval '1 month')::date);
begin
    insert into earnings_gift (shard, creator_id, month, edition, place_id, kind, country, is_video, gifts, coins)
    select p_shard, r.creator_id, p_month, p_edition, r.place_id, r.kind, r.country, r.is_video, r.gifts, r.coins
    from received_earnings(p_shard, p_creator_id, p_charged_from, v_from, v_until) r;
    return not exists (
        select from (
            select u.creator_id, sum(u.coins) as coins
            from delivery d cross join lateral unnest(d.creator_ids, d.creator_coins) as u (creator_id, coins)
            where d.shard = p_shard and d.delivered_at >= v_from and d.delivered_at < v_until
                and (p_creator_id is null or u.creator_id = p_creator_id)
            group by u.creator_id
        ) d
        full join (
            select g.creator_id, sum(g.coins) as coins from earnings_gift g
            where g.shard = p_shard and g.month = p_month and g.edition = p_edition
                and (p_creator_id is null or g.creator_id = p_creator_id)
            group by g.creator_id
        ) g using (creator_id)
        where d.coins is distinct from g.coins);
end $$;

CREATE FUNCTION public.take_back(p_shard smallint, p_viewer_id bigint, p_reversal_id uuid, p_lot_id uuid, p_coins bigint, p_unspent_only boolean, p_at timestamp with time zone, OUT coins_unspent bigint, OUT coins_spent bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    known lot_reversal;
    purse wallet;
    taken_from lot;
    available bigint;
    broken integer;
begin
    select * into purse from wallet where shard = p_shard and viewer_id = p_viewer_id for no key update;
    select * into known from lot_reversal r where r.shard = p_shard and r.reversal_id = p_reversal_id;
    if found then
        if (known.viewer_id, known.lot_id, known.unspent_only, known.coins_unspent + known.coins_spent)
            <> (p_viewer_id, p_lot_id, p_unspent_only, p_coins)
        then
            raise exception 'reversal % took back something else', p_reversal_id
                using errcode = 'unique_violation', constraint = 'lot_reversal_pkey';
        end if;
        coins_unspent := known.coins_unspent;
        coins_spent := known.coins_spent;
        return;
    end if;

    broken := break_holds(purse, p_lot_id, p_coins, p_at);
    update lot set coins_reversed = coins_reversed + p_coins
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and p_coins > 0 returning * into taken_from;
    if not found then
        raise exception 'viewer % has no lot % of which % coins could be taken', p_viewer_id, p_lot_id, p_coins
            using errcode = 'no_data_found';
    end if;
    if taken_from.kind <> 'paid' then
        raise exception 'lot % was not paid for', p_lot_id using errcode = 'check_violation', constraint = 'lot_is_paid';
    end if;
    select coalesce(sum(end_coin - greatest(start_coin, purse.spent)), 0) into available from strip
    where shard = p_shard and viewer_id = p_viewer_id and lot_id = p_lot_id and end_coin > purse.spent;
    if p_unspent_only and available < p_coins then
        raise exception 'lot % has % unspent coins, not %', p_lot_id, available, p_coins
            using errcode = 'check_violation', constraint = 'lot_unspent_not_enough';
    end if;
    coins_unspent := least(available, p_coins);
    coins_spent := p_coins - coins_unspent;

    insert into lot_reversal (shard, reversal_id, viewer_id, lot_id, unspent_only, coins_unspent, coins_spent, taken_at)
    values (p_shard, p_reversal_id, p_viewer_id, p_lot_id, p_unspent_only, coins_unspent, coins_spent, p_at);
    if coins_unspent > 0 then
        perform record_transfer(p_shard, p_reversal_id, 'reversal', p_viewer_id, 0, 'COIN', coins_unspent, p_at);
        perform move_balance(p_shard, 'coins_issued', 0, 'COIN', coins_unspent);
        perform lay_strip(p_shard, p_viewer_id, purse.spent, p_lot_id, -coins_unspent);
        update wallet set coins = coins - coins_unspent where shard = p_shard and viewer_id = p_viewer_id;
    end if;
    if coins_spent > 0 then
        perform mark_spent(p_shard, p_viewer_id, purse.spent, p_reversal_id, p_lot_id, coins_spent, p_at);
    end if;
    if broken > 0 then
        perform expire_wallet(p_shard, p_viewer_id, p_at);
    end if;
end $$;

CREATE FUNCTION public.tax_rate_comes_with_the_house() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if new.rate_bps is distinct from coalesce((
            select t.rate_bps from tax_rate t where t.country = new.country order by t.is_override, t.tax_rate_id desc limit 1
        ), new.rate_bps)
        and not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage')
    then
        raise exception 'another rate than what came with the house needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'tax_rate_is_decided';
    end if;
    return new;
end $$;

CREATE FUNCTION public.tax_rate_is_bounded() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not tax_rate_is_within(new.country, to_jsonb(new) ->> 'subdivision',
        coalesce((to_jsonb(new) ->> 'rate_ppm')::integer, 100 * (to_jsonb(new) ->> 'rate_bps')::integer), new.valid_from,
        new.recorded_at)
    then
        raise exception 'a tax rate is too far from what it takes the place of'
            using errcode = 'check_violation', constraint = 'tax_rate_is_bounded';
    end if;
    return new;
end $$;

CREATE FUNCTION public.tax_rate_is_within(p_country text, p_subdivision text, p_rate_ppm integer, p_valid_from date, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    return not rewards_are_in_use() or not exists (
        with begun as (
            select (p_at - make_interval(secs => decision_bound_of('change_window_s')))::date as day
        ), rate as (
            select 100 * rate_bps as ppm, valid_from, valid_until, is_override, tax_rate_id as id from tax_rate
            where p_subdivision is null and country = p_country
            union all
            select rate_ppm, valid_from, valid_until, is_override, subdivision_tax_rate_id from subdivision_tax_rate
            where country = p_country and subdivision = p_subdivision
        ), day as (
            select day from begun
            union select p_valid_from
            union select x.day from rate, begun, unnest(array[valid_from, valid_until]) as x (day) where x.day > begun.day
        )
        select from day d cross join lateral (
            select r.ppm from rate r
            where r.valid_from <= d.day and (r.valid_until is null or d.day < r.valid_until)
            order by r.is_override desc, r.id desc limit 1
        ) held
        where abs(p_rate_ppm - held.ppm) > 100 * decision_bound_of('tax_rate_change_bps')
    );
end $$;

CREATE FUNCTION public.tell_facts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || (to_jsonb(new) ->> tg_argv[0]));
    return null;
end $$;

CREATE FUNCTION public.tell_grant() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('plaudit_ways_in',
        case when new.taken_at is null then 'roles:' else 'person:' end || new.person_id);
    return null;
end;
$$;

CREATE FUNCTION public.tell_pack() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform pg_notify('plaudit_ways_in', 'packs:' || new.version);
    return null;
end $$;

CREATE FUNCTION public.tell_person() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('plaudit_ways_in',
        case when old.platform_roles <@ new.platform_roles then 'roles:' else 'person:' end || new.id);
    return null;
end;
$$;

CREATE FUNCTION public.tell_silence_ends() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || old.person_id);
    return null;
end $$;

CREATE FUNCTION public.tell_subdivision() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || coalesce(new.person_id, old.person_id));
    return null;
end $$;

CREATE FUNCTION public.tell_way_in() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('plaudit_ways_in', tg_argv[0] || ':' || new.id);
    return null;
end;
$$;

CREATE TABLE public.room (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    title text NOT NULL,
    cover text NOT NULL,
    stage_url text,
    state text DEFAULT 'scheduled'::text NOT NULL,
    gifts_enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    issuer_id bigint,
    client_id uuid,
    external_id text,
    request_sha256 bytea,
    cover_url text,
    cover_alt text DEFAULT ''::text NOT NULL,
    stage_kind text DEFAULT 'hls'::text NOT NULL,
    removed_at timestamp with time zone,
    key_id integer DEFAULT public.acting_key(),
    words_through bigint DEFAULT 0 NOT NULL,
    words_gone_at timestamp with time zone,
    CONSTRAINT room_begins CHECK (
CASE state
    WHEN 'scheduled'::text THEN (started_at IS NULL)
    WHEN 'live'::text THEN (started_at IS NOT NULL)
    ELSE true
END),
    CONSTRAINT room_check CHECK (((external_id IS NULL) OR (issuer_id IS NOT NULL))),
    CONSTRAINT room_check1 CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT room_check2 CHECK (((removed_at IS NULL) OR (state <> 'live'::text))),
    CONSTRAINT room_check3 CHECK ((words_gone_at >= ended_at)),
    CONSTRAINT room_cover_alt_check CHECK ((char_length(cover_alt) <= 200)),
    CONSTRAINT room_external_id_check CHECK (((char_length(external_id) >= 1) AND (char_length(external_id) <= 200))),
    CONSTRAINT room_request_sha256_check CHECK ((length(request_sha256) = 32)),
    CONSTRAINT room_stage_kind_check CHECK ((stage_kind = ANY (ARRAY['hls'::text, 'page'::text]))),
    CONSTRAINT room_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'live'::text, 'ended'::text]))),
    CONSTRAINT room_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 120)))
);

COMMENT ON COLUMN public.room.shard IS 'its creator''s: where its frames are kept';

COMMENT ON COLUMN public.room.stage_url IS 'an HLS address; null shows the animated placeholder';

COMMENT ON COLUMN public.room.started_at IS 'null in a room that has ended: it never began';

COMMENT ON COLUMN public.room.issuer_id IS 'its creator''s platform, whose external_id it is; null in rooms older than it';

COMMENT ON COLUMN public.room.client_id IS 'the id its maker gave it, so that a repeat makes no second one';

COMMENT ON COLUMN public.room.request_sha256 IS 'what its maker asked for, to tell a repeat from another room';

COMMENT ON COLUMN public.room.cover_url IS 'a picture of the platform''s own; null: the drawing that cover names';

COMMENT ON COLUMN public.room.stage_kind IS 'what stage_url is: an HLS playlist, or a page that plays by itself';

COMMENT ON COLUMN public.room.removed_at IS 'nobody is shown it any more; what was given in it stays in the books';

COMMENT ON COLUMN public.room.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

COMMENT ON COLUMN public.room.words_through IS 'the last frame whose words were taken away because they are old';

ALTER TABLE public.room ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.room_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.video (
    id bigint DEFAULT nextval('public.room_id_seq'::regclass) NOT NULL,
    issuer_id integer NOT NULL,
    external_id text NOT NULL,
    owner_id bigint NOT NULL,
    title text NOT NULL,
    duration_ms integer NOT NULL,
    cover_url text,
    hls_url text,
    state text NOT NULL,
    published_at timestamp with time zone,
    territories_allowed text[],
    territories_blocked text[] DEFAULT '{}'::text[] NOT NULL,
    music_restricted boolean DEFAULT false NOT NULL,
    told_at timestamp with time zone NOT NULL,
    added_at timestamp with time zone NOT NULL,
    shard smallint NOT NULL,
    public_title text,
    key text DEFAULT replace((gen_random_uuid())::text, '-'::text, ''::text) NOT NULL,
    CONSTRAINT video_duration_ms_check CHECK (((duration_ms >= 1) AND (duration_ms <= 86400000))),
    CONSTRAINT video_external_id_check CHECK (((external_id ~ '^[A-Za-z0-9_-][A-Za-z0-9._~:=@-]*$'::text) AND (char_length(external_id) <= 200))),
    CONSTRAINT video_key_check CHECK ((key ~ '^[0-9a-f]{32}$'::text)),
    CONSTRAINT video_public_title_check CHECK (((char_length(public_title) >= 1) AND (char_length(public_title) <= 200))),
    CONSTRAINT video_published_at_a_time CHECK (((state <> 'published'::text) OR (published_at IS NOT NULL))),
    CONSTRAINT video_published_within CHECK (((published_at >= '1970-01-01 00:00:00+00'::timestamp with time zone) AND (published_at < '3000-01-01 00:00:00+00'::timestamp with time zone))),
    CONSTRAINT video_state_check CHECK ((state = ANY (ARRAY['published'::text, 'unlisted'::text, 'private'::text, 'age_restricted'::text, 'deleted'::text]))),
    CONSTRAINT video_territories_allowed_check CHECK ((array_to_string(territories_allowed, ' '::text, '-'::text) ~ '^([A-Z]{2}( [A-Z]{2})*)?$'::text)),
    CONSTRAINT video_territories_blocked_check CHECK ((array_to_string(territories_blocked, ' '::text, '-'::text) ~ '^([A-Z]{2}( [A-Z]{2})*)?$'::text)),
    CONSTRAINT video_territories_said_one_way CHECK (((territories_allowed IS NULL) OR (territories_blocked = '{}'::text[]))),
    CONSTRAINT video_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
    CONSTRAINT video_told_within CHECK (((told_at >= '1970-01-01 00:00:00+00'::timestamp with time zone) AND (told_at < '3000-01-01 00:00:00+00'::timestamp with time zone)))
);

COMMENT ON TABLE public.video IS 'never deleted: what was given names it';

COMMENT ON COLUMN public.video.external_id IS 'its platform''s own id';

COMMENT ON COLUMN public.video.hls_url IS 'null: it is watched at its platform only';

COMMENT ON COLUMN public.video.territories_allowed IS 'where it may be watched; null: everywhere but in those that are blocked';

COMMENT ON COLUMN public.video.music_restricted IS 'it has music whose owners let nobody earn with it';

COMMENT ON COLUMN public.video.told_at IS 'when its platform last spoke of it; an older word that comes late changes nothing';

COMMENT ON COLUMN public.video.shard IS 'of its frames: its first owner''s, whoever owns it later';

COMMENT ON COLUMN public.video.public_title IS 'what it was called when everybody could look at it; null: nobody ever could, as far as it is known';

COMMENT ON COLUMN public.video.key IS 'what an unlisted one is shown by; never changed';

CREATE FUNCTION public.title_known_to(p_video public.video, p_person_id bigint, p_at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when p_video.owner_id = p_person_id
            or p_video.state not in ('private', 'deleted') and (p_video.published_at is null or p_video.published_at <= p_at)
        then p_video.title else p_video.public_title end
$$;

CREATE FUNCTION public.trail_never_changes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is only ever added to', tg_table_name using errcode = 'restrict_violation';
end $$;

CREATE FUNCTION public.turned_brake(p_brake public.brake, p_at timestamp with time zone) RETURNS public.brake
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    b brake := p_brake;
    today timestamp;
begin
    if b.session_since is null or p_at - b.given_at >= session_gap() then
        b.session_since := p_at;
        b.session_mark := b.given;
    end if;
    if b.day_until is null or p_at >= b.day_until then
        b.day_since := period_began('day', p_at, b.time_zone);
        b.day_until := period_ends('day', p_at, b.time_zone);
        b.day_mark := b.given;
    end if;
    if b.week_until is null or p_at >= b.week_until then
        b.week_since := period_began('week', p_at, b.time_zone);
        b.week_until := period_ends('week', p_at, b.time_zone);
        b.week_mark := b.given;
    end if;
    if b.month_until is null or p_at >= b.month_until then
        b.month_since := period_began('month', p_at, b.time_zone);
        b.month_until := period_ends('month', p_at, b.time_zone);
        b.month_mark := b.given;
    end if;
    b.night_since := null;
    b.night_until := null;
    if b.night_from_minute is not null then
        today := date_trunc('day', p_at at time zone b.time_zone);
        select n.since, n.until into b.night_since, b.night_until
        from generate_series(-1, 1) day
        cross join lateral (
            select clocks_show(today + make_interval(days => day, mins => b.night_from_minute), b.time_zone, true) as since,
                clocks_show(today + make_interval(days => day + (b.night_to_minute <= b.night_from_minute)::integer,
                    mins => b.night_to_minute), b.time_zone, false) as until
        ) n
        where n.until > p_at order by n.since limit 1;
    end if;
    return b;
end $$;

CREATE FUNCTION public.us_cents_of_order(p_shard smallint, p_order_id uuid, p_minor bigint) RETURNS numeric
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select p_minor::numeric * p.reference_numerator * p.unit_denominator / p.reference_denominator / p.unit_numerator
        / case when p.tax_included then 1 else 1 + p.tax_rate_bps / 10000.0 end
    from recharge_order o join quote q using (shard, person_id, quote_id)
    join price p on (p.version, p.region, p.channel, p.currency) = (q.book_version, q.region, q.channel, q.currency)
    where o.shard = p_shard and o.order_id = p_order_id
$$;

CREATE FUNCTION public.video_keeps_its_public_title() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.state not in ('private', 'deleted') and (new.published_at is null or new.published_at <= new.told_at) then
        new.public_title := new.title;
    elsif tg_op = 'UPDATE' and old.state not in ('private', 'deleted')
        and (old.published_at is null or old.published_at <= new.told_at)
    then
        new.public_title := old.title;
    end if;
    return new;
end $$;

CREATE FUNCTION public.video_lies_with_its_first_owner() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.shard := shard_of(new.owner_id);
    return new;
end $$;

CREATE FUNCTION public.withdraw_limit(p_person_id bigint, p_kind text, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform lock_wallets(spending_accounts(p_person_id));
    update brake_limit set withdrawn_at = p_at
    where person_id = p_person_id and kind = p_kind and not is_laid and withdrawn_at is null and effective_at > p_at;
    return found;
end $$;

CREATE FUNCTION public.withdrawal_rule_is_decided() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage')
        and not exists (
            select from decision
            where kind = 'withdrawal_rule' and outcome = 'confirmed' and content::jsonb @> jsonb_build_object('region', new.region,
                'valid_from', new.valid_from, 'days', new.days, 'basis', new.basis))
    then
        raise exception 'a rule of withdrawal needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'withdrawal_rule_is_decided';
    end if;
    return new;
end $$;

CREATE FUNCTION public.without_person(p_value jsonb, p_person_id bigint) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    is_theirs boolean;
begin
    case jsonb_typeof(p_value)
        when 'array' then
            return (select coalesce(jsonb_agg(without_person(e, p_person_id) order by place), '[]')
                from jsonb_array_elements(p_value) with ordinality as x (e, place));
        when 'object' then
            if p_value ->> 'id' = p_person_id::text and p_value ?& '{issuer,subject}' then
                return p_value || '{"subject": "erased"}';
            end if;
            select coalesce(bool_or(e.value ->> 'id' = p_person_id::text and e.value ? 'issuer'), false) into is_theirs
            from jsonb_each(p_value) e where jsonb_typeof(e.value) = 'object';
            return (select coalesce(jsonb_object_agg(e.key, case
                when is_theirs and jsonb_typeof(e.value) = 'string'
                    and e.key in ('title', 'message', 'text', 'html', 'subject_line', 'account_ending', 'external_id') then '""'
                else without_person(e.value, p_person_id) end), '{}')
                from jsonb_each(p_value) e);
        else
            return p_value;
    end case;
end $$;

CREATE FUNCTION public.working_days_after(p_day date, p_days integer) RETURNS date
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select case when p_days = 0 then p_day else (
        select day from (
            select d::date as day, row_number() over (order by d) as number
            from generate_series(p_day + 1, p_day + 2 * p_days + 3, interval '1 day') d where extract(isodow from d) < 6) w
        where number = p_days)
    end
$$;

CREATE FUNCTION public.worth_from(p_shard smallint, p_viewer_id bigint, p_start_coin bigint, p_coins bigint, p_currency text, p_coin_worth bigint, OUT worth bigint, OUT through bigint, OUT first_worth bigint) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    with ahead as materialized (
        select s.start_coin, s.end_coin, coin_worth_of(l, p_currency, p_coin_worth) as unit
        from strip s join lot l on l.shard = s.shard and l.lot_id = s.lot_id
        where s.shard = p_shard and s.viewer_id = p_viewer_id and s.end_coin > p_start_coin
            and s.start_coin < p_start_coin + p_coins
    )
    select (coalesce(sum((least(end_coin, p_start_coin + p_coins) - greatest(start_coin, p_start_coin)) * unit), 0)
            + (p_start_coin + p_coins - least(coalesce(max(end_coin), p_start_coin), p_start_coin + p_coins)) * p_coin_worth)::bigint,
        min(end_coin), (array_agg(unit order by start_coin))[1]
    from ahead
$$;

CREATE FUNCTION public.write_act(p_id uuid, p_record text, p_always boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not p_always and pg_current_xact_id_if_assigned() is null then
        return false;
    end if;
    insert into act (id, record) values (p_id, p_record::json);
    insert into act_unsealed (act_id) values (p_id);
    return true;
end $$;

CREATE FUNCTION public.write_earnings(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not sum_received(p_shard, p_month, p_edition, p_creator_id, month_begins(p_month) - interval '2 days') then
        delete from earnings_gift g
        where g.shard = p_shard and g.month = p_month and g.edition = p_edition
            and (p_creator_id is null or g.creator_id = p_creator_id);
        if not sum_received(p_shard, p_month, p_edition, p_creator_id, '-infinity') then
            raise exception 'what was delivered in % to shard % is not what its gifts say', p_month, p_shard
                using errcode = 'data_corrupted';
        end if;
    end if;
    perform sum_lines(p_shard, p_month, p_edition, p_creator_id);
    return sum_months(p_shard, p_month, p_edition, p_creator_id)
        + coalesce((select 0 from sum_countries(p_shard, p_month, p_edition, p_creator_id)), 0);
end $$;

CREATE FUNCTION public.write_issuer(p_decision_id uuid, p_terms jsonb, p_at timestamp with time zone) RETURNS integer
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    insert into issuer as i (issuer, audience, jwks_uri, jwks, allowed_roles, created_at, claims, role_names, client_id, scopes,
        sign_in_label, authority, decision_id)
    select t ->> 'issuer', t ->> 'audience', t ->> 'jwks_uri', (t ->> 'jwks')::jsonb,
        array(select jsonb_array_elements_text(t -> 'allowed_roles')), p_at, t -> 'claims', t -> 'role_names', t ->> 'client_id',
        t ->> 'scopes', t ->> 'sign_in_label', 'decision', p_decision_id
    from (values (p_terms)) v (t)
    on conflict (issuer) do update
    set audience = excluded.audience, jwks_uri = excluded.jwks_uri, jwks = excluded.jwks,
        allowed_roles = excluded.allowed_roles, claims = excluded.claims, role_names = excluded.role_names,
        client_id = excluded.client_id, scopes = excluded.scopes, sign_in_label = excluded.sign_in_label,
        active = true, removed_at = null, authority = 'decision', decision_id = excluded.decision_id
    returning i.id
$$;

CREATE FUNCTION public.write_key(p_decision_id uuid, p_name text, p_issuer_id integer, p_secret_sha256 bytea, p_scopes text[], p_networks cidr[], p_expires_at timestamp with time zone, p_former_ends_at timestamp with time zone, p_at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    v_id integer;
begin
    update api_key k set scopes = p_scopes, networks = p_networks, expires_at = p_expires_at,
        authority = 'decision', decision_id = p_decision_id, secret_sha256 = coalesce(p_secret_sha256, k.secret_sha256),
        former_secret_sha256 = case when p_secret_sha256 is null then k.former_secret_sha256 else k.secret_sha256 end,
        former_ends_at = case when p_secret_sha256 is null then k.former_ends_at else p_former_ends_at end
    where k.name = p_name and k.issuer_id = p_issuer_id and k.revoked_at is null
    returning k.id into v_id;
    if v_id is null then
        insert into api_key (name, issuer_id, secret_sha256, created_at, scopes, networks, expires_at, authority, decision_id)
        values (p_name, p_issuer_id, p_secret_sha256, p_at, p_scopes, p_networks, p_expires_at, 'decision', p_decision_id)
        returning id into v_id;
    end if;
    return v_id;
end $$;

CREATE FUNCTION public.write_offs_have_a_cause() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    perform from debt_write_off w
    where w.shard = new.shard and w.decision_id = new.reference and (w.creator_id, w.diamonds) = (new.credit_owner, new.amount);
    if not found then
        raise check_violation using message = format('%s of %s diamonds has no cause', new.reason, new.amount),
            constraint = 'diamonds_have_a_cause', table = 'transfer';
    end if;
    return null;
end $$;

CREATE FUNCTION public.write_role(p_decision_id uuid, p_person_id bigint, p_role text, p_by bigint, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    insert into role_grant (person_id, role, granted_by, granted_at, authority, decision_id)
    values (p_person_id, p_role, p_by, p_at, 'decision', p_decision_id) returning id
$$;

CREATE FUNCTION public.written_off_of(p_creator_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select coalesce((select sum(diamonds) from debt_write_off where shard = shard_of(p_creator_id) and creator_id = p_creator_id), 0)::bigint
        - coalesce((select sum(diamonds_recovered) from clawback_part
            where shard = shard_of(p_creator_id) and creator_id = p_creator_id and diamonds_recovered > 0), 0)::bigint
$$;

CREATE TABLE public.account (
    shard smallint NOT NULL,
    kind text NOT NULL,
    owner_id bigint NOT NULL,
    asset text NOT NULL,
    balance bigint NOT NULL,
    may_go_negative boolean NOT NULL,
    overdraft bigint DEFAULT 0 NOT NULL,
    CONSTRAINT account_not_overdrawn CHECK ((may_go_negative OR (balance >= (- overdraft)))),
    CONSTRAINT account_overdraft_check CHECK ((overdraft >= 0))
)
WITH (fillfactor='50');

COMMENT ON COLUMN public.account.overdraft IS 'how far clawbacks have taken the balance below zero';

CREATE TABLE public.account_kind (
    kind text NOT NULL,
    asset_class text NOT NULL,
    may_go_negative boolean NOT NULL,
    description text NOT NULL,
    CONSTRAINT account_kind_asset_class_check CHECK ((asset_class = ANY (ARRAY['coin'::text, 'diamond'::text, 'money'::text])))
);

CREATE TABLE public.accounting_creator_day (
    shard smallint NOT NULL,
    day date NOT NULL,
    opening_diamonds bigint NOT NULL,
    earned_diamonds bigint NOT NULL,
    taken_back_diamonds bigint NOT NULL,
    paid_diamonds bigint NOT NULL,
    closing_diamonds bigint GENERATED ALWAYS AS ((((opening_diamonds + earned_diamonds) - taken_back_diamonds) - paid_diamonds)) STORED NOT NULL,
    rate_version integer NOT NULL,
    opening_minor bigint NOT NULL,
    revalued_minor bigint NOT NULL,
    earned_minor bigint NOT NULL,
    paid_minor bigint NOT NULL,
    closing_minor bigint GENERATED ALWAYS AS ((((opening_minor + revalued_minor) + earned_minor) - paid_minor)) STORED NOT NULL,
    CONSTRAINT accounting_creator_day_taken_back_diamonds_check CHECK ((taken_back_diamonds >= 0))
);

COMMENT ON COLUMN public.accounting_creator_day.earned_diamonds IS 'of conversions, and those that were given back after all';

COMMENT ON COLUMN public.accounting_creator_day.paid_diamonds IS 'less those of payouts that came back';

COMMENT ON COLUMN public.accounting_creator_day.revalued_minor IS 'what another rate makes of the opening';

COMMENT ON COLUMN public.accounting_creator_day.earned_minor IS 'less what was taken back; with the rounding of the day';

CREATE TABLE public.accounting_day (
    shard smallint NOT NULL,
    day date NOT NULL,
    kind text NOT NULL,
    entity text NOT NULL,
    region text NOT NULL,
    channel text NOT NULL,
    currency text NOT NULL,
    opening_coins bigint NOT NULL,
    sold_coins bigint NOT NULL,
    put_back_coins bigint NOT NULL,
    used_coins bigint NOT NULL,
    refunded_coins bigint NOT NULL,
    expired_coins bigint NOT NULL,
    closing_coins bigint NOT NULL,
    opening_minor bigint NOT NULL,
    sold_minor bigint NOT NULL,
    put_back_minor bigint NOT NULL,
    used_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL,
    expired_minor bigint NOT NULL,
    closing_minor bigint NOT NULL,
    gross_sales_minor bigint NOT NULL,
    sale_tax_minor bigint NOT NULL,
    sale_fee_minor bigint NOT NULL,
    gross_refunds_minor bigint NOT NULL,
    chargebacks_minor bigint NOT NULL,
    refund_tax_minor bigint NOT NULL,
    refund_fee_minor bigint NOT NULL,
    dispute_fee_minor bigint NOT NULL,
    revenue_reversed_minor bigint GENERATED ALWAYS AS (((((gross_refunds_minor + chargebacks_minor) - refund_tax_minor) - refunded_minor) + put_back_minor)) STORED NOT NULL,
    CONSTRAINT accounting_day_kind_check CHECK ((kind = ANY (ARRAY['paid'::text, 'promotional'::text])))
);

COMMENT ON COLUMN public.accounting_day.entity IS 'the seller of record, as on receipts; empty: no receipt was written';

COMMENT ON COLUMN public.accounting_day.sold_minor IS 'without tax; of coins that were given: nothing';

COMMENT ON COLUMN public.accounting_day.gross_refunds_minor IS 'with tax; less what stayed after all. Those below as well';

COMMENT ON COLUMN public.accounting_day.revenue_reversed_minor IS 'without tax: what went back beyond the cost of unspent coins';

CREATE TABLE public.receipt (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    person_id bigint NOT NULL,
    seller_code text NOT NULL,
    number bigint NOT NULL,
    seller_name text NOT NULL,
    seller_address text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    paper text NOT NULL,
    seller_tax_id text NOT NULL,
    buyer_name text,
    store_name text,
    store_address text,
    channel text NOT NULL,
    region text NOT NULL,
    provider text NOT NULL,
    coins bigint NOT NULL,
    currency text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    price_minor bigint NOT NULL,
    tax_name text NOT NULL,
    tax_rate_bps integer NOT NULL,
    subdivision text,
    CONSTRAINT receipt_adds_up CHECK ((price_minor = (net_minor + tax_minor))),
    CONSTRAINT receipt_coins_check CHECK ((coins > 0)),
    CONSTRAINT receipt_is_of_a_store CHECK (((paper = 'confirmation'::text) = (store_name IS NOT NULL))),
    CONSTRAINT receipt_net_minor_check CHECK ((net_minor >= 0)),
    CONSTRAINT receipt_number_check CHECK ((number > 0)),
    CONSTRAINT receipt_paper_check CHECK ((paper = ANY (ARRAY['receipt'::text, 'confirmation'::text]))),
    CONSTRAINT receipt_subdivision_check CHECK ((subdivision ~ '^[A-Z0-9]{1,3}$'::text)),
    CONSTRAINT receipt_tax_minor_check CHECK ((tax_minor >= 0))
);

COMMENT ON COLUMN public.receipt.seller_code IS 'who issues the paper; begins its number';

COMMENT ON COLUMN public.receipt.seller_tax_id IS 'as of the sale';

COMMENT ON COLUMN public.receipt.buyer_name IS 'as of the sale; null: it was not kept then';

COMMENT ON COLUMN public.receipt.store_name IS 'who sold instead of us';

COMMENT ON COLUMN public.receipt.subdivision IS 'the state or province whose tax it is; null: the tax is that of the country';

CREATE TABLE public.transfer (
    shard smallint NOT NULL,
    reference uuid NOT NULL,
    reason text NOT NULL,
    debit_kind text NOT NULL,
    debit_owner bigint NOT NULL,
    credit_kind text NOT NULL,
    credit_owner bigint NOT NULL,
    asset text NOT NULL,
    asset_class text GENERATED ALWAYS AS (
CASE asset
    WHEN 'COIN'::text THEN 'coin'::text
    WHEN 'DIAMOND'::text THEN 'diamond'::text
    ELSE 'money'::text
END) STORED NOT NULL,
    amount bigint NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    CONSTRAINT transfer_amount_check CHECK ((amount > 0)),
    CONSTRAINT transfer_asset_check CHECK ((asset ~ '^([A-Z]{3}|COIN|DIAMOND)$'::text))
);

CREATE VIEW public.accounting_lot AS
 SELECT l.shard,
    l.lot_id,
    l.viewer_id,
    l.kind,
    l.coins,
    COALESCE((l.price_minor - COALESCE(t.amount, (0)::bigint)), (0)::bigint) AS net_minor,
    COALESCE(r.seller_code, ''::text) AS entity,
    COALESCE(q.region, ''::text) AS region,
    COALESCE(q.channel, ''::text) AS channel,
    COALESCE(l.currency, ''::text) AS currency
   FROM ((((public.lot l
     LEFT JOIN public.transfer t ON (((t.shard = l.shard) AND (t.reference = l.lot_id) AND (t.reason = 'sale_tax'::text))))
     LEFT JOIN public.receipt r ON (((r.shard = l.shard) AND (r.order_id = l.lot_id))))
     LEFT JOIN public.recharge_order o ON (((o.shard = l.shard) AND (o.order_id = l.lot_id))))
     LEFT JOIN public.quote q ON (((q.shard = o.shard) AND (q.person_id = o.person_id) AND (q.quote_id = o.quote_id))));

CREATE TABLE public.accounting_lot_day (
    shard smallint NOT NULL,
    lot_id uuid NOT NULL,
    day date NOT NULL,
    opening_coins bigint NOT NULL,
    sold_coins bigint NOT NULL,
    put_back_coins bigint NOT NULL,
    used_coins bigint NOT NULL,
    refunded_coins bigint NOT NULL,
    expired_coins bigint NOT NULL,
    closing_coins bigint GENERATED ALWAYS AS ((((((opening_coins + sold_coins) + put_back_coins) - used_coins) - refunded_coins) - expired_coins)) STORED NOT NULL
)
WITH (fillfactor='70');

COMMENT ON COLUMN public.accounting_lot_day.sold_coins IS 'or given, when the lot is promotional';

CREATE VIEW public.accounting_lot_figure AS
 SELECT d.shard,
    d.day,
    d.lot_id,
    l.kind,
    l.entity,
    l.region,
    l.channel,
    l.currency,
    d.opening_coins,
    d.sold_coins,
    d.put_back_coins,
    d.used_coins,
    d.refunded_coins,
    d.expired_coins,
    d.closing_coins,
    cost.opening AS opening_minor,
    (cost.sold - cost.opening) AS sold_minor,
    (cost.put_back - cost.sold) AS put_back_minor,
    (cost.put_back - cost.used) AS used_minor,
    (cost.used - cost.refunded) AS refunded_minor,
    (cost.refunded - cost.closing) AS expired_minor,
    cost.closing AS closing_minor
   FROM ((public.accounting_lot_day d
     JOIN public.accounting_lot l USING (shard, lot_id))
     CROSS JOIN LATERAL ( SELECT public.cost_of(l.net_minor, l.coins, d.opening_coins) AS opening,
            public.cost_of(l.net_minor, l.coins, (d.opening_coins + d.sold_coins)) AS sold,
            public.cost_of(l.net_minor, l.coins, ((d.opening_coins + d.sold_coins) + d.put_back_coins)) AS put_back,
            public.cost_of(l.net_minor, l.coins, ((d.closing_coins + d.expired_coins) + d.refunded_coins)) AS used,
            public.cost_of(l.net_minor, l.coins, (d.closing_coins + d.expired_coins)) AS refunded,
            public.cost_of(l.net_minor, l.coins, d.closing_coins) AS closing) cost);

CREATE TABLE public.reversal (
    shard smallint NOT NULL,
    reversal_id uuid NOT NULL,
    order_id uuid NOT NULL,
    person_id bigint NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    previous_state text,
    provider text NOT NULL,
    provider_reversal_id text,
    step integer NOT NULL,
    claimed_minor bigint NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    fee_returned_minor bigint NOT NULL,
    dispute_fee_minor bigint DEFAULT 0 NOT NULL,
    dispute_fee_returned boolean DEFAULT false NOT NULL,
    coins bigint NOT NULL,
    coins_unspent bigint NOT NULL,
    coins_spent bigint NOT NULL,
    reason text NOT NULL,
    outcome text DEFAULT ''::text NOT NULL,
    requested_by bigint,
    request text,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    provider_at timestamp with time zone,
    respond_until timestamp with time zone,
    poll_at timestamp with time zone,
    polls integer DEFAULT 0 NOT NULL,
    send_error text,
    leased_until timestamp with time zone,
    failed_with text,
    excess_minor bigint DEFAULT 0 NOT NULL,
    excess_returned boolean DEFAULT false NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    decision_id uuid,
    minor_refund_id uuid,
    CONSTRAINT reversal_adds_up CHECK ((((net_minor + tax_minor) = amount_minor) AND ((coins_unspent + coins_spent) = coins))),
    CONSTRAINT reversal_check CHECK (((amount_minor >= 0) AND (amount_minor <= claimed_minor))),
    CONSTRAINT reversal_check1 CHECK (((requested_by IS NULL) = (request IS NULL))),
    CONSTRAINT reversal_claimed_minor_check CHECK ((claimed_minor >= 0)),
    CONSTRAINT reversal_coins_spent_check CHECK ((coins_spent >= 0)),
    CONSTRAINT reversal_coins_unspent_check CHECK ((coins_unspent >= 0)),
    CONSTRAINT reversal_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT reversal_dispute_fee_minor_check CHECK ((dispute_fee_minor >= 0)),
    CONSTRAINT reversal_excess_minor_check CHECK ((excess_minor >= 0)),
    CONSTRAINT reversal_fee_returned_minor_check CHECK ((fee_returned_minor >= 0)),
    CONSTRAINT reversal_is_sent_while_requested CHECK (((poll_at IS NOT NULL) = (state = 'requested'::text))),
    CONSTRAINT reversal_kind_check CHECK ((kind = ANY (ARRAY['withdrawal'::text, 'refund'::text, 'void'::text, 'chargeback'::text]))),
    CONSTRAINT reversal_net_minor_check CHECK ((net_minor >= 0)),
    CONSTRAINT reversal_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'sent'::text, 'opened'::text, 'done'::text, 'undone'::text]))),
    CONSTRAINT reversal_step_check CHECK ((step > 0)),
    CONSTRAINT reversal_takes_what_is_claimed CHECK (((amount_minor + excess_minor) <= claimed_minor)),
    CONSTRAINT reversal_tax_minor_check CHECK ((tax_minor >= 0))
)
WITH (fillfactor='70');

COMMENT ON COLUMN public.reversal.claimed_minor IS 'what was asked for, or what the provider says of all steps; not all of it may be left';

COMMENT ON COLUMN public.reversal.amount_minor IS 'what this row holds, or held until it was undone';

COMMENT ON COLUMN public.reversal.fee_returned_minor IS 'what the channel gave back of its fee';

COMMENT ON COLUMN public.reversal.dispute_fee_minor IS 'what the channel charged beside the amount';

COMMENT ON COLUMN public.reversal.outcome IS 'what the provider said of it last';

COMMENT ON COLUMN public.reversal.request IS 'what was asked, as canonical JSON: the same id with another request is a conflict';

COMMENT ON COLUMN public.reversal.provider_at IS 'when what the provider said last was so';

COMMENT ON COLUMN public.reversal.excess_minor IS 'what is claimed and was not left of the order; with the latest step';

COMMENT ON COLUMN public.reversal.excess_returned IS 'a later step holds it, or says anew how much it is';

COMMENT ON COLUMN public.reversal.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE VIEW public.accounting_money AS
 SELECT t.shard,
    t.posted_at,
    ((t.posted_at AT TIME ZONE 'UTC'::text))::date AS day,
    t.reference,
    t.asset AS currency,
    COALESCE(v.order_id, t.reference) AS lot_id,
        CASE t.reason
            WHEN 'sale'::text THEN t.amount
            ELSE (0)::bigint
        END AS gross_sales_minor,
        CASE t.reason
            WHEN 'sale_tax'::text THEN t.amount
            ELSE (0)::bigint
        END AS sale_tax_minor,
        CASE
            WHEN (t.reason = ANY (ARRAY['sale_fee'::text, 'sale_fee_more'::text])) THEN t.amount
            WHEN (t.reason = 'sale_fee_less'::text) THEN (- t.amount)
            ELSE (0)::bigint
        END AS sale_fee_minor,
        CASE
            WHEN (v.kind IS DISTINCT FROM 'chargeback'::text) THEN
            CASE
                WHEN (t.reason = ANY (ARRAY['refund'::text, 'refund_excess'::text])) THEN t.amount
                WHEN (t.reason = ANY (ARRAY['refund_undone'::text, 'refund_excess_undone'::text])) THEN (- t.amount)
                ELSE (0)::bigint
            END
            ELSE (0)::bigint
        END AS gross_refunds_minor,
        CASE
            WHEN (v.kind = 'chargeback'::text) THEN
            CASE
                WHEN (t.reason = ANY (ARRAY['refund'::text, 'refund_excess'::text])) THEN t.amount
                WHEN (t.reason = ANY (ARRAY['refund_undone'::text, 'refund_excess_undone'::text])) THEN (- t.amount)
                ELSE (0)::bigint
            END
            ELSE (0)::bigint
        END AS chargebacks_minor,
        CASE t.reason
            WHEN 'refund_tax'::text THEN t.amount
            WHEN 'refund_tax_undone'::text THEN (- t.amount)
            ELSE (0)::bigint
        END AS refund_tax_minor,
        CASE t.reason
            WHEN 'refund_fee'::text THEN t.amount
            WHEN 'refund_fee_undone'::text THEN (- t.amount)
            ELSE (0)::bigint
        END AS refund_fee_minor,
        CASE t.reason
            WHEN 'dispute_fee'::text THEN t.amount
            WHEN 'dispute_fee_undone'::text THEN (- t.amount)
            ELSE (0)::bigint
        END AS dispute_fee_minor
   FROM (public.transfer t
     LEFT JOIN public.reversal v ON (((v.shard = t.shard) AND (v.reversal_id = t.reference))))
  WHERE ((t.debit_kind = ANY (ARRAY['buyers'::text, 'coin_sales'::text, 'taxes_owed'::text, 'channel_fees'::text, 'losses'::text])) AND (t.debit_owner = 0));

CREATE TABLE public.accounting_position (
    shard smallint NOT NULL,
    day date NOT NULL,
    summed_until timestamp with time zone NOT NULL,
    CONSTRAINT accounting_position_check CHECK (((summed_until >= ((day)::timestamp without time zone AT TIME ZONE 'UTC'::text)) AND (summed_until <= (((day + 1))::timestamp without time zone AT TIME ZONE 'UTC'::text))))
);

COMMENT ON COLUMN public.accounting_position.day IS 'the first day that is not closed';

CREATE TABLE public.accounting_reopening (
    reopening_id bigint NOT NULL,
    from_day date NOT NULL,
    reason text NOT NULL,
    reopened_at timestamp with time zone NOT NULL,
    CONSTRAINT accounting_reopening_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE public.accounting_reopening ALTER COLUMN reopening_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounting_reopening_reopening_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.act (
    id uuid NOT NULL,
    record json NOT NULL,
    kind text GENERATED ALWAYS AS ((record ->> 'kind'::text)) STORED NOT NULL,
    actor text GENERATED ALWAYS AS ((record ->> 'actor'::text)) STORED NOT NULL,
    operation text GENERATED ALWAYS AS ((record ->> 'operation'::text)) STORED NOT NULL,
    outcome text GENERATED ALWAYS AS ((record ->> 'outcome'::text)) STORED NOT NULL,
    person_id bigint GENERATED ALWAYS AS (((record ->> 'person_id'::text))::bigint) STORED,
    key_id bigint GENERATED ALWAYS AS (((record ->> 'key_id'::text))::bigint) STORED,
    about text[] GENERATED ALWAYS AS (string_to_array(COALESCE((record ->> 'about'::text), ''::text), ' '::text)) STORED NOT NULL,
    CONSTRAINT act_actor_check CHECK ((actor = ANY (ARRAY['operator'::text, 'person'::text, 'key'::text, 'command'::text, 'house'::text, 'nobody'::text]))),
    CONSTRAINT act_is_its_record CHECK ((((record ->> 'id'::text))::uuid = id)),
    CONSTRAINT act_kind_check CHECK ((kind = ANY (ARRAY['act'::text, 'read'::text, 'refused'::text]))),
    CONSTRAINT act_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'answered'::text, 'refused'::text, 'failed'::text]))),
    CONSTRAINT act_record_check CHECK (((json_typeof(record) = 'object'::text) AND (octet_length((record)::text) <= 20000)))
);

COMMENT ON TABLE public.act IS 'what somebody with power did, tried or read, written in the transaction of what it did';

COMMENT ON COLUMN public.act.about IS 'ids of what it is about, in the order of the address, then of the body';

CREATE TABLE public.act_chain (
    singleton boolean DEFAULT true NOT NULL,
    last bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT decode(repeat('00'::text, 32), 'hex'::text) NOT NULL,
    CONSTRAINT act_chain_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT act_chain_singleton_check CHECK (singleton)
)
WITH (fillfactor='50');

COMMENT ON TABLE public.act_chain IS 'where the chain ends';

CREATE TABLE public.act_seal (
    "position" bigint NOT NULL,
    act_id uuid NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT act_seal_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT act_seal_position_check CHECK (("position" > 0))
);

COMMENT ON COLUMN public.act_seal.hash IS 'SHA-256 of the hash before, 32 zero bytes before the first, and of the record as UTF-8';

CREATE TABLE public.act_unsealed (
    number bigint NOT NULL,
    act_id uuid NOT NULL
);

ALTER TABLE public.act_unsealed ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.act_unsealed_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.admission (
    decision_id uuid NOT NULL,
    key_id integer,
    issuer_id integer,
    role_grant_id bigint,
    CONSTRAINT admission_check CHECK ((num_nonnulls(key_id, issuer_id, role_grant_id) = 1))
);

CREATE TABLE public.age_assurance (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    at_least smallint NOT NULL,
    under smallint,
    level smallint NOT NULL,
    method text NOT NULL,
    source text NOT NULL,
    proved_at timestamp with time zone NOT NULL,
    until timestamp with time zone,
    recorded_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    revoked_at timestamp with time zone,
    revoked_because text,
    CONSTRAINT age_assurance_at_least_check CHECK (((at_least >= 0) AND (at_least <= 120))),
    CONSTRAINT age_assurance_check CHECK (((under > at_least) AND (under <= 121))),
    CONSTRAINT age_assurance_check1 CHECK ((until > proved_at)),
    CONSTRAINT age_assurance_check2 CHECK ((revoked_at >= recorded_at)),
    CONSTRAINT age_assurance_is_revoked_whole CHECK (((revoked_at IS NULL) = (revoked_because IS NULL))),
    CONSTRAINT age_assurance_level_check CHECK (((level >= 0) AND (level <= 3))),
    CONSTRAINT age_assurance_method_check CHECK ((method ~ '^[a-z][a-z0-9_]{0,59}$'::text)),
    CONSTRAINT age_assurance_revoked_because_check CHECK (((revoked_because ~ '\S'::text) AND (length(revoked_because) <= 300))),
    CONSTRAINT age_assurance_says_something CHECK (((at_least > 0) OR (under IS NOT NULL))),
    CONSTRAINT age_assurance_source_check CHECK (((source ~ '\S'::text) AND (length(source) <= 60)))
);

COMMENT ON COLUMN public.age_assurance.level IS '0 inferred, 1 claimed, 2 checked, 3 verified';

COMMENT ON COLUMN public.age_assurance.until IS 'from when it proves nothing more; null: it does until it is revoked';

CREATE TABLE public.age_request (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    nonce text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    refused_with text,
    used_at timestamp with time zone,
    assurance_id uuid,
    CONSTRAINT age_request_check CHECK ((ends_at > made_at)),
    CONSTRAINT age_request_check1 CHECK ((used_at >= made_at)),
    CONSTRAINT age_request_is_used_for_something CHECK (((used_at IS NULL) = (assurance_id IS NULL))),
    CONSTRAINT age_request_nonce_check CHECK ((length(nonce) >= 32)),
    CONSTRAINT age_request_refused_with_check CHECK ((refused_with ~ '^[a-z]+(_[a-z]+)*$'::text))
);

COMMENT ON COLUMN public.age_request.refused_with IS 'what was wrong with what was presented last';

CREATE TABLE public.age_silence (
    person_id bigint NOT NULL,
    source text NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT age_silence_source_check CHECK ((source ~ '^[a-z][a-z0-9_]{0,29}$'::text))
);

CREATE TABLE public.allowance_taken (
    person_id bigint NOT NULL,
    kind text NOT NULL,
    hour timestamp with time zone NOT NULL,
    times integer NOT NULL,
    CONSTRAINT allowance_taken_hour_check CHECK ((hour = date_trunc('hour'::text, hour, 'UTC'::text))),
    CONSTRAINT allowance_taken_kind_check CHECK (((char_length(kind) >= 1) AND (char_length(kind) <= 30))),
    CONSTRAINT allowance_taken_times_check CHECK ((times > 0))
);

COMMENT ON TABLE public.allowance_taken IS 'of the last hour in which it was done; an earlier one is forgotten';

ALTER TABLE public.api_key ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.api_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.art (
    name text NOT NULL,
    content bytea NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    added_by bigint,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT art_content_check CHECK (((octet_length(content) >= 1) AND (octet_length(content) <= 1048576))),
    CONSTRAINT art_height_check CHECK (((height >= 1) AND (height <= 8192))),
    CONSTRAINT art_name_check CHECK ((name ~ '^[0-9a-f]{64}\.(svg|png|webp|json)$'::text)),
    CONSTRAINT art_width_check CHECK (((width >= 1) AND (width <= 8192)))
);

CREATE TABLE public.audit_run (
    run_no bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    laws integer NOT NULL,
    broken integer NOT NULL,
    report jsonb NOT NULL,
    took_ms bigint,
    by_itself boolean DEFAULT false NOT NULL,
    CONSTRAINT audit_run_check CHECK (((broken >= 0) AND (broken <= laws))),
    CONSTRAINT audit_run_laws_check CHECK ((laws > 0)),
    CONSTRAINT audit_run_took_ms_check CHECK ((took_ms >= 0))
);

COMMENT ON TABLE public.audit_run IS 'the latest of them: older ones are forgotten';

COMMENT ON COLUMN public.audit_run.at IS 'the moment of the snapshot that was looked at';

COMMENT ON COLUMN public.audit_run.took_ms IS 'null: from before it was measured';

COMMENT ON COLUMN public.audit_run.by_itself IS 'the daily one; others were asked for by an operator or at a command line';

ALTER TABLE public.audit_run ALTER COLUMN run_no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_run_run_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.backup (
    taken_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT backup_check CHECK ((taken_at <= recorded_at)),
    CONSTRAINT backup_note_check CHECK ((length(note) <= 200))
);

COMMENT ON TABLE public.backup IS 'said by `plaudit backup taken` after each dump; the archive of the write-ahead log tells of itself';

CREATE TABLE public.backup_trial (
    tried_at timestamp with time zone NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT backup_trial_note_check CHECK ((length(note) <= 200))
);

COMMENT ON TABLE public.backup_trial IS 'said by `plaudit backup tried` after a drill';

CREATE TABLE public.gift_balance (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    balance bigint NOT NULL,
    received bigint NOT NULL,
    CONSTRAINT gift_balance_check CHECK ((received >= balance)),
    CONSTRAINT gift_balance_not_overdrawn CHECK ((balance >= 0))
)
WITH (fillfactor='50');

CREATE TABLE public.gift_batch (
    shard smallint NOT NULL,
    creator_shard smallint NOT NULL,
    batch_no bigint NOT NULL,
    charged_at timestamp with time zone NOT NULL,
    gifts integer NOT NULL,
    coins bigint NOT NULL,
    lines public.gift_line[] NOT NULL,
    unshown public.gift_line[],
    CONSTRAINT gift_batch_coins_check CHECK ((coins >= 0)),
    CONSTRAINT gift_batch_gifts_check CHECK ((gifts > 0)),
    CONSTRAINT gift_batch_lines_check CHECK (((cardinality(lines) + COALESCE(cardinality(unshown), 0)) = gifts))
);
ALTER TABLE ONLY public.gift_batch ALTER COLUMN lines SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.gift_batch ALTER COLUMN unshown SET STORAGE EXTERNAL;

COMMENT ON COLUMN public.gift_batch.gifts IS 'lines, shown or not';

COMMENT ON COLUMN public.gift_batch.unshown IS 'what creators earn from gifts that another line shows';

CREATE VIEW public.balance AS
 SELECT account.shard,
    account.kind,
    account.owner_id,
    account.asset,
    account.balance
   FROM public.account
UNION ALL
 SELECT wallet.shard,
    'wallet'::text AS kind,
    wallet.viewer_id AS owner_id,
    'COIN'::text AS asset,
    (wallet.coins + wallet.held) AS balance
   FROM public.wallet
UNION ALL
 SELECT gift_balance.shard,
    'gift_balance'::text AS kind,
    gift_balance.creator_id AS owner_id,
    'COIN'::text AS asset,
    gift_balance.balance
   FROM public.gift_balance
UNION ALL
 SELECT gift_batch.shard,
    'clearing'::text AS kind,
    gift_batch.creator_shard AS owner_id,
    'COIN'::text AS asset,
    (sum(gift_batch.coins))::bigint AS balance
   FROM public.gift_batch
  GROUP BY gift_batch.shard, gift_batch.creator_shard;

CREATE TABLE public.brake_creator (
    brake_id bigint NOT NULL,
    creator_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    given bigint NOT NULL,
    CONSTRAINT brake_creator_given_check CHECK ((given >= 0))
);

ALTER TABLE public.brake_limit ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.brake_limit_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.brake_pause (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    kind text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    is_over boolean DEFAULT false NOT NULL,
    CONSTRAINT brake_pause_has_its_length CHECK (
CASE kind
    WHEN 'break'::text THEN ((ends_at >= (began_at + '23:00:00'::interval)) AND (ends_at <= (began_at + '31 days'::interval)))
    ELSE (((ends_at >= (began_at + '180 days'::interval)) AND (ends_at <= (began_at + '3660 days'::interval))) AND (key_id IS NULL))
END),
    CONSTRAINT brake_pause_kind_check CHECK ((kind = ANY (ARRAY['break'::text, 'exclusion'::text])))
);

COMMENT ON TABLE public.brake_pause IS 'nothing is bought or given before it ends; nobody can end it early';

COMMENT ON COLUMN public.brake_pause.is_over IS 'the books have it';

CREATE TABLE public.brake_rule (
    name text NOT NULL,
    seconds integer NOT NULL,
    CONSTRAINT brake_rule_seconds_check CHECK ((seconds >= 0))
);

COMMENT ON TABLE public.brake_rule IS 'how long a looser limit of each kind waits, and after how long without a gift a session is over';

CREATE TABLE public.card_consent (
    shard smallint NOT NULL,
    person_id bigint NOT NULL,
    consent_id uuid NOT NULL,
    version integer NOT NULL,
    language text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT card_consent_language_check CHECK ((language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text)),
    CONSTRAINT card_consent_version_check CHECK ((version > 0))
);

COMMENT ON TABLE public.card_consent IS 'that somebody expressly wanted a card to be kept, in which words they were asked, and when';

COMMENT ON COLUMN public.card_consent.consent_id IS 'that of the order, or of the request, it was given with';

COMMENT ON COLUMN public.card_consent.version IS 'of the words';

COMMENT ON COLUMN public.card_consent.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.card_customer (
    shard smallint NOT NULL,
    person_id bigint NOT NULL,
    provider text NOT NULL,
    consent_id uuid NOT NULL,
    customer_id text,
    ended_at timestamp with time zone,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text,
    CONSTRAINT card_customer_customer_id_check CHECK (((length(customer_id) >= 1) AND (length(customer_id) <= 255))),
    CONSTRAINT customer_is_due_while_known CHECK (((due_at IS NULL) OR (customer_id IS NOT NULL)))
);

COMMENT ON COLUMN public.card_customer.consent_id IS 'the first that it rests on; also the idempotency key it was made with';

COMMENT ON COLUMN public.card_customer.customer_id IS 'the provider''s; null: it knows nobody, not yet or no more';

COMMENT ON COLUMN public.card_customer.ended_at IS 'since when nothing is to be kept';

CREATE TABLE public.catalogue (
    singleton boolean DEFAULT true NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    CONSTRAINT catalogue_singleton_check CHECK (singleton)
);

CREATE TABLE public.charge_stream (
    shard smallint NOT NULL,
    creator_shard smallint NOT NULL,
    charged_through bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.check_code_key (
    one boolean DEFAULT true NOT NULL,
    key bytea NOT NULL,
    CONSTRAINT check_code_key_key_check CHECK ((length(key) = 32)),
    CONSTRAINT check_code_key_one_check CHECK (one)
);

CREATE TABLE public.clawback (
    shard smallint NOT NULL,
    reversal_id uuid NOT NULL,
    creator_id bigint NOT NULL,
    direction text NOT NULL,
    coins bigint NOT NULL,
    creator_shard smallint NOT NULL,
    through_batch_no bigint NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    queue_no bigint NOT NULL,
    applied_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone,
    error text,
    leased_until timestamp with time zone,
    failed_with text,
    CONSTRAINT clawback_coins_check CHECK ((coins > 0)),
    CONSTRAINT clawback_direction_check CHECK ((direction = ANY (ARRAY['take'::text, 'return'::text])))
);

COMMENT ON COLUMN public.clawback.through_batch_no IS 'only coins that were delivered can be taken: the last batch of the gifts';

COMMENT ON COLUMN public.clawback.queue_no IS 'the order for one creator: coins that were put back can be taken again, but not before they were returned';

COMMENT ON COLUMN public.clawback.due_at IS 'when it may be tried; null: at once. Later ones of the same creator wait for it';

CREATE TABLE public.clawback_part (
    shard smallint NOT NULL,
    reference uuid NOT NULL,
    reversal_id uuid NOT NULL,
    creator_id bigint NOT NULL,
    conversion_id uuid,
    coins bigint NOT NULL,
    diamonds bigint NOT NULL,
    was_pending boolean NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    returned_at timestamp with time zone,
    diamonds_returned bigint,
    returned_pending boolean,
    diamonds_recovered bigint DEFAULT 0 NOT NULL,
    CONSTRAINT clawback_part_check CHECK (((conversion_id IS NOT NULL) OR ((diamonds = 0) AND (NOT was_pending)))),
    CONSTRAINT clawback_part_check1 CHECK ((((returned_at IS NULL) = (diamonds_returned IS NULL)) AND ((returned_at IS NULL) = (returned_pending IS NULL)))),
    CONSTRAINT clawback_part_coins_check CHECK ((coins > 0)),
    CONSTRAINT clawback_part_diamonds_check CHECK ((diamonds >= 0)),
    CONSTRAINT clawback_part_diamonds_returned_check CHECK ((diamonds_returned >= 0))
);

COMMENT ON COLUMN public.clawback_part.diamonds_returned IS 'may differ by one from what was taken: rounding follows what stays';

ALTER TABLE public.clawback ALTER COLUMN queue_no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.clawback_queue_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coin_grant (
    shard smallint NOT NULL,
    grant_id uuid NOT NULL,
    person_id bigint NOT NULL,
    coins bigint NOT NULL,
    reason text NOT NULL,
    expires_at timestamp with time zone,
    granted_by bigint NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    decision_id uuid,
    CONSTRAINT coin_grant_check CHECK ((expires_at > granted_at)),
    CONSTRAINT coin_grant_coins_check CHECK ((coins > 0)),
    CONSTRAINT coin_grant_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT grant_not_to_oneself CHECK ((granted_by <> person_id))
);

COMMENT ON TABLE public.coin_grant IS 'a grant is a promotional lot; its id is that of the lot';

CREATE TABLE public.consumption_request (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    provider text NOT NULL,
    request_id text NOT NULL,
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    payment_id text NOT NULL,
    reason text NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    answer_until timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    consumed_ppm integer,
    closed_at timestamp with time zone,
    leased_until timestamp with time zone,
    failed_with text,
    refund_declined_at timestamp with time zone,
    CONSTRAINT consumption_request_consumed_ppm_check CHECK (((consumed_ppm >= 0) AND (consumed_ppm <= 1000000))),
    CONSTRAINT consumption_request_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'answered'::text, 'no_consent'::text, 'refused'::text, 'missed'::text]))),
    CONSTRAINT request_answered_with_share CHECK (((state <> 'answered'::text) OR (consumed_ppm IS NOT NULL))),
    CONSTRAINT request_is_closed_once CHECK (((closed_at IS NULL) = (state = 'waiting'::text))),
    CONSTRAINT request_is_due_while_waiting CHECK (((due_at IS NOT NULL) = (state = 'waiting'::text)))
);

COMMENT ON COLUMN public.consumption_request.due_at IS 'when it is to be answered, or tried again; also the lease of who is at it';

CREATE TABLE public.creator_setting (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    automatic_conversion boolean DEFAULT false NOT NULL,
    conversion_tries integer DEFAULT 0 NOT NULL,
    conversion_due_at timestamp with time zone,
    conversion_error text,
    conversion_failing_since timestamp with time zone,
    conversion_leased_until timestamp with time zone,
    conversion_failed_with text,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT creator_setting_conversion_failing CHECK (((conversion_error IS NULL) = (conversion_failing_since IS NULL)))
)
WITH (fillfactor='50');

COMMENT ON COLUMN public.creator_setting.conversion_tries IS 'of automatic conversion, since it worked last';

COMMENT ON COLUMN public.creator_setting.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.creator_total (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    by text NOT NULL,
    day date NOT NULL,
    key bigint NOT NULL,
    gifts bigint DEFAULT 0 NOT NULL,
    coins_received bigint DEFAULT 0 NOT NULL,
    coins_taken_back bigint DEFAULT 0 NOT NULL,
    CONSTRAINT creator_total_by_check CHECK ((by = ANY (ARRAY['day'::text, 'room'::text, 'video'::text, 'item'::text, 'supporter'::text]))),
    CONSTRAINT creator_total_check CHECK ((((coins_taken_back >= 0) AND (coins_taken_back <= coins_received)) AND (gifts >= 0)))
)
WITH (fillfactor='70');

COMMENT ON TABLE public.creator_total IS 'by day (UTC), and of each day by room or video, item and supporter, whose number is the key; of a day by itself the key is 0';

CREATE TABLE public.credit_note (
    shard smallint NOT NULL,
    reversal_id uuid NOT NULL,
    act text NOT NULL,
    order_id uuid NOT NULL,
    person_id bigint NOT NULL,
    seller_code text NOT NULL,
    number bigint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    coins bigint NOT NULL,
    reason text NOT NULL,
    CONSTRAINT credit_note_act_check CHECK ((act = ANY (ARRAY['credit'::text, 'cancellation'::text]))),
    CONSTRAINT credit_note_adds_up CHECK (((net_minor + tax_minor) = amount_minor)),
    CONSTRAINT credit_note_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT credit_note_coins_check CHECK ((coins >= 0)),
    CONSTRAINT credit_note_net_minor_check CHECK ((net_minor >= 0)),
    CONSTRAINT credit_note_number_check CHECK ((number > 0)),
    CONSTRAINT credit_note_tax_minor_check CHECK ((tax_minor >= 0))
);

COMMENT ON COLUMN public.credit_note.act IS 'cancellation: the money of the credit note came back';

COMMENT ON COLUMN public.credit_note.kind IS 'of the reversal';

CREATE TABLE public.data_export (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    asked_by text NOT NULL,
    operator_id bigint,
    reason text,
    key_id integer DEFAULT public.acting_key(),
    language text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text,
    ready_at timestamp with time zone,
    delete_at timestamp with time zone,
    bytes bigint,
    downloaded_at timestamp with time zone,
    CONSTRAINT data_export_asked_by_check CHECK ((asked_by = ANY (ARRAY['person'::text, 'platform'::text, 'operator'::text]))),
    CONSTRAINT data_export_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT data_export_check CHECK ((ready_at >= asked_at)),
    CONSTRAINT data_export_check1 CHECK ((delete_at > ready_at)),
    CONSTRAINT data_export_check2 CHECK ((downloaded_at >= ready_at)),
    CONSTRAINT data_export_language_check CHECK ((language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text)),
    CONSTRAINT data_export_reason_check CHECK (((reason ~ '\S'::text) AND (length(reason) <= 500))),
    CONSTRAINT data_export_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'ready'::text, 'deleted'::text]))),
    CONSTRAINT data_export_tries_check CHECK ((tries >= 0)),
    CONSTRAINT export_by_an_operator_says_why CHECK ((((asked_by = 'operator'::text) = (operator_id IS NOT NULL)) AND ((operator_id IS NULL) = (reason IS NULL)))),
    CONSTRAINT export_is_due_while_waiting CHECK (((due_at IS NOT NULL) = (state = 'waiting'::text))),
    CONSTRAINT export_was_ready_or_waits CHECK ((num_nulls(ready_at, delete_at, bytes) =
CASE state
    WHEN 'waiting'::text THEN 3
    ELSE 0
END))
);

COMMENT ON TABLE public.data_export IS 'copies of all that is held of somebody';

COMMENT ON COLUMN public.data_export.language IS 'of its README';

CREATE TABLE public.data_export_part (
    export_id uuid NOT NULL,
    number integer NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT data_export_part_number_check CHECK ((number >= 0))
);

COMMENT ON COLUMN public.data_export_part.sealed IS 'bytes of the file, by the vault';

CREATE TABLE public.database_life (
    epoch integer NOT NULL,
    place text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    payouts_compared_at timestamp with time zone,
    CONSTRAINT database_life_check CHECK ((payouts_compared_at >= began_at)),
    CONSTRAINT database_life_epoch_check CHECK ((epoch > 0))
);

COMMENT ON TABLE public.database_life IS 'the newest is that of ledger_setting.epoch; a database that was never served has none';

COMMENT ON COLUMN public.database_life.place IS 'server, timeline, database and table: after a restore one of them is another';

COMMENT ON COLUMN public.database_life.payouts_compared_at IS 'until then no payout leaves: what left in the life before may not be known here';

CREATE TABLE public.debt_write_off (
    shard smallint NOT NULL,
    decision_id uuid NOT NULL,
    creator_id bigint NOT NULL,
    diamonds bigint NOT NULL,
    reason text NOT NULL,
    written_off_at timestamp with time zone NOT NULL,
    CONSTRAINT debt_write_off_diamonds_check CHECK ((diamonds > 0))
);

CREATE TABLE public.decision_bound (
    name text NOT NULL,
    version integer NOT NULL,
    value bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    decision_id uuid,
    effective_at timestamp with time zone,
    CONSTRAINT decision_bound_check CHECK (((version = 1) = (decision_id IS NULL))),
    CONSTRAINT decision_bound_name_check CHECK ((name ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT decision_bound_value_check CHECK ((value >= 0)),
    CONSTRAINT decision_bound_version_check CHECK ((version > 0))
);

COMMENT ON TABLE public.decision_bound IS 'names end in their unit; *_bps: by how much a value may change, in 1/10,000';

COMMENT ON COLUMN public.decision_bound.effective_at IS 'from when a wider value holds; null: at once';

CREATE TABLE public.decision_bound_widest (
    name text NOT NULL,
    value bigint NOT NULL,
    note text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT decision_bound_widest_name_check CHECK ((name ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT decision_bound_widest_note_check CHECK ((note ~ '\S'::text)),
    CONSTRAINT decision_bound_widest_value_check CHECK ((value >= 0))
);

COMMENT ON TABLE public.decision_bound_widest IS 'the least value of a lead time or a window, the largest of any other bound';

CREATE TABLE public.decision_bound_withdrawal (
    name text NOT NULL,
    version integer NOT NULL,
    withdrawn_by bigint NOT NULL,
    withdrawn_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    CONSTRAINT decision_bound_withdrawal_reason_check CHECK ((reason ~ '\S'::text))
);

CREATE TABLE public.decision_seen (
    decision_id uuid NOT NULL,
    seen_by bigint NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

CREATE TABLE public.delivery (
    shard smallint NOT NULL,
    source_shard smallint NOT NULL,
    through_batch_no bigint NOT NULL,
    from_batch_no bigint NOT NULL,
    delivered_at timestamp with time zone NOT NULL,
    gifts integer NOT NULL,
    coins bigint NOT NULL,
    creator_ids bigint[] NOT NULL,
    creator_coins bigint[] NOT NULL,
    hash bytea NOT NULL,
    log_no bigint NOT NULL,
    room_ids bigint[] NOT NULL,
    seqs bigint[] NOT NULL,
    unshown public.gift_line[],
    CONSTRAINT delivery_check CHECK (((from_batch_no >= 1) AND (from_batch_no <= through_batch_no))),
    CONSTRAINT delivery_check1 CHECK ((array_length(creator_ids, 1) = array_length(creator_coins, 1))),
    CONSTRAINT delivery_coins_check CHECK ((coins >= 0)),
    CONSTRAINT delivery_frames_check CHECK (((cardinality(room_ids) = cardinality(seqs)) AND ((cardinality(seqs) > 0) OR (cardinality(unshown) > 0)))),
    CONSTRAINT delivery_gifts_check CHECK ((gifts > 0)),
    CONSTRAINT delivery_hash_check CHECK ((length(hash) = 32))
);

COMMENT ON COLUMN public.delivery.gifts IS 'lines, shown or not';

COMMENT ON COLUMN public.delivery.unshown IS 'lines that no frame holds';

CREATE TABLE public.delivery_stream (
    shard smallint NOT NULL,
    source_shard smallint NOT NULL,
    delivered_through bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.difference_kind (
    kind text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.difference_transition (
    from_state text NOT NULL,
    to_state text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.earnings_country (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    month date NOT NULL,
    edition smallint NOT NULL,
    country text NOT NULL,
    opening_coins bigint NOT NULL,
    coins_in bigint NOT NULL,
    coins_out bigint NOT NULL,
    closing_coins bigint GENERATED ALWAYS AS (((opening_coins + coins_in) - coins_out)) STORED NOT NULL,
    diamonds bigint NOT NULL,
    CONSTRAINT earnings_country_coins_in_check CHECK ((coins_in >= 0)),
    CONSTRAINT earnings_country_coins_out_check CHECK ((coins_out >= 0)),
    CONSTRAINT earnings_country_diamonds_check CHECK ((diamonds >= 0)),
    CONSTRAINT earnings_country_has_what_it_gives CHECK (((country = ''::text) OR ((opening_coins >= 0) AND ((opening_coins + coins_in) >= coins_out))))
);

COMMENT ON COLUMN public.earnings_country.country IS 'empty: of no order; below zero where a conversion is stamped with a month before that of the gifts it took, until they come';

COMMENT ON COLUMN public.earnings_country.diamonds IS 'of the month''s conversions, in proportion to the coins';

CREATE TABLE public.earnings_gift (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    month date NOT NULL,
    edition smallint NOT NULL,
    place_id bigint NOT NULL,
    kind text NOT NULL,
    country text NOT NULL,
    is_video boolean NOT NULL,
    gifts bigint NOT NULL,
    coins bigint NOT NULL,
    CONSTRAINT earnings_gift_coins_check CHECK ((coins > 0)),
    CONSTRAINT earnings_gift_gifts_check CHECK ((gifts >= 0)),
    CONSTRAINT earnings_gift_granted_is_of_no_country CHECK (((kind = 'paid'::text) OR (country = ''::text))),
    CONSTRAINT earnings_gift_kind_check CHECK ((kind = ANY (ARRAY['paid'::text, 'promotional'::text])))
);

COMMENT ON COLUMN public.earnings_gift.country IS 'of the order that paid; empty: no order did';

COMMENT ON COLUMN public.earnings_gift.gifts IS 'a gift that coins of several countries paid for is counted with the first';

CREATE TABLE public.earnings_line (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    month date NOT NULL,
    edition smallint NOT NULL,
    line integer NOT NULL,
    reason text NOT NULL,
    rule_version integer,
    payout_id uuid,
    at timestamp with time zone,
    movements bigint NOT NULL,
    coins bigint NOT NULL,
    pending bigint NOT NULL,
    available bigint NOT NULL,
    in_payout bigint NOT NULL,
    rate_version integer,
    currency text,
    gross_minor bigint,
    fee_minor bigint,
    net_minor bigint GENERATED ALWAYS AS ((gross_minor - fee_minor)) STORED,
    CONSTRAINT earnings_line_line_check CHECK ((line > 0)),
    CONSTRAINT earnings_line_movements_check CHECK ((movements > 0)),
    CONSTRAINT earnings_line_moves_something CHECK (((coins <> 0) OR (pending <> 0) OR (available <> 0) OR (in_payout <> 0))),
    CONSTRAINT earnings_line_of_a_payout_is_whole CHECK ((num_nulls(payout_id, at, rate_version, currency, gross_minor, fee_minor) = ANY (ARRAY[0, 6])))
);

COMMENT ON COLUMN public.earnings_line.movements IS 'how many; of received gifts how many of them';

CREATE TABLE public.earnings_position (
    shard smallint NOT NULL,
    month date NOT NULL,
    issuing date NOT NULL,
    CONSTRAINT earnings_position_check CHECK ((issuing <= month)),
    CONSTRAINT earnings_position_month_check CHECK ((month = date_trunc('month'::text, (month)::timestamp with time zone)))
);

COMMENT ON COLUMN public.earnings_position.month IS 'the next month that is to be summed';

COMMENT ON COLUMN public.earnings_position.issuing IS 'all months before it have their papers';

CREATE TABLE public.earnings_series (
    year smallint NOT NULL,
    last_number integer NOT NULL,
    CONSTRAINT earnings_series_last_number_check CHECK ((last_number > 0)),
    CONSTRAINT earnings_series_year_check CHECK (((year >= 2000) AND (year <= 9999)))
);

CREATE TABLE public.earnings_threshold (
    form text NOT NULL,
    from_year smallint NOT NULL,
    amount_minor bigint NOT NULL,
    reached boolean NOT NULL,
    gifts_over integer NOT NULL,
    source text NOT NULL,
    CONSTRAINT earnings_threshold_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT earnings_threshold_form_check CHECK ((form = ANY (ARRAY['1099-NEC'::text, '1099-K'::text]))),
    CONSTRAINT earnings_threshold_gifts_over_check CHECK ((gifts_over >= 0)),
    CONSTRAINT earnings_threshold_source_check CHECK ((source ~ '\S'::text))
);

COMMENT ON TABLE public.earnings_threshold IS 'in US cents, before fees';

COMMENT ON COLUMN public.earnings_threshold.reached IS 'whether the sum itself is reported already, or only what is above it';

COMMENT ON COLUMN public.earnings_threshold.gifts_over IS 'only who had more than so many, too';

CREATE TABLE public.erasure (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    asked_by text NOT NULL,
    operator_id bigint,
    reason text,
    key_id integer DEFAULT public.acting_key(),
    gives_up_coins boolean NOT NULL,
    gives_up_earnings boolean NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    begun_at timestamp with time zone,
    subject_mac bytea,
    erased_at timestamp with time zone,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text,
    CONSTRAINT erasure_asked_by_check CHECK ((asked_by = ANY (ARRAY['person'::text, 'platform'::text, 'operator'::text, 'restore'::text]))),
    CONSTRAINT erasure_by_an_operator_says_why CHECK ((((asked_by = 'operator'::text) = (operator_id IS NOT NULL)) AND ((operator_id IS NULL) = (reason IS NULL)))),
    CONSTRAINT erasure_check CHECK ((begins_at >= asked_at)),
    CONSTRAINT erasure_check1 CHECK ((withdrawn_at >= asked_at)),
    CONSTRAINT erasure_check2 CHECK ((begun_at >= begins_at)),
    CONSTRAINT erasure_check3 CHECK ((erased_at >= begun_at)),
    CONSTRAINT erasure_is_done_once_begun CHECK (((erased_at IS NULL) OR (begun_at IS NOT NULL))),
    CONSTRAINT erasure_is_due_until_it_ends CHECK (((due_at IS NOT NULL) = ((withdrawn_at IS NULL) AND (erased_at IS NULL)))),
    CONSTRAINT erasure_is_known_by_its_mac_once_begun CHECK (((begun_at IS NOT NULL) = (subject_mac IS NOT NULL))),
    CONSTRAINT erasure_is_withdrawn_before_it_begins CHECK (((withdrawn_at IS NULL) OR (begun_at IS NULL))),
    CONSTRAINT erasure_reason_check CHECK (((reason ~ '\S'::text) AND (length(reason) <= 500))),
    CONSTRAINT erasure_subject_mac_check CHECK ((length(subject_mac) = 32)),
    CONSTRAINT erasure_tries_check CHECK ((tries >= 0))
);

COMMENT ON TABLE public.erasure IS 'people who are to be nobody here, and those who are';

COMMENT ON COLUMN public.erasure.gives_up_coins IS 'coins that are left in the wallet then; so for earnings';

COMMENT ON COLUMN public.erasure.subject_mac IS 'HMAC of who they were, under a key of the vault: a restore finds them again by it, nobody else does';

CREATE TABLE public.event (
    "position" bigint NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    at timestamp with time zone NOT NULL,
    subject text NOT NULL,
    platform text NOT NULL,
    data json NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT event_position_check CHECK (("position" > 0))
);

COMMENT ON COLUMN public.event.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.event_combo (
    combo_id uuid NOT NULL,
    shard smallint NOT NULL,
    room_id bigint NOT NULL,
    creator_id bigint NOT NULL,
    viewer_id bigint NOT NULL,
    item_id integer NOT NULL,
    count bigint NOT NULL,
    coins bigint NOT NULL,
    gifts bigint NOT NULL,
    last_at timestamp with time zone NOT NULL,
    anonymous boolean DEFAULT true NOT NULL,
    CONSTRAINT event_combo_coins_check CHECK ((coins > 0)),
    CONSTRAINT event_combo_count_check CHECK ((count > 0)),
    CONSTRAINT event_combo_gifts_check CHECK ((gifts > 0))
)
WITH (fillfactor='70');

CREATE TABLE public.event_log (
    singleton boolean DEFAULT true NOT NULL,
    last bigint DEFAULT 0 NOT NULL,
    forgotten_through bigint DEFAULT 0 NOT NULL,
    gifts_wanted_until timestamp with time zone,
    gifts_since timestamp with time zone,
    CONSTRAINT event_log_check CHECK ((forgotten_through <= last)),
    CONSTRAINT event_log_forgotten_through_check CHECK ((forgotten_through >= 0)),
    CONSTRAINT event_log_singleton_check CHECK (singleton)
)
WITH (fillfactor='50');

COMMENT ON COLUMN public.event_log.gifts_wanted_until IS 'until then gifts are copied into the log: somebody follows them';

COMMENT ON COLUMN public.event_log.gifts_since IS 'since when they are; null: they are not';

CREATE TABLE public.event_waiting (
    number bigint NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    at timestamp with time zone NOT NULL,
    subject text NOT NULL,
    platform text NOT NULL,
    data json NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT event_waiting_data_check CHECK ((json_typeof(data) = 'object'::text)),
    CONSTRAINT event_waiting_subject_check CHECK (((length(subject) >= 3) AND (length(subject) <= 100))),
    CONSTRAINT event_waiting_type_check CHECK ((type ~ '^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$'::text))
);

COMMENT ON COLUMN public.event_waiting.platform IS 'the issuer of the person it is about';

COMMENT ON COLUMN public.event_waiting.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

ALTER TABLE public.event_waiting ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_waiting_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.exchange_rate (
    day date NOT NULL,
    currency text NOT NULL,
    per_euro numeric NOT NULL,
    source text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT exchange_rate_currency_check CHECK (((currency ~ '^[A-Z]{3}$'::text) AND (currency <> 'EUR'::text))),
    CONSTRAINT exchange_rate_per_euro_check CHECK (((per_euro > (0)::numeric) AND (per_euro < 'Infinity'::numeric))),
    CONSTRAINT exchange_rate_source_check CHECK ((source <> ''::text))
);

COMMENT ON COLUMN public.exchange_rate.source IS 'the data or the address it comes from';

CREATE TABLE public.follower (
    name text NOT NULL,
    shard smallint NOT NULL,
    through bigint DEFAULT 0 NOT NULL,
    CONSTRAINT follower_through_check CHECK ((through >= 0))
)
WITH (fillfactor='50');

COMMENT ON TABLE public.follower IS 'how far a follower has read the log of a shard';

CREATE TABLE public.freeze_record (
    id uuid NOT NULL,
    what text NOT NULL,
    person_id bigint NOT NULL,
    lot_id uuid,
    method_id uuid,
    payout_id uuid,
    room_id bigint,
    reason text NOT NULL,
    message text,
    frozen_by bigint,
    frozen_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    lifted_by bigint,
    lifted_at timestamp with time zone,
    lifted_because text,
    gift_id uuid,
    conversion_id uuid,
    CONSTRAINT freeze_is_lifted_by_another CHECK ((lifted_by IS DISTINCT FROM person_id)),
    CONSTRAINT freeze_is_lifted_whole CHECK ((((lifted_at IS NULL) = (lifted_because IS NULL)) AND ((lifted_by IS NULL) OR (lifted_at IS NOT NULL)))),
    CONSTRAINT freeze_of_a_lot_ends CHECK (((what <> 'lot'::text) OR (ends_at IS NOT NULL))),
    CONSTRAINT freeze_record_check CHECK ((ends_at > frozen_at)),
    CONSTRAINT freeze_record_check1 CHECK ((lifted_at >= frozen_at)),
    CONSTRAINT freeze_record_lifted_because_check CHECK (((lifted_because ~ '\S'::text) AND (length(lifted_because) <= 500))),
    CONSTRAINT freeze_record_message_check CHECK (((message ~ '\S'::text) AND (length(message) <= 500))),
    CONSTRAINT freeze_record_reason_check CHECK (((reason ~ '\S'::text) AND (length(reason) <= 500)))
);

COMMENT ON COLUMN public.freeze_record.person_id IS 'whose it is: the owner of the wallet, lot, method, payout or room';

COMMENT ON COLUMN public.freeze_record.reason IS 'for operators';

COMMENT ON COLUMN public.freeze_record.message IS 'what the person reads of it; null: the law wants that they are not told';

COMMENT ON COLUMN public.freeze_record.frozen_by IS 'null: the command line; so for lifted_by';

CREATE TABLE public.frozen_receiver (
    kind text NOT NULL,
    id bigint NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT frozen_receiver_kind_check CHECK ((kind = ANY (ARRAY['creator'::text, 'room'::text])))
);

COMMENT ON TABLE public.frozen_receiver IS 'creators and rooms that get no gift before a time';

CREATE TABLE public.general_account (
    general_account_id bigint NOT NULL,
    account text NOT NULL,
    entity text NOT NULL,
    party text NOT NULL,
    number text NOT NULL,
    name text NOT NULL,
    valid_from date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    request_id uuid,
    CONSTRAINT general_account_entity_check CHECK ((entity ~ '^[A-Z0-9]{0,20}$'::text)),
    CONSTRAINT general_account_name_check CHECK ((name ~ '\S'::text)),
    CONSTRAINT general_account_number_check CHECK ((number ~ '^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$'::text)),
    CONSTRAINT general_account_party_check CHECK ((length(party) <= 40))
);

COMMENT ON COLUMN public.general_account.entity IS 'the seller of record whose books it is of; empty: every seller';

COMMENT ON COLUMN public.general_account.party IS 'the provider or the country it is of; empty: each';

ALTER TABLE public.general_account ALTER COLUMN general_account_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.general_account_general_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.general_account_kind (
    account text NOT NULL,
    description text NOT NULL
);

CREATE VIEW public.general_entry AS
 SELECT t.shard,
    t.posted_at AS at,
    ((t.posted_at AT TIME ZONE 'UTC'::text))::date AS day,
    t.reason AS entry,
    t.reference,
    COALESCE(r.seller_code, ''::text) AS entity,
    t.asset AS currency,
    m.debit,
        CASE m.debit
            WHEN 'provider'::text THEN r.provider
            ELSE ''::text
        END AS debit_party,
    m.credit,
        CASE m.credit
            WHEN 'provider'::text THEN r.provider
            ELSE ''::text
        END AS credit_party,
    (t.amount -
        CASE
            WHEN (m.is_without_tax AND (r.paper = 'confirmation'::text)) THEN v.tax_minor
            ELSE (0)::bigint
        END) AS amount,
    COALESCE(v.order_id, t.reference) AS order_id
   FROM (((public.transfer t
     LEFT JOIN public.reversal v ON (((v.shard = t.shard) AND (v.reversal_id = t.reference))))
     LEFT JOIN public.receipt r ON (((r.shard = t.shard) AND (r.order_id = COALESCE(v.order_id, t.reference)))))
     CROSS JOIN LATERAL ( SELECT b.debit,
            b.credit,
            b.is_without_tax
           FROM ( VALUES ('sale_fee'::text,'channel_fees'::text,'provider'::text,false), ('sale_fee_more'::text,'channel_fees'::text,'provider'::text,false), ('sale_fee_less'::text,'provider'::text,'channel_fees'::text,false), ('refund_fee'::text,'provider'::text,'channel_fees'::text,false), ('refund_fee_undone'::text,'channel_fees'::text,'provider'::text,false), ('dispute_fee'::text,'dispute_fees'::text,'provider'::text,false), ('dispute_fee_undone'::text,'provider'::text,'dispute_fees'::text,false), ('refund_excess'::text,'losses'::text,'provider'::text,false), ('refund_excess_undone'::text,'provider'::text,'losses'::text,false), ('refund'::text,
                        CASE r.paper
                            WHEN 'confirmation'::text THEN 'refunds'::text
                            ELSE 'reversals_pending'::text
                        END,'provider'::text,true), ('refund_undone'::text,'provider'::text,
                        CASE r.paper
                            WHEN 'confirmation'::text THEN 'refunds'::text
                            ELSE 'reversals_pending'::text
                        END,true)) b(reason, debit, credit, is_without_tax)
          WHERE (b.reason = t.reason)) m)
  WHERE ((t.debit_kind = ANY (ARRAY['buyers'::text, 'coin_sales'::text, 'channel_fees'::text, 'losses'::text])) AND (t.debit_owner = 0))
UNION ALL
 SELECT d.shard,
    ((((d.day + 1))::timestamp without time zone AT TIME ZONE 'UTC'::text) - '00:00:00.001'::interval) AS at,
    d.day,
    m.entry,
    (md5(concat_ws(' '::text, d.entity, d.region, d.channel, d.currency)))::uuid AS reference,
    d.entity,
    d.currency,
    m.debit,
    ''::text AS debit_party,
    m.credit,
    ''::text AS credit_party,
    m.amount,
    NULL::uuid AS order_id
   FROM (public.accounting_day d
     CROSS JOIN LATERAL ( VALUES ('used'::text,'deferred_revenue'::text,'revenue'::text,d.used_minor), ('expired'::text,'deferred_revenue'::text,'breakage'::text,d.expired_minor), ('refunded'::text,'deferred_revenue'::text,'refunds'::text,(d.refunded_minor - d.put_back_minor))) m(entry, debit, credit, amount))
  WHERE ((d.kind = 'paid'::text) AND (d.entity <> ''::text))
UNION ALL
 SELECT c.shard,
    ((((c.day + 1))::timestamp without time zone AT TIME ZONE 'UTC'::text) - '00:00:00.001'::interval) AS at,
    c.day,
    m.entry,
    (md5(m.entry))::uuid AS reference,
    ''::text AS entity,
    p.currency,
    m.debit,
    ''::text AS debit_party,
    m.credit,
    ''::text AS credit_party,
    m.amount,
    NULL::uuid AS order_id
   FROM ((public.accounting_creator_day c
     JOIN public.payout_rate p ON ((p.version = c.rate_version)))
     CROSS JOIN LATERAL ( VALUES ('earned'::text,'creator_rewards'::text,'creators_owed'::text,c.earned_minor), ('revalued'::text,'creator_rewards'::text,'creators_owed'::text,c.revalued_minor), ('diamonds_paid'::text,'creators_owed'::text,'exchange'::text,c.paid_minor)) m(entry, debit, credit, amount))
UNION ALL
 SELECT t.shard,
    t.posted_at AS at,
    ((t.posted_at AT TIME ZONE 'UTC'::text))::date AS day,
    t.reason AS entry,
    t.reference,
    ''::text AS entity,
    t.asset AS currency,
    'exchange'::text AS debit,
    ''::text AS debit_party,
        CASE t.reason
            WHEN 'payout_fee'::text THEN 'payout_fees'::text
            ELSE 'payout_funds'::text
        END AS credit,
    ''::text AS credit_party,
    t.amount,
    NULL::uuid AS order_id
   FROM public.transfer t
  WHERE ((t.debit_kind = 'payout_funds'::text) AND (t.debit_owner = 0))
UNION ALL
 SELECT t.shard,
    t.posted_at AS at,
    ((t.posted_at AT TIME ZONE 'UTC'::text))::date AS day,
    t.reason AS entry,
    t.reference,
    ''::text AS entity,
    t.asset AS currency,
        CASE t.reason
            WHEN 'payout_fee_returned'::text THEN 'payout_fees'::text
            ELSE 'payout_funds'::text
        END AS debit,
    ''::text AS debit_party,
    'exchange'::text AS credit,
    ''::text AS credit_party,
    t.amount,
    NULL::uuid AS order_id
   FROM public.transfer t
  WHERE ((t.credit_kind = 'payout_funds'::text) AND (t.credit_owner = 0));

CREATE VIEW public.tax_paper AS
 SELECT r.shard,
    r.issued_at AS at,
        CASE r.paper
            WHEN 'receipt'::text THEN 'receipt'::text
            ELSE 'confirmation'::text
        END AS kind,
    r.order_id AS paper_id,
    r.order_id,
    public.paper_number(r.seller_code, r.shard, r.number,
        CASE r.paper
            WHEN 'receipt'::text THEN ''::text
            ELSE 'P'::text
        END) AS number,
    NULL::text AS corrected_number,
    r.seller_code AS entity,
    r.region AS country,
    r.tax_name,
    r.tax_rate_bps AS rate_bps,
    r.currency,
        CASE
            WHEN (r.paper = 'confirmation'::text) THEN r.channel
            ELSE NULL::text
        END AS sold_by_store,
    r.provider,
    r.paid_at,
    1 AS sign,
    r.net_minor,
    r.tax_minor,
    r.price_minor AS gross_minor,
    r.subdivision
   FROM public.receipt r
UNION ALL
 SELECT n.shard,
    n.issued_at AS at,
        CASE n.act
            WHEN 'credit'::text THEN 'credit_note'::text
            ELSE 'cancellation'::text
        END AS kind,
    n.reversal_id AS paper_id,
    n.order_id,
    public.paper_number(n.seller_code, n.shard, n.number, 'C'::text) AS number,
        CASE n.act
            WHEN 'credit'::text THEN public.paper_number(r.seller_code, r.shard, r.number, ''::text)
            ELSE ( SELECT public.paper_number(c.seller_code, c.shard, c.number, 'C'::text) AS paper_number
               FROM public.credit_note c
              WHERE ((c.shard = n.shard) AND (c.reversal_id = n.reversal_id) AND (c.act = 'credit'::text)))
        END AS corrected_number,
    n.seller_code AS entity,
    r.region AS country,
    r.tax_name,
    r.tax_rate_bps AS rate_bps,
    n.currency,
    NULL::text AS sold_by_store,
    r.provider,
    r.paid_at,
        CASE n.act
            WHEN 'credit'::text THEN '-1'::integer
            ELSE 1
        END AS sign,
    n.net_minor,
    n.tax_minor,
    n.amount_minor AS gross_minor,
    r.subdivision
   FROM (public.credit_note n
     JOIN public.receipt r USING (shard, order_id))
UNION ALL
 SELECT t.shard,
    t.posted_at AS at,
        CASE t.reason
            WHEN 'refund'::text THEN 'store_refund'::text
            ELSE 'store_refund_undone'::text
        END AS kind,
    v.reversal_id AS paper_id,
    v.order_id,
    NULL::text AS number,
    public.paper_number(r.seller_code, r.shard, r.number, 'P'::text) AS corrected_number,
    r.seller_code AS entity,
    r.region AS country,
    r.tax_name,
    r.tax_rate_bps AS rate_bps,
    v.currency,
    r.channel AS sold_by_store,
    r.provider,
    r.paid_at,
        CASE t.reason
            WHEN 'refund'::text THEN '-1'::integer
            ELSE 1
        END AS sign,
    v.net_minor,
    v.tax_minor,
    v.amount_minor AS gross_minor,
    r.subdivision
   FROM ((public.transfer t
     JOIN public.reversal v ON (((v.shard = t.shard) AND (v.reversal_id = t.reference))))
     JOIN public.receipt r ON (((r.shard = v.shard) AND (r.order_id = v.order_id) AND (r.paper = 'confirmation'::text))))
  WHERE ((t.debit_kind = ANY (ARRAY['buyers'::text, 'coin_sales'::text])) AND (t.debit_owner = 0) AND (t.reason = ANY (ARRAY['refund'::text, 'refund_undone'::text])));

CREATE VIEW public.general_line AS
 SELECT x.shard,
    x.at,
    x.day,
    x.entry,
    x.reference,
    l.line,
    x.entity,
    x.currency,
    l.account,
    l.party,
    l.amount,
    x.paper,
    x.tax_code,
    x.order_id
   FROM (( SELECT p.shard,
            p.at,
            ((p.at AT TIME ZONE 'UTC'::text))::date AS day,
            p.kind AS entry,
            p.paper_id AS reference,
            p.entity,
            p.currency,
            p.number AS paper,
            COALESCE(('by '::text || p.sold_by_store), concat_ws('-'::text, p.country, p.subdivision, p.rate_bps)) AS tax_code,
            p.order_id,
            p.country,
            p.provider,
            p.sign,
            p.sold_by_store,
            p.net_minor,
            p.tax_minor,
            p.gross_minor
           FROM public.tax_paper p
          WHERE (p.kind = ANY (ARRAY['receipt'::text, 'confirmation'::text, 'credit_note'::text, 'cancellation'::text]))) x
     CROSS JOIN LATERAL ( VALUES (1,
                CASE
                    WHEN (x.entry = ANY (ARRAY['receipt'::text, 'confirmation'::text])) THEN 'provider'::text
                    ELSE 'reversals_pending'::text
                END,
                CASE
                    WHEN (x.entry = ANY (ARRAY['receipt'::text, 'confirmation'::text])) THEN x.provider
                    ELSE ''::text
                END,(x.sign *
                CASE
                    WHEN (x.sold_by_store IS NULL) THEN x.gross_minor
                    ELSE x.net_minor
                END)), (2,
                CASE
                    WHEN (x.entry = ANY (ARRAY['receipt'::text, 'confirmation'::text])) THEN 'deferred_revenue'::text
                    ELSE 'refunds'::text
                END,''::text,((- x.sign) * x.net_minor)), (3,'tax'::text,x.country,
                CASE
                    WHEN (x.sold_by_store IS NULL) THEN ((- x.sign) * x.tax_minor)
                    ELSE (0)::bigint
                END)) l(line, account, party, amount))
  WHERE (l.amount <> 0)
UNION ALL
 SELECT e.shard,
    e.at,
    e.day,
    e.entry,
    e.reference,
    l.line,
    e.entity,
    e.currency,
    l.account,
    l.party,
    l.amount,
    NULL::text AS paper,
    NULL::text AS tax_code,
    e.order_id
   FROM (public.general_entry e
     CROSS JOIN LATERAL ( VALUES (1,e.debit,e.debit_party,e.amount), (2,e.credit,e.credit_party,(- e.amount))) l(line, account, party, amount))
  WHERE (l.amount <> 0);

CREATE TABLE public.gift_log (
    shard smallint NOT NULL,
    through bigint DEFAULT 0 NOT NULL,
    CONSTRAINT gift_log_through_check CHECK ((through >= 0))
)
WITH (fillfactor='50');

COMMENT ON TABLE public.gift_log IS 'the last number in the log of a creators'' shard: deliveries and reversals, numbered from one without gaps';

CREATE TABLE public.gift_log_reversal (
    shard smallint NOT NULL,
    log_no bigint NOT NULL,
    source_shard smallint NOT NULL,
    reversal_id uuid NOT NULL,
    creator_id bigint NOT NULL,
    direction text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT gift_log_reversal_direction_check CHECK ((direction = ANY (ARRAY['take'::text, 'return'::text])))
);

COMMENT ON TABLE public.gift_log_reversal IS 'that the creator''s part of gifts whose money went back was taken, or given back';

CREATE TABLE public.gift_milestone (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    spent_before bigint NOT NULL,
    gift_id uuid NOT NULL
);

COMMENT ON TABLE public.gift_milestone IS 'every so many gifts of a viewer one to begin from, found by the coins spent before it';

CREATE VIEW public.gift_part AS
 SELECT g.shard,
    g.viewer_id,
    g.id,
    p.creator_id,
    p.coins,
    p.spent_before,
    p.creator_shard,
    p.batch_no,
    p.is_shown,
    g.room_id,
    g.video_id,
    g.item_id,
    g.charged_at
   FROM (public.gift g
     CROSS JOIN LATERAL ( SELECT g.creator_id,
                CASE
                    WHEN (g.shares IS NULL) THEN g.coins
                    ELSE (0)::bigint
                END AS coins,
            g.spent_before,
            g.creator_shard,
            g.batch_no,
            true AS is_shown
        UNION ALL
         SELECT s.creator_id,
            s.coins,
            ((g.spent_before + (sum(s.coins) OVER (ORDER BY s.share_no))::bigint) - s.coins),
            s.creator_shard,
            g.share_batch_nos[s.share_no] AS share_batch_nos,
            false
           FROM unnest(g.shares) WITH ORDINALITY s(creator_id, coins, creator_shard, share_no)) p);

CREATE TABLE public.gift_reversal (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    gift_id uuid NOT NULL,
    reversal_id uuid NOT NULL,
    creator_id bigint NOT NULL,
    room_id bigint,
    item_id integer NOT NULL,
    coins bigint NOT NULL,
    marked_at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone,
    video_id bigint,
    CONSTRAINT gift_reversal_coins_check CHECK ((coins > 0)),
    CONSTRAINT gift_reversal_has_one_target CHECK (((room_id IS NULL) <> (video_id IS NULL)))
);

CREATE TABLE public.guardian_invitation (
    id uuid NOT NULL,
    guardian_id bigint NOT NULL,
    code_sha256 bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    minor_id bigint,
    answered_at timestamp with time zone,
    ended_at timestamp with time zone,
    outcome text,
    CONSTRAINT guardian_invitation_check CHECK ((ends_at > made_at)),
    CONSTRAINT guardian_invitation_code_sha256_check CHECK ((length(code_sha256) = 32)),
    CONSTRAINT guardian_invitation_ends_whole CHECK (((ended_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT guardian_invitation_is_answered_whole CHECK (((minor_id IS NULL) = (answered_at IS NULL))),
    CONSTRAINT guardian_invitation_is_confirmed_by_both CHECK (((outcome <> 'confirmed'::text) OR (minor_id IS NOT NULL))),
    CONSTRAINT guardian_invitation_is_of_two CHECK ((guardian_id <> minor_id)),
    CONSTRAINT guardian_invitation_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'withdrawn'::text])))
);

ALTER TABLE public.guardian_limit ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.guardian_limit_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.guardian_stop (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    set_by bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT guardian_stop_check CHECK ((ended_at >= began_at))
);

CREATE TABLE public.guardianship (
    id uuid NOT NULL,
    guardian_id bigint NOT NULL,
    minor_id bigint NOT NULL,
    began_by text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    ended_at timestamp with time zone,
    ended_because text,
    CONSTRAINT guardianship_began_by_check CHECK ((began_by = ANY (ARRAY['platform'::text, 'code'::text]))),
    CONSTRAINT guardianship_check CHECK ((ended_at >= began_at)),
    CONSTRAINT guardianship_ended_because_check CHECK ((ended_because = ANY (ARRAY['guardian'::text, 'platform'::text, 'of_age'::text]))),
    CONSTRAINT guardianship_ends_whole CHECK (((ended_at IS NULL) = (ended_because IS NULL))),
    CONSTRAINT guardianship_is_of_two CHECK ((guardian_id <> minor_id))
);

CREATE TABLE public.head (
    number integer NOT NULL,
    document json NOT NULL,
    signature bytea NOT NULL,
    key_id text NOT NULL,
    CONSTRAINT head_document_check CHECK ((json_typeof(document) = 'object'::text)),
    CONSTRAINT head_is_its_document CHECK ((((document ->> 'number'::text))::integer = number)),
    CONSTRAINT head_number_check CHECK ((number > 0)),
    CONSTRAINT head_signature_check CHECK ((length(signature) = 64))
);

COMMENT ON TABLE public.head IS 'how far the chains of books and trail went at a moment, signed with a key that is not kept here';

CREATE TABLE public.head_key (
    key_id text NOT NULL,
    public_key bytea NOT NULL,
    first_used_at timestamp with time zone NOT NULL,
    CONSTRAINT head_key_key_id_check CHECK ((key_id ~ '^[0-9a-f]{16}$'::text)),
    CONSTRAINT head_key_public_key_check CHECK ((length(public_key) = 32))
);

CREATE TABLE public.hold_piece (
    shard smallint NOT NULL,
    hold_id uuid NOT NULL,
    viewer_id bigint NOT NULL,
    lot_id uuid NOT NULL,
    coins bigint NOT NULL,
    CONSTRAINT hold_piece_coins_check CHECK ((coins > 0))
);

CREATE TABLE public.hold_transition (
    from_state text NOT NULL,
    to_state text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.instrument (
    kind text NOT NULL,
    print bytea NOT NULL,
    person_id bigint NOT NULL,
    source text NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT instrument_check CHECK ((last_seen_at >= first_seen_at)),
    CONSTRAINT instrument_kind_check CHECK ((kind = ANY (ARRAY['card'::text, 'device'::text, 'address'::text]))),
    CONSTRAINT instrument_print_check CHECK ((length(print) = 32)),
    CONSTRAINT instrument_source_check CHECK ((source = ANY (ARRAY['provider'::text, 'host'::text])))
);

COMMENT ON COLUMN public.instrument.print IS 'of the card, device or address, by the vault''s key: the same for one, whoever has it';

COMMENT ON COLUMN public.instrument.source IS 'who told: the payment provider, or the platform''s server';

COMMENT ON COLUMN public.instrument.key_id IS 'with which a server told of it first; null: a payment provider did';

CREATE TABLE public.payout_method (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    provider text NOT NULL,
    kind text NOT NULL,
    holder_name text NOT NULL,
    country text NOT NULL,
    currency text NOT NULL,
    iban text,
    bank_code text,
    account_number text,
    created_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    account_ending text,
    account_key text,
    sealed_account bytea,
    key_id integer DEFAULT public.acting_key(),
    archived_key_id integer,
    payable_from timestamp with time zone,
    account_fingerprint bytea,
    name_match text,
    name_compared_at timestamp with time zone,
    CONSTRAINT payout_method_account_fingerprint_check CHECK ((length(account_fingerprint) = 32)),
    CONSTRAINT payout_method_account_is_sealed CHECK (
CASE
    WHEN (kind <> 'bank_account'::text) THEN ((sealed_account IS NOT NULL) AND (account_key IS NULL) AND (account_ending IS NOT NULL) AND (num_nonnulls(iban, bank_code, account_number) = 0) AND ((kind <> 'stripe_account'::text) OR (sealed_account = '\x'::bytea)))
    WHEN (sealed_account IS NULL) THEN ((account_key IS NULL) AND ((iban IS NULL) = ((bank_code IS NOT NULL) AND (account_number IS NOT NULL))))
    ELSE ((account_ending IS NOT NULL) AND (num_nonnulls(iban, bank_code, account_number) = 0))
END),
    CONSTRAINT payout_method_check CHECK ((payable_from >= created_at)),
    CONSTRAINT payout_method_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT payout_method_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_method_kind_check CHECK ((kind = ANY (ARRAY['bank_account'::text, 'stripe_account'::text, 'paypal'::text]))),
    CONSTRAINT payout_method_name_match_check CHECK ((name_match = ANY (ARRAY['match'::text, 'close'::text, 'mismatch'::text, 'unknown'::text]))),
    CONSTRAINT payout_method_name_was_compared CHECK (((name_match IS NULL) = (name_compared_at IS NULL)))
);

COMMENT ON COLUMN public.payout_method.account_ending IS 'what of the account may be shown: its last four characters; of a mail address its first letter and where it is';

COMMENT ON COLUMN public.payout_method.sealed_account IS 'by the vault; with an account_key, as earlier versions did: AES-GCM, bound to its creator and method';

COMMENT ON COLUMN public.payout_method.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

COMMENT ON COLUMN public.payout_method.archived_key_id IS 'with which a server archived it in its creator''s name';

COMMENT ON COLUMN public.payout_method.payable_from IS 'no payout to it can be asked for before; null: at once, as when nothing was held back';

COMMENT ON COLUMN public.payout_method.account_fingerprint IS 'of the account, by a key that the database does not have: the same for one account, whoever names it; null: not made yet';

COMMENT ON COLUMN public.payout_method.name_match IS 'its holder''s name against the one that is vouched for; null: not compared yet';

CREATE VIEW public.instrument_in_use AS
 SELECT instrument.kind,
    instrument.print,
    instrument.person_id,
    instrument.last_seen_at
   FROM public.instrument
UNION ALL
 SELECT 'account'::text AS kind,
    payout_method.account_fingerprint AS print,
    payout_method.creator_id AS person_id,
    max(payout_method.created_at) AS last_seen_at
   FROM public.payout_method
  WHERE (payout_method.account_fingerprint IS NOT NULL)
  GROUP BY payout_method.account_fingerprint, payout_method.creator_id;

CREATE TABLE public.issuer (
    id integer NOT NULL,
    issuer text NOT NULL,
    audience text NOT NULL,
    jwks_uri text,
    jwks jsonb,
    allowed_roles text[] NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL,
    claims jsonb DEFAULT '{}'::jsonb NOT NULL,
    role_names jsonb DEFAULT '{}'::jsonb NOT NULL,
    removed_at timestamp with time zone,
    client_id text,
    scopes text DEFAULT 'openid'::text NOT NULL,
    sign_in_label text,
    authority text DEFAULT 'owner'::text NOT NULL,
    decision_id uuid,
    CONSTRAINT issuer_allowed_roles_check CHECK ((allowed_roles <@ ARRAY['viewer'::text, 'creator'::text, 'operator'::text, 'owner'::text, 'support'::text, 'finance'::text, 'pricing'::text, 'catalogue'::text, 'safety'::text, 'auditor'::text])),
    CONSTRAINT issuer_audience_check CHECK (((audience <> ''::text) AND (length(audience) <= 255))),
    CONSTRAINT issuer_authority_check CHECK ((authority = ANY (ARRAY['owner'::text, 'decision'::text]))),
    CONSTRAINT issuer_claims_check CHECK ((jsonb_typeof(claims) = 'object'::text)),
    CONSTRAINT issuer_client_id_check CHECK ((((client_id >= '!'::text) AND (client_id <= '~~'::text)) AND (length(client_id) <= 255))),
    CONSTRAINT issuer_has_one_source_of_keys CHECK (((jwks_uri IS NULL) <> (jwks IS NULL))),
    CONSTRAINT issuer_issuer_check CHECK (((issuer <> ''::text) AND (length(issuer) <= 255))),
    CONSTRAINT issuer_jwks_uri_check CHECK ((jwks_uri ~ '^https?://'::text)),
    CONSTRAINT issuer_names_its_decision CHECK (((authority = 'decision'::text) = (decision_id IS NOT NULL))),
    CONSTRAINT issuer_role_names_check CHECK ((jsonb_typeof(role_names) = 'object'::text)),
    CONSTRAINT issuer_scopes_check CHECK (((scopes ~ '^openid( [!-~]+)*$'::text) AND (length(scopes) <= 1000))),
    CONSTRAINT issuer_sign_in_label_check CHECK (((length(sign_in_label) >= 1) AND (length(sign_in_label) <= 60)))
);

COMMENT ON COLUMN public.issuer.issuer IS 'the claim iss of its tokens';

COMMENT ON COLUMN public.issuer.audience IS 'what the claim aud of its tokens must contain';

COMMENT ON COLUMN public.issuer.allowed_roles IS 'what its tokens may say about a person; every other role is passed over';

COMMENT ON COLUMN public.issuer.claims IS 'which claim says what, where it is not the usual one: {"roles": "realm_access.roles"}';

COMMENT ON COLUMN public.issuer.role_names IS 'what the platform calls our roles: {"streamer": "creator"}';

COMMENT ON COLUMN public.issuer.removed_at IS 'its people stay; it is not listed any more, and may be added again';

COMMENT ON COLUMN public.issuer.sign_in_label IS 'what the way in is called, such as "Continue with Example"; null: its host';

COMMENT ON COLUMN public.issuer.authority IS 'by whose word it is believed so';

ALTER TABLE public.issuer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.issuer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.item (
    id integer NOT NULL,
    sku text NOT NULL,
    CONSTRAINT item_id_check CHECK ((id > 0)),
    CONSTRAINT item_sku_check CHECK ((sku ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))
);

CREATE VIEW public.journal AS
 SELECT transfer.shard,
    transfer.posted_at AS at,
    transfer.reference,
    transfer.reason,
    transfer.debit_kind,
    transfer.debit_owner,
    transfer.credit_kind,
    transfer.credit_owner,
    transfer.asset,
    transfer.amount
   FROM public.transfer
UNION ALL
 SELECT gift_part.shard,
    gift_part.charged_at AS at,
    gift_part.id AS reference,
    'gift'::text AS reason,
    'wallet'::text AS debit_kind,
    gift_part.viewer_id AS debit_owner,
    'clearing'::text AS credit_kind,
    gift_part.creator_shard AS credit_owner,
    'COIN'::text AS asset,
    gift_part.coins AS amount
   FROM public.gift_part
  WHERE (gift_part.coins > 0)
UNION ALL
 SELECT d.source_shard AS shard,
    d.delivered_at AS at,
    NULL::uuid AS reference,
    'delivery'::text AS reason,
    'clearing'::text AS debit_kind,
    d.shard AS debit_owner,
    'gift_balance'::text AS credit_kind,
    u.creator_id AS credit_owner,
    'COIN'::text AS asset,
    u.coins AS amount
   FROM public.delivery d,
    LATERAL UNNEST(d.creator_ids, d.creator_coins) u(creator_id, coins);

CREATE TABLE public.ledger_setting (
    singleton boolean DEFAULT true NOT NULL,
    shards smallint NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    CONSTRAINT ledger_setting_epoch_check CHECK ((epoch > 0)),
    CONSTRAINT ledger_setting_shards_check CHECK (((shards >= 1) AND (shards <= 1024))),
    CONSTRAINT ledger_setting_singleton_check CHECK (singleton)
);

COMMENT ON COLUMN public.ledger_setting.shards IS 'fixed when the database is made';

COMMENT ON COLUMN public.ledger_setting.epoch IS 'raised after a restore, so that cursors from before are known to be void';

CREATE TABLE public.legal_hold (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    reason text NOT NULL,
    placed_by bigint NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    lifted_by bigint,
    lifted_at timestamp with time zone,
    lifted_because text,
    CONSTRAINT hold_is_lifted_whole CHECK ((num_nulls(lifted_by, lifted_at, lifted_because) = ANY (ARRAY[0, 3]))),
    CONSTRAINT legal_hold_check CHECK ((placed_by <> person_id)),
    CONSTRAINT legal_hold_check1 CHECK ((lifted_by <> person_id)),
    CONSTRAINT legal_hold_check2 CHECK ((lifted_at >= placed_at)),
    CONSTRAINT legal_hold_lifted_because_check CHECK (((lifted_because ~ '\S'::text) AND (length(lifted_because) <= 500))),
    CONSTRAINT legal_hold_reason_check CHECK (((reason ~ '\S'::text) AND (length(reason) <= 500)))
);

COMMENT ON TABLE public.legal_hold IS 'people of whom nothing goes because it is old, until it is lifted';

CREATE TABLE public.link_proposal (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    other_id bigint NOT NULL,
    kinds text[] NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    verdict text,
    decided_by bigint,
    decided_at timestamp with time zone,
    link_id uuid,
    CONSTRAINT link_proposal_check CHECK ((decided_at >= proposed_at)),
    CONSTRAINT link_proposal_kinds_check CHECK ((cardinality(kinds) > 0)),
    CONSTRAINT link_proposal_verdict_check CHECK ((verdict = ANY (ARRAY['linked'::text, 'apart'::text]))),
    CONSTRAINT proposal_in_order CHECK ((person_id < other_id)),
    CONSTRAINT proposal_is_decided_whole CHECK ((num_nulls(verdict, decided_by, decided_at) = ANY (ARRAY[0, 3]))),
    CONSTRAINT proposal_links CHECK (((link_id IS NOT NULL) = (NOT (verdict IS DISTINCT FROM 'linked'::text))))
);

COMMENT ON TABLE public.link_proposal IS 'accounts that were seen with the same instruments: an operator links them, or says that they are two people''s';

CREATE TABLE public.logout_token (
    issuer_id bigint NOT NULL,
    token_id text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT logout_token_token_id_check CHECK (((length(token_id) >= 1) AND (length(token_id) <= 255)))
);

CREATE TABLE public.lot_reversal (
    shard smallint NOT NULL,
    reversal_id uuid NOT NULL,
    viewer_id bigint NOT NULL,
    lot_id uuid NOT NULL,
    unspent_only boolean NOT NULL,
    coins_unspent bigint NOT NULL,
    coins_spent bigint NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    put_back_at timestamp with time zone,
    CONSTRAINT lot_reversal_check CHECK (((coins_unspent + coins_spent) > 0)),
    CONSTRAINT lot_reversal_check1 CHECK (((NOT unspent_only) OR (coins_spent = 0))),
    CONSTRAINT lot_reversal_coins_spent_check CHECK ((coins_spent >= 0)),
    CONSTRAINT lot_reversal_coins_unspent_check CHECK ((coins_unspent >= 0))
);

CREATE TABLE public.strip (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    start_coin bigint NOT NULL,
    end_coin bigint NOT NULL,
    lot_id uuid NOT NULL,
    follows bigint GENERATED ALWAYS AS (NULLIF(start_coin, 0)) STORED,
    CONSTRAINT strip_check CHECK ((end_coin > start_coin)),
    CONSTRAINT strip_start_coin_check CHECK ((start_coin >= 0))
);

CREATE VIEW public.lot_state AS
 SELECT l.shard,
    l.lot_id,
    l.viewer_id,
    l.kind,
    l.coins,
    s.unspent,
    s.spent,
    r.reversed_unspent,
    r.reversed_spent,
    l.coins_expired AS expired,
    l.price_minor,
    l.currency,
    l.created_at,
    l.expires_at,
    l.coins_held AS held
   FROM (((public.lot l
     JOIN public.wallet w USING (shard, viewer_id))
     CROSS JOIN LATERAL ( SELECT (COALESCE(sum((strip.end_coin - GREATEST(strip.start_coin, w.spent))) FILTER (WHERE (strip.end_coin > w.spent)), (0)::numeric))::bigint AS unspent,
            (COALESCE(sum((LEAST(strip.end_coin, w.spent) - strip.start_coin)) FILTER (WHERE (strip.start_coin < w.spent)), (0)::numeric))::bigint AS spent
           FROM public.strip
          WHERE ((strip.shard = l.shard) AND (strip.viewer_id = l.viewer_id) AND (strip.lot_id = l.lot_id))) s)
     CROSS JOIN LATERAL ( SELECT (COALESCE(sum(lot_reversal.coins_unspent), (0)::numeric))::bigint AS reversed_unspent,
            (COALESCE(sum(lot_reversal.coins_spent), (0)::numeric))::bigint AS reversed_spent
           FROM public.lot_reversal
          WHERE ((lot_reversal.shard = l.shard) AND (lot_reversal.lot_id = l.lot_id) AND (lot_reversal.put_back_at IS NULL))) r);

CREATE TABLE public.mail (
    mail_id uuid NOT NULL,
    kind text NOT NULL,
    shard smallint NOT NULL,
    person_id bigint NOT NULL,
    order_id uuid NOT NULL,
    reversal_id uuid,
    edition text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    ended_at timestamp with time zone,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text,
    CONSTRAINT mail_edition_check CHECK ((char_length(edition) <= 200)),
    CONSTRAINT mail_ends_once CHECK (((state = 'waiting'::text) = (ended_at IS NULL))),
    CONSTRAINT mail_is_due_while_waiting CHECK (((state = 'waiting'::text) = (due_at IS NOT NULL))),
    CONSTRAINT mail_is_of_a_reversal CHECK (((kind = ANY (ARRAY['credit_note'::text, 'withdrawal'::text])) = (reversal_id IS NOT NULL))),
    CONSTRAINT mail_kind_check CHECK ((kind = ANY (ARRAY['receipt'::text, 'credit_note'::text, 'withdrawal'::text, 'voucher'::text, 'voucher_reminder'::text]))),
    CONSTRAINT mail_reason_check CHECK ((char_length(reason) <= 500)),
    CONSTRAINT mail_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'handed_over'::text, 'dropped'::text, 'refused'::text, 'bounced'::text]))),
    CONSTRAINT mail_tries_check CHECK ((tries >= 0))
);

COMMENT ON TABLE public.mail IS 'what a buyer is to be mailed of an order, written in the transaction of what it tells';

COMMENT ON COLUMN public.mail.edition IS 'of several of one kind: the act of a credit note, the numbers of a voucher';

COMMENT ON COLUMN public.mail.state IS 'handed_over: the host was told and mails it; dropped: nothing to mail, or nowhere; refused: by the mail server for good';

CREATE TABLE public.message_removal (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    gift_id uuid NOT NULL,
    removed_by text NOT NULL,
    person_id bigint,
    key_id integer,
    removed_at timestamp with time zone NOT NULL,
    CONSTRAINT message_removal_by_a_creator_in_person CHECK (((removed_by = 'platform'::text) OR (person_id IS NOT NULL))),
    CONSTRAINT message_removal_by_somebody CHECK ((num_nonnulls(person_id, key_id) = 1)),
    CONSTRAINT message_removal_removed_by_check CHECK ((removed_by = ANY (ARRAY['creator'::text, 'platform'::text])))
);

COMMENT ON TABLE public.message_removal IS 'gifts whose words were taken away, by their creator or by the platform: an operator, or a server by its key';

CREATE TABLE public.migration (
    kind text NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    former text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT migration_kind_check CHECK ((kind = ANY (ARRAY['migration'::text, 'function'::text])))
);

CREATE TABLE public.minor_refund (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    reason text NOT NULL,
    requested_by bigint NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    decision_id uuid,
    CONSTRAINT minor_refund_has_a_period CHECK ((until > since))
);

COMMENT ON COLUMN public.minor_refund.decision_id IS 'null: it was no more than one operator gives back alone';

CREATE TABLE public.minor_refund_order (
    minor_refund_id uuid NOT NULL,
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    CONSTRAINT minor_refund_order_amount_minor_check CHECK ((amount_minor > 0))
);

COMMENT ON TABLE public.minor_refund_order IS 'the most that goes back of an order by the case';

CREATE TABLE public.money_turn (
    shard smallint NOT NULL
);

CREATE TABLE public.order_reversed (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    currency text NOT NULL,
    paid_minor bigint NOT NULL,
    paid_tax_minor bigint NOT NULL,
    returnable_fee_minor bigint NOT NULL,
    paid_coins bigint NOT NULL,
    reversed_minor bigint NOT NULL,
    reversed_tax_minor bigint NOT NULL,
    reversed_fee_minor bigint NOT NULL,
    reversed_coins bigint NOT NULL,
    CONSTRAINT order_not_over_refunded CHECK ((((reversed_minor >= 0) AND (reversed_minor <= paid_minor)) AND ((reversed_tax_minor >= 0) AND (reversed_tax_minor <= paid_tax_minor)) AND (((reversed_minor - reversed_tax_minor) >= 0) AND ((reversed_minor - reversed_tax_minor) <= (paid_minor - paid_tax_minor))) AND ((reversed_fee_minor >= 0) AND (reversed_fee_minor <= returnable_fee_minor)) AND ((reversed_coins >= 0) AND (reversed_coins <= paid_coins)))),
    CONSTRAINT order_reversed_paid_minor_check CHECK ((paid_minor > 0))
)
WITH (fillfactor='70');

COMMENT ON COLUMN public.order_reversed.returnable_fee_minor IS 'what the channel gives back of its fee when all of the order goes back';

CREATE TABLE public.order_transition (
    from_state text NOT NULL,
    to_state text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.overlay_token (
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    room_id bigint,
    label text NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT overlay_token_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT overlay_token_label_check CHECK (((char_length(label) >= 1) AND (char_length(label) <= 60)))
);

COMMENT ON COLUMN public.overlay_token.room_id IS 'null: whichever room of the creator is live';

COMMENT ON COLUMN public.overlay_token.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.paper_counter (
    shard smallint CONSTRAINT receipt_counter_shard_not_null NOT NULL,
    seller_code text CONSTRAINT receipt_counter_seller_code_not_null NOT NULL,
    last_number bigint CONSTRAINT receipt_counter_last_number_not_null NOT NULL,
    paper text NOT NULL,
    CONSTRAINT receipt_counter_seller_code_check CHECK ((seller_code ~ '^[A-Z0-9]{1,20}$'::text))
);

CREATE TABLE public.paper_kind (
    paper text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.payment_problem_kind (
    kind text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.payout (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    quote_id uuid CONSTRAINT payout_quote_id_not_null1 NOT NULL,
    method_id uuid CONSTRAINT payout_method_id_not_null1 NOT NULL,
    provider text NOT NULL,
    diamonds bigint NOT NULL,
    currency text NOT NULL,
    gross_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    state text NOT NULL,
    previous_state text,
    reason text,
    requested_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    provider_reference text,
    poll_at timestamp with time zone,
    polls integer DEFAULT 0 NOT NULL,
    attention text,
    poll_error text,
    poll_leased_until timestamp with time zone,
    poll_failed_with text,
    key_id integer DEFAULT public.acting_key(),
    provider_wait text,
    provider_wait_until timestamp with time zone,
    provider_arrives_on date,
    CONSTRAINT payout_check CHECK (((state = 'requested'::text) = (previous_state IS NULL))),
    CONSTRAINT payout_diamonds_check CHECK ((diamonds > 0)),
    CONSTRAINT payout_provider_wait_check CHECK ((provider_wait = ANY (ARRAY['unclaimed'::text, 'held'::text, 'funds'::text, 'account'::text]))),
    CONSTRAINT payout_waits_while_sent CHECK ((((state = 'sent'::text) OR (provider_wait IS NULL)) AND ((provider_wait IS NOT NULL) OR (provider_wait_until IS NULL))))
)
WITH (fillfactor='70');

COMMENT ON COLUMN public.payout.reason IS 'why it failed, was refused or came back';

COMMENT ON COLUMN public.payout.poll_at IS 'when to ask the provider, in case its webhook is lost; null: no longer';

COMMENT ON COLUMN public.payout.attention IS 'what a person must look at: the provider contradicts what is booked';

COMMENT ON COLUMN public.payout.poll_error IS 'what the last question to its provider failed with';

COMMENT ON COLUMN public.payout.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

COMMENT ON COLUMN public.payout.provider_wait IS 'unclaimed: the receiver has to take it; held: the provider looks at it; funds: the money is on its way within the provider; account: the receiver''s account takes no money now; null: it goes its way';

COMMENT ON COLUMN public.payout.provider_arrives_on IS 'when it arrives, as the provider says; null: it does not say';

CREATE TABLE public.payout_account_key (
    key_id text NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_account_key_key_id_check CHECK ((key_id ~ '^[0-9a-f]{16}$'::text))
);

COMMENT ON TABLE public.payout_account_key IS 'names of the keys bank accounts are sealed with; never the keys';

CREATE TABLE public.payout_bank_outcome (
    shard smallint NOT NULL,
    payout_id uuid NOT NULL,
    outcome text NOT NULL,
    reference text NOT NULL,
    reason text,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint NOT NULL,
    CONSTRAINT payout_bank_outcome_check CHECK (((outcome = 'paid'::text) = (reason IS NULL))),
    CONSTRAINT payout_bank_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['paid'::text, 'failed'::text, 'returned'::text]))),
    CONSTRAINT payout_bank_outcome_reference_check CHECK ((reference <> ''::text))
);

COMMENT ON COLUMN public.payout_bank_outcome.reference IS 'the bank''s own name of the transfer';

CREATE TABLE public.payout_connection (
    shard smallint NOT NULL,
    method_id uuid NOT NULL,
    creator_id bigint NOT NULL,
    kind text DEFAULT 'stripe_account'::text NOT NULL,
    account text,
    state text DEFAULT 'opening'::text NOT NULL,
    needs text[] DEFAULT '{}'::text[] NOT NULL,
    needs_by timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_connection_account_check CHECK ((account <> ''::text)),
    CONSTRAINT payout_connection_check CHECK (((account IS NOT NULL) OR (state = ANY (ARRAY['opening'::text, 'closed'::text])))),
    CONSTRAINT payout_connection_check1 CHECK (((account IS NULL) OR (state <> 'opening'::text))),
    CONSTRAINT payout_connection_kind_check CHECK ((kind = 'stripe_account'::text)),
    CONSTRAINT payout_connection_state_check CHECK ((state = ANY (ARRAY['opening'::text, 'onboarding'::text, 'needs_information'::text, 'ready'::text, 'closed'::text])))
);

COMMENT ON TABLE public.payout_connection IS 'accounts of creators at a provider: whether money can go there, as the provider said last';

COMMENT ON COLUMN public.payout_connection.account IS 'the provider''s name of it; null: it was not made yet';

COMMENT ON COLUMN public.payout_connection.needs IS 'what the provider still asks for, in its own words; empty: nothing';

COMMENT ON COLUMN public.payout_connection.needs_by IS 'until when it has to have that; null: it names no day';

CREATE TABLE public.payout_event (
    shard smallint NOT NULL,
    payout_id uuid NOT NULL,
    from_state text,
    to_state text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    actor_id bigint,
    reason text,
    decision_id uuid,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT payout_event_actor_check CHECK ((actor = ANY (ARRAY['creator'::text, 'operator'::text, 'provider'::text]))),
    CONSTRAINT payout_event_check CHECK (((to_state = 'requested'::text) = (from_state IS NULL))),
    CONSTRAINT payout_event_check1 CHECK (((actor = 'provider'::text) = (actor_id IS NULL))),
    CONSTRAINT payout_event_is_said_by_who_may CHECK ((((actor = 'creator'::text) = (to_state = ANY (ARRAY['requested'::text, 'cancelled'::text]))) AND ((actor = 'operator'::text) OR (to_state <> ALL (ARRAY['approved'::text, 'refused'::text])))))
);

COMMENT ON COLUMN public.payout_event.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.payout_export (
    number integer NOT NULL,
    id uuid NOT NULL,
    currency text,
    exported_at timestamp with time zone NOT NULL,
    exported_by bigint NOT NULL,
    CONSTRAINT payout_export_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payout_export_number_check CHECK ((number > 0))
);

COMMENT ON COLUMN public.payout_export.id IS 'made by the caller: the idempotency key';

COMMENT ON COLUMN public.payout_export.currency IS 'what was asked for; null: every currency';

CREATE TABLE public.payout_export_download (
    id bigint NOT NULL,
    export_number integer NOT NULL,
    downloaded_at timestamp with time zone NOT NULL,
    downloaded_by bigint NOT NULL
);

ALTER TABLE public.payout_export_download ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.payout_export_download_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payout_export_item (
    shard smallint NOT NULL,
    payout_id uuid NOT NULL,
    export_number integer NOT NULL
);

CREATE TABLE public.payout_pass (
    shard smallint NOT NULL,
    payout_id uuid NOT NULL,
    control text NOT NULL,
    figure bigint NOT NULL,
    reason text NOT NULL,
    passed_by bigint NOT NULL,
    passed_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_pass_control_check CHECK ((control ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT payout_pass_reason_check CHECK ((reason ~ '\S'::text))
);

COMMENT ON COLUMN public.payout_pass.figure IS 'what was seen: what grows beyond it stops again';

CREATE TABLE public.payout_send (
    shard smallint NOT NULL,
    payout_id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    called boolean DEFAULT false NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    called_at timestamp with time zone
)
WITH (fillfactor='50');

COMMENT ON COLUMN public.payout_send.called IS 'a provider may have got it; raised and committed before the provider is called';

COMMENT ON COLUMN public.payout_send.called_at IS 'since when a provider may have got it; null: it was told before this was kept, or not yet';

CREATE VIEW public.payout_shown AS
 SELECT p.shard,
    p.id,
    p.creator_id,
    p.quote_id,
    p.method_id,
    p.provider,
    p.diamonds,
    p.currency,
    p.gross_minor,
    p.fee_minor,
    p.net_minor,
    p.state,
    p.previous_state,
    p.reason,
    p.requested_at,
    p.changed_at,
    p.provider_reference,
    p.poll_at,
    p.polls,
    p.attention,
    p.poll_error,
    m.holder_name,
    m.country,
    COALESCE(m.account_ending, "right"(COALESCE(m.iban, m.account_number), 4)) AS account_ending,
    s.attempts AS send_attempts,
    s.last_error AS send_error,
    COALESCE(s.called, false) AS send_called,
    i.export_number,
    m.kind AS method_kind,
    p.provider_wait,
    p.provider_wait_until,
    p.provider_arrives_on
   FROM (((public.payout p
     JOIN public.payout_method m ON (((m.shard = p.shard) AND (m.id = p.method_id))))
     LEFT JOIN public.payout_send s ON (((s.shard = p.shard) AND (s.payout_id = p.id))))
     LEFT JOIN public.payout_export_item i ON (((i.shard = p.shard) AND (i.payout_id = p.id))));

CREATE TABLE public.payout_state (
    state text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.payout_transition (
    from_state text NOT NULL,
    to_state text NOT NULL
);

CREATE TABLE public.person (
    id bigint NOT NULL,
    issuer_id integer NOT NULL,
    subject text NOT NULL,
    handle text NOT NULL,
    display_name text NOT NULL,
    avatar text NOT NULL,
    country text,
    created_at timestamp with time zone NOT NULL,
    language text,
    platform_roles text[] DEFAULT '{}'::text[] NOT NULL,
    born_on date,
    first_signed_in_at timestamp with time zone,
    told_at timestamp with time zone,
    said_at timestamp with time zone,
    staff_since timestamp with time zone,
    CONSTRAINT person_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT person_language_check CHECK ((language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text)),
    CONSTRAINT person_platform_roles_check CHECK ((platform_roles <@ ARRAY['viewer'::text, 'creator'::text, 'operator'::text, 'owner'::text, 'support'::text, 'finance'::text, 'pricing'::text, 'catalogue'::text, 'safety'::text, 'auditor'::text])),
    CONSTRAINT person_subject_check CHECK (((subject <> ''::text) AND (length(subject) <= 255)))
);

COMMENT ON COLUMN public.person.avatar IS 'address of a picture; empty: none';

COMMENT ON COLUMN public.person.language IS 'what the platform says this person reads, as a tag of BCP 47';

COMMENT ON COLUMN public.person.first_signed_in_at IS 'null: named by a server, never here themselves';

COMMENT ON COLUMN public.person.told_at IS 'when their platform''s server last told of them; what a token leaves out then stays as told';

COMMENT ON COLUMN public.person.said_at IS 'when the platform said what is known, by the newest token or by its server: an older token says nothing any more';

COMMENT ON COLUMN public.person.staff_since IS 'since when their platform says without a break that they are an operator; null: it does not, or did before this was kept';

CREATE TABLE public.person_email (
    person_id bigint NOT NULL,
    address text,
    known_at timestamp with time zone NOT NULL,
    bounced_at timestamp with time zone,
    bounce text DEFAULT ''::text NOT NULL,
    removed_at timestamp with time zone,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT email_is_kept_or_removed CHECK (((address IS NULL) = (removed_at IS NOT NULL))),
    CONSTRAINT email_that_bounced_is_kept CHECK (((bounced_at IS NULL) OR (address IS NOT NULL))),
    CONSTRAINT person_email_address_check CHECK (((char_length(address) <= 254) AND (address ~ '^[!-~]+@[A-Za-z0-9.-]+$'::text) AND (address !~ '[][<>()",:;\\]'::text))),
    CONSTRAINT person_email_bounce_check CHECK ((char_length(bounce) <= 500))
);

COMMENT ON TABLE public.person_email IS 'where somebody is mailed to, as their platform proved or told it; removed: they want none, and it is not kept';

COMMENT ON COLUMN public.person_email.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

ALTER TABLE public.person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.person_link (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    other_id bigint NOT NULL,
    note text NOT NULL,
    linked_by bigint NOT NULL,
    linked_at timestamp with time zone NOT NULL,
    ended_by bigint,
    ended_at timestamp with time zone,
    ended_because text,
    CONSTRAINT person_link_check CHECK ((ended_at >= linked_at)),
    CONSTRAINT person_link_check1 CHECK (((ended_by IS NULL) = (ended_at IS NULL))),
    CONSTRAINT person_link_check2 CHECK (((ended_because IS NULL) OR ((ended_because ~ '\S'::text) AND (ended_at IS NOT NULL)))),
    CONSTRAINT person_link_in_order CHECK ((person_id < other_id)),
    CONSTRAINT person_link_is_ended_by_another CHECK (((ended_by <> person_id) AND (ended_by <> other_id))),
    CONSTRAINT person_link_note_check CHECK ((note ~ '\S'::text))
);

CREATE TABLE public.person_move (
    id uuid NOT NULL,
    issuer_id integer NOT NULL,
    subject text NOT NULL,
    person_id bigint NOT NULL,
    merged_id bigint,
    moved_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    to_subject text,
    CONSTRAINT person_move_is_to_another CHECK ((merged_id <> person_id))
);

COMMENT ON COLUMN public.person_move.id IS 'made by the caller: the idempotency key; of the freeze and the link of accounts, too';

COMMENT ON COLUMN public.person_move.subject IS 'by which nobody comes in any more';

COMMENT ON COLUMN public.person_move.person_id IS 'whom it leads to';

COMMENT ON COLUMN public.person_move.merged_id IS 'the account that is no more; null: the person has another subject';

COMMENT ON COLUMN public.person_move.to_subject IS 'as the server said it; null: from before it was kept, or erased';

CREATE TABLE public.person_subdivision (
    person_id bigint NOT NULL,
    country text NOT NULL,
    subdivision text NOT NULL,
    told_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT person_subdivision_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT person_subdivision_subdivision_check CHECK ((subdivision ~ '^[A-Z0-9]{1,3}$'::text))
);

COMMENT ON COLUMN public.person_subdivision.country IS 'whose part it is: somewhere else it says nothing';

CREATE TABLE public.policy_pack (
    version integer NOT NULL,
    country text NOT NULL,
    text text NOT NULL,
    loosens boolean NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint NOT NULL,
    note text NOT NULL,
    decision_id uuid NOT NULL,
    CONSTRAINT policy_pack_begins_later CHECK ((effective_at > recorded_at)),
    CONSTRAINT policy_pack_country_check CHECK ((country ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'::text)),
    CONSTRAINT policy_pack_note_check CHECK ((note ~ '\S'::text)),
    CONSTRAINT policy_pack_text_check CHECK (((text ~ '\S'::text) AND (length(text) <= 20000))),
    CONSTRAINT policy_pack_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.policy_pack.text IS 'TOML, as it was confirmed';

COMMENT ON COLUMN public.policy_pack.loosens IS 'it lets be done what a pack before it does not';

CREATE TABLE public.price_book (
    version integer NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    rates_date date NOT NULL,
    note text NOT NULL,
    sources jsonb NOT NULL,
    rates jsonb DEFAULT '{}'::jsonb NOT NULL,
    published_at timestamp with time zone NOT NULL,
    published_by bigint,
    copied_from integer,
    written_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    decision_id uuid,
    CONSTRAINT price_book_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN public.price_book.rates_date IS 'the day of the exchange rates its prices were made with';

COMMENT ON COLUMN public.price_book.rates IS 'minor units of each currency for one US cent, as fractions: {"EUR": "8673/10000"}';

COMMENT ON COLUMN public.price_book.published_by IS 'null: published on the command line, or the first book';

COMMENT ON COLUMN public.price_book.copied_from IS 'the version this one goes back to';

COMMENT ON COLUMN public.price_book.written_in IS 'the transaction that wrote it, the only one that may add prices to it';

CREATE TABLE public.price_book_proposal (
    sha256 bytea NOT NULL,
    book text NOT NULL,
    CONSTRAINT price_book_proposal_book_check CHECK ((jsonb_typeof((book)::jsonb) = 'object'::text)),
    CONSTRAINT price_book_proposal_is_hashed CHECK ((sha256 = sha256(convert_to(book, 'UTF8'::name))))
);

COMMENT ON COLUMN public.price_book_proposal.book IS 'JSON: all prices, packages, sellers and rates';

CREATE TABLE public.price_book_withdrawal (
    version integer NOT NULL,
    withdrawn_at timestamp with time zone NOT NULL,
    withdrawn_by bigint,
    reason text NOT NULL,
    CONSTRAINT price_book_withdrawal_reason_check CHECK ((reason <> ''::text))
);

CREATE TABLE public.price_draft (
    draft_id uuid NOT NULL,
    name text NOT NULL,
    request text NOT NULL,
    toml text NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by bigint,
    changed_at timestamp with time zone NOT NULL,
    changed_by bigint,
    published_version integer,
    CONSTRAINT price_draft_name_check CHECK ((name <> ''::text)),
    CONSTRAINT price_draft_revision_check CHECK ((revision > 0))
);

COMMENT ON COLUMN public.price_draft.request IS 'what was asked when it was made, as canonical JSON';

COMMENT ON COLUMN public.price_draft.revision IS 'rises with each change, so that nobody overwrites what they have not seen';

CREATE TABLE public.promotional_before (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    spent bigint NOT NULL,
    CONSTRAINT promotional_before_spent_check CHECK ((spent > 0))
);

COMMENT ON COLUMN public.promotional_before.spent IS 'how much of the strip was spent before granted coins were told apart';

CREATE TABLE public.promotional_part (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    gift_id uuid NOT NULL,
    creator_id bigint NOT NULL,
    coins bigint NOT NULL,
    creator_shard smallint NOT NULL,
    batch_no bigint NOT NULL,
    CONSTRAINT promotional_part_coins_check CHECK ((coins > 0))
);

COMMENT ON TABLE public.promotional_part IS 'what granted coins paid for of a creator''s part of a gift';

CREATE TABLE public.published_tax_rate (
    country text NOT NULL,
    published_on date NOT NULL,
    name text NOT NULL,
    rate_bps integer NOT NULL,
    source text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT published_tax_rate_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT published_tax_rate_name_check CHECK ((name ~ '\S'::text)),
    CONSTRAINT published_tax_rate_rate_bps_check CHECK (((rate_bps >= 0) AND (rate_bps <= 10000)))
);

COMMENT ON TABLE public.published_tax_rate IS 'what came with Plaudit and was not taken into tax_rate by itself';

CREATE TABLE public.quote_tax (
    shard smallint NOT NULL,
    person_id bigint NOT NULL,
    quote_id uuid NOT NULL,
    country text NOT NULL,
    subdivision text NOT NULL,
    postal_code text NOT NULL,
    source text NOT NULL,
    is_answer boolean NOT NULL,
    name text CONSTRAINT quote_tax_name_not_null1 NOT NULL,
    rate_ppm integer NOT NULL,
    reference text NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    CONSTRAINT quote_tax_name_check CHECK ((name <> ''::text)),
    CONSTRAINT quote_tax_postal_code_check CHECK ((length(postal_code) <= 12)),
    CONSTRAINT quote_tax_rate_ppm_check CHECK (((rate_ppm >= 0) AND (rate_ppm <= 1000000))),
    CONSTRAINT quote_tax_source_check CHECK ((source <> ''::text)),
    CONSTRAINT quote_tax_subdivision_check CHECK ((subdivision ~ '^[A-Z0-9]{0,3}$'::text))
);

COMMENT ON TABLE public.quote_tax IS 'no row: the tax is that of the country';

COMMENT ON COLUMN public.quote_tax.source IS 'the tax provider, or where the rate of the table is from';

COMMENT ON COLUMN public.quote_tax.is_answer IS 'whether a tax provider said so';

COMMENT ON COLUMN public.quote_tax.reference IS 'the provider''s own name of its answer';

CREATE TABLE public.reconciliation_difference (
    difference_id uuid NOT NULL,
    provider text NOT NULL,
    day date NOT NULL,
    kind text NOT NULL,
    payment_id text NOT NULL,
    provider_reversal_id text DEFAULT ''::text NOT NULL,
    shard smallint,
    order_id uuid,
    ours_minor bigint,
    ours_currency text,
    ours_state text,
    theirs_minor bigint,
    theirs_currency text,
    theirs_state text,
    detail text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    previous_state text,
    first_run uuid NOT NULL,
    last_run uuid NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    resolution text,
    closed_by bigint,
    CONSTRAINT difference_begins_open CHECK (((previous_state IS NOT NULL) OR (state = ANY (ARRAY['open'::text, 'healed'::text])))),
    CONSTRAINT difference_is_closed_with_words CHECK ((((state = 'closed'::text) = (resolution IS NOT NULL)) AND ((state = 'closed'::text) = (closed_by IS NOT NULL)))),
    CONSTRAINT reconciliation_difference_resolution_check CHECK (((length(resolution) >= 1) AND (length(resolution) <= 1000))),
    CONSTRAINT reconciliation_difference_state_check CHECK ((state = ANY (ARRAY['open'::text, 'vanished'::text, 'healed'::text, 'closed'::text])))
);

CREATE TABLE public.reconciliation_run (
    run_id uuid NOT NULL,
    provider text NOT NULL,
    day date NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    requested_by bigint,
    daily boolean NOT NULL,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    error text,
    listed integer DEFAULT 0 NOT NULL,
    compared integer DEFAULT 0 NOT NULL,
    healed integer DEFAULT 0 NOT NULL,
    differing integer DEFAULT 0 NOT NULL,
    vanished integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    CONSTRAINT reconciliation_run_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'complete'::text, 'failed'::text]))),
    CONSTRAINT run_is_due_until_it_ends CHECK (((due_at IS NOT NULL) = (state = ANY (ARRAY['queued'::text, 'running'::text]))))
);

COMMENT ON COLUMN public.reconciliation_run.requested_by IS 'an operator; null: the daily job, or a command';

COMMENT ON COLUMN public.reconciliation_run.listed IS 'payments and reversals the provider listed';

COMMENT ON COLUMN public.reconciliation_run.compared IS 'payments and reversals of ours they were compared with';

CREATE TABLE public.reconciliation_sum (
    run_id uuid NOT NULL,
    side text NOT NULL,
    what text NOT NULL,
    currency text NOT NULL,
    count integer NOT NULL,
    minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    CONSTRAINT reconciliation_sum_count_check CHECK ((count > 0)),
    CONSTRAINT reconciliation_sum_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT reconciliation_sum_side_check CHECK ((side = ANY (ARRAY['ours'::text, 'theirs'::text]))),
    CONSTRAINT reconciliation_sum_what_check CHECK ((what = ANY (ARRAY['payment'::text, 'refund'::text, 'void'::text, 'chargeback'::text])))
);

CREATE TABLE public.region_decision (
    shard smallint NOT NULL,
    person_id bigint NOT NULL,
    decision_id uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    order_id uuid,
    payment_id text,
    outcome text NOT NULL,
    region text NOT NULL,
    quoted_region text,
    sought_region text,
    basis text NOT NULL,
    reasons text[] NOT NULL,
    evidence jsonb NOT NULL,
    network cidr,
    rule_version integer NOT NULL,
    book_version integer NOT NULL,
    databases jsonb NOT NULL,
    CONSTRAINT decision_fits_its_kind CHECK ((((kind = 'quote'::text) AND (outcome = ANY (ARRAY['allow'::text, 'ask'::text, 'refuse'::text])) AND (order_id IS NULL) AND (payment_id IS NULL) AND (quoted_region IS NULL)) OR ((kind = 'payment'::text) AND (outcome = ANY (ARRAY['capture'::text, 'reprice'::text, 'ask'::text, 'refuse'::text])) AND (order_id IS NOT NULL) AND (payment_id IS NOT NULL) AND (quoted_region IS NOT NULL)))),
    CONSTRAINT network_is_cut CHECK ((masklen((network)::inet) <=
CASE family((network)::inet)
    WHEN 4 THEN 24
    ELSE 48
END)),
    CONSTRAINT region_decision_kind_check CHECK ((kind = ANY (ARRAY['quote'::text, 'payment'::text]))),
    CONSTRAINT region_decision_quoted_region_check CHECK ((quoted_region ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT region_decision_reasons_check CHECK ((cardinality(reasons) > 0)),
    CONSTRAINT region_decision_region_check CHECK ((region ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT region_decision_rule_version_check CHECK ((rule_version > 0)),
    CONSTRAINT region_decision_sought_region_check CHECK ((sought_region ~ '^[A-Z]{2}$'::text))
);

COMMENT ON TABLE public.region_decision IS 'whose prices somebody was shown, or whether a payment was taken, and why';

COMMENT ON COLUMN public.region_decision.kind IS 'quote: order_id is found through the quote; payment: of an authorised payment';

COMMENT ON COLUMN public.region_decision.region IS 'whose prices hold, or would be right for the payment';

COMMENT ON COLUMN public.region_decision.sought_region IS 'the cheaper region whose prices better evidence would bring';

COMMENT ON COLUMN public.region_decision.evidence IS 'signs with country, time and strength; no address, no card number';

COMMENT ON COLUMN public.region_decision.network IS 'the buyer''s, cut to /24 or /48';

COMMENT ON COLUMN public.region_decision.databases IS 'type and date of build of each database that was asked';

CREATE TABLE public.retention_day (
    rule text NOT NULL,
    day date NOT NULL,
    days integer NOT NULL,
    through timestamp with time zone NOT NULL,
    rows bigint NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    is_done boolean NOT NULL,
    CONSTRAINT retention_day_check CHECK ((looked_at > through)),
    CONSTRAINT retention_day_days_check CHECK ((days > 0)),
    CONSTRAINT retention_day_rows_check CHECK ((rows >= 0)),
    CONSTRAINT retention_day_rule_check CHECK ((rule ~ '^[a-z]+(_[a-z]+)*$'::text))
);

COMMENT ON TABLE public.retention_day IS 'what was let go of on a day because it was old enough: how much, and up to when';

COMMENT ON COLUMN public.retention_day.days IS 'the period in force';

COMMENT ON COLUMN public.retention_day.through IS 'what is from then or older went';

COMMENT ON COLUMN public.retention_day.is_done IS 'false: more of it was due when the last look ended';

CREATE TABLE public.reversal_transition (
    from_state text NOT NULL,
    to_state text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.reversed_strip (
    shard smallint NOT NULL,
    viewer_id bigint NOT NULL,
    start_coin bigint NOT NULL,
    end_coin bigint NOT NULL,
    reversal_id uuid NOT NULL,
    CONSTRAINT reversed_strip_check CHECK ((end_coin > start_coin)),
    CONSTRAINT reversed_strip_start_coin_check CHECK ((start_coin >= 0))
);

CREATE TABLE public.role_grant (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    role text NOT NULL,
    granted_by bigint,
    granted_at timestamp with time zone NOT NULL,
    taken_by bigint,
    taken_at timestamp with time zone,
    authority text NOT NULL,
    decision_id uuid,
    CONSTRAINT role_grant_authority_check CHECK ((authority = ANY (ARRAY['owner'::text, 'decision'::text, 'operator'::text]))),
    CONSTRAINT role_grant_by_whom CHECK (((authority = 'owner'::text) = (granted_by IS NULL))),
    CONSTRAINT role_grant_check CHECK ((taken_at >= granted_at)),
    CONSTRAINT role_grant_check1 CHECK (((taken_by IS NULL) OR (taken_at IS NOT NULL))),
    CONSTRAINT role_grant_names_its_decision CHECK (((authority = 'decision'::text) = (decision_id IS NOT NULL))),
    CONSTRAINT role_grant_role_check CHECK ((role = ANY (ARRAY['creator'::text, 'operator'::text, 'owner'::text, 'support'::text, 'finance'::text, 'pricing'::text, 'catalogue'::text, 'safety'::text, 'auditor'::text]))),
    CONSTRAINT role_is_not_given_to_oneself CHECK ((granted_by <> person_id))
);

COMMENT ON COLUMN public.role_grant.granted_by IS 'null: the command line';

COMMENT ON COLUMN public.role_grant.authority IS 'by whose word; operator: by one, before it took two';

ALTER TABLE public.role_grant ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.role_grant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.room_head (
    shard smallint NOT NULL,
    room_id bigint NOT NULL,
    seq bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

CREATE UNLOGGED TABLE public.room_viewers (
    room_id bigint NOT NULL,
    process_id uuid NOT NULL,
    viewers integer NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT room_viewers_viewers_check CHECK ((viewers >= 0))
);

CREATE TABLE public.rule_consent (
    number bigint NOT NULL,
    person_id bigint NOT NULL,
    given_by bigint NOT NULL,
    action text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT rule_consent_action_check CHECK ((action ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT rule_consent_check CHECK ((ended_at >= given_at))
);

ALTER TABLE public.rule_consent ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.rule_consent_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.rule_decision (
    shard integer NOT NULL,
    reference uuid NOT NULL,
    action text NOT NULL,
    person_id bigint NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    rule text NOT NULL,
    version integer,
    countries text[] NOT NULL,
    at_least smallint,
    under smallint,
    level smallint,
    method text,
    source text,
    CONSTRAINT rule_decision_action_check CHECK ((action ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT rule_decision_has_an_age CHECK ((((at_least IS NULL) = (level IS NULL)) AND ((level IS NULL) = (method IS NULL)) AND ((method IS NULL) = (source IS NULL)))),
    CONSTRAINT rule_decision_outcome_check CHECK ((outcome = ANY (ARRAY['allow'::text, 'ask'::text]))),
    CONSTRAINT rule_decision_version_check CHECK ((version >= 0))
);

COMMENT ON COLUMN public.rule_decision.reference IS 'the order, conversion or payout';

COMMENT ON COLUMN public.rule_decision.outcome IS 'ask: it went on all the same, as the operator has it';

COMMENT ON COLUMN public.rule_decision.version IS 'of the pack; 0: it came with Plaudit; null: there is none';

CREATE TABLE public.rule_tally (
    day date NOT NULL,
    rule text NOT NULL,
    version integer NOT NULL,
    outcome text NOT NULL,
    stopped boolean NOT NULL,
    times bigint NOT NULL,
    CONSTRAINT rule_tally_outcome_check CHECK ((outcome = ANY (ARRAY['ask'::text, 'refuse'::text]))),
    CONSTRAINT rule_tally_times_check CHECK ((times > 0)),
    CONSTRAINT rule_tally_version_check CHECK ((version >= 0))
);

COMMENT ON COLUMN public.rule_tally.version IS 'of the pack; 0: it came with Plaudit, or there is none';

CREATE TABLE public.safety_appeal (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    text text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    case_id uuid,
    answer text,
    answered_by bigint,
    answered_at timestamp with time zone,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT appeal_is_answered_by_another CHECK ((answered_by <> person_id)),
    CONSTRAINT appeal_is_answered_whole CHECK ((num_nulls(answer, answered_by, answered_at) = ANY (ARRAY[0, 3]))),
    CONSTRAINT safety_appeal_answer_check CHECK (((answer ~ '\S'::text) AND (length(answer) <= 2000))),
    CONSTRAINT safety_appeal_check CHECK ((answered_at >= made_at)),
    CONSTRAINT safety_appeal_text_check CHECK (((text ~ '\S'::text) AND (length(text) <= 2000)))
);

COMMENT ON COLUMN public.safety_appeal.case_id IS 'the one that was open, or decided last; null: there was none';

CREATE TABLE public.safety_case (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    opened_by bigint,
    score smallint NOT NULL,
    assigned_to bigint,
    outcome text,
    decided_by bigint,
    decided_at timestamp with time zone,
    reason text,
    notice text,
    CONSTRAINT case_is_decided_by_another CHECK ((decided_by <> person_id)),
    CONSTRAINT case_is_decided_whole CHECK ((num_nulls(outcome, decided_by, decided_at, reason) = ANY (ARRAY[0, 4]))),
    CONSTRAINT case_notice_is_of_a_decision CHECK (((notice IS NULL) OR (outcome IS NOT NULL))),
    CONSTRAINT safety_case_check CHECK ((decided_at >= opened_at)),
    CONSTRAINT safety_case_notice_check CHECK ((notice = ANY (ARRAY['checked'::text, 'restricted'::text]))),
    CONSTRAINT safety_case_outcome_check CHECK ((outcome = ANY (ARRAY['cleared'::text, 'confirmed'::text]))),
    CONSTRAINT safety_case_reason_check CHECK (((reason ~ '\S'::text) AND (length(reason) <= 2000))),
    CONSTRAINT safety_case_score_check CHECK (((score >= 0) AND (score <= 100)))
);

COMMENT ON COLUMN public.safety_case.opened_by IS 'null: rules did';

COMMENT ON COLUMN public.safety_case.score IS 'what the rules found together, when it was opened or later';

COMMENT ON COLUMN public.safety_case.notice IS 'what its person reads of the decision; null: they are not told';

CREATE TABLE public.safety_due (
    person_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text,
    is_changed boolean DEFAULT false NOT NULL
)
WITH (fillfactor='50');

COMMENT ON COLUMN public.safety_due.is_changed IS 'something more is new since a worker began to look';

CREATE TABLE public.safety_entry (
    id bigint NOT NULL,
    case_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    kind text NOT NULL,
    text text NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT safety_entry_kind_check CHECK ((kind = ANY (ARRAY['opened'::text, 'finding'::text, 'note'::text, 'assigned'::text, 'step'::text, 'step_lifted'::text, 'frozen'::text, 'lifted'::text, 'appeal'::text, 'answer'::text, 'decided'::text]))),
    CONSTRAINT safety_entry_text_check CHECK ((length(text) <= 2000))
);

COMMENT ON COLUMN public.safety_entry.by_id IS 'null: rules, or a worker';

ALTER TABLE public.safety_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.safety_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.safety_finding (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    rule text NOT NULL,
    version integer NOT NULL,
    subject text NOT NULL,
    score smallint NOT NULL,
    sentence text NOT NULL,
    evidence jsonb NOT NULL,
    others bigint[] NOT NULL,
    found_at timestamp with time zone NOT NULL,
    case_id uuid,
    CONSTRAINT safety_finding_evidence_check CHECK (((jsonb_typeof(evidence) = 'array'::text) AND (jsonb_array_length(evidence) > 0))),
    CONSTRAINT safety_finding_rule_check CHECK ((rule ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT safety_finding_score_check CHECK (((score >= 1) AND (score <= 100))),
    CONSTRAINT safety_finding_sentence_check CHECK ((sentence ~ '\S'::text)),
    CONSTRAINT safety_finding_subject_check CHECK ((subject <> ''::text)),
    CONSTRAINT safety_finding_version_check CHECK ((version > 0))
);

COMMENT ON TABLE public.safety_finding IS 'what a rule said of somebody, by which rows; it never changes';

COMMENT ON COLUMN public.safety_finding.others IS 'who else is in it';

COMMENT ON COLUMN public.safety_finding.case_id IS 'null: all that was found of them was not enough for a case';

ALTER TABLE public.safety_finding ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.safety_finding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.safety_flow (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    viewer_id bigint NOT NULL,
    day date NOT NULL,
    gifts bigint DEFAULT 0 NOT NULL,
    coins bigint DEFAULT 0 NOT NULL,
    CONSTRAINT safety_flow_coins_check CHECK ((coins >= 0)),
    CONSTRAINT safety_flow_gifts_check CHECK ((gifts >= 0))
)
WITH (fillfactor='70');

CREATE TABLE public.safety_freeze (
    freeze_id uuid NOT NULL,
    case_id uuid NOT NULL
);

COMMENT ON TABLE public.safety_freeze IS 'what stands still because of a case';

CREATE TABLE public.safety_step (
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    person_id bigint NOT NULL,
    kind text NOT NULL,
    coins_max bigint,
    reason text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    finding_id bigint,
    taken_by bigint,
    lifted_at timestamp with time zone,
    lifted_by bigint,
    lifted_because text,
    CONSTRAINT safety_step_check CHECK (((ends_at > began_at) AND (ends_at <= (began_at + '92 days'::interval)))),
    CONSTRAINT safety_step_check1 CHECK ((lifted_at >= began_at)),
    CONSTRAINT safety_step_coins_max_check CHECK ((coins_max >= 0)),
    CONSTRAINT safety_step_kind_check CHECK ((kind = ANY (ARRAY['slow_maturity'::text, 'authenticate'::text, 'cap'::text, 'hold_payout'::text]))),
    CONSTRAINT safety_step_lifted_because_check CHECK (((lifted_because ~ '\S'::text) AND (length(lifted_because) <= 500))),
    CONSTRAINT safety_step_reason_check CHECK (((reason ~ '\S'::text) AND (length(reason) <= 500))),
    CONSTRAINT step_caps CHECK (((kind = 'cap'::text) = (coins_max IS NOT NULL))),
    CONSTRAINT step_has_its_evidence CHECK (((finding_id IS NULL) <> (taken_by IS NULL))),
    CONSTRAINT step_is_lifted_whole CHECK ((((lifted_at IS NULL) = (lifted_because IS NULL)) AND ((lifted_by IS NULL) OR (lifted_at IS NOT NULL))))
);

COMMENT ON TABLE public.safety_step IS 'what is done about somebody while it is looked into; it ends by itself, and can be lifted before';

COMMENT ON COLUMN public.safety_step.person_id IS 'of whom; not always of whom the case is: who gets what a thief gives is another';

COMMENT ON COLUMN public.safety_step.finding_id IS 'the rule that took it; null: a person did';

CREATE TABLE public.safety_told (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE public.safety_told ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.safety_told_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.saved_card (
    shard smallint NOT NULL,
    person_id bigint NOT NULL,
    card_id uuid NOT NULL,
    provider text NOT NULL,
    provider_card_id text,
    brand text,
    last_four text,
    expires_on date,
    is_default boolean DEFAULT false NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT card_is_known_until_removed CHECK (((provider_card_id IS NOT NULL) OR (removed_at IS NOT NULL))),
    CONSTRAINT card_is_shown_until_removed CHECK ((num_nulls(brand, last_four, expires_on) =
CASE
    WHEN (removed_at IS NULL) THEN 0
    ELSE 3
END)),
    CONSTRAINT card_removed_is_no_default CHECK ((NOT (is_default AND (removed_at IS NOT NULL)))),
    CONSTRAINT saved_card_brand_check CHECK ((brand ~ '^[a-z0-9_]{1,40}$'::text)),
    CONSTRAINT saved_card_last_four_check CHECK ((last_four ~ '^[0-9]{4}$'::text)),
    CONSTRAINT saved_card_provider_card_id_check CHECK (((length(provider_card_id) >= 1) AND (length(provider_card_id) <= 255)))
);

COMMENT ON COLUMN public.saved_card.provider_card_id IS 'the provider''s; null: it has forgotten the card';

COMMENT ON COLUMN public.saved_card.expires_on IS 'the last day on which it is good';

COMMENT ON COLUMN public.saved_card.removed_at IS 'since when it is neither shown nor paid with; nothing of it stays but this row';

CREATE TABLE public.scam_report (
    id uuid NOT NULL,
    person_id bigint,
    kind text NOT NULL,
    about text DEFAULT ''::text NOT NULL,
    words text NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    state text DEFAULT 'new'::text NOT NULL,
    reply text,
    answered_by bigint,
    answered_at timestamp with time zone,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT scam_report_about_check CHECK ((length(about) <= 300)),
    CONSTRAINT scam_report_check CHECK ((answered_at >= reported_at)),
    CONSTRAINT scam_report_ends_with_a_reply CHECK (((state <> ALL (ARRAY['confirmed'::text, 'not_confirmed'::text])) OR (reply IS NOT NULL))),
    CONSTRAINT scam_report_is_new_or_answered CHECK ((((state = 'new'::text) = (answered_at IS NULL)) AND ((answered_at IS NULL) = (answered_by IS NULL)))),
    CONSTRAINT scam_report_kind_check CHECK ((kind = ANY (ARRAY['shop'::text, 'message'::text, 'person'::text, 'document'::text, 'other'::text]))),
    CONSTRAINT scam_report_reply_check CHECK (((reply ~ '\S'::text) AND (length(reply) <= 1000))),
    CONSTRAINT scam_report_state_check CHECK ((state = ANY (ARRAY['new'::text, 'looked_at'::text, 'confirmed'::text, 'not_confirmed'::text]))),
    CONSTRAINT scam_report_words_check CHECK (((words ~ '\S'::text) AND (length(words) <= 2000)))
);

COMMENT ON COLUMN public.scam_report.person_id IS 'null: somebody who was not signed in';

COMMENT ON COLUMN public.scam_report.about IS 'an address, a name, a number; as it was typed';

COMMENT ON COLUMN public.scam_report.reply IS 'what who reported it reads';

CREATE TABLE public.screening (
    id uuid NOT NULL,
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    method_id uuid NOT NULL,
    provider text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    outcome text,
    identity text,
    answered_at timestamp with time zone,
    reference text,
    due_at timestamp with time zone,
    leased_until timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    failed_with text,
    last_error text,
    CONSTRAINT screening_check CHECK ((((outcome IS NULL) = (answered_at IS NULL)) AND ((outcome IS NULL) = (identity IS NULL)))),
    CONSTRAINT screening_identity_check CHECK ((identity = ANY (ARRAY['verified'::text, 'unverified'::text, 'unknown'::text]))),
    CONSTRAINT screening_outcome_check CHECK ((outcome = ANY (ARRAY['clear'::text, 'potential_match'::text, 'pending'::text])))
)
WITH (fillfactor='50');

COMMENT ON COLUMN public.screening.answered_at IS 'since when it says what it says';

COMMENT ON COLUMN public.screening.due_at IS 'when the source is asked, or asked again; null: its word stands until it tells of another';

CREATE TABLE public.screening_decision (
    screening_id uuid NOT NULL,
    said_at timestamp with time zone NOT NULL,
    verdict text NOT NULL,
    reason text NOT NULL,
    decided_by bigint NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    decision_id uuid,
    CONSTRAINT screening_decision_reason_check CHECK ((reason ~ '\S'::text)),
    CONSTRAINT screening_decision_verdict_check CHECK ((verdict = ANY (ARRAY['somebody_else'::text, 'is_them'::text])))
);

COMMENT ON COLUMN public.screening_decision.said_at IS 'the word that was decided of: another one is another case';

CREATE TABLE public.screening_rule (
    id integer NOT NULL,
    provider text,
    age_max_s integer,
    identity boolean DEFAULT false NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT screening_rule_age_max_s_check CHECK ((age_max_s > 0)),
    CONSTRAINT screening_rule_check CHECK (((provider IS NULL) = (age_max_s IS NULL)))
);

COMMENT ON COLUMN public.screening_rule.provider IS 'who is asked; null: nobody, and nothing is held back for it';

COMMENT ON COLUMN public.screening_rule.identity IS 'whether the source must say that it knows who they are';

ALTER TABLE public.screening_rule ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.screening_rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.screening_word (
    screening_id uuid NOT NULL,
    said_at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    identity text NOT NULL
);

CREATE TABLE public.session (
    id bigint NOT NULL,
    secret_sha256 bytea NOT NULL,
    person_id bigint NOT NULL,
    roles text[] NOT NULL,
    platform_session text,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    key_id bigint,
    device text,
    network text,
    last_used_at timestamp with time zone,
    auth_time timestamp with time zone,
    acr text,
    sealed_id_token bytea,
    CONSTRAINT session_acr_check CHECK ((acr ~ '^[!-~]{1,200}$'::text)),
    CONSTRAINT session_check CHECK ((expires_at > created_at)),
    CONSTRAINT session_check1 CHECK ((ended_at >= created_at)),
    CONSTRAINT session_device_check CHECK ((length(device) <= 500)),
    CONSTRAINT session_of_a_key_has_no_id_token CHECK (((sealed_id_token IS NULL) OR (key_id IS NULL))),
    CONSTRAINT session_roles_check CHECK ((roles <@ ARRAY['viewer'::text, 'creator'::text, 'operator'::text, 'owner'::text, 'support'::text, 'finance'::text, 'pricing'::text, 'catalogue'::text, 'safety'::text, 'auditor'::text])),
    CONSTRAINT session_secret_sha256_check CHECK ((length(secret_sha256) = 32))
);

COMMENT ON COLUMN public.session.roles IS 'what the platform said at sign-in';

COMMENT ON COLUMN public.session.platform_session IS 'the claim sid of its ID token, by which the platform ends it';

COMMENT ON COLUMN public.session.key_id IS 'the server whose code began it: such a session never is an operator''s';

COMMENT ON COLUMN public.session.device IS 'what the browser calls itself';

COMMENT ON COLUMN public.session.network IS 'where it began, as far as that may be kept: /24 or /48';

COMMENT ON COLUMN public.session.last_used_at IS 'to the minute';

COMMENT ON COLUMN public.session.auth_time IS 'when its person last proved who they are, as their platform says (OpenID Connect: auth_time); null: it does not say';

COMMENT ON COLUMN public.session.acr IS 'in which way, as their platform calls it (OpenID Connect: acr)';

COMMENT ON COLUMN public.session.sealed_id_token IS 'shown to the platform when somebody signs out, then forgotten: AES-GCM, 12 bytes of nonce first, under a key made of the secret';

ALTER TABLE public.session ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sign_in_code (
    code_sha256 bytea NOT NULL,
    person_id bigint NOT NULL,
    roles text[] NOT NULL,
    next text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    key_id bigint NOT NULL,
    CONSTRAINT sign_in_code_check CHECK ((expires_at > created_at)),
    CONSTRAINT sign_in_code_code_sha256_check CHECK ((length(code_sha256) = 32)),
    CONSTRAINT sign_in_code_roles_check CHECK ((roles <@ ARRAY['viewer'::text, 'creator'::text, 'operator'::text, 'owner'::text, 'support'::text, 'finance'::text, 'pricing'::text, 'catalogue'::text, 'safety'::text, 'auditor'::text]))
);

COMMENT ON COLUMN public.sign_in_code.key_id IS 'the server that asked for it';

CREATE TABLE public.store_consent (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    given boolean NOT NULL,
    key_id integer DEFAULT public.acting_key()
);

COMMENT ON COLUMN public.store_consent.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

ALTER TABLE public.store_consent ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.store_consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.store_finishing (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    provider text NOT NULL,
    payment_id text NOT NULL,
    enqueued_at timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    closed_at timestamp with time zone,
    leased_until timestamp with time zone,
    failed_with text,
    CONSTRAINT finishing_is_closed_once CHECK (((closed_at IS NULL) = (state = 'waiting'::text))),
    CONSTRAINT finishing_is_due_while_waiting CHECK (((due_at IS NOT NULL) = (state = 'waiting'::text))),
    CONSTRAINT store_finishing_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'finished'::text, 'missed'::text])))
);

COMMENT ON COLUMN public.store_finishing.due_at IS 'when the store is to be told, or told again; also the lease of who is at it';

CREATE TABLE public.store_guardian (
    store text NOT NULL,
    account text NOT NULL,
    person_id bigint NOT NULL,
    state text NOT NULL,
    said_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT store_guardian_account_check CHECK ((account ~ '^[\x21-\x7e]{1,200}$'::text)),
    CONSTRAINT store_guardian_state_check CHECK ((state = ANY (ARRAY['given'::text, 'pending'::text, 'denied'::text, 'free'::text]))),
    CONSTRAINT store_guardian_store_check CHECK ((store ~ '^[a-z][a-z0-9_]{0,29}$'::text))
);

COMMENT ON COLUMN public.store_guardian.account IS 'what the store calls it: an install of Google Play, an app transaction of Apple';

COMMENT ON COLUMN public.store_guardian.state IS 'free: nobody answers for this account';

CREATE TABLE public.store_guardian_withdrawal (
    store text NOT NULL,
    account text NOT NULL,
    withdrawn_at timestamp with time zone NOT NULL,
    CONSTRAINT store_guardian_withdrawal_account_check CHECK ((account ~ '^[\x21-\x7e]{1,200}$'::text)),
    CONSTRAINT store_guardian_withdrawal_store_check CHECK ((store ~ '^[a-z][a-z0-9_]{0,29}$'::text))
);

CREATE TABLE public.store_link (
    provider text NOT NULL,
    link_id text NOT NULL,
    token text,
    begun_at timestamp with time zone NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    report_hours smallint NOT NULL,
    CONSTRAINT store_link_link_id_check CHECK (((length(link_id) >= 1) AND (length(link_id) <= 128))),
    CONSTRAINT store_link_provider_check CHECK ((provider ~ '^[a-z0-9_]{1,30}$'::text)),
    CONSTRAINT store_link_report_hours_check CHECK ((report_hours > 0)),
    CONSTRAINT store_link_token_check CHECK (((length(token) >= 1) AND (length(token) <= 4000)))
);

COMMENT ON TABLE public.store_link IS 'a buyer who came from an app to the web, as its app store counts them';

COMMENT ON COLUMN public.store_link.token IS 'as the app handed it in; null: only the store has told of it';

COMMENT ON COLUMN public.store_link.begun_at IS 'when the store made the token, or, where it does not say, when it came here';

COMMENT ON COLUMN public.store_link.report_hours IS 'within how many hours the store wants to be told of what comes of it';

CREATE TABLE public.store_link_order (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    provider text NOT NULL,
    link_id text NOT NULL
);

COMMENT ON TABLE public.store_link_order IS 'the orders that began with a link: a store is told when one is paid';

CREATE TABLE public.store_link_report (
    report_id uuid DEFAULT gen_random_uuid() NOT NULL,
    number bigint NOT NULL,
    provider text NOT NULL,
    link_id text NOT NULL,
    kind text NOT NULL,
    shard smallint,
    order_id uuid,
    reversal_id uuid,
    region text,
    currency text,
    net_minor bigint,
    tax_minor bigint,
    net_left_minor bigint,
    happened_at timestamp with time zone NOT NULL,
    report_by timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    ended_at timestamp with time zone,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text,
    closed_by bigint,
    resolution text,
    CONSTRAINT store_link_report_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT store_link_report_is_closed_with_words CHECK (((num_nulls(closed_by, resolution) = ANY (ARRAY[0, 2])) AND ((resolution IS NULL) OR (state = 'not_told'::text)))),
    CONSTRAINT store_link_report_is_due_while_it_waits CHECK ((((state = 'waiting'::text) = (due_at IS NOT NULL)) AND ((state = 'waiting'::text) = (ended_at IS NULL)))),
    CONSTRAINT store_link_report_is_of_a_sale CHECK ((((kind = ANY (ARRAY['sale'::text, 'refund'::text, 'refund_undone'::text])) = (order_id IS NOT NULL)) AND (num_nulls(shard, order_id, region, currency, net_minor, tax_minor, net_left_minor) = ANY (ARRAY[0, 7])) AND ((kind = ANY (ARRAY['refund'::text, 'refund_undone'::text])) = (reversal_id IS NOT NULL)))),
    CONSTRAINT store_link_report_kind_check CHECK ((kind = ANY (ARRAY['sale'::text, 'refund'::text, 'refund_undone'::text, 'no_sale'::text, 'unknown_link'::text]))),
    CONSTRAINT store_link_report_net_left_minor_check CHECK ((net_left_minor >= 0)),
    CONSTRAINT store_link_report_net_minor_check CHECK ((net_minor >= 0)),
    CONSTRAINT store_link_report_region_check CHECK ((region ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT store_link_report_resolution_check CHECK (((length(resolution) >= 1) AND (length(resolution) <= 1000))),
    CONSTRAINT store_link_report_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'reported'::text, 'refused'::text, 'not_told'::text]))),
    CONSTRAINT store_link_report_tax_minor_check CHECK ((tax_minor >= 0))
);

COMMENT ON TABLE public.store_link_report IS 'what an app store is told of a link: once each, in the order of their numbers';

COMMENT ON COLUMN public.store_link_report.net_left_minor IS 'what the store takes as the sale, without tax, once it knows of this';

COMMENT ON COLUMN public.store_link_report.resolution IS 'why an operator has its store not told of it; null: the store has no way to hear of it';

ALTER TABLE public.store_link_report ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.store_link_report_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.store_transaction (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    provider text NOT NULL,
    environment text NOT NULL,
    transaction_id text NOT NULL,
    state text NOT NULL,
    hold_reason text,
    shard smallint,
    order_id uuid,
    account_token text NOT NULL,
    product_id text NOT NULL,
    quantity integer NOT NULL,
    coins bigint NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    presented_by bigint,
    noticed_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    resolved_by bigint,
    resolution text,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text,
    grant_id uuid,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT store_transaction_amount_minor_check CHECK ((amount_minor >= 0)),
    CONSTRAINT store_transaction_coins_check CHECK ((coins > 0)),
    CONSTRAINT store_transaction_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT store_transaction_quantity_check CHECK ((quantity > 0)),
    CONSTRAINT store_transaction_resolution_check CHECK (((length(resolution) >= 1) AND (length(resolution) <= 1000))),
    CONSTRAINT store_transaction_state_check CHECK ((state = ANY (ARRAY['held'::text, 'claimed'::text, 'closed'::text]))),
    CONSTRAINT transaction_claimed_by_order CHECK (((state = 'claimed'::text) = ((order_id IS NOT NULL) AND (shard IS NOT NULL)))),
    CONSTRAINT transaction_closed_with_words CHECK (((state <> 'closed'::text) OR (resolution IS NOT NULL))),
    CONSTRAINT transaction_granted_when_closed CHECK (((grant_id IS NULL) OR (state = 'closed'::text))),
    CONSTRAINT transaction_held_for_reason CHECK (((state <> 'held'::text) OR (hold_reason IS NOT NULL)))
);

COMMENT ON COLUMN public.store_transaction.presented_by IS 'who brought it first; null when the store itself told of it';

COMMENT ON COLUMN public.store_transaction.due_at IS 'when its store is to be asked what was paid, or told that the purchase is done with; null: neither';

COMMENT ON COLUMN public.store_transaction.grant_id IS 'the coins that were given for it, as a grant';

COMMENT ON COLUMN public.store_transaction.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.store_void_poll (
    provider text NOT NULL,
    polled_until timestamp with time zone,
    due_at timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    failed_with text,
    error text
);

COMMENT ON COLUMN public.store_void_poll.polled_until IS 'what was taken back before this has been applied; null: nothing yet';

COMMENT ON COLUMN public.store_void_poll.due_at IS 'when to ask again; also the lease of who is at it';

CREATE TABLE public.stream (
    id uuid NOT NULL,
    name text NOT NULL,
    creator_id bigint NOT NULL,
    key_id uuid CONSTRAINT stream_key_id_not_null1 NOT NULL,
    room_id bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT stream_check CHECK ((ended_at >= began_at)),
    CONSTRAINT stream_name_check CHECK ((name ~ '^[a-z0-9]{20,60}$'::text))
);

COMMENT ON COLUMN public.stream.name IS 'what the media server calls it, in a public address; it says nothing of the key';

COMMENT ON COLUMN public.stream.ends_at IS 'when it is over unless something is heard of it before: each word of its server moves this';

CREATE TABLE public.stream_key (
    id uuid NOT NULL,
    creator_id bigint NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT stream_key_hash_check CHECK ((length(hash) = 32))
);

COMMENT ON COLUMN public.stream_key.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.webhook_event (
    provider text NOT NULL,
    event_id text NOT NULL,
    kind text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body bytea,
    state text DEFAULT 'waiting'::text CONSTRAINT webhook_event_outcome_not_null NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    message_id uuid DEFAULT gen_random_uuid() NOT NULL,
    previous_state text,
    tries integer DEFAULT 0 NOT NULL,
    errors integer DEFAULT 0 NOT NULL,
    tried_at timestamp with time zone,
    due_at timestamp with time zone,
    leased_until timestamp with time zone,
    failed_with text,
    side text NOT NULL,
    sealed_body bytea,
    CONSTRAINT webhook_begins_waiting CHECK (((previous_state IS NOT NULL) OR (state = 'waiting'::text))),
    CONSTRAINT webhook_event_body_in_clear_or_sealed CHECK ((num_nonnulls(body, sealed_body) = 1)),
    CONSTRAINT webhook_side_known CHECK ((side = ANY (ARRAY['payments'::text, 'payouts'::text]))),
    CONSTRAINT webhook_state_known CHECK ((state = ANY (ARRAY['waiting'::text, 'applied'::text, 'repeated'::text, 'ignored'::text, 'problem'::text]))),
    CONSTRAINT webhook_waits_for_something CHECK (((due_at IS NOT NULL) OR (state <> 'waiting'::text)))
);

COMMENT ON COLUMN public.webhook_event.body IS 'the bytes as they came; what else is needed to verify them again is not kept';

COMMENT ON COLUMN public.webhook_event.errors IS 'tries that failed here, not at the provider; so many make it a problem';

COMMENT ON COLUMN public.webhook_event.due_at IS 'when it is to be applied, or applied again; also the lease of who is at it';

COMMENT ON COLUMN public.webhook_event.side IS 'whom it is for: who takes payments, or who pays out';

COMMENT ON COLUMN public.webhook_event.sealed_body IS 'by the vault';

CREATE VIEW public.stuck_work AS
 SELECT (md5(concat_ws(' '::text, queue, shard, creator_id, reversal_id, direction, conversion_id, payout_id, provider, event_id)))::uuid AS id,
    queue,
    shard,
    creator_id,
    reversal_id,
    direction,
    conversion_id,
    payout_id,
    provider,
    event_id,
    waiting_since,
    tries,
    error,
    due_at
   FROM ( SELECT 'clawback'::text AS queue,
            clawback.shard,
            clawback.creator_id,
            clawback.reversal_id,
            clawback.direction,
            NULL::uuid AS conversion_id,
            NULL::uuid AS payout_id,
            NULL::text AS provider,
            NULL::text AS event_id,
            clawback.queued_at AS waiting_since,
            clawback.tries,
            clawback.error,
            clawback.due_at
           FROM public.clawback
          WHERE ((clawback.applied_at IS NULL) AND (clawback.error IS NOT NULL))
        UNION ALL
         SELECT 'maturity'::text,
            conversion.shard,
            conversion.creator_id,
            NULL::uuid,
            NULL::text,
            conversion.id,
            NULL::uuid,
            NULL::text,
            NULL::text,
            conversion.matures_at,
            conversion.maturity_tries,
            conversion.maturity_error,
            conversion.maturity_due_at
           FROM public.conversion
          WHERE ((conversion.matured_at IS NULL) AND (conversion.maturity_error IS NOT NULL))
        UNION ALL
         SELECT 'conversion'::text,
            creator_setting.shard,
            creator_setting.creator_id,
            NULL::uuid,
            NULL::text,
            NULL::uuid,
            NULL::uuid,
            NULL::text,
            NULL::text,
            creator_setting.conversion_failing_since,
            creator_setting.conversion_tries,
            creator_setting.conversion_error,
            creator_setting.conversion_due_at
           FROM public.creator_setting
          WHERE (creator_setting.conversion_error IS NOT NULL)
        UNION ALL
         SELECT 'send'::text,
            p.shard,
            p.creator_id,
            NULL::uuid,
            NULL::text,
            NULL::uuid,
            p.id,
            p.provider,
            NULL::text,
            p.changed_at,
            s.attempts,
            s.last_error,
            s.due_at
           FROM (public.payout_send s
             JOIN public.payout p ON (((p.shard = s.shard) AND (p.id = s.payout_id))))
          WHERE (s.last_error IS NOT NULL)
        UNION ALL
         SELECT 'poll'::text,
            payout.shard,
            payout.creator_id,
            NULL::uuid,
            NULL::text,
            NULL::uuid,
            payout.id,
            payout.provider,
            NULL::text,
            payout.changed_at,
            payout.polls,
            payout.poll_error,
            payout.poll_at
           FROM public.payout
          WHERE ((payout.poll_at IS NOT NULL) AND (payout.poll_error IS NOT NULL))
        UNION ALL
         SELECT 'event'::text,
            NULL::smallint,
            NULL::bigint,
            NULL::uuid,
            NULL::text,
            NULL::uuid,
            NULL::uuid,
            webhook_event.provider,
            webhook_event.event_id,
            webhook_event.received_at,
            webhook_event.tries,
            webhook_event.detail,
            webhook_event.due_at
           FROM public.webhook_event
          WHERE ((webhook_event.side = 'payouts'::text) AND (webhook_event.due_at IS NOT NULL) AND (webhook_event.failed_with IS NOT NULL))) w;

CREATE TABLE public.subdivision_tax_rate (
    subdivision_tax_rate_id bigint NOT NULL,
    country text NOT NULL,
    subdivision text NOT NULL,
    name text NOT NULL,
    rate_ppm integer NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    source text NOT NULL,
    is_override boolean NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    request_id uuid,
    decision_id uuid,
    CONSTRAINT subdivision_tax_rate_check CHECK ((valid_until > valid_from)),
    CONSTRAINT subdivision_tax_rate_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT subdivision_tax_rate_name_check CHECK ((name <> ''::text)),
    CONSTRAINT subdivision_tax_rate_rate_ppm_check CHECK (((rate_ppm >= 0) AND (rate_ppm <= 1000000))),
    CONSTRAINT subdivision_tax_rate_source_check CHECK ((source <> ''::text)),
    CONSTRAINT subdivision_tax_rate_subdivision_check CHECK ((subdivision ~ '^[A-Z0-9]{1,3}$'::text))
);

COMMENT ON COLUMN public.subdivision_tax_rate.subdivision IS 'as in ISO 3166-2, without the country: ON, CA, NSW';

COMMENT ON COLUMN public.subdivision_tax_rate.rate_ppm IS 'in millionths: 149750 is 14.975 %';

ALTER TABLE public.subdivision_tax_rate ALTER COLUMN subdivision_tax_rate_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.subdivision_tax_rate_subdivision_tax_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.tax_rate (
    tax_rate_id bigint NOT NULL,
    country text NOT NULL,
    name text NOT NULL,
    rate_bps integer NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    source text NOT NULL,
    is_override boolean NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    request_id uuid,
    decision_id uuid,
    CONSTRAINT tax_rate_check CHECK ((valid_until > valid_from)),
    CONSTRAINT tax_rate_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT tax_rate_name_check CHECK ((name <> ''::text)),
    CONSTRAINT tax_rate_rate_bps_check CHECK (((rate_bps >= 0) AND (rate_bps <= 10000))),
    CONSTRAINT tax_rate_source_check CHECK ((source <> ''::text))
);

COMMENT ON COLUMN public.tax_rate.valid_until IS 'the first day it holds no more; null: until something else does';

COMMENT ON COLUMN public.tax_rate.source IS 'the data it comes from, or why the operator decided it';

ALTER TABLE public.tax_rate ALTER COLUMN tax_rate_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tax_rate_tax_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.thank (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    viewer_id bigint NOT NULL,
    gift_id uuid NOT NULL,
    thanked_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key()
);

COMMENT ON COLUMN public.thank.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.transfer_reason (
    reason text NOT NULL,
    debit_kind text NOT NULL,
    credit_kind text NOT NULL,
    description text NOT NULL,
    may_overdraw boolean DEFAULT false NOT NULL,
    CONSTRAINT transfer_reason_check CHECK ((debit_kind <> credit_kind))
);

CREATE TABLE public.vault_key (
    key_id bigint NOT NULL,
    purpose text NOT NULL,
    master text NOT NULL,
    wrapped bytea NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT vault_key_master_check CHECK ((master ~ '^[0-9a-f]{16}$'::text)),
    CONSTRAINT vault_key_purpose_check CHECK ((purpose ~ '^[a-z_]{1,63}(\.[a-z_]{1,63})?$'::text)),
    CONSTRAINT vault_key_wrapped_check CHECK ((length(wrapped) = 60))
);

COMMENT ON COLUMN public.vault_key.purpose IS 'the column that it seals, as table.column; or what is signed with it';

COMMENT ON COLUMN public.vault_key.master IS 'the name of the master key that wraps it; never the key';

COMMENT ON COLUMN public.vault_key.wrapped IS 'AES-GCM: 12 bytes of nonce, then the key, bound to its purpose';

COMMENT ON COLUMN public.vault_key.retired_at IS 'since when it seals nothing new';

ALTER TABLE public.vault_key ALTER COLUMN key_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.vault_key_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.video_message_opt_in (
    creator_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key()
);

COMMENT ON TABLE public.video_message_opt_in IS 'creators who let words come with gifts on their videos';

COMMENT ON COLUMN public.video_message_opt_in.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.video_opt_in (
    creator_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key()
);

COMMENT ON COLUMN public.video_opt_in.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.video_opt_out (
    creator_id bigint NOT NULL,
    video_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key()
);

COMMENT ON COLUMN public.video_opt_out.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.video_subtotal (
    shard smallint NOT NULL,
    video_id bigint NOT NULL,
    by text NOT NULL,
    second integer NOT NULL,
    item_id integer NOT NULL,
    giver_id bigint NOT NULL,
    gifts bigint DEFAULT 0 NOT NULL,
    coins bigint DEFAULT 0 NOT NULL,
    CONSTRAINT video_subtotal_check CHECK ((((gifts >= 0) AND (gifts <= coins)) AND ((gifts = 0) = (coins = 0)))),
    CONSTRAINT video_subtotal_is_by_its_key CHECK (
CASE by
    WHEN 'giver'::text THEN ((second = '-1'::integer) AND (item_id = 0) AND (giver_id >= 0))
    WHEN 'second'::text THEN ((second >= 0) AND (item_id = 0) AND (giver_id = 0))
    WHEN 'item'::text THEN ((second >= 0) AND (item_id > 0) AND (giver_id >= 0))
    ELSE false
END)
)
WITH (fillfactor='70');

COMMENT ON TABLE public.video_subtotal IS 'the same by giver; by second of the video; and of each second by item and giver. A hidden giver is 0';

CREATE TABLE public.video_total (
    shard smallint NOT NULL,
    video_id bigint NOT NULL,
    gifts bigint DEFAULT 0 NOT NULL,
    coins bigint DEFAULT 0 NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    CONSTRAINT video_total_check CHECK ((((gifts >= 0) AND (gifts <= coins)) AND ((gifts = 0) = (coins = 0)))),
    CONSTRAINT video_total_seq_check CHECK ((seq >= 0))
)
WITH (fillfactor='70');

COMMENT ON TABLE public.video_total IS 'what was given on a video and not taken back, in the shard of its frames';

COMMENT ON COLUMN public.video_total.gifts IS 'of which something stands; one that several earn counts for each';

COMMENT ON COLUMN public.video_total.seq IS 'of the last of its frames that was summed';

CREATE TABLE public.vouched_name (
    shard smallint NOT NULL,
    creator_id bigint NOT NULL,
    sealed_name bytea NOT NULL,
    vouched_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key()
);

COMMENT ON COLUMN public.vouched_name.sealed_name IS 'by the vault';

COMMENT ON COLUMN public.vouched_name.key_id IS 'with which their platform''s server vouched';

CREATE TABLE public.webhook_delivery (
    endpoint_id uuid NOT NULL,
    "position" bigint NOT NULL,
    subject text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    leased_until timestamp with time zone,
    settled_at timestamp with time zone,
    failed_with text,
    CONSTRAINT webhook_delivery_check CHECK (((state = 'waiting'::text) = (settled_at IS NULL))),
    CONSTRAINT webhook_delivery_check1 CHECK (((state = 'waiting'::text) OR (leased_until IS NULL))),
    CONSTRAINT webhook_delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'parked'::text]))),
    CONSTRAINT webhook_delivery_tries_check CHECK ((tries >= 0))
);

CREATE TABLE public.webhook_endpoint (
    id uuid NOT NULL,
    url text NOT NULL,
    description text NOT NULL,
    kinds text[] NOT NULL,
    platform text,
    created_at timestamp with time zone NOT NULL,
    created_by bigint,
    told_through bigint NOT NULL,
    lost_through bigint DEFAULT 0 NOT NULL,
    failures_in_a_row integer DEFAULT 0 NOT NULL,
    failing_since timestamp with time zone,
    rest_until timestamp with time zone,
    paused_at timestamp with time zone,
    pause_reason text,
    removed_at timestamp with time zone,
    CONSTRAINT webhook_endpoint_check CHECK (((paused_at IS NULL) = (pause_reason IS NULL))),
    CONSTRAINT webhook_endpoint_check1 CHECK (((failures_in_a_row = 0) = (failing_since IS NULL))),
    CONSTRAINT webhook_endpoint_failures_in_a_row_check CHECK ((failures_in_a_row >= 0)),
    CONSTRAINT webhook_endpoint_pause_reason_check CHECK ((pause_reason = ANY (ARRAY['operator'::text, 'failing'::text, 'gone'::text]))),
    CONSTRAINT webhook_endpoint_told_through_check CHECK ((told_through >= 0)),
    CONSTRAINT webhook_endpoint_url_check CHECK (((url ~ '^https?://'::text) AND (length(url) <= 2000)))
);

COMMENT ON COLUMN public.webhook_endpoint.kinds IS 'types of events; empty: all but those that are told on request only';

COMMENT ON COLUMN public.webhook_endpoint.platform IS 'null: of people of all platforms';

COMMENT ON COLUMN public.webhook_endpoint.created_by IS 'null: the command line';

COMMENT ON COLUMN public.webhook_endpoint.told_through IS 'the position up to which events were put into webhook_delivery';

COMMENT ON COLUMN public.webhook_endpoint.lost_through IS 'events up to here were forgotten before they were delivered';

CREATE TABLE public.webhook_replay (
    message_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id bigint NOT NULL,
    outcome text
);

COMMENT ON COLUMN public.webhook_replay.outcome IS 'what came of it at once; null when it was left to the job';

CREATE TABLE public.webhook_secret (
    endpoint_id uuid NOT NULL,
    number integer NOT NULL,
    secret text,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    sealed bytea,
    CONSTRAINT webhook_secret_in_clear_or_sealed CHECK ((num_nonnulls(secret, sealed) = 1)),
    CONSTRAINT webhook_secret_number_check CHECK ((number > 0)),
    CONSTRAINT webhook_secret_secret_check CHECK ((secret ~ '^whsec_[A-Za-z0-9+/]{32,}={0,2}$'::text))
);

COMMENT ON COLUMN public.webhook_secret.sealed IS 'by the vault';

CREATE TABLE public.webhook_transition (
    from_state text NOT NULL,
    to_state text NOT NULL,
    description text NOT NULL
);

CREATE TABLE public.webhook_try (
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    "position" bigint,
    event_id uuid NOT NULL,
    type text NOT NULL,
    at timestamp with time zone NOT NULL,
    duration_ms integer NOT NULL,
    status integer,
    error text NOT NULL,
    answer text NOT NULL,
    CONSTRAINT webhook_try_duration_ms_check CHECK ((duration_ms >= 0))
);

COMMENT ON COLUMN public.webhook_try."position" IS 'null: a test event, which is not in the log';

COMMENT ON COLUMN public.webhook_try.status IS 'null: there was no answer';

CREATE TABLE public.withdrawal_consent (
    shard smallint NOT NULL,
    order_id uuid NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    words text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    key_id integer DEFAULT public.acting_key(),
    CONSTRAINT withdrawal_consent_language_check CHECK (((char_length(language) >= 2) AND (char_length(language) <= 35))),
    CONSTRAINT withdrawal_consent_version_check CHECK ((version ~ '^[0-9]{4}-[0-9]{2}$'::text)),
    CONSTRAINT withdrawal_consent_words_check CHECK (((char_length(words) >= 1) AND (char_length(words) <= 1000)))
);

COMMENT ON TABLE public.withdrawal_consent IS 'given expressly when the order was placed, and never changed';

COMMENT ON COLUMN public.withdrawal_consent.words IS 'as they were shown, in that language';

COMMENT ON COLUMN public.withdrawal_consent.key_id IS 'with which a server did it in somebody''s name; null: they themselves, or nobody';

CREATE TABLE public.withdrawal_rule (
    region text NOT NULL,
    valid_from date NOT NULL,
    days integer NOT NULL,
    basis text NOT NULL,
    CONSTRAINT withdrawal_rule_basis_check CHECK ((basis <> ''::text)),
    CONSTRAINT withdrawal_rule_days_check CHECK (((days >= 0) AND (days <= 366))),
    CONSTRAINT withdrawal_rule_region_check CHECK ((region ~ '^[A-Z]{2}$'::text))
);

COMMENT ON COLUMN public.withdrawal_rule.valid_from IS 'orders paid on this day or later';

ALTER TABLE ONLY public.account_kind
    ADD CONSTRAINT account_kind_kind_asset_class_key UNIQUE (kind, asset_class);

ALTER TABLE ONLY public.account_kind
    ADD CONSTRAINT account_kind_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (shard, kind, owner_id, asset);

ALTER TABLE ONLY public.accounting_creator_day
    ADD CONSTRAINT accounting_creator_day_pkey PRIMARY KEY (shard, day);

ALTER TABLE ONLY public.accounting_day
    ADD CONSTRAINT accounting_day_pkey PRIMARY KEY (shard, day, kind, entity, region, channel, currency);

ALTER TABLE ONLY public.accounting_lot_day
    ADD CONSTRAINT accounting_lot_day_pkey PRIMARY KEY (shard, day, lot_id);

ALTER TABLE ONLY public.accounting_lot_day
    ADD CONSTRAINT accounting_lot_day_shard_lot_id_day_key UNIQUE (shard, lot_id, day);

ALTER TABLE ONLY public.accounting_position
    ADD CONSTRAINT accounting_position_pkey PRIMARY KEY (shard);

ALTER TABLE ONLY public.accounting_reopening
    ADD CONSTRAINT accounting_reopening_pkey PRIMARY KEY (reopening_id);

ALTER TABLE ONLY public.act_chain
    ADD CONSTRAINT act_chain_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY public.act
    ADD CONSTRAINT act_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.act_seal
    ADD CONSTRAINT act_seal_act_id_key UNIQUE (act_id);

ALTER TABLE ONLY public.act_seal
    ADD CONSTRAINT act_seal_pkey PRIMARY KEY ("position");

ALTER TABLE ONLY public.act_unsealed
    ADD CONSTRAINT act_unsealed_act_id_key UNIQUE (act_id);

ALTER TABLE ONLY public.act_unsealed
    ADD CONSTRAINT act_unsealed_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.admission
    ADD CONSTRAINT admission_pkey PRIMARY KEY (decision_id);

ALTER TABLE ONLY public.age_assurance
    ADD CONSTRAINT age_assurance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.age_request
    ADD CONSTRAINT age_request_nonce_key UNIQUE (nonce);

ALTER TABLE ONLY public.age_request
    ADD CONSTRAINT age_request_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.age_silence
    ADD CONSTRAINT age_silence_pkey PRIMARY KEY (person_id, source);

ALTER TABLE ONLY public.allowance_taken
    ADD CONSTRAINT allowance_taken_pkey PRIMARY KEY (person_id, kind);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_former_secret_sha256_key UNIQUE (former_secret_sha256);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_secret_sha256_key UNIQUE (secret_sha256);

ALTER TABLE ONLY public.art
    ADD CONSTRAINT art_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.audit_run
    ADD CONSTRAINT audit_run_pkey PRIMARY KEY (run_no);

ALTER TABLE ONLY public.backup
    ADD CONSTRAINT backup_pkey PRIMARY KEY (taken_at);

ALTER TABLE ONLY public.backup_trial
    ADD CONSTRAINT backup_trial_pkey PRIMARY KEY (tried_at);

ALTER TABLE ONLY public.brake_creator
    ADD CONSTRAINT brake_creator_pkey PRIMARY KEY (brake_id, creator_id);

ALTER TABLE ONLY public.brake_limit
    ADD CONSTRAINT brake_limit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.brake_pause
    ADD CONSTRAINT brake_pause_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.brake
    ADD CONSTRAINT brake_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.brake_rule
    ADD CONSTRAINT brake_rule_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.brake_terms
    ADD CONSTRAINT brake_terms_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.card_consent
    ADD CONSTRAINT card_consent_pkey PRIMARY KEY (shard, person_id, consent_id);

ALTER TABLE ONLY public.card_customer
    ADD CONSTRAINT card_customer_pkey PRIMARY KEY (shard, person_id, provider);

ALTER TABLE ONLY public.saved_card
    ADD CONSTRAINT card_is_kept_once UNIQUE (provider, provider_card_id);

ALTER TABLE ONLY public.catalogue
    ADD CONSTRAINT catalogue_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY public.charge_stream
    ADD CONSTRAINT charge_stream_pkey PRIMARY KEY (shard, creator_shard);

ALTER TABLE ONLY public.check_code_key
    ADD CONSTRAINT check_code_key_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.clawback_part
    ADD CONSTRAINT clawback_part_pkey PRIMARY KEY (shard, reference);

ALTER TABLE public.clawback_part
    ADD CONSTRAINT clawback_part_recovers_what_came_back CHECK (((diamonds_recovered >= 0) AND (diamonds_recovered <= COALESCE(diamonds_returned, (0)::bigint)))) NOT VALID;

ALTER TABLE ONLY public.clawback_part
    ADD CONSTRAINT clawback_part_shard_reversal_id_creator_id_conversion_id_key UNIQUE NULLS NOT DISTINCT (shard, reversal_id, creator_id, conversion_id);

ALTER TABLE ONLY public.clawback
    ADD CONSTRAINT clawback_pkey PRIMARY KEY (shard, reversal_id, creator_id, direction);

ALTER TABLE ONLY public.coin_grant
    ADD CONSTRAINT coin_grant_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.coin_grant
    ADD CONSTRAINT coin_grant_pkey PRIMARY KEY (shard, grant_id);

ALTER TABLE ONLY public.consumption_request
    ADD CONSTRAINT consumption_request_id_key UNIQUE (id);

ALTER TABLE ONLY public.consumption_request
    ADD CONSTRAINT consumption_request_pkey PRIMARY KEY (provider, request_id);

ALTER TABLE ONLY public.conversion
    ADD CONSTRAINT conversion_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.creator_setting
    ADD CONSTRAINT creator_setting_pkey PRIMARY KEY (shard, creator_id);

ALTER TABLE ONLY public.creator_total
    ADD CONSTRAINT creator_total_pkey PRIMARY KEY (shard, creator_id, by, day, key);

ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_number UNIQUE (shard, seller_code, number);

ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_pkey PRIMARY KEY (shard, reversal_id, act);

ALTER TABLE ONLY public.card_customer
    ADD CONSTRAINT customer_is_one_persons UNIQUE (provider, customer_id);

ALTER TABLE ONLY public.data_export_part
    ADD CONSTRAINT data_export_part_pkey PRIMARY KEY (export_id, number);

ALTER TABLE ONLY public.data_export
    ADD CONSTRAINT data_export_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.database_life
    ADD CONSTRAINT database_life_pkey PRIMARY KEY (epoch);

ALTER TABLE ONLY public.debt_write_off
    ADD CONSTRAINT debt_write_off_pkey PRIMARY KEY (shard, decision_id);

ALTER TABLE ONLY public.decision_bound
    ADD CONSTRAINT decision_bound_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.decision_bound
    ADD CONSTRAINT decision_bound_pkey PRIMARY KEY (name, version);

ALTER TABLE ONLY public.decision_bound_widest
    ADD CONSTRAINT decision_bound_widest_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.decision_bound_withdrawal
    ADD CONSTRAINT decision_bound_withdrawal_pkey PRIMARY KEY (name, version);

ALTER TABLE ONLY public.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.decision_seen
    ADD CONSTRAINT decision_seen_pkey PRIMARY KEY (decision_id);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_in_log UNIQUE (shard, log_no);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (shard, source_shard, through_batch_no);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_shard_source_shard_from_batch_no_key UNIQUE (shard, source_shard, from_batch_no);

ALTER TABLE ONLY public.delivery_stream
    ADD CONSTRAINT delivery_stream_pkey PRIMARY KEY (shard, source_shard);

ALTER TABLE ONLY public.difference_kind
    ADD CONSTRAINT difference_kind_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY public.difference_transition
    ADD CONSTRAINT difference_transition_pkey PRIMARY KEY (from_state, to_state);

ALTER TABLE ONLY public.earnings_country
    ADD CONSTRAINT earnings_country_pkey PRIMARY KEY (shard, creator_id, month, edition, country);

ALTER TABLE ONLY public.earnings_gift
    ADD CONSTRAINT earnings_gift_pkey PRIMARY KEY (shard, creator_id, month, edition, place_id, kind, country);

ALTER TABLE ONLY public.earnings_line
    ADD CONSTRAINT earnings_line_pkey PRIMARY KEY (shard, creator_id, month, edition, line);

ALTER TABLE ONLY public.earnings_month
    ADD CONSTRAINT earnings_month_pkey PRIMARY KEY (shard, creator_id, month, edition);

ALTER TABLE ONLY public.earnings_position
    ADD CONSTRAINT earnings_position_pkey PRIMARY KEY (shard);

ALTER TABLE ONLY public.earnings_series
    ADD CONSTRAINT earnings_series_pkey PRIMARY KEY (year);

ALTER TABLE ONLY public.earnings_statement
    ADD CONSTRAINT earnings_statement_pkey PRIMARY KEY (year, number);

ALTER TABLE ONLY public.earnings_statement
    ADD CONSTRAINT earnings_statement_shard_creator_id_month_edition_key UNIQUE (shard, creator_id, month, edition);

ALTER TABLE ONLY public.earnings_threshold
    ADD CONSTRAINT earnings_threshold_pkey PRIMARY KEY (form, from_year);

ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT erasure_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event_combo
    ADD CONSTRAINT event_combo_pkey PRIMARY KEY (combo_id);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_id_key UNIQUE (id);

ALTER TABLE ONLY public.event_log
    ADD CONSTRAINT event_log_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY ("position");

ALTER TABLE ONLY public.event_waiting
    ADD CONSTRAINT event_waiting_id_key UNIQUE (id);

ALTER TABLE ONLY public.event_waiting
    ADD CONSTRAINT event_waiting_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT exchange_rate_pkey PRIMARY KEY (day, currency);

ALTER TABLE ONLY public.follower
    ADD CONSTRAINT follower_pkey PRIMARY KEY (name, shard);

ALTER TABLE ONLY public.frame
    ADD CONSTRAINT frame_pkey PRIMARY KEY (shard, room_id, seq);

ALTER TABLE public.freeze_record
    ADD CONSTRAINT freeze_names_what_it_is_of CHECK ((((what = 'lot'::text) = (lot_id IS NOT NULL)) AND ((what = 'payout_method'::text) = (method_id IS NOT NULL)) AND ((what = 'payout'::text) = (payout_id IS NOT NULL)) AND ((what = 'room'::text) = (room_id IS NOT NULL)) AND ((what = 'gift'::text) = (gift_id IS NOT NULL)) AND ((what = 'reward'::text) = (conversion_id IS NOT NULL)))) NOT VALID;

ALTER TABLE ONLY public.freeze_record
    ADD CONSTRAINT freeze_record_pkey PRIMARY KEY (id);

ALTER TABLE public.freeze_record
    ADD CONSTRAINT freeze_record_what_check CHECK ((what = ANY (ARRAY['person'::text, 'wallet'::text, 'lot'::text, 'creator'::text, 'payout_method'::text, 'payout'::text, 'room'::text, 'gift'::text, 'reward'::text]))) NOT VALID;

ALTER TABLE ONLY public.frozen_receiver
    ADD CONSTRAINT frozen_receiver_pkey PRIMARY KEY (kind, id);

ALTER TABLE ONLY public.general_account_kind
    ADD CONSTRAINT general_account_kind_pkey PRIMARY KEY (account);

ALTER TABLE ONLY public.general_account
    ADD CONSTRAINT general_account_pkey PRIMARY KEY (general_account_id);

ALTER TABLE ONLY public.general_account
    ADD CONSTRAINT general_account_request_id_key UNIQUE (request_id);

ALTER TABLE ONLY public.gift_balance
    ADD CONSTRAINT gift_balance_pkey PRIMARY KEY (shard, creator_id);

ALTER TABLE ONLY public.gift_batch
    ADD CONSTRAINT gift_batch_pkey PRIMARY KEY (shard, creator_shard, batch_no);

ALTER TABLE ONLY public.gift_log
    ADD CONSTRAINT gift_log_pkey PRIMARY KEY (shard);

ALTER TABLE ONLY public.gift_log_reversal
    ADD CONSTRAINT gift_log_reversal_pkey PRIMARY KEY (shard, log_no);

ALTER TABLE ONLY public.gift_log_reversal
    ADD CONSTRAINT gift_log_reversal_shard_source_shard_reversal_id_creator_id_key UNIQUE (shard, source_shard, reversal_id, creator_id, direction);

ALTER TABLE ONLY public.gift_milestone
    ADD CONSTRAINT gift_milestone_pkey PRIMARY KEY (shard, viewer_id, spent_before);

ALTER TABLE ONLY public.gift
    ADD CONSTRAINT gift_pkey PRIMARY KEY (shard, id, viewer_id);

ALTER TABLE ONLY public.gift_reversal
    ADD CONSTRAINT gift_reversal_pkey PRIMARY KEY (shard, viewer_id, gift_id, reversal_id, creator_id);

ALTER TABLE ONLY public.guardian_invitation
    ADD CONSTRAINT guardian_invitation_code_sha256_key UNIQUE (code_sha256);

ALTER TABLE ONLY public.guardian_invitation
    ADD CONSTRAINT guardian_invitation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.guardian_limit
    ADD CONSTRAINT guardian_limit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.guardian_stop
    ADD CONSTRAINT guardian_stop_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.guardianship
    ADD CONSTRAINT guardianship_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.head_key
    ADD CONSTRAINT head_key_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.hold_piece
    ADD CONSTRAINT hold_piece_pkey PRIMARY KEY (shard, hold_id, lot_id);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (shard, hold_id);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_shard_viewer_id_hold_id_key UNIQUE (shard, viewer_id, hold_id);

ALTER TABLE ONLY public.hold_transition
    ADD CONSTRAINT hold_transition_pkey PRIMARY KEY (from_state, to_state);

ALTER TABLE ONLY public.instrument
    ADD CONSTRAINT instrument_pkey PRIMARY KEY (kind, print, person_id);

ALTER TABLE ONLY public.issuer
    ADD CONSTRAINT issuer_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.issuer
    ADD CONSTRAINT issuer_is_new UNIQUE (issuer);

ALTER TABLE ONLY public.issuer
    ADD CONSTRAINT issuer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_sku_key UNIQUE (sku);

ALTER TABLE ONLY public.item_version
    ADD CONSTRAINT item_version_pkey PRIMARY KEY (item_id, version);

ALTER TABLE ONLY public.ledger_setting
    ADD CONSTRAINT ledger_setting_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY public.legal_hold
    ADD CONSTRAINT legal_hold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.link_proposal
    ADD CONSTRAINT link_proposal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.logout_token
    ADD CONSTRAINT logout_token_pkey PRIMARY KEY (issuer_id, token_id);

ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_pkey PRIMARY KEY (shard, lot_id);

ALTER TABLE ONLY public.lot_reversal
    ADD CONSTRAINT lot_reversal_pkey PRIMARY KEY (shard, reversal_id);

ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_shard_viewer_id_lot_id_key UNIQUE (shard, viewer_id, lot_id);

ALTER TABLE ONLY public.mail
    ADD CONSTRAINT mail_pkey PRIMARY KEY (mail_id);

ALTER TABLE ONLY public.mail
    ADD CONSTRAINT mail_tells_each_thing_once UNIQUE NULLS NOT DISTINCT (shard, order_id, kind, reversal_id, edition);

ALTER TABLE ONLY public.message_removal
    ADD CONSTRAINT message_removal_pkey PRIMARY KEY (shard, viewer_id, gift_id);

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (kind, name);

ALTER TABLE ONLY public.minor_refund
    ADD CONSTRAINT minor_refund_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.minor_refund_order
    ADD CONSTRAINT minor_refund_order_pkey PRIMARY KEY (minor_refund_id, order_id);

ALTER TABLE ONLY public.minor_refund
    ADD CONSTRAINT minor_refund_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.money_turn
    ADD CONSTRAINT money_turn_pkey PRIMARY KEY (shard);

ALTER TABLE ONLY public.order_reversed
    ADD CONSTRAINT order_reversed_pkey PRIMARY KEY (shard, order_id);

ALTER TABLE ONLY public.order_transition
    ADD CONSTRAINT order_transition_pkey PRIMARY KEY (from_state, to_state);

ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.package
    ADD CONSTRAINT package_pkey PRIMARY KEY (version, region, channel, coins);

ALTER TABLE ONLY public.paper_counter
    ADD CONSTRAINT paper_counter_pkey PRIMARY KEY (shard, seller_code, paper);

ALTER TABLE ONLY public.paper_kind
    ADD CONSTRAINT paper_kind_pkey PRIMARY KEY (paper);

ALTER TABLE ONLY public.payment_decision
    ADD CONSTRAINT payment_decision_pkey PRIMARY KEY (shard, order_id, payment_id);

ALTER TABLE ONLY public.payment_problem_kind
    ADD CONSTRAINT payment_problem_kind_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY public.payment_problem
    ADD CONSTRAINT payment_problem_pkey PRIMARY KEY (shard, order_id, kind, payment_id);

ALTER TABLE ONLY public.payout_account_key
    ADD CONSTRAINT payout_account_key_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY public.payout_bank_outcome
    ADD CONSTRAINT payout_bank_outcome_pkey PRIMARY KEY (shard, payout_id, outcome);

ALTER TABLE ONLY public.payout_connection
    ADD CONSTRAINT payout_connection_account_key UNIQUE (account);

ALTER TABLE ONLY public.payout_connection
    ADD CONSTRAINT payout_connection_pkey PRIMARY KEY (shard, method_id);

ALTER TABLE ONLY public.payout_event
    ADD CONSTRAINT payout_event_pkey PRIMARY KEY (shard, payout_id, to_state);

ALTER TABLE ONLY public.payout_export_download
    ADD CONSTRAINT payout_export_download_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payout_export
    ADD CONSTRAINT payout_export_id_key UNIQUE (id);

ALTER TABLE ONLY public.payout_export_item
    ADD CONSTRAINT payout_export_item_pkey PRIMARY KEY (shard, payout_id);

ALTER TABLE ONLY public.payout_export
    ADD CONSTRAINT payout_export_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.payout_method
    ADD CONSTRAINT payout_method_of_kind UNIQUE (shard, id, kind);

ALTER TABLE ONLY public.payout_method
    ADD CONSTRAINT payout_method_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.payout_pass
    ADD CONSTRAINT payout_pass_pkey PRIMARY KEY (shard, payout_id, control, figure);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.payout_quote
    ADD CONSTRAINT payout_quote_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_quote_used UNIQUE (shard, quote_id);

ALTER TABLE ONLY public.payout_rate
    ADD CONSTRAINT payout_rate_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.payout_rate
    ADD CONSTRAINT payout_rate_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.payout_send
    ADD CONSTRAINT payout_send_pkey PRIMARY KEY (shard, payout_id);

ALTER TABLE ONLY public.payout_state
    ADD CONSTRAINT payout_state_pkey PRIMARY KEY (state);

ALTER TABLE ONLY public.payout_terms
    ADD CONSTRAINT payout_terms_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.payout_terms
    ADD CONSTRAINT payout_terms_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.payout_transition
    ADD CONSTRAINT payout_transition_pkey PRIMARY KEY (from_state, to_state);

ALTER TABLE ONLY public.person_email
    ADD CONSTRAINT person_email_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_id_issuer_id_key UNIQUE (id, issuer_id);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_issuer_id_subject_key UNIQUE (issuer_id, subject);

ALTER TABLE ONLY public.person_link
    ADD CONSTRAINT person_link_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_move
    ADD CONSTRAINT person_move_merged_id_key UNIQUE (merged_id);

ALTER TABLE ONLY public.person_move
    ADD CONSTRAINT person_move_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_move
    ADD CONSTRAINT person_move_subject UNIQUE (issuer_id, subject);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_subdivision
    ADD CONSTRAINT person_subdivision_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.policy_pack
    ADD CONSTRAINT policy_pack_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.policy_pack
    ADD CONSTRAINT policy_pack_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.price_book_proposal
    ADD CONSTRAINT price_book_proposal_pkey PRIMARY KEY (sha256);

ALTER TABLE ONLY public.price_book_withdrawal
    ADD CONSTRAINT price_book_withdrawal_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.price_draft
    ADD CONSTRAINT price_draft_pkey PRIMARY KEY (draft_id);

ALTER TABLE ONLY public.price
    ADD CONSTRAINT price_pkey PRIMARY KEY (version, region, channel);

ALTER TABLE ONLY public.price_seller
    ADD CONSTRAINT price_seller_pkey PRIMARY KEY (version, code);

ALTER TABLE ONLY public.promotional_before
    ADD CONSTRAINT promotional_before_pkey PRIMARY KEY (shard, viewer_id);

ALTER TABLE ONLY public.promotional_part
    ADD CONSTRAINT promotional_part_pkey PRIMARY KEY (shard, viewer_id, gift_id, creator_id);

ALTER TABLE ONLY public.link_proposal
    ADD CONSTRAINT proposal_is_made_once UNIQUE (person_id, other_id);

ALTER TABLE ONLY public.published_tax_rate
    ADD CONSTRAINT published_tax_rate_pkey PRIMARY KEY (country, published_on);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT quote_ordered_once UNIQUE (shard, person_id, quote_id);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_pkey PRIMARY KEY (shard, person_id, quote_id);

ALTER TABLE ONLY public.quote_tax
    ADD CONSTRAINT quote_tax_pkey PRIMARY KEY (shard, person_id, quote_id);

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT receipt_number UNIQUE (shard, seller_code, paper, number);

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (shard, order_id);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT recharge_order_pkey PRIMARY KEY (shard, order_id);

ALTER TABLE ONLY public.reconciliation_difference
    ADD CONSTRAINT reconciliation_difference_pkey PRIMARY KEY (difference_id);

ALTER TABLE ONLY public.reconciliation_difference
    ADD CONSTRAINT reconciliation_difference_provider_day_kind_payment_id_prov_key UNIQUE (provider, day, kind, payment_id, provider_reversal_id);

ALTER TABLE ONLY public.reconciliation_run
    ADD CONSTRAINT reconciliation_run_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.reconciliation_sum
    ADD CONSTRAINT reconciliation_sum_pkey PRIMARY KEY (run_id, side, what, currency);

ALTER TABLE ONLY public.region_decision
    ADD CONSTRAINT region_decision_pkey PRIMARY KEY (shard, decision_id);

ALTER TABLE ONLY public.retention_day
    ADD CONSTRAINT retention_day_pkey PRIMARY KEY (rule, day);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT reversal_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT reversal_pkey PRIMARY KEY (shard, reversal_id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT reversal_shard_provider_provider_reversal_id_step_key UNIQUE (shard, provider, provider_reversal_id, step);

ALTER TABLE ONLY public.reversal_transition
    ADD CONSTRAINT reversal_transition_pkey PRIMARY KEY (from_state, to_state);

ALTER TABLE ONLY public.reversed_strip
    ADD CONSTRAINT reversed_strip_pkey PRIMARY KEY (shard, viewer_id, start_coin);

ALTER TABLE ONLY public.reversed_strip
    ADD CONSTRAINT reversed_strip_shard_viewer_id_end_coin_key UNIQUE (shard, viewer_id, end_coin);

ALTER TABLE ONLY public.reward_rule
    ADD CONSTRAINT reward_rule_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.reward_rule
    ADD CONSTRAINT reward_rule_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_client_id_key UNIQUE (client_id);

ALTER TABLE ONLY public.room_head
    ADD CONSTRAINT room_head_pkey PRIMARY KEY (shard, room_id);

ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.room_viewers
    ADD CONSTRAINT room_viewers_pkey PRIMARY KEY (room_id, process_id);

ALTER TABLE ONLY public.rule_consent
    ADD CONSTRAINT rule_consent_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.rule_decision
    ADD CONSTRAINT rule_decision_pkey PRIMARY KEY (shard, reference, action);

ALTER TABLE ONLY public.rule_tally
    ADD CONSTRAINT rule_tally_pkey PRIMARY KEY (day, rule, version, outcome, stopped);

ALTER TABLE ONLY public.safety_appeal
    ADD CONSTRAINT safety_appeal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.safety_case
    ADD CONSTRAINT safety_case_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.safety_due
    ADD CONSTRAINT safety_due_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.safety_entry
    ADD CONSTRAINT safety_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.safety_finding
    ADD CONSTRAINT safety_finding_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.safety_flow
    ADD CONSTRAINT safety_flow_pkey PRIMARY KEY (shard, creator_id, viewer_id, day);

ALTER TABLE ONLY public.safety_freeze
    ADD CONSTRAINT safety_freeze_pkey PRIMARY KEY (freeze_id);

ALTER TABLE ONLY public.safety_step
    ADD CONSTRAINT safety_step_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.safety_told
    ADD CONSTRAINT safety_told_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.saved_card
    ADD CONSTRAINT saved_card_pkey PRIMARY KEY (shard, person_id, card_id);

ALTER TABLE ONLY public.scam_report
    ADD CONSTRAINT scam_report_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.screening_decision
    ADD CONSTRAINT screening_decision_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.screening_decision
    ADD CONSTRAINT screening_decision_pkey PRIMARY KEY (screening_id, said_at);

ALTER TABLE ONLY public.screening
    ADD CONSTRAINT screening_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.screening_rule
    ADD CONSTRAINT screening_rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.screening_word
    ADD CONSTRAINT screening_word_pkey PRIMARY KEY (screening_id, said_at);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_secret_sha256_key UNIQUE (secret_sha256);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT sign_in_code_pkey PRIMARY KEY (code_sha256);

ALTER TABLE ONLY public.store_consent
    ADD CONSTRAINT store_consent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.store_finishing
    ADD CONSTRAINT store_finishing_pkey PRIMARY KEY (shard, order_id);

ALTER TABLE ONLY public.store_guardian
    ADD CONSTRAINT store_guardian_pkey PRIMARY KEY (store, account, person_id);

ALTER TABLE ONLY public.store_guardian_withdrawal
    ADD CONSTRAINT store_guardian_withdrawal_pkey PRIMARY KEY (store, account);

ALTER TABLE ONLY public.store_link_order
    ADD CONSTRAINT store_link_order_pkey PRIMARY KEY (shard, order_id);

ALTER TABLE ONLY public.store_link
    ADD CONSTRAINT store_link_pkey PRIMARY KEY (provider, link_id);

ALTER TABLE ONLY public.store_link_report
    ADD CONSTRAINT store_link_report_number_key UNIQUE (number);

ALTER TABLE ONLY public.store_link_report
    ADD CONSTRAINT store_link_report_pkey PRIMARY KEY (report_id);

ALTER TABLE ONLY public.store_transaction
    ADD CONSTRAINT store_transaction_id_key UNIQUE (id);

ALTER TABLE ONLY public.store_transaction
    ADD CONSTRAINT store_transaction_pkey PRIMARY KEY (provider, environment, transaction_id);

ALTER TABLE ONLY public.store_void_poll
    ADD CONSTRAINT store_void_poll_pkey PRIMARY KEY (provider);

ALTER TABLE ONLY public.stream_key
    ADD CONSTRAINT stream_key_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.stream_key
    ADD CONSTRAINT stream_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.stream
    ADD CONSTRAINT stream_name_key UNIQUE (name);

ALTER TABLE ONLY public.stream
    ADD CONSTRAINT stream_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.strip
    ADD CONSTRAINT strip_pkey PRIMARY KEY (shard, viewer_id, start_coin);

ALTER TABLE ONLY public.strip
    ADD CONSTRAINT strip_shard_viewer_id_end_coin_key UNIQUE (shard, viewer_id, end_coin);

ALTER TABLE ONLY public.subdivision_tax_rate
    ADD CONSTRAINT subdivision_tax_rate_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.subdivision_tax_rate
    ADD CONSTRAINT subdivision_tax_rate_pkey PRIMARY KEY (subdivision_tax_rate_id);

ALTER TABLE ONLY public.subdivision_tax_rate
    ADD CONSTRAINT subdivision_tax_rate_request_id_key UNIQUE (request_id);

ALTER TABLE ONLY public.tax_rate
    ADD CONSTRAINT tax_rate_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.tax_rate
    ADD CONSTRAINT tax_rate_pkey PRIMARY KEY (tax_rate_id);

ALTER TABLE ONLY public.tax_rate
    ADD CONSTRAINT tax_rate_request_id_key UNIQUE (request_id);

ALTER TABLE ONLY public.thank
    ADD CONSTRAINT thank_pkey PRIMARY KEY (shard, creator_id, viewer_id, gift_id);

ALTER TABLE public.transfer
    ADD CONSTRAINT transfer_has_owners CHECK ((((debit_kind = ANY (ARRAY['wallet'::text, 'gift_balance'::text, 'diamonds_pending'::text, 'diamonds_available'::text, 'diamonds_in_payout'::text, 'diamonds_redeemed'::text, 'creators_paid'::text])) = (debit_owner <> 0)) AND ((credit_kind = ANY (ARRAY['wallet'::text, 'gift_balance'::text, 'diamonds_pending'::text, 'diamonds_available'::text, 'diamonds_in_payout'::text, 'diamonds_redeemed'::text, 'creators_paid'::text])) = (credit_owner <> 0)))) NOT VALID;

ALTER TABLE public.transfer
    ADD CONSTRAINT transfer_is_no_gift CHECK ((reason <> ALL (ARRAY['gift'::text, 'delivery'::text]))) NOT VALID;

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_pkey PRIMARY KEY (shard, reference, reason);

ALTER TABLE ONLY public.transfer_reason
    ADD CONSTRAINT transfer_reason_pkey PRIMARY KEY (reason);

ALTER TABLE ONLY public.transfer_reason
    ADD CONSTRAINT transfer_reason_reason_debit_kind_credit_kind_key UNIQUE (reason, debit_kind, credit_kind);

ALTER TABLE ONLY public.vault_key
    ADD CONSTRAINT vault_key_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY public.video
    ADD CONSTRAINT video_issuer_id_external_id_key UNIQUE (issuer_id, external_id);

ALTER TABLE ONLY public.video_message_opt_in
    ADD CONSTRAINT video_message_opt_in_pkey PRIMARY KEY (creator_id);

ALTER TABLE ONLY public.video_opt_in
    ADD CONSTRAINT video_opt_in_pkey PRIMARY KEY (creator_id);

ALTER TABLE ONLY public.video_opt_out
    ADD CONSTRAINT video_opt_out_pkey PRIMARY KEY (creator_id, video_id);

ALTER TABLE ONLY public.video
    ADD CONSTRAINT video_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.video_subtotal
    ADD CONSTRAINT video_subtotal_pkey PRIMARY KEY (shard, video_id, by, second, item_id, giver_id);

ALTER TABLE ONLY public.video_total
    ADD CONSTRAINT video_total_pkey PRIMARY KEY (shard, video_id);

ALTER TABLE ONLY public.vouched_name
    ADD CONSTRAINT vouched_name_pkey PRIMARY KEY (shard, creator_id);

ALTER TABLE ONLY public.wallet
    ADD CONSTRAINT wallet_pkey PRIMARY KEY (shard, viewer_id);

ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (endpoint_id, "position");

ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_event
    ADD CONSTRAINT webhook_event_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY public.webhook_event
    ADD CONSTRAINT webhook_event_pkey PRIMARY KEY (side, provider, event_id);

ALTER TABLE ONLY public.webhook_replay
    ADD CONSTRAINT webhook_replay_pkey PRIMARY KEY (message_id, at, person_id);

ALTER TABLE ONLY public.webhook_secret
    ADD CONSTRAINT webhook_secret_pkey PRIMARY KEY (endpoint_id, number);

ALTER TABLE ONLY public.webhook_transition
    ADD CONSTRAINT webhook_transition_pkey PRIMARY KEY (from_state, to_state);

ALTER TABLE ONLY public.webhook_try
    ADD CONSTRAINT webhook_try_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.withdrawal_consent
    ADD CONSTRAINT withdrawal_consent_pkey PRIMARY KEY (shard, order_id);

ALTER TABLE ONLY public.withdrawal_rule
    ADD CONSTRAINT withdrawal_rule_pkey PRIMARY KEY (region, valid_from);

CREATE INDEX account_overdrawn ON public.account USING btree (shard, owner_id) WHERE (overdraft > 0);

CREATE INDEX act_about ON public.act USING gin (about);

CREATE INDEX act_by_operation ON public.act USING btree (operation, id);

CREATE INDEX act_of_key ON public.act USING btree (key_id, id) WHERE (key_id IS NOT NULL);

CREATE INDEX act_of_person ON public.act USING btree (person_id, id) WHERE (person_id IS NOT NULL);

CREATE INDEX age_assurance_of_person ON public.age_assurance USING btree (person_id, level DESC, proved_at DESC, id DESC) WHERE (revoked_at IS NULL);

CREATE INDEX age_assurance_over ON public.age_assurance USING btree (LEAST(revoked_at, until)) WHERE ((revoked_at IS NOT NULL) OR (until IS NOT NULL));

CREATE INDEX age_request_of_person ON public.age_request USING btree (person_id, made_at DESC);

CREATE INDEX age_silence_by_time ON public.age_silence USING btree (since);

CREATE INDEX allowance_taken_by_hour ON public.allowance_taken USING btree (hour);

CREATE UNIQUE INDEX api_key_name_is_new ON public.api_key USING btree (name) WHERE (revoked_at IS NULL);

CREATE INDEX audit_run_by_itself ON public.audit_run USING btree (at) WHERE by_itself;

CREATE INDEX brake_limit_due ON public.brake_limit USING btree (effective_at) WHERE ((NOT is_laid) AND (withdrawn_at IS NULL));

CREATE INDEX brake_limit_of_person ON public.brake_limit USING btree (person_id, kind, effective_at DESC, number DESC);

CREATE UNIQUE INDEX brake_limit_waits ON public.brake_limit USING btree (person_id, kind) WHERE ((NOT is_laid) AND (withdrawn_at IS NULL));

CREATE INDEX brake_pause_due ON public.brake_pause USING btree (ends_at) WHERE (NOT is_over);

CREATE INDEX brake_pause_of_person ON public.brake_pause USING btree (person_id, ends_at DESC);

CREATE INDEX brake_shared ON public.brake USING btree (id) WHERE is_shared;

CREATE INDEX card_customer_due ON public.card_customer USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX clawback_part_by_creator ON public.clawback_part USING btree (shard, creator_id, taken_at DESC, reversal_id DESC);

CREATE INDEX clawback_stuck ON public.clawback USING btree (queued_at) WHERE ((applied_at IS NULL) AND (error IS NOT NULL));

CREATE INDEX clawback_to_apply ON public.clawback USING btree (creator_id, queue_no) WHERE (applied_at IS NULL);

CREATE INDEX coin_grant_by_operator ON public.coin_grant USING btree (granted_by, granted_at DESC, grant_id DESC);

CREATE INDEX coin_grant_by_person ON public.coin_grant USING btree (shard, person_id, granted_at DESC, grant_id DESC);

CREATE INDEX coin_grant_newest ON public.coin_grant USING btree (granted_at DESC, grant_id DESC);

CREATE INDEX consumption_request_by_time ON public.consumption_request USING btree (noticed_at DESC, id DESC);

CREATE INDEX consumption_request_due ON public.consumption_request USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX conversion_by_creator ON public.conversion USING btree (shard, creator_id, converted_at DESC, id DESC);

CREATE INDEX conversion_stuck ON public.conversion USING btree (matures_at) WHERE ((matured_at IS NULL) AND (maturity_error IS NOT NULL));

CREATE INDEX conversion_to_mature ON public.conversion USING btree (matures_at) WHERE (matured_at IS NULL);

CREATE INDEX creator_setting_automatic ON public.creator_setting USING btree (creator_id) WHERE automatic_conversion;

CREATE INDEX creator_setting_stuck ON public.creator_setting USING btree (conversion_failing_since) WHERE (conversion_error IS NOT NULL);

CREATE INDEX credit_note_by_issue ON public.credit_note USING btree (issued_at, shard, reversal_id);

CREATE INDEX credit_note_by_order ON public.credit_note USING btree (shard, order_id, number);

CREATE INDEX data_export_by_time ON public.data_export USING btree (asked_at DESC, id DESC);

CREATE INDEX data_export_made ON public.data_export USING btree (ready_at) WHERE (state = 'ready'::text);

CREATE INDEX debt_write_off_in_order ON public.debt_write_off USING btree (written_off_at, decision_id);

CREATE INDEX debt_write_off_of_creator ON public.debt_write_off USING btree (shard, creator_id);

CREATE INDEX decision_in_an_emergency ON public.decision USING btree (decided_at DESC) WHERE emergency;

CREATE INDEX decision_newest ON public.decision USING btree (proposed_at DESC, id DESC);

CREATE UNIQUE INDEX decision_of_a_subject ON public.decision USING btree (kind, subject) WHERE (outcome IS NULL);

CREATE INDEX decision_open ON public.decision USING btree (proposed_at DESC, id DESC) WHERE (outcome IS NULL);

CREATE INDEX delivery_by_time ON public.delivery USING btree (delivered_at);

CREATE INDEX difference_by_time ON public.reconciliation_difference USING btree (noticed_at DESC, difference_id DESC);

CREATE INDEX difference_open ON public.reconciliation_difference USING btree (noticed_at DESC) WHERE (state = 'open'::text);

CREATE INDEX earnings_month_of_month ON public.earnings_month USING btree (shard, month, creator_id, edition);

CREATE INDEX earnings_statement_of_creator ON public.earnings_statement USING btree (creator_id, month DESC, edition DESC);

CREATE INDEX erasure_by_time ON public.erasure USING btree (asked_at DESC, id DESC);

CREATE INDEX erasure_due ON public.erasure USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX erasure_is_one ON public.erasure USING btree (person_id) WHERE (withdrawn_at IS NULL);

CREATE INDEX erasure_of_person ON public.erasure USING btree (person_id, asked_at DESC);

CREATE INDEX event_combo_by_end ON public.event_combo USING btree (last_at);

CREATE INDEX export_due ON public.data_export USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX export_of_person ON public.data_export USING btree (person_id, asked_at DESC, id DESC);

CREATE UNIQUE INDEX export_waits_once ON public.data_export USING btree (person_id) WHERE (state = 'waiting'::text);

CREATE INDEX frame_speakers ON public.frame USING gin (jsonb_path_query_array(body, '$."messages"[*]."sender_id"'::jsonpath)) WHERE (kind = 'chat'::text);

CREATE INDEX freeze_newest ON public.freeze_record USING btree (frozen_at DESC, id DESC);

CREATE INDEX freeze_of_person ON public.freeze_record USING btree (person_id, frozen_at DESC, id DESC);

CREATE INDEX freeze_of_reward ON public.freeze_record USING btree (conversion_id) WHERE ((conversion_id IS NOT NULL) AND (lifted_at IS NULL));

CREATE INDEX freeze_open ON public.freeze_record USING btree (person_id, what) WHERE (lifted_at IS NULL);

CREATE INDEX gift_by_time ON ONLY public.gift USING brin (charged_at) WITH (pages_per_range='64', autosummarize='on');

CREATE INDEX gift_reversal_by_reversal ON public.gift_reversal USING btree (shard, reversal_id, creator_id);

CREATE INDEX guardian_invitation_of_guardian ON public.guardian_invitation USING btree (guardian_id, made_at DESC);

CREATE INDEX guardian_invitation_of_minor ON public.guardian_invitation USING btree (minor_id) WHERE (minor_id IS NOT NULL);

CREATE UNIQUE INDEX guardian_limit_holds ON public.guardian_limit USING btree (person_id, set_by, kind) WHERE (NOT is_over);

CREATE UNIQUE INDEX guardian_stop_holds ON public.guardian_stop USING btree (person_id, set_by) WHERE (ended_at IS NULL);

CREATE INDEX guardianship_of_minor ON public.guardianship USING btree (minor_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX guardianship_of_pair ON public.guardianship USING btree (guardian_id, minor_id) WHERE (ended_at IS NULL);

CREATE INDEX hold_due ON public.hold USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX hold_of_gift ON public.hold USING btree (shard, viewer_id, gift_id) WHERE (gift_id IS NOT NULL);

CREATE INDEX hold_open ON public.hold USING btree (shard, viewer_id, ends_at) WHERE (state = 'held'::text);

CREATE INDEX hold_piece_by_lot ON public.hold_piece USING btree (shard, lot_id);

CREATE INDEX instrument_by_last_seen ON public.instrument USING btree (last_seen_at);

CREATE INDEX instrument_of_person ON public.instrument USING btree (person_id);

CREATE INDEX item_version_begins ON public.item_version USING btree (item_id, active_from, version) WHERE (withdrawn_at IS NULL);

CREATE INDEX legal_hold_newest ON public.legal_hold USING btree (placed_at DESC, id DESC);

CREATE INDEX legal_hold_open ON public.legal_hold USING btree (person_id) WHERE (lifted_at IS NULL);

CREATE INDEX link_proposal_newest ON public.link_proposal USING btree (proposed_at DESC, id DESC);

CREATE INDEX link_proposal_open ON public.link_proposal USING btree (proposed_at DESC, id DESC) WHERE (verdict IS NULL);

CREATE INDEX logout_token_by_end ON public.logout_token USING btree (expires_at);

CREATE INDEX lot_reversal_by_lot ON public.lot_reversal USING btree (shard, lot_id);

CREATE INDEX lot_to_expire ON public.lot USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND ((coins_reversed + coins_expired) < coins));

CREATE INDEX mail_due ON public.mail USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX mail_ended ON public.mail USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX mail_not_delivered ON public.mail USING btree (mail_id) WHERE (state = ANY (ARRAY['refused'::text, 'bounced'::text]));

CREATE INDEX mail_of_person ON public.mail USING btree (person_id, mail_id);

CREATE INDEX minor_refund_of_person ON public.minor_refund USING btree (person_id);

CREATE UNIQUE INDEX one_default_card ON public.saved_card USING btree (shard, person_id) WHERE is_default;

CREATE INDEX overlay_token_by_creator ON public.overlay_token USING btree (creator_id, created_at DESC);

CREATE INDEX payment_decision_due ON public.payment_decision USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX payment_pays_one_order ON public.recharge_order USING btree (shard, provider, payment_id);

CREATE UNIQUE INDEX payment_problem_by_id ON public.payment_problem USING btree (shard, problem_id);

CREATE INDEX payment_problem_by_time ON public.payment_problem USING btree (noticed_at DESC, problem_id DESC);

CREATE INDEX payment_problem_open ON public.payment_problem USING btree (noticed_at) WHERE (resolved_at IS NULL);

CREATE UNIQUE INDEX payout_bank_outcome_is_one ON public.payout_bank_outcome USING btree (shard, payout_id) WHERE (outcome = ANY (ARRAY['paid'::text, 'failed'::text]));

CREATE INDEX payout_by_creator ON public.payout USING btree (shard, creator_id, requested_at DESC, id DESC);

CREATE INDEX payout_by_id ON public.payout USING btree (id);

CREATE INDEX payout_by_state ON public.payout USING btree (state, requested_at DESC, id DESC);

CREATE INDEX payout_by_time ON public.payout USING btree (requested_at DESC, id DESC);

CREATE INDEX payout_event_approved ON public.payout_event USING btree (actor_id, at) WHERE (to_state = 'approved'::text);

CREATE INDEX payout_event_approved_at ON public.payout_event USING btree (at) WHERE (to_state = 'approved'::text);

CREATE INDEX payout_export_download_by_export ON public.payout_export_download USING btree (export_number, id);

CREATE INDEX payout_export_item_by_export ON public.payout_export_item USING btree (export_number);

CREATE INDEX payout_method_archived ON public.payout_method USING btree (archived_at) WHERE ((archived_at IS NOT NULL) AND (holder_name <> ''::text));

CREATE INDEX payout_method_by_creator ON public.payout_method USING btree (shard, creator_id, created_at DESC, id DESC);

CREATE INDEX payout_method_by_fingerprint ON public.payout_method USING btree (account_fingerprint) WHERE (account_fingerprint IS NOT NULL);

CREATE INDEX payout_method_in_clear ON public.payout_method USING btree (shard, id) WHERE (sealed_account IS NULL);

CREATE INDEX payout_method_without_fingerprint ON public.payout_method USING btree (shard, id) WHERE (account_fingerprint IS NULL);

CREATE INDEX payout_poll_stuck ON public.payout USING btree (changed_at) WHERE ((poll_at IS NOT NULL) AND (poll_error IS NOT NULL));

CREATE INDEX payout_quote_by_end ON public.payout_quote USING btree (expires_at);

CREATE INDEX payout_rate_by_currency ON public.payout_rate USING btree (currency, effective_at DESC, version DESC);

CREATE INDEX payout_send_due ON public.payout_send USING btree (due_at);

CREATE INDEX payout_to_export ON public.payout USING btree (provider, requested_at, id) WHERE (state = 'approved'::text);

CREATE INDEX payout_to_poll ON public.payout USING btree (poll_at) WHERE (poll_at IS NOT NULL);

CREATE INDEX person_called_staff ON public.person USING btree (staff_since DESC, id DESC) WHERE (platform_roles && '{operator,owner,support,finance,pricing,catalogue,safety,auditor}'::text[]);

CREATE UNIQUE INDEX person_link_holds ON public.person_link USING btree (person_id, other_id) WHERE (ended_at IS NULL);

CREATE INDEX person_link_of_other ON public.person_link USING btree (other_id) WHERE (ended_at IS NULL);

CREATE INDEX person_move_to ON public.person_move USING btree (person_id);

CREATE INDEX policy_pack_of_country ON public.policy_pack USING btree (country, effective_at DESC, version DESC);

CREATE INDEX price_draft_by_change ON public.price_draft USING btree (changed_at DESC, draft_id DESC);

CREATE INDEX promotional_part_by_creator ON public.promotional_part USING btree (creator_shard, creator_id) INCLUDE (shard, batch_no, coins);

CREATE INDEX quote_by_decision ON public.quote USING btree (shard, decision_id) WHERE (decision_id IS NOT NULL);

CREATE INDEX quote_by_expiry ON public.quote USING btree (expires_at);

CREATE INDEX receipt_by_issue ON public.receipt USING btree (issued_at, shard, order_id);

CREATE INDEX receipt_by_order ON public.receipt USING btree (order_id);

CREATE INDEX receipt_by_payment_time ON public.receipt USING btree (paid_at, order_id);

CREATE INDEX recharge_order_by_person ON public.recharge_order USING btree (shard, person_id, order_id);

CREATE INDEX recharge_order_to_poll ON public.recharge_order USING btree (poll_at) WHERE (poll_at IS NOT NULL);

CREATE INDEX recharge_order_with_addresses ON public.recharge_order USING btree (created_at) WHERE ((return_url <> ''::text) OR (checkout_url IS NOT NULL) OR (voucher IS NOT NULL) OR (poll_error IS NOT NULL));

CREATE INDEX recharge_order_with_voucher ON public.recharge_order USING btree (shard, person_id) WHERE ((state = 'pending'::text) AND (voucher IS NOT NULL));

CREATE INDEX reconciliation_run_by_time ON public.reconciliation_run USING btree (requested_at DESC, run_id DESC);

CREATE UNIQUE INDEX reconciliation_run_daily ON public.reconciliation_run USING btree (provider, day) WHERE daily;

CREATE INDEX reconciliation_run_due ON public.reconciliation_run USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX region_decision_by_order ON public.region_decision USING btree (shard, order_id) WHERE (order_id IS NOT NULL);

CREATE INDEX region_decision_by_person ON public.region_decision USING btree (shard, person_id, decided_at DESC);

CREATE INDEX region_decision_of_quotes ON public.region_decision USING btree (decided_at) WHERE (kind = 'quote'::text);

CREATE INDEX region_decision_with_places ON public.region_decision USING btree (decided_at) WHERE ((network IS NOT NULL) OR (evidence @? '$[*]?(@."detail" != "")'::jsonpath));

CREATE INDEX reversal_by_operator ON public.reversal USING btree (requested_by, created_at) WHERE ((kind = 'refund'::text) AND (requested_by IS NOT NULL));

CREATE INDEX reversal_by_order ON public.reversal USING btree (shard, order_id, reversal_id);

CREATE INDEX reversal_by_person ON public.reversal USING btree (shard, person_id, reversal_id DESC);

CREATE INDEX reversal_by_time ON public.reversal USING btree (created_at DESC, reversal_id DESC);

CREATE INDEX reversal_of_minor_refund ON public.reversal USING btree (minor_refund_id) WHERE (minor_refund_id IS NOT NULL);

CREATE INDEX reversal_open ON public.reversal USING btree (person_id) WHERE (state = ANY (ARRAY['requested'::text, 'sent'::text, 'opened'::text]));

CREATE INDEX reversal_to_send ON public.reversal USING btree (poll_at) WHERE (poll_at IS NOT NULL);

CREATE INDEX reversed_strip_by_reversal ON public.reversed_strip USING btree (shard, reversal_id);

CREATE UNIQUE INDEX role_grant_holds ON public.role_grant USING btree (person_id, role) WHERE (taken_at IS NULL);

CREATE INDEX room_by_creator ON public.room USING btree (creator_id, id DESC);

CREATE UNIQUE INDEX room_by_external_id ON public.room USING btree (external_id, issuer_id) WHERE (external_id IS NOT NULL);

CREATE INDEX room_live ON public.room USING btree (started_at DESC, id DESC) WHERE (state = 'live'::text);

CREATE INDEX room_viewers_by_seen ON public.room_viewers USING btree (seen_at);

CREATE INDEX room_with_words ON public.room USING btree (ended_at, id) WHERE ((ended_at IS NOT NULL) AND (words_gone_at IS NULL));

CREATE UNIQUE INDEX rule_consent_holds ON public.rule_consent USING btree (person_id, given_by, action) WHERE (ended_at IS NULL);

CREATE INDEX rule_consent_of_giver ON public.rule_consent USING btree (given_by) WHERE (ended_at IS NULL);

CREATE INDEX rule_decision_of_person ON public.rule_decision USING btree (shard, person_id, decided_at DESC);

CREATE INDEX rule_decision_with_places ON public.rule_decision USING btree (decided_at) WHERE (countries <> '{}'::text[]);

CREATE UNIQUE INDEX safety_appeal_is_open ON public.safety_appeal USING btree (person_id) WHERE (answered_at IS NULL);

CREATE INDEX safety_appeal_newest ON public.safety_appeal USING btree (made_at DESC, id DESC);

CREATE INDEX safety_appeal_of_person ON public.safety_appeal USING btree (person_id, made_at DESC);

CREATE UNIQUE INDEX safety_case_is_open ON public.safety_case USING btree (person_id) WHERE (outcome IS NULL);

CREATE INDEX safety_case_newest ON public.safety_case USING btree (opened_at DESC, id DESC);

CREATE INDEX safety_case_of_person ON public.safety_case USING btree (person_id, opened_at DESC);

CREATE INDEX safety_case_open_newest ON public.safety_case USING btree (opened_at DESC, id DESC) WHERE (outcome IS NULL);

CREATE INDEX safety_due_at ON public.safety_due USING btree (due_at);

CREATE INDEX safety_entry_of_case ON public.safety_entry USING btree (case_id, id);

CREATE INDEX safety_finding_by_others ON public.safety_finding USING gin (others);

CREATE INDEX safety_finding_of_case ON public.safety_finding USING btree (case_id) WHERE (case_id IS NOT NULL);

CREATE INDEX safety_finding_of_person ON public.safety_finding USING btree (person_id, found_at DESC);

CREATE INDEX safety_flow_by_day ON public.safety_flow USING btree (day);

CREATE INDEX safety_flow_by_giver ON public.safety_flow USING btree (viewer_id, day);

CREATE INDEX safety_freeze_of_case ON public.safety_freeze USING btree (case_id);

CREATE INDEX safety_step_by_end ON public.safety_step USING btree (kind, ends_at) WHERE (lifted_at IS NULL);

CREATE INDEX safety_step_of_case ON public.safety_step USING btree (case_id);

CREATE INDEX safety_step_open ON public.safety_step USING btree (person_id, kind) WHERE (lifted_at IS NULL);

CREATE INDEX safety_told_of ON public.safety_told USING btree (person_id);

CREATE INDEX scam_report_by_time ON public.scam_report USING btree (reported_at DESC, id DESC);

CREATE INDEX scam_report_of_person ON public.scam_report USING btree (person_id) WHERE (person_id IS NOT NULL);

CREATE INDEX scam_report_open ON public.scam_report USING btree (reported_at) WHERE (state = ANY (ARRAY['new'::text, 'looked_at'::text]));

CREATE INDEX screening_due ON public.screening USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX screening_matched ON public.screening USING btree (answered_at) WHERE (outcome = 'potential_match'::text);

CREATE INDEX screening_of_method ON public.screening USING btree (shard, method_id, asked_at DESC);

CREATE INDEX session_by_end ON public.session USING btree (expires_at);

CREATE INDEX session_of_person ON public.session USING btree (person_id) WHERE (ended_at IS NULL);

CREATE INDEX session_of_platform ON public.session USING btree (platform_session) WHERE ((ended_at IS NULL) AND (platform_session IS NOT NULL));

CREATE INDEX sign_in_code_by_end ON public.sign_in_code USING btree (expires_at);

CREATE INDEX store_consent_latest ON public.store_consent USING btree (person_id, id DESC);

CREATE INDEX store_finishing_due ON public.store_finishing USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX store_finishing_open ON public.store_finishing USING btree (enqueued_at, order_id, shard) WHERE (state <> 'finished'::text);

CREATE INDEX store_guardian_of_person ON public.store_guardian USING btree (person_id, store, said_at DESC);

CREATE INDEX store_guardian_withdrawal_by_time ON public.store_guardian_withdrawal USING btree (withdrawn_at);

CREATE INDEX store_link_by_time ON public.store_link USING btree (noted_at);

CREATE INDEX store_link_order_by_link ON public.store_link_order USING btree (provider, link_id);

CREATE INDEX store_link_report_by_order ON public.store_link_report USING btree (shard, order_id, number) WHERE (order_id IS NOT NULL);

CREATE INDEX store_link_report_by_state ON public.store_link_report USING btree (state, happened_at, report_id);

CREATE INDEX store_link_report_due ON public.store_link_report USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX store_link_report_tells_a_reversal_once ON public.store_link_report USING btree (shard, reversal_id, kind) WHERE (reversal_id IS NOT NULL);

CREATE UNIQUE INDEX store_link_report_tells_a_sale_once ON public.store_link_report USING btree (shard, order_id) WHERE (kind = 'sale'::text);

CREATE UNIQUE INDEX store_link_report_tells_nothing_once ON public.store_link_report USING btree (provider, link_id) WHERE (kind = ANY (ARRAY['no_sale'::text, 'unknown_link'::text]));

CREATE INDEX store_transaction_by_state ON public.store_transaction USING btree (state, noticed_at DESC, id DESC);

CREATE INDEX store_transaction_due ON public.store_transaction USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX store_transaction_granted_once ON public.store_transaction USING btree (grant_id) WHERE (grant_id IS NOT NULL);

CREATE UNIQUE INDEX store_transaction_pays_one_order ON public.store_transaction USING btree (shard, order_id) WHERE (order_id IS NOT NULL);

CREATE INDEX stream_due ON public.stream USING btree (ends_at) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX stream_key_holds ON public.stream_key USING btree (creator_id) WHERE (revoked_at IS NULL);

CREATE UNIQUE INDEX stream_open ON public.stream USING btree (creator_id) WHERE (ended_at IS NULL);

CREATE INDEX strip_by_lot ON public.strip USING btree (shard, viewer_id, lot_id);

CREATE INDEX subdivision_tax_rate_by_place ON public.subdivision_tax_rate USING btree (country, subdivision, is_override DESC, subdivision_tax_rate_id DESC);

CREATE INDEX tax_rate_by_country ON public.tax_rate USING btree (country, is_override DESC, tax_rate_id DESC);

CREATE INDEX transfer_by_credit ON public.transfer USING btree (shard, credit_kind, credit_owner, posted_at);

CREATE INDEX transfer_by_debit ON public.transfer USING btree (shard, debit_kind, debit_owner, posted_at);

CREATE UNIQUE INDEX vault_key_current ON public.vault_key USING btree (purpose) WHERE (retired_at IS NULL);

CREATE INDEX video_by_owner ON public.video USING btree (owner_id, id DESC) WHERE (state <> 'deleted'::text);

CREATE INDEX video_published ON public.video USING btree (published_at DESC, id DESC) WHERE (state = 'published'::text);

CREATE INDEX video_subtotal_dearest ON public.video_subtotal USING btree (shard, video_id, by, second, coins DESC, item_id, giver_id) WHERE (by <> 'second'::text);

CREATE INDEX wallet_with_brake ON public.wallet USING btree (brake_id) WHERE (brake_id IS NOT NULL);

CREATE INDEX webhook_delivery_next ON public.webhook_delivery USING btree (endpoint_id, "position") WHERE (state = 'waiting'::text);

CREATE INDEX webhook_delivery_of_event ON public.webhook_delivery USING btree ("position");

CREATE INDEX webhook_delivery_parked ON public.webhook_delivery USING btree (endpoint_id, "position") WHERE (state = 'parked'::text);

CREATE INDEX webhook_delivery_waiting ON public.webhook_delivery USING btree (endpoint_id, subject, "position") WHERE (state = 'waiting'::text);

CREATE INDEX webhook_endpoint_newest ON public.webhook_endpoint USING btree (created_at DESC, id DESC) WHERE (removed_at IS NULL);

CREATE INDEX webhook_event_by_time ON public.webhook_event USING btree (received_at DESC, message_id DESC);

CREATE INDEX webhook_event_due ON public.webhook_event USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_event_in_clear ON public.webhook_event USING btree (side, provider, event_id) WHERE (body IS NOT NULL);

CREATE INDEX webhook_event_to_look_at ON public.webhook_event USING btree (received_at DESC) WHERE (state = ANY (ARRAY['waiting'::text, 'problem'::text]));

CREATE UNIQUE INDEX webhook_secret_current ON public.webhook_secret USING btree (endpoint_id) WHERE (expires_at IS NULL);

CREATE INDEX webhook_try_by_time ON public.webhook_try USING btree (at);

CREATE INDEX webhook_try_newest ON public.webhook_try USING btree (endpoint_id, at DESC, id DESC);

CREATE TRIGGER act_never_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.act FOR EACH STATEMENT EXECUTE FUNCTION public.trail_never_changes();

CREATE TRIGGER act_seal_never_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.act_seal FOR EACH STATEMENT EXECUTE FUNCTION public.trail_never_changes();

CREATE TRIGGER age_assurance_stays BEFORE UPDATE ON public.age_assurance FOR EACH ROW EXECUTE FUNCTION public.age_assurance_stays();

CREATE TRIGGER age_assurance_tells AFTER INSERT OR UPDATE ON public.age_assurance FOR EACH ROW EXECUTE FUNCTION public.tell_facts('person_id');

CREATE TRIGGER age_silence_ends AFTER DELETE ON public.age_silence FOR EACH ROW EXECUTE FUNCTION public.tell_silence_ends();

CREATE TRIGGER age_silence_tells AFTER INSERT ON public.age_silence FOR EACH ROW EXECUTE FUNCTION public.tell_facts('person_id');

CREATE TRIGGER api_key_tells AFTER UPDATE OF revoked_at, expires_at, scopes, networks, former_ends_at ON public.api_key FOR EACH ROW WHEN ((((((new.revoked_at IS DISTINCT FROM old.revoked_at) OR (new.expires_at IS DISTINCT FROM old.expires_at)) OR (new.scopes IS DISTINCT FROM old.scopes)) OR (new.networks IS DISTINCT FROM old.networks)) OR (new.former_ends_at IS DISTINCT FROM old.former_ends_at))) EXECUTE FUNCTION public.tell_way_in('key');

CREATE TRIGGER appeal_is_answered_by_another BEFORE UPDATE ON public.safety_appeal FOR EACH ROW EXECUTE FUNCTION public.appeal_is_answered_by_another();

CREATE TRIGGER apply_freeze AFTER INSERT OR UPDATE OF lifted_at ON public.freeze_record FOR EACH ROW EXECUTE FUNCTION public.apply_freeze();

CREATE TRIGGER case_is_decided_by_another BEFORE UPDATE ON public.safety_case FOR EACH ROW EXECUTE FUNCTION public.case_is_decided_by_another();

CREATE CONSTRAINT TRIGGER coins_bring_more_than_payouts AFTER INSERT ON public.payout_rate DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.source <> 'reference'::text)) EXECUTE FUNCTION public.coins_bring_more_than_payouts();

CREATE CONSTRAINT TRIGGER coins_bring_more_than_payouts AFTER INSERT ON public.price_book DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.coins_bring_more_than_payouts();

CREATE CONSTRAINT TRIGGER coins_bring_more_than_payouts AFTER INSERT ON public.price_book_withdrawal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.coins_bring_more_than_payouts();

CREATE CONSTRAINT TRIGGER coins_bring_more_than_payouts AFTER INSERT ON public.reward_rule DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.coins_bring_more_than_payouts();

CREATE TRIGGER conversion_is_not_frozen AFTER INSERT ON public.conversion FOR EACH ROW EXECUTE FUNCTION public.refuse_frozen();

CREATE TRIGGER converted_at_its_rule AFTER INSERT ON public.conversion FOR EACH ROW EXECUTE FUNCTION public.converted_at_its_rule();

CREATE TRIGGER debt_is_owed BEFORE INSERT ON public.debt_write_off FOR EACH ROW EXECUTE FUNCTION public.debt_is_owed();

CREATE TRIGGER debt_write_off_is_decided BEFORE INSERT ON public.debt_write_off FOR EACH ROW EXECUTE FUNCTION public.require_decision('debt_write_off', 'diamonds', 'reason');

CREATE TRIGGER decision_bound_is_decided BEFORE INSERT ON public.decision_bound FOR EACH ROW EXECUTE FUNCTION public.require_decision('bound', 'name', 'value');

CREATE TRIGGER decision_bound_is_withdrawn_in_time BEFORE INSERT ON public.decision_bound_withdrawal FOR EACH ROW EXECUTE FUNCTION public.bound_is_withdrawn_in_time();

CREATE TRIGGER decision_bound_takes_two BEFORE INSERT ON public.decision_bound FOR EACH ROW EXECUTE FUNCTION public.bound_takes_two();

CREATE TRIGGER decision_is_kept BEFORE INSERT OR DELETE OR UPDATE ON public.decision FOR EACH ROW EXECUTE FUNCTION public.decision_is_kept();

CREATE TRIGGER decision_is_seen_by_another BEFORE INSERT ON public.decision_seen FOR EACH ROW EXECUTE FUNCTION public.decision_is_seen_by_another();

CREATE CONSTRAINT TRIGGER diamonds_have_a_cause AFTER INSERT ON public.transfer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.reason = ANY (ARRAY['reward'::text, 'maturity'::text, 'payout_given_back'::text, 'payout_returned'::text, 'clawback_pending_returned'::text, 'clawback_available_returned'::text]))) EXECUTE FUNCTION public.diamonds_have_a_cause();

CREATE CONSTRAINT TRIGGER earnings_stand_still AFTER INSERT ON public.transfer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.reason = ANY (ARRAY['conversion'::text, 'payout_requested'::text]))) EXECUTE FUNCTION public.earnings_stand_still();

CREATE TRIGGER end_provider_wait BEFORE UPDATE OF state ON public.payout FOR EACH ROW WHEN ((new.state IS DISTINCT FROM old.state)) EXECUTE FUNCTION public.end_provider_wait();

CREATE TRIGGER erasure_is_not_obstructed BEFORE UPDATE OF begun_at ON public.erasure FOR EACH ROW WHEN (((new.begun_at IS NOT NULL) AND (old.begun_at IS NULL))) EXECUTE FUNCTION public.erasure_is_not_obstructed();

CREATE TRIGGER export_is_not_frozen AFTER INSERT ON public.payout_export_item FOR EACH ROW EXECUTE FUNCTION public.refuse_frozen();

CREATE TRIGGER freeze_changes_by_being_lifted BEFORE DELETE OR UPDATE ON public.freeze_record FOR EACH ROW EXECUTE FUNCTION public.freeze_changes_by_being_lifted();

CREATE TRIGGER freeze_is_lifted_by_another BEFORE UPDATE ON public.freeze_record FOR EACH ROW WHEN ((new.lifted_by IS NOT NULL)) EXECUTE FUNCTION public.freeze_is_lifted_by_another();

CREATE TRIGGER freeze_is_of_its_owner BEFORE INSERT ON public.freeze_record FOR EACH ROW EXECUTE FUNCTION public.freeze_is_of_its_owner();

CREATE TRIGGER freeze_is_of_what_was_earned BEFORE INSERT ON public.freeze_record FOR EACH ROW WHEN ((new.what = ANY (ARRAY['gift'::text, 'reward'::text]))) EXECUTE FUNCTION public.freeze_is_of_what_was_earned();

CREATE CONSTRAINT TRIGGER frozen_lot_stays_held AFTER UPDATE OF coins_held, coins_reversed ON public.lot DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.coins_held < old.coins_held) OR (new.coins_reversed < old.coins_reversed))) EXECUTE FUNCTION public.frozen_lot_stays_held();

CREATE TRIGGER grant_is_decided BEFORE INSERT ON public.coin_grant FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.require_decision('grant', 'coins');

CREATE TRIGGER grant_takes_two BEFORE INSERT ON public.coin_grant FOR EACH ROW EXECUTE FUNCTION public.grant_takes_two();

CREATE TRIGGER guardian_may_guard BEFORE INSERT ON public.guardianship FOR EACH ROW EXECUTE FUNCTION public.guardian_may_guard();

CREATE TRIGGER head_key_never_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.head_key FOR EACH STATEMENT EXECUTE FUNCTION public.trail_never_changes();

CREATE TRIGGER head_never_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.head FOR EACH STATEMENT EXECUTE FUNCTION public.trail_never_changes();

CREATE TRIGGER issuer_tells AFTER UPDATE OF active, removed_at, allowed_roles, jwks, jwks_uri ON public.issuer FOR EACH ROW WHEN ((((((new.active IS DISTINCT FROM old.active) OR (new.removed_at IS DISTINCT FROM old.removed_at)) OR (new.allowed_roles IS DISTINCT FROM old.allowed_roles)) OR (new.jwks IS DISTINCT FROM old.jwks)) OR (new.jwks_uri IS DISTINCT FROM old.jwks_uri))) EXECUTE FUNCTION public.tell_way_in('issuer');

CREATE TRIGGER linked_accounts_brake_together AFTER INSERT OR UPDATE OF ended_at ON public.person_link FOR EACH ROW EXECUTE FUNCTION public.linked_accounts_brake_together();

CREATE CONSTRAINT TRIGGER lot_has_a_cause AFTER INSERT ON public.lot DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.lot_has_a_cause();

CREATE TRIGGER maturity_is_not_slowed AFTER UPDATE OF matured_at ON public.conversion FOR EACH ROW WHEN (((new.matured_at IS NOT NULL) AND (old.matured_at IS NULL))) EXECUTE FUNCTION public.maturity_is_not_slowed();

CREATE TRIGGER merged_stands_still BEFORE UPDATE OF lifted_at ON public.freeze_record FOR EACH ROW WHEN ((new.lifted_at IS NOT NULL)) EXECUTE FUNCTION public.merged_stands_still();

CREATE TRIGGER merged_stays_linked BEFORE UPDATE OF ended_at ON public.person_link FOR EACH ROW WHEN ((new.ended_at IS NOT NULL)) EXECUTE FUNCTION public.merged_stays_linked();

CREATE TRIGGER method_is_payable AFTER INSERT ON public.payout FOR EACH ROW EXECUTE FUNCTION public.method_is_payable();

CREATE TRIGGER minor_refund_is_decided BEFORE INSERT ON public.minor_refund FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.require_decision('minor_refund', 'id', 'reason');

CREATE TRIGGER minor_refund_is_of_another BEFORE INSERT ON public.minor_refund FOR EACH ROW EXECUTE FUNCTION public.minor_refund_is_of_another();

CREATE TRIGGER minor_refund_order_is_decided BEFORE INSERT ON public.minor_refund_order FOR EACH ROW EXECUTE FUNCTION public.minor_refund_order_is_decided();

CREATE TRIGGER new_reversal_of_a_link_is_reported AFTER INSERT ON public.reversal FOR EACH ROW WHEN (((new.state = 'done'::text) AND (new.amount_minor > 0))) EXECUTE FUNCTION public.report_reversal_of_link();

CREATE TRIGGER note_lost_events AFTER UPDATE OF forgotten_through ON public.event_log FOR EACH ROW WHEN ((new.forgotten_through > old.forgotten_through)) EXECUTE FUNCTION public.note_lost_events();

CREATE TRIGGER note_staff_since BEFORE INSERT OR UPDATE OF platform_roles ON public.person FOR EACH ROW EXECUTE FUNCTION public.note_staff_since();

CREATE TRIGGER order_is_looked_at AFTER UPDATE OF state ON public.recharge_order FOR EACH ROW WHEN (((new.state = ANY (ARRAY['paid'::text, 'declined'::text])) AND (old.state <> new.state))) EXECUTE FUNCTION public.order_is_looked_at();

CREATE TRIGGER order_is_within_cap AFTER INSERT ON public.recharge_order FOR EACH ROW EXECUTE FUNCTION public.order_is_within_cap();

CREATE TRIGGER package_never_changes BEFORE INSERT OR DELETE OR UPDATE ON public.package FOR EACH ROW EXECUTE FUNCTION public.price_book_never_changes();

CREATE TRIGGER payout_approval_is_controlled BEFORE INSERT ON public.payout_event FOR EACH ROW WHEN ((new.to_state = 'approved'::text)) EXECUTE FUNCTION public.payout_approval_is_controlled();

CREATE TRIGGER payout_approval_is_decided BEFORE INSERT ON public.payout_event FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.require_decision('payout', 'payout_id');

CREATE TRIGGER payout_approval_takes_two BEFORE INSERT ON public.payout_event FOR EACH ROW WHEN (((new.to_state = 'approved'::text) AND (new.actor = 'operator'::text))) EXECUTE FUNCTION public.payout_approval_takes_two();

CREATE TRIGGER payout_connection_is_ready AFTER INSERT ON public.payout FOR EACH ROW EXECUTE FUNCTION public.payout_connection_is_ready();

CREATE TRIGGER payout_is_its_quote AFTER INSERT ON public.payout FOR EACH ROW EXECUTE FUNCTION public.payout_is_its_quote();

CREATE TRIGGER payout_is_no_emergency BEFORE INSERT ON public.payout_event FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.payout_is_no_emergency();

CREATE TRIGGER payout_is_not_frozen AFTER INSERT OR UPDATE OF state ON public.payout FOR EACH ROW WHEN ((new.state = ANY (ARRAY['requested'::text, 'approved'::text]))) EXECUTE FUNCTION public.refuse_frozen();

CREATE TRIGGER payout_is_not_held AFTER INSERT ON public.payout_export_item FOR EACH ROW EXECUTE FUNCTION public.payout_is_not_held();

CREATE TRIGGER payout_is_not_held AFTER UPDATE OF called ON public.payout_send FOR EACH ROW WHEN ((new.called AND (NOT old.called))) EXECUTE FUNCTION public.payout_is_not_held();

CREATE TRIGGER payout_is_passed_by_another BEFORE INSERT ON public.payout_pass FOR EACH ROW EXECUTE FUNCTION public.payout_is_passed_by_another();

CREATE TRIGGER payout_is_screened AFTER INSERT ON public.payout_export_item FOR EACH ROW EXECUTE FUNCTION public.payout_is_screened();

CREATE TRIGGER payout_is_screened AFTER UPDATE OF called ON public.payout_send FOR EACH ROW WHEN ((new.called AND (NOT old.called))) EXECUTE FUNCTION public.payout_is_screened();

CREATE TRIGGER payout_outcome_is_of_another BEFORE INSERT ON public.payout_event FOR EACH ROW WHEN (((new.to_state = ANY (ARRAY['paid'::text, 'failed'::text, 'returned'::text])) AND (new.actor = 'operator'::text))) EXECUTE FUNCTION public.payout_outcome_is_of_another();

CREATE TRIGGER payout_quote_is_worth_it BEFORE INSERT ON public.payout_quote FOR EACH ROW EXECUTE FUNCTION public.require_payout_quote_worth();

CREATE TRIGGER payout_rate_is_bounded BEFORE INSERT ON public.payout_rate FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.payout_rate_is_bounded();

CREATE TRIGGER payout_rate_is_decided BEFORE INSERT ON public.payout_rate FOR EACH ROW WHEN ((new.source <> 'reference'::text)) EXECUTE FUNCTION public.require_decision('payout_rate', 'currency', 'numerator', 'denominator', 'effective_at');

CREATE TRIGGER payout_terms_are_bounded BEFORE INSERT ON public.payout_terms FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.payout_terms_are_bounded();

CREATE TRIGGER payout_terms_are_decided BEFORE INSERT ON public.payout_terms FOR EACH ROW EXECUTE FUNCTION public.require_decision('payout_terms', 'method_kind', 'fee_fixed_minor', 'fee_fixed_currency', 'fee_bps', 'diamonds_min', 'diamonds_per_day_max', 'effective_at');

CREATE TRIGGER person_comes_by_their_subject AFTER INSERT OR UPDATE OF subject ON public.person FOR EACH ROW EXECUTE FUNCTION public.person_comes_by_their_subject();

CREATE TRIGGER person_subdivision_tells AFTER INSERT OR DELETE OR UPDATE ON public.person_subdivision FOR EACH ROW EXECUTE FUNCTION public.tell_subdivision();

CREATE TRIGGER person_tells AFTER UPDATE OF platform_roles ON public.person FOR EACH ROW WHEN ((new.platform_roles IS DISTINCT FROM old.platform_roles)) EXECUTE FUNCTION public.tell_person();

CREATE TRIGGER person_tells_facts AFTER UPDATE OF country, born_on ON public.person FOR EACH ROW WHEN (((new.country IS DISTINCT FROM old.country) OR (new.born_on IS DISTINCT FROM old.born_on))) EXECUTE FUNCTION public.tell_facts('id');

CREATE TRIGGER policy_pack_is_bounded BEFORE INSERT ON public.policy_pack FOR EACH ROW EXECUTE FUNCTION public.policy_pack_is_bounded();

CREATE TRIGGER policy_pack_is_decided BEFORE INSERT ON public.policy_pack FOR EACH ROW EXECUTE FUNCTION public.require_decision('policy_pack', 'country', 'text', 'loosens', 'effective_at');

CREATE TRIGGER policy_pack_tells AFTER INSERT ON public.policy_pack FOR EACH ROW EXECUTE FUNCTION public.tell_pack();

CREATE TRIGGER price_book_is_bounded BEFORE INSERT ON public.price_book FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.price_book_is_bounded();

CREATE TRIGGER price_book_is_decided BEFORE INSERT ON public.price_book FOR EACH ROW EXECUTE FUNCTION public.require_decision('price_book', 'effective_at', 'copied_from');

CREATE TRIGGER price_book_never_changes BEFORE DELETE OR UPDATE ON public.price_book FOR EACH ROW EXECUTE FUNCTION public.price_book_never_changes();

CREATE TRIGGER price_never_changes BEFORE INSERT OR DELETE OR UPDATE ON public.price FOR EACH ROW EXECUTE FUNCTION public.price_book_never_changes();

CREATE TRIGGER price_seller_never_changes BEFORE INSERT OR DELETE OR UPDATE ON public.price_seller FOR EACH ROW EXECUTE FUNCTION public.price_book_never_changes();

CREATE TRIGGER purchase_is_bound_by_another BEFORE INSERT OR UPDATE ON public.store_transaction FOR EACH ROW WHEN (((new.state = 'claimed'::text) AND (new.resolved_by IS NOT NULL))) EXECUTE FUNCTION public.purchase_is_bound_by_another();

CREATE TRIGGER quoted_by_its_book AFTER INSERT ON public.quote FOR EACH ROW EXECUTE FUNCTION public.quoted_by_its_book();

CREATE TRIGGER reference_rate_follows AFTER INSERT ON public.payout_rate FOR EACH ROW WHEN ((new.source = 'reference'::text)) EXECUTE FUNCTION public.reference_rate_follows();

CREATE TRIGGER refund_is_decided BEFORE INSERT ON public.reversal FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.require_decision('refund', 'order_id', 'amount_minor', 'currency', 'coins');

CREATE TRIGGER refund_is_of_another BEFORE INSERT ON public.reversal FOR EACH ROW WHEN (((new.kind = 'refund'::text) AND (new.requested_by IS NOT NULL))) EXECUTE FUNCTION public.refund_takes_two();

CREATE TRIGGER reversal_is_looked_at AFTER INSERT ON public.reversal FOR EACH ROW EXECUTE FUNCTION public.order_is_looked_at();

CREATE TRIGGER reversal_of_a_link_is_reported AFTER UPDATE OF state ON public.reversal FOR EACH ROW WHEN (((new.state = ANY (ARRAY['done'::text, 'undone'::text])) AND (new.state <> old.state) AND (new.amount_minor > 0))) EXECUTE FUNCTION public.report_reversal_of_link();

CREATE TRIGGER revoked_age_tells_of_consents AFTER UPDATE OF revoked_at ON public.age_assurance FOR EACH ROW EXECUTE FUNCTION public.revoked_age_tells_of_consents();

CREATE TRIGGER reward_rule_is_bounded BEFORE INSERT ON public.reward_rule FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.reward_rule_is_bounded();

CREATE TRIGGER reward_rule_is_decided BEFORE INSERT ON public.reward_rule FOR EACH ROW EXECUTE FUNCTION public.require_decision('reward_rule', 'numerator', 'denominator', 'maturity_s', 'coins_min', 'effective_at');

CREATE TRIGGER rewards_mature_in_time AFTER UPDATE OF matured_at ON public.conversion FOR EACH ROW WHEN (((new.matured_at IS NOT NULL) AND (old.matured_at IS NULL))) EXECUTE FUNCTION public.rewards_mature_in_time();

CREATE TRIGGER role_grant_tells AFTER INSERT OR UPDATE OF taken_at ON public.role_grant FOR EACH ROW EXECUTE FUNCTION public.tell_grant();

CREATE TRIGGER role_is_taken_once BEFORE UPDATE ON public.role_grant FOR EACH ROW WHEN (((old.taken_at IS NOT NULL) AND (new.taken_at IS DISTINCT FROM old.taken_at))) EXECUTE FUNCTION public.role_is_taken_once();

CREATE TRIGGER rule_consent_tells AFTER INSERT OR UPDATE ON public.rule_consent FOR EACH ROW EXECUTE FUNCTION public.tell_facts('person_id');

CREATE TRIGGER sale_of_a_link_is_reported AFTER UPDATE OF state ON public.recharge_order FOR EACH ROW WHEN (((new.state = 'paid'::text) AND (old.state <> 'paid'::text))) EXECUTE FUNCTION public.report_sale_of_link();

CREATE TRIGGER screening_decision_is_decided BEFORE INSERT ON public.screening_decision FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.require_decision('screening', 'screening_id', 'verdict');

CREATE TRIGGER screening_takes_two BEFORE INSERT ON public.screening_decision FOR EACH ROW EXECUTE FUNCTION public.screening_takes_two();

CREATE TRIGGER send_is_not_frozen AFTER UPDATE OF called ON public.payout_send FOR EACH ROW WHEN ((new.called AND (NOT old.called))) EXECUTE FUNCTION public.refuse_frozen();

CREATE TRIGGER session_tells AFTER UPDATE OF ended_at ON public.session FOR EACH ROW WHEN (((new.ended_at IS NOT NULL) AND (old.ended_at IS NULL))) EXECUTE FUNCTION public.tell_way_in('session');

CREATE TRIGGER step_is_of_an_open_case BEFORE INSERT ON public.safety_step FOR EACH ROW EXECUTE FUNCTION public.step_is_of_an_open_case();

CREATE TRIGGER step_stays BEFORE DELETE OR UPDATE ON public.safety_step FOR EACH ROW EXECUTE FUNCTION public.step_stays();

CREATE TRIGGER store_guardian_tells AFTER INSERT OR UPDATE ON public.store_guardian FOR EACH ROW EXECUTE FUNCTION public.tell_facts('person_id');

CREATE TRIGGER store_guardian_withdrawal_tells AFTER INSERT OR UPDATE ON public.store_guardian_withdrawal FOR EACH ROW EXECUTE FUNCTION public.store_guardian_withdrawal_tells();

CREATE TRIGGER subdivision_tax_rate_is_bounded BEFORE INSERT ON public.subdivision_tax_rate FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.tax_rate_is_bounded();

CREATE TRIGGER subdivision_tax_rate_is_decided BEFORE INSERT ON public.subdivision_tax_rate FOR EACH ROW WHEN ((new.is_override OR (new.recorded_by IS NOT NULL))) EXECUTE FUNCTION public.require_decision('subdivision_tax_rate', 'country', 'subdivision', 'name', 'rate_ppm', 'valid_from', 'valid_until');

CREATE TRIGGER tax_rate_comes_with_the_house BEFORE INSERT ON public.tax_rate FOR EACH ROW WHEN (((NOT new.is_override) AND (new.recorded_by IS NULL))) EXECUTE FUNCTION public.tax_rate_comes_with_the_house();

CREATE TRIGGER tax_rate_is_bounded BEFORE INSERT ON public.tax_rate FOR EACH ROW WHEN ((new.decision_id IS NOT NULL)) EXECUTE FUNCTION public.tax_rate_is_bounded();

CREATE TRIGGER tax_rate_is_decided BEFORE INSERT ON public.tax_rate FOR EACH ROW WHEN ((new.is_override OR (new.recorded_by IS NOT NULL))) EXECUTE FUNCTION public.require_decision('tax_rate', 'country', 'name', 'rate_bps', 'valid_from', 'valid_until');

CREATE TRIGGER video_keeps_its_public_title BEFORE INSERT OR UPDATE ON public.video FOR EACH ROW EXECUTE FUNCTION public.video_keeps_its_public_title();

CREATE TRIGGER video_lies_with_its_first_owner BEFORE INSERT ON public.video FOR EACH ROW EXECUTE FUNCTION public.video_lies_with_its_first_owner();

CREATE TRIGGER withdrawal_rule_is_decided BEFORE INSERT ON public.withdrawal_rule FOR EACH ROW EXECUTE FUNCTION public.withdrawal_rule_is_decided();

CREATE CONSTRAINT TRIGGER write_offs_have_a_cause AFTER INSERT ON public.transfer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.reason = 'debt_written_off'::text)) EXECUTE FUNCTION public.write_offs_have_a_cause();

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_kind_fkey FOREIGN KEY (kind) REFERENCES public.account_kind(kind);

ALTER TABLE ONLY public.accounting_creator_day
    ADD CONSTRAINT accounting_creator_day_rate_version_fkey FOREIGN KEY (rate_version) REFERENCES public.payout_rate(version);

ALTER TABLE ONLY public.accounting_lot_day
    ADD CONSTRAINT accounting_lot_day_shard_lot_id_fkey FOREIGN KEY (shard, lot_id) REFERENCES public.lot(shard, lot_id);

ALTER TABLE ONLY public.act_seal
    ADD CONSTRAINT act_seal_act_id_fkey FOREIGN KEY (act_id) REFERENCES public.act(id);

ALTER TABLE ONLY public.act_unsealed
    ADD CONSTRAINT act_unsealed_act_id_fkey FOREIGN KEY (act_id) REFERENCES public.act(id);

ALTER TABLE ONLY public.admission
    ADD CONSTRAINT admission_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.admission
    ADD CONSTRAINT admission_issuer_id_fkey FOREIGN KEY (issuer_id) REFERENCES public.issuer(id);

ALTER TABLE ONLY public.admission
    ADD CONSTRAINT admission_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_key(id);

ALTER TABLE ONLY public.admission
    ADD CONSTRAINT admission_role_grant_id_fkey FOREIGN KEY (role_grant_id) REFERENCES public.role_grant(id);

ALTER TABLE ONLY public.age_assurance
    ADD CONSTRAINT age_assurance_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.age_request
    ADD CONSTRAINT age_request_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.age_silence
    ADD CONSTRAINT age_silence_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.allowance_taken
    ADD CONSTRAINT allowance_taken_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_issuer_id_fkey FOREIGN KEY (issuer_id) REFERENCES public.issuer(id);

ALTER TABLE ONLY public.art
    ADD CONSTRAINT art_added_by_fkey FOREIGN KEY (added_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.brake_limit
    ADD CONSTRAINT brake_limit_kind_fkey FOREIGN KEY (kind) REFERENCES public.brake_rule(name);

ALTER TABLE ONLY public.brake_limit
    ADD CONSTRAINT brake_limit_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.brake_terms(person_id);

ALTER TABLE ONLY public.brake_pause
    ADD CONSTRAINT brake_pause_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.brake_terms
    ADD CONSTRAINT brake_terms_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.card_consent
    ADD CONSTRAINT card_consent_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.card_customer
    ADD CONSTRAINT card_customer_shard_person_id_consent_id_fkey FOREIGN KEY (shard, person_id, consent_id) REFERENCES public.card_consent(shard, person_id, consent_id);

ALTER TABLE ONLY public.clawback_part
    ADD CONSTRAINT clawback_part_shard_conversion_id_fkey FOREIGN KEY (shard, conversion_id) REFERENCES public.conversion(shard, id);

ALTER TABLE ONLY public.clawback
    ADD CONSTRAINT clawback_shard_reversal_id_fkey FOREIGN KEY (shard, reversal_id) REFERENCES public.lot_reversal(shard, reversal_id);

ALTER TABLE ONLY public.coin_grant
    ADD CONSTRAINT coin_grant_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.consumption_request
    ADD CONSTRAINT consumption_request_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.conversion
    ADD CONSTRAINT conversion_rule_version_fkey FOREIGN KEY (rule_version) REFERENCES public.reward_rule(version);

ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.receipt(shard, order_id);

ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_shard_reversal_id_fkey FOREIGN KEY (shard, reversal_id) REFERENCES public.reversal(shard, reversal_id);

ALTER TABLE ONLY public.data_export
    ADD CONSTRAINT data_export_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.data_export_part
    ADD CONSTRAINT data_export_part_export_id_fkey FOREIGN KEY (export_id) REFERENCES public.data_export(id);

ALTER TABLE ONLY public.data_export
    ADD CONSTRAINT data_export_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.debt_write_off
    ADD CONSTRAINT debt_write_off_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.decision_bound
    ADD CONSTRAINT decision_bound_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.decision_bound_withdrawal
    ADD CONSTRAINT decision_bound_withdrawal_name_version_fkey FOREIGN KEY (name, version) REFERENCES public.decision_bound(name, version);

ALTER TABLE ONLY public.decision_seen
    ADD CONSTRAINT decision_seen_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.reconciliation_difference
    ADD CONSTRAINT difference_moves_on FOREIGN KEY (previous_state, state) REFERENCES public.difference_transition(from_state, to_state);

ALTER TABLE ONLY public.earnings_country
    ADD CONSTRAINT earnings_country_shard_creator_id_month_edition_fkey FOREIGN KEY (shard, creator_id, month, edition) REFERENCES public.earnings_month(shard, creator_id, month, edition) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.earnings_gift
    ADD CONSTRAINT earnings_gift_shard_creator_id_month_edition_fkey FOREIGN KEY (shard, creator_id, month, edition) REFERENCES public.earnings_month(shard, creator_id, month, edition) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.earnings_line
    ADD CONSTRAINT earnings_line_rate_version_fkey FOREIGN KEY (rate_version) REFERENCES public.payout_rate(version);

ALTER TABLE ONLY public.earnings_line
    ADD CONSTRAINT earnings_line_reason_fkey FOREIGN KEY (reason) REFERENCES public.transfer_reason(reason);

ALTER TABLE ONLY public.earnings_line
    ADD CONSTRAINT earnings_line_rule_version_fkey FOREIGN KEY (rule_version) REFERENCES public.reward_rule(version);

ALTER TABLE ONLY public.earnings_line
    ADD CONSTRAINT earnings_line_shard_creator_id_month_edition_fkey FOREIGN KEY (shard, creator_id, month, edition) REFERENCES public.earnings_month(shard, creator_id, month, edition) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.earnings_statement
    ADD CONSTRAINT earnings_statement_has_no_gap FOREIGN KEY (year, follows) REFERENCES public.earnings_statement(year, number);

ALTER TABLE ONLY public.earnings_statement
    ADD CONSTRAINT earnings_statement_shard_creator_id_month_edition_fkey FOREIGN KEY (shard, creator_id, month, edition) REFERENCES public.earnings_month(shard, creator_id, month, edition);

ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT erasure_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT erasure_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.freeze_record
    ADD CONSTRAINT freeze_record_frozen_by_fkey FOREIGN KEY (frozen_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.freeze_record
    ADD CONSTRAINT freeze_record_lifted_by_fkey FOREIGN KEY (lifted_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.freeze_record
    ADD CONSTRAINT freeze_record_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.general_account
    ADD CONSTRAINT general_account_account_fkey FOREIGN KEY (account) REFERENCES public.general_account_kind(account);

ALTER TABLE ONLY public.general_account
    ADD CONSTRAINT general_account_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.gift_reversal
    ADD CONSTRAINT gift_reversal_shard_reversal_id_fkey FOREIGN KEY (shard, reversal_id) REFERENCES public.lot_reversal(shard, reversal_id);

ALTER TABLE ONLY public.coin_grant
    ADD CONSTRAINT grant_is_a_lot FOREIGN KEY (shard, person_id, grant_id) REFERENCES public.lot(shard, viewer_id, lot_id);

ALTER TABLE ONLY public.guardian_invitation
    ADD CONSTRAINT guardian_invitation_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.guardian_invitation
    ADD CONSTRAINT guardian_invitation_minor_id_fkey FOREIGN KEY (minor_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.guardian_limit
    ADD CONSTRAINT guardian_limit_kind_fkey FOREIGN KEY (kind) REFERENCES public.brake_rule(name);

ALTER TABLE ONLY public.guardian_limit
    ADD CONSTRAINT guardian_limit_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.brake_terms(person_id);

ALTER TABLE ONLY public.guardian_limit
    ADD CONSTRAINT guardian_limit_set_by_fkey FOREIGN KEY (set_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.guardian_stop
    ADD CONSTRAINT guardian_stop_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.brake_terms(person_id);

ALTER TABLE ONLY public.guardian_stop
    ADD CONSTRAINT guardian_stop_set_by_fkey FOREIGN KEY (set_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.guardianship
    ADD CONSTRAINT guardianship_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.guardianship
    ADD CONSTRAINT guardianship_minor_id_fkey FOREIGN KEY (minor_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.head_key(key_id);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_moves_on FOREIGN KEY (previous_state, state) REFERENCES public.hold_transition(from_state, to_state);

ALTER TABLE ONLY public.hold_piece
    ADD CONSTRAINT hold_piece_shard_viewer_id_hold_id_fkey FOREIGN KEY (shard, viewer_id, hold_id) REFERENCES public.hold(shard, viewer_id, hold_id);

ALTER TABLE ONLY public.hold_piece
    ADD CONSTRAINT hold_piece_shard_viewer_id_lot_id_fkey FOREIGN KEY (shard, viewer_id, lot_id) REFERENCES public.lot(shard, viewer_id, lot_id);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_shard_viewer_id_fkey FOREIGN KEY (shard, viewer_id) REFERENCES public.wallet(shard, viewer_id);

ALTER TABLE ONLY public.instrument
    ADD CONSTRAINT instrument_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.issuer
    ADD CONSTRAINT issuer_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.item_version
    ADD CONSTRAINT item_version_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.item_version
    ADD CONSTRAINT item_version_item_id_fkey FOREIGN KEY (item_id) REFERENCES public.item(id);

ALTER TABLE ONLY public.legal_hold
    ADD CONSTRAINT legal_hold_lifted_by_fkey FOREIGN KEY (lifted_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.legal_hold
    ADD CONSTRAINT legal_hold_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.legal_hold
    ADD CONSTRAINT legal_hold_placed_by_fkey FOREIGN KEY (placed_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.link_proposal
    ADD CONSTRAINT link_proposal_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.link_proposal
    ADD CONSTRAINT link_proposal_link_id_fkey FOREIGN KEY (link_id) REFERENCES public.person_link(id);

ALTER TABLE ONLY public.link_proposal
    ADD CONSTRAINT link_proposal_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.link_proposal
    ADD CONSTRAINT link_proposal_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.logout_token
    ADD CONSTRAINT logout_token_issuer_id_fkey FOREIGN KEY (issuer_id) REFERENCES public.issuer(id);

ALTER TABLE ONLY public.lot_reversal
    ADD CONSTRAINT lot_reversal_shard_viewer_id_lot_id_fkey FOREIGN KEY (shard, viewer_id, lot_id) REFERENCES public.lot(shard, viewer_id, lot_id);

ALTER TABLE ONLY public.mail
    ADD CONSTRAINT mail_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.message_removal
    ADD CONSTRAINT message_removal_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_key(id);

ALTER TABLE ONLY public.message_removal
    ADD CONSTRAINT message_removal_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.minor_refund
    ADD CONSTRAINT minor_refund_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.minor_refund_order
    ADD CONSTRAINT minor_refund_order_minor_refund_id_fkey FOREIGN KEY (minor_refund_id) REFERENCES public.minor_refund(id);

ALTER TABLE ONLY public.minor_refund_order
    ADD CONSTRAINT minor_refund_order_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT order_is_paid_by_own_card FOREIGN KEY (shard, person_id, card_id) REFERENCES public.saved_card(shard, person_id, card_id);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT order_moves_on FOREIGN KEY (previous_state, state) REFERENCES public.order_transition(from_state, to_state);

ALTER TABLE ONLY public.order_reversed
    ADD CONSTRAINT order_reversed_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT order_saves_card_by_consent FOREIGN KEY (shard, person_id, card_consent_id) REFERENCES public.card_consent(shard, person_id, consent_id);

ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_room_id_fkey FOREIGN KEY (room_id) REFERENCES public.room(id);

ALTER TABLE ONLY public.package
    ADD CONSTRAINT package_version_region_channel_fkey FOREIGN KEY (version, region, channel) REFERENCES public.price(version, region, channel);

ALTER TABLE ONLY public.paper_counter
    ADD CONSTRAINT paper_counter_paper_fkey FOREIGN KEY (paper) REFERENCES public.paper_kind(paper);

ALTER TABLE ONLY public.payment_decision
    ADD CONSTRAINT payment_decision_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.payment_problem
    ADD CONSTRAINT payment_problem_kind_known FOREIGN KEY (kind) REFERENCES public.payment_problem_kind(kind);

ALTER TABLE ONLY public.payment_problem
    ADD CONSTRAINT payment_problem_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.payout_bank_outcome
    ADD CONSTRAINT payout_bank_outcome_shard_payout_id_fkey FOREIGN KEY (shard, payout_id) REFERENCES public.payout_export_item(shard, payout_id);

ALTER TABLE ONLY public.payout_connection
    ADD CONSTRAINT payout_connection_shard_method_id_kind_fkey FOREIGN KEY (shard, method_id, kind) REFERENCES public.payout_method(shard, id, kind);

ALTER TABLE ONLY public.payout_event
    ADD CONSTRAINT payout_event_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.payout_event
    ADD CONSTRAINT payout_event_from_state_to_state_fkey FOREIGN KEY (from_state, to_state) REFERENCES public.payout_transition(from_state, to_state);

ALTER TABLE ONLY public.payout_event
    ADD CONSTRAINT payout_event_shard_payout_id_fkey FOREIGN KEY (shard, payout_id) REFERENCES public.payout(shard, id);

ALTER TABLE ONLY public.payout_export_download
    ADD CONSTRAINT payout_export_download_export_number_fkey FOREIGN KEY (export_number) REFERENCES public.payout_export(number);

ALTER TABLE ONLY public.payout_export_item
    ADD CONSTRAINT payout_export_item_export_number_fkey FOREIGN KEY (export_number) REFERENCES public.payout_export(number);

ALTER TABLE ONLY public.payout_export_item
    ADD CONSTRAINT payout_export_item_shard_payout_id_fkey FOREIGN KEY (shard, payout_id) REFERENCES public.payout(shard, id);

ALTER TABLE ONLY public.payout_method
    ADD CONSTRAINT payout_method_account_key_fkey FOREIGN KEY (account_key) REFERENCES public.payout_account_key(key_id);

ALTER TABLE ONLY public.payout_pass
    ADD CONSTRAINT payout_pass_shard_payout_id_fkey FOREIGN KEY (shard, payout_id) REFERENCES public.payout(shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_previous_state_state_fkey FOREIGN KEY (previous_state, state) REFERENCES public.payout_transition(from_state, to_state);

ALTER TABLE ONLY public.payout_quote
    ADD CONSTRAINT payout_quote_rate_version_fkey FOREIGN KEY (rate_version) REFERENCES public.payout_rate(version);

ALTER TABLE ONLY public.payout_quote
    ADD CONSTRAINT payout_quote_shard_method_id_fkey FOREIGN KEY (shard, method_id) REFERENCES public.payout_method(shard, id);

ALTER TABLE ONLY public.payout_quote
    ADD CONSTRAINT payout_quote_terms_version_fkey FOREIGN KEY (terms_version) REFERENCES public.payout_terms(version);

ALTER TABLE ONLY public.payout_rate
    ADD CONSTRAINT payout_rate_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.payout_send
    ADD CONSTRAINT payout_send_shard_payout_id_fkey FOREIGN KEY (shard, payout_id) REFERENCES public.payout(shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_shard_method_id_fkey FOREIGN KEY (shard, method_id) REFERENCES public.payout_method(shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_shard_quote_id_fkey FOREIGN KEY (shard, quote_id) REFERENCES public.payout_quote(shard, id);

ALTER TABLE ONLY public.payout
    ADD CONSTRAINT payout_state_fkey FOREIGN KEY (state) REFERENCES public.payout_state(state);

ALTER TABLE ONLY public.payout_terms
    ADD CONSTRAINT payout_terms_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.payout_transition
    ADD CONSTRAINT payout_transition_from_state_fkey FOREIGN KEY (from_state) REFERENCES public.payout_state(state);

ALTER TABLE ONLY public.payout_transition
    ADD CONSTRAINT payout_transition_to_state_fkey FOREIGN KEY (to_state) REFERENCES public.payout_state(state);

ALTER TABLE ONLY public.person_email
    ADD CONSTRAINT person_email_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_issuer_id_fkey FOREIGN KEY (issuer_id) REFERENCES public.issuer(id);

ALTER TABLE ONLY public.person_move
    ADD CONSTRAINT person_move_issuer_id_fkey FOREIGN KEY (issuer_id) REFERENCES public.issuer(id);

ALTER TABLE ONLY public.person_move
    ADD CONSTRAINT person_move_merged_id_fkey FOREIGN KEY (merged_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.person_move
    ADD CONSTRAINT person_move_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.person_subdivision
    ADD CONSTRAINT person_subdivision_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.policy_pack
    ADD CONSTRAINT policy_pack_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_copied_from_fkey FOREIGN KEY (copied_from) REFERENCES public.price_book(version);

ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_published_by_fkey FOREIGN KEY (published_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.price_book_withdrawal
    ADD CONSTRAINT price_book_withdrawal_version_fkey FOREIGN KEY (version) REFERENCES public.price_book(version);

ALTER TABLE ONLY public.price_book_withdrawal
    ADD CONSTRAINT price_book_withdrawal_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.price_draft
    ADD CONSTRAINT price_draft_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.price_draft
    ADD CONSTRAINT price_draft_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.price_draft
    ADD CONSTRAINT price_draft_published_version_fkey FOREIGN KEY (published_version) REFERENCES public.price_book(version);

ALTER TABLE ONLY public.price_seller
    ADD CONSTRAINT price_seller_version_fkey FOREIGN KEY (version) REFERENCES public.price_book(version);

ALTER TABLE ONLY public.price
    ADD CONSTRAINT price_version_fkey FOREIGN KEY (version) REFERENCES public.price_book(version);

ALTER TABLE ONLY public.price
    ADD CONSTRAINT price_version_seller_code_fkey FOREIGN KEY (version, seller_code) REFERENCES public.price_seller(version, code);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_book_version_region_channel_fkey FOREIGN KEY (book_version, region, channel) REFERENCES public.price(version, region, channel);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_rests_on_decision FOREIGN KEY (shard, decision_id) REFERENCES public.region_decision(shard, decision_id);

ALTER TABLE ONLY public.quote_tax
    ADD CONSTRAINT quote_tax_shard_person_id_quote_id_fkey FOREIGN KEY (shard, person_id, quote_id) REFERENCES public.quote(shard, person_id, quote_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT receipt_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.recharge_order
    ADD CONSTRAINT recharge_order_shard_person_id_quote_id_fkey FOREIGN KEY (shard, person_id, quote_id) REFERENCES public.quote(shard, person_id, quote_id);

ALTER TABLE ONLY public.reconciliation_difference
    ADD CONSTRAINT reconciliation_difference_first_run_fkey FOREIGN KEY (first_run) REFERENCES public.reconciliation_run(run_id);

ALTER TABLE ONLY public.reconciliation_difference
    ADD CONSTRAINT reconciliation_difference_kind_fkey FOREIGN KEY (kind) REFERENCES public.difference_kind(kind);

ALTER TABLE ONLY public.reconciliation_difference
    ADD CONSTRAINT reconciliation_difference_last_run_fkey FOREIGN KEY (last_run) REFERENCES public.reconciliation_run(run_id);

ALTER TABLE ONLY public.reconciliation_difference
    ADD CONSTRAINT reconciliation_difference_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.reconciliation_sum
    ADD CONSTRAINT reconciliation_sum_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.reconciliation_run(run_id);

ALTER TABLE ONLY public.region_decision
    ADD CONSTRAINT region_decision_book_version_fkey FOREIGN KEY (book_version) REFERENCES public.price_book(version);

ALTER TABLE ONLY public.region_decision
    ADD CONSTRAINT region_decision_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.region_decision
    ADD CONSTRAINT region_decision_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT reversal_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT reversal_minor_refund_id_fkey FOREIGN KEY (minor_refund_id) REFERENCES public.minor_refund(id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT reversal_moves_on FOREIGN KEY (previous_state, state) REFERENCES public.reversal_transition(from_state, to_state);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT reversal_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.reversed_strip
    ADD CONSTRAINT reversed_strip_shard_reversal_id_fkey FOREIGN KEY (shard, reversal_id) REFERENCES public.lot_reversal(shard, reversal_id);

ALTER TABLE ONLY public.reward_rule
    ADD CONSTRAINT reward_rule_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_creator_id_issuer_id_fkey FOREIGN KEY (creator_id, issuer_id) REFERENCES public.person(id, issuer_id);

ALTER TABLE ONLY public.rule_consent
    ADD CONSTRAINT rule_consent_given_by_fkey FOREIGN KEY (given_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.rule_consent
    ADD CONSTRAINT rule_consent_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_appeal
    ADD CONSTRAINT safety_appeal_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_appeal
    ADD CONSTRAINT safety_appeal_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.safety_case(id);

ALTER TABLE ONLY public.safety_appeal
    ADD CONSTRAINT safety_appeal_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_case
    ADD CONSTRAINT safety_case_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_case
    ADD CONSTRAINT safety_case_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_case
    ADD CONSTRAINT safety_case_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_case
    ADD CONSTRAINT safety_case_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_due
    ADD CONSTRAINT safety_due_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_entry
    ADD CONSTRAINT safety_entry_by_id_fkey FOREIGN KEY (by_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_entry
    ADD CONSTRAINT safety_entry_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.safety_case(id);

ALTER TABLE ONLY public.safety_finding
    ADD CONSTRAINT safety_finding_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.safety_case(id);

ALTER TABLE ONLY public.safety_finding
    ADD CONSTRAINT safety_finding_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_freeze
    ADD CONSTRAINT safety_freeze_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.safety_case(id);

ALTER TABLE ONLY public.safety_freeze
    ADD CONSTRAINT safety_freeze_freeze_id_fkey FOREIGN KEY (freeze_id) REFERENCES public.freeze_record(id);

ALTER TABLE ONLY public.safety_step
    ADD CONSTRAINT safety_step_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.safety_case(id);

ALTER TABLE ONLY public.safety_step
    ADD CONSTRAINT safety_step_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES public.safety_finding(id);

ALTER TABLE ONLY public.safety_step
    ADD CONSTRAINT safety_step_lifted_by_fkey FOREIGN KEY (lifted_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_step
    ADD CONSTRAINT safety_step_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_step
    ADD CONSTRAINT safety_step_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.safety_told
    ADD CONSTRAINT safety_told_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.saved_card
    ADD CONSTRAINT saved_card_shard_person_id_provider_fkey FOREIGN KEY (shard, person_id, provider) REFERENCES public.card_customer(shard, person_id, provider);

ALTER TABLE ONLY public.scam_report
    ADD CONSTRAINT scam_report_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.scam_report
    ADD CONSTRAINT scam_report_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.screening_decision
    ADD CONSTRAINT screening_decision_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.screening_decision
    ADD CONSTRAINT screening_decision_screening_id_said_at_fkey FOREIGN KEY (screening_id, said_at) REFERENCES public.screening_word(screening_id, said_at);

ALTER TABLE ONLY public.screening
    ADD CONSTRAINT screening_shard_method_id_fkey FOREIGN KEY (shard, method_id) REFERENCES public.payout_method(shard, id);

ALTER TABLE ONLY public.screening_word
    ADD CONSTRAINT screening_word_screening_id_fkey FOREIGN KEY (screening_id) REFERENCES public.screening(id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_key(id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT sign_in_code_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_key(id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT sign_in_code_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.store_consent
    ADD CONSTRAINT store_consent_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.store_finishing
    ADD CONSTRAINT store_finishing_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.store_guardian
    ADD CONSTRAINT store_guardian_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.store_link_order
    ADD CONSTRAINT store_link_order_provider_link_id_fkey FOREIGN KEY (provider, link_id) REFERENCES public.store_link(provider, link_id);

ALTER TABLE ONLY public.store_link_order
    ADD CONSTRAINT store_link_order_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.store_link_report
    ADD CONSTRAINT store_link_report_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.store_link_report
    ADD CONSTRAINT store_link_report_provider_link_id_fkey FOREIGN KEY (provider, link_id) REFERENCES public.store_link(provider, link_id);

ALTER TABLE ONLY public.store_link_report
    ADD CONSTRAINT store_link_report_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.store_link_order(shard, order_id);

ALTER TABLE ONLY public.store_transaction
    ADD CONSTRAINT store_transaction_presented_by_fkey FOREIGN KEY (presented_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.store_transaction
    ADD CONSTRAINT store_transaction_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.store_transaction
    ADD CONSTRAINT store_transaction_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

ALTER TABLE ONLY public.stream
    ADD CONSTRAINT stream_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.stream_key
    ADD CONSTRAINT stream_key_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.stream
    ADD CONSTRAINT stream_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.stream_key(id);

ALTER TABLE ONLY public.stream
    ADD CONSTRAINT stream_room_id_fkey FOREIGN KEY (room_id) REFERENCES public.room(id);

ALTER TABLE ONLY public.strip
    ADD CONSTRAINT strip_shard_viewer_id_follows_fkey FOREIGN KEY (shard, viewer_id, follows) REFERENCES public.strip(shard, viewer_id, end_coin) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.strip
    ADD CONSTRAINT strip_shard_viewer_id_lot_id_fkey FOREIGN KEY (shard, viewer_id, lot_id) REFERENCES public.lot(shard, viewer_id, lot_id);

ALTER TABLE ONLY public.subdivision_tax_rate
    ADD CONSTRAINT subdivision_tax_rate_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.subdivision_tax_rate
    ADD CONSTRAINT subdivision_tax_rate_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.tax_rate
    ADD CONSTRAINT tax_rate_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES public.decision(id);

ALTER TABLE ONLY public.tax_rate
    ADD CONSTRAINT tax_rate_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_credit_kind_asset_class_fkey FOREIGN KEY (credit_kind, asset_class) REFERENCES public.account_kind(kind, asset_class);

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_debit_kind_asset_class_fkey FOREIGN KEY (debit_kind, asset_class) REFERENCES public.account_kind(kind, asset_class);

ALTER TABLE ONLY public.transfer_reason
    ADD CONSTRAINT transfer_reason_credit_kind_fkey FOREIGN KEY (credit_kind) REFERENCES public.account_kind(kind);

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_reason_debit_kind_credit_kind_fkey FOREIGN KEY (reason, debit_kind, credit_kind) REFERENCES public.transfer_reason(reason, debit_kind, credit_kind);

ALTER TABLE ONLY public.transfer_reason
    ADD CONSTRAINT transfer_reason_debit_kind_fkey FOREIGN KEY (debit_kind) REFERENCES public.account_kind(kind);

ALTER TABLE ONLY public.video_message_opt_in
    ADD CONSTRAINT video_message_opt_in_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.video_opt_in
    ADD CONSTRAINT video_opt_in_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.video_opt_out
    ADD CONSTRAINT video_opt_out_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.video_opt_out
    ADD CONSTRAINT video_opt_out_video_id_fkey FOREIGN KEY (video_id) REFERENCES public.video(id);

ALTER TABLE ONLY public.video
    ADD CONSTRAINT video_owner_id_issuer_id_fkey FOREIGN KEY (owner_id, issuer_id) REFERENCES public.person(id, issuer_id);

ALTER TABLE ONLY public.video_total
    ADD CONSTRAINT video_total_video_id_fkey FOREIGN KEY (video_id) REFERENCES public.video(id);

ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES public.webhook_endpoint(id);

ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_position_fkey FOREIGN KEY ("position") REFERENCES public.event("position") ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.person(id);

ALTER TABLE ONLY public.webhook_event
    ADD CONSTRAINT webhook_moves_on FOREIGN KEY (previous_state, state) REFERENCES public.webhook_transition(from_state, to_state);

ALTER TABLE ONLY public.webhook_replay
    ADD CONSTRAINT webhook_replay_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.webhook_event(message_id);

ALTER TABLE ONLY public.webhook_secret
    ADD CONSTRAINT webhook_secret_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES public.webhook_endpoint(id);

ALTER TABLE ONLY public.webhook_try
    ADD CONSTRAINT webhook_try_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES public.webhook_endpoint(id);

ALTER TABLE ONLY public.withdrawal_consent
    ADD CONSTRAINT withdrawal_consent_shard_order_id_fkey FOREIGN KEY (shard, order_id) REFERENCES public.recharge_order(shard, order_id);

GRANT USAGE ON SCHEMA public TO plaudit_app;

REVOKE ALL ON FUNCTION public.accounting_flow(p_shard smallint, p_from date, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accounting_flow(p_shard smallint, p_from date, p_until timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.accounts_at(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accounts_at(p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.accounts_near(p_person_id bigint, p_crowd integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accounts_near(p_person_id bigint, p_crowd integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.accounts_of(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accounts_of(p_person_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.acting_key() FROM PUBLIC;
GRANT ALL ON FUNCTION public.acting_key() TO plaudit_app;

REVOKE ALL ON FUNCTION public.admit_issuer(p_decision_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.admit_issuer(p_decision_id uuid) TO plaudit_app;

REVOKE ALL ON FUNCTION public.admit_key(p_decision_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.admit_key(p_decision_id uuid) TO plaudit_app;

REVOKE ALL ON FUNCTION public.admit_role(p_decision_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.admit_role(p_decision_id uuid) TO plaudit_app;

GRANT SELECT ON TABLE public.decision TO plaudit_app;

GRANT INSERT(id) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(kind) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(subject) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(content) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(content_sha256) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(before) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(note) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(beneficiary_id) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(proposed_by) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(proposed_at) ON TABLE public.decision TO plaudit_app;

GRANT INSERT(expires_at) ON TABLE public.decision TO plaudit_app;

REVOKE ALL ON FUNCTION public.admitted_decision(p_id uuid, p_kind text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.age_assurance_stays() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.appeal_is_answered_by_another() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.append_frame(p_shard smallint, p_room_id bigint, p_kind text, p_body jsonb, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.append_frame(p_shard smallint, p_room_id bigint, p_kind text, p_body jsonb, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.apply_freeze() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.archive_methods(p_creator_id bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.are_linked(p_person_id bigint, p_other_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.are_linked(p_person_id bigint, p_other_id bigint) TO plaudit_app;

GRANT SELECT ON TABLE public.wallet TO plaudit_app;

REVOKE ALL ON FUNCTION public.ask_brake(p_purse public.wallet, p_gift public.gift_line, p_worth bigint, p_at timestamp with time zone, p_confirmed_minor bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.begin_life(p_anew boolean, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_life(p_anew boolean, p_at timestamp with time zone) TO plaudit_app;

GRANT SELECT ON TABLE public.brake_terms TO plaudit_app;

REVOKE ALL ON FUNCTION public.begin_to_brake(p_person_id bigint, p_currency text, p_coin_worth bigint, p_time_zone text, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.believed_age(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.believed_age(p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.best_payouts(p_from timestamp with time zone, p_draft jsonb, p_without_rule integer, p_without_rate integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.best_payouts(p_from timestamp with time zone, p_draft jsonb, p_without_rule integer, p_without_rate integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.books_from(p_from timestamp with time zone, p_draft jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.books_from(p_from timestamp with time zone, p_draft jsonb) TO plaudit_app;

REVOKE ALL ON FUNCTION public.bound_is_a_time(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bound_is_a_time(p_name text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.bound_is_narrower(p_name text, p_value bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bound_is_narrower(p_name text, p_value bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.bound_is_withdrawn_in_time() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bound_is_within(p_name text, p_value bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bound_is_within(p_name text, p_value bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.bound_takes_two() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bound_widest(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bound_widest(p_name text) TO plaudit_app;

GRANT SELECT ON TABLE public.brake TO plaudit_app;

REVOKE ALL ON FUNCTION public.brake_of(p_viewer_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.brake_of(p_viewer_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.brake_on(p_brake public.brake, p_at timestamp with time zone, p_worth bigint, p_creator_given bigint, p_confirmed_minor bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.break_holds(p_purse public.wallet, p_lot_id uuid, p_coins bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.caps_passed(p_person_id bigint, p_order_id uuid, p_currency text, p_minor bigint, p_at timestamp with time zone, p_book integer, p_locks boolean, p_currencies text[], p_amounts bigint[], p_hours integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.caps_passed(p_person_id bigint, p_order_id uuid, p_currency text, p_minor bigint, p_at timestamp with time zone, p_book integer, p_locks boolean, p_currencies text[], p_amounts bigint[], p_hours integer[]) TO plaudit_app;

REVOKE ALL ON FUNCTION public.case_is_decided_by_another() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.charge(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gifts public.gift_line[], p_creator_shards smallint[], p_refused boolean[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.charge(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gifts public.gift_line[], p_creator_shards smallint[], p_refused boolean[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[]) TO plaudit_app;

REVOKE ALL ON FUNCTION public.charge_gifts(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gifts public.gift_line[], p_creator_shards smallint[], p_refused boolean[], p_key_ids integer[], p_confirmed bigint[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[], OUT session_given bigint[], OUT period_given bigint[], OUT brakes public.brake_word[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.charge_gifts(p_shard smallint, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gifts public.gift_line[], p_creator_shards smallint[], p_refused boolean[], p_key_ids integer[], p_confirmed bigint[], OUT outcomes text[], OUT coins_short bigint[], OUT coins_after bigint[], OUT combo_ids uuid[], OUT combo_counts integer[], OUT charged_ats timestamp with time zone[], OUT session_given bigint[], OUT period_given bigint[], OUT brakes public.brake_word[]) TO plaudit_app;

REVOKE ALL ON FUNCTION public.check_code(p_kind text, p_name text, p_amount bigint, p_currency text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.check_code(p_kind text, p_name text, p_amount bigint, p_currency text, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.clocks_show(p_local timestamp without time zone, p_time_zone text, p_begins boolean) FROM PUBLIC;

GRANT SELECT ON TABLE public.lot TO plaudit_app;

REVOKE ALL ON FUNCTION public.coin_worth_of(p_lot public.lot, p_currency text, p_coin_worth bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.coin_worth_of(p_lot public.lot, p_currency text, p_coin_worth bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.coins_bring_more_than_payouts() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.coins_cap(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.coins_cap(p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.consents_of(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.consents_of(p_person_id bigint) TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(matured_at) ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(coins_clawed) ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(diamonds_clawed) ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(diamonds_matured) ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(maturity_tries) ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(maturity_due_at) ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(maturity_error) ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(maturity_leased_until) ON TABLE public.conversion TO plaudit_app;

GRANT UPDATE(maturity_failed_with) ON TABLE public.conversion TO plaudit_app;

REVOKE ALL ON FUNCTION public.conversion_is_at_its_rule(p_conversion public.conversion) FROM PUBLIC;
GRANT ALL ON FUNCTION public.conversion_is_at_its_rule(p_conversion public.conversion) TO plaudit_app;

REVOKE ALL ON FUNCTION public.converted_at_its_rule() FROM PUBLIC;

GRANT SELECT ON TABLE public.earnings_statement TO plaudit_app;

REVOKE ALL ON FUNCTION public.correct_statements(p_creator_id bigint, p_month date, p_at timestamp with time zone, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.correct_statements(p_creator_id bigint, p_month date, p_at timestamp with time zone, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_reason text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.cost_of(p_net_minor bigint, p_coins bigint, p_unspent bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cost_of(p_net_minor bigint, p_coins bigint, p_unspent bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.currency_places(p_currency text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.currency_places(p_currency text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.currency_worth(p_rates jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.currency_worth(p_rates jsonb) TO plaudit_app;

REVOKE ALL ON FUNCTION public.debt_is_owed() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.decided_book(p_decision_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.decided_book(p_decision_id uuid) TO plaudit_app;

REVOKE ALL ON FUNCTION public.decision_bound_at(p_name text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.decision_bound_at(p_name text, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.decision_bound_of(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.decision_bound_of(p_name text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.decision_bound_within(p_name text, p_from timestamp with time zone, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.decision_bound_within(p_name text, p_from timestamp with time zone, p_until timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.decision_is_kept() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.decision_is_seen_by_another() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.decision_lead_s(p_kind text, p_content text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.decision_lead_s(p_kind text, p_content text) TO plaudit_app;

GRANT SELECT ON TABLE public.frame TO plaudit_app;

REVOKE ALL ON FUNCTION public.deliver(p_shard smallint, p_source_shard smallint, p_delivered_at timestamp with time zone, p_batches_max integer, p_watched bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.deliver(p_shard smallint, p_source_shard smallint, p_delivered_at timestamp with time zone, p_batches_max integer, p_watched bigint[]) TO plaudit_app;

REVOKE ALL ON FUNCTION public.delivery_hash(p_previous bytea, p_from bigint, p_through bigint, p_lines public.gift_line[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delivery_hash(p_previous bytea, p_from bigint, p_through bigint, p_lines public.gift_line[]) TO plaudit_app;

REVOKE ALL ON FUNCTION public.diamonds_have_a_cause() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.earnings_hash(p_shard smallint, p_creator_id bigint, p_month date, p_edition smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.earnings_hash(p_shard smallint, p_creator_id bigint, p_month date, p_edition smallint) TO plaudit_app;

GRANT SELECT ON TABLE public.earnings_month TO plaudit_app;

REVOKE ALL ON FUNCTION public.earnings_in_force(p_shard smallint, p_month date, p_creator_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.earnings_in_force(p_shard smallint, p_month date, p_creator_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.earnings_says_the_same(p_shard smallint, p_creator_id bigint, p_month date, p_one smallint, p_other smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.earnings_says_the_same(p_shard smallint, p_creator_id bigint, p_month date, p_one smallint, p_other smallint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.earnings_stand_still() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.empty_payout_methods(p_shards smallint[], p_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.end_consents(p_person_id bigint, p_given_by bigint, p_action text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_consents(p_person_id bigint, p_given_by bigint, p_action text, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.end_decision(p_id uuid, p_outcome text, p_by bigint, p_at timestamp with time zone, p_content_sha256 bytea, p_reason text, p_alone boolean, p_emergency boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_decision(p_id uuid, p_outcome text, p_by bigint, p_at timestamp with time zone, p_content_sha256 bytea, p_reason text, p_alone boolean, p_emergency boolean) TO plaudit_app;

REVOKE ALL ON FUNCTION public.end_guardianship(p_id uuid, p_at timestamp with time zone, p_because text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_guardianship(p_id uuid, p_at timestamp with time zone, p_because text) TO plaudit_app;

GRANT SELECT ON TABLE public.hold TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.hold TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.hold TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.hold TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.hold TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.hold TO plaudit_app;

REVOKE ALL ON FUNCTION public.end_hold(p_purse public.wallet, p_hold public.hold, p_state text, p_at timestamp with time zone, p_gift_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.end_provider_wait() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ensure_gift_partitions(p_now timestamp with time zone, p_months_ahead integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ensure_gift_partitions(p_now timestamp with time zone, p_months_ahead integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_ages(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_ages(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_brakes(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_brakes(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_cards(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_cards(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_creators(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_creators(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_decisions(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_decisions(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_events(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_events(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_freezes(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_freezes(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_grants(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_grants(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_guardians(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_guardians(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_instruments(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_instruments(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_ledger(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_ledger(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_live(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_live(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_mail(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_mail(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_official(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_official(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_orders(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_orders(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_payouts(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_payouts(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_people(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_people(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_policy(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_policy(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_requests(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_requests(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_reversals(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_reversals(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_rules(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_rules(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_safety(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_safety(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_stores(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_stores(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_streams(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_streams(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_videos(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_videos(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erase_webhooks(p_person_id bigint, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_webhooks(p_person_id bigint, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.erasure_is_not_obstructed() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.erasure_obstacles(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erasure_obstacles(p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.expire_lot(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.expire_lots(p_now timestamp with time zone, p_lots_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.expire_lots(p_now timestamp with time zone, p_lots_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.expire_wallet(p_shard smallint, p_viewer_id bigint, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.final_person(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.final_person(p_person_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.free_way(p_purse public.wallet, p_step public.brake_step, p_coins bigint, p_through bigint, p_coin_worth bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.freeze_changes_by_being_lifted() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.freeze_is_lifted_by_another() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.freeze_is_of_its_owner() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.freeze_is_of_what_was_earned() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.freeze_merged(p_id uuid, p_merged_id bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.freeze_receiver(p_kind text, p_id bigint, p_until timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.frozen_coins_of(p_creator_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.frozen_coins_of(p_creator_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.frozen_diamonds_of(p_creator_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.frozen_diamonds_of(p_creator_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.frozen_lot_stays_held() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.fund(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_kind text, p_reason text, p_coins bigint, p_price_minor bigint, p_currency text, p_at timestamp with time zone, p_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.fund(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_kind text, p_reason text, p_coins bigint, p_price_minor bigint, p_currency text, p_at timestamp with time zone, p_expires_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.general_account_of(p_account text, p_entity text, p_party text, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.general_account_of(p_account text, p_entity text, p_party text, p_day date) TO plaudit_app;

REVOKE ALL ON FUNCTION public.shares_are_the_price(p_shares public.gift_share[], p_coins bigint) FROM PUBLIC;

GRANT SELECT ON TABLE public.gift TO plaudit_app;

REVOKE ALL ON FUNCTION public.gifts_between(p_shard smallint, p_viewer_id bigint, p_start_coin bigint, p_end_coin bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.gifts_between(p_shard smallint, p_viewer_id bigint, p_start_coin bigint, p_end_coin bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.gifts_between_milestones() FROM PUBLIC;
GRANT ALL ON FUNCTION public.gifts_between_milestones() TO plaudit_app;

REVOKE ALL ON FUNCTION public.gifts_of(p_shard smallint, p_viewer_id bigint, p_from_gift_id uuid, p_down_to bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.gifts_of(p_shard smallint, p_viewer_id bigint, p_from_gift_id uuid, p_down_to bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.gifts_since(p_shard smallint, p_viewer_id bigint, p_since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.gifts_since(p_shard smallint, p_viewer_id bigint, p_since timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.given_by(p_members bigint[], p_since timestamp with time zone, p_brake public.brake) FROM PUBLIC;
GRANT ALL ON FUNCTION public.given_by(p_members bigint[], p_since timestamp with time zone, p_brake public.brake) TO plaudit_app;

REVOKE ALL ON FUNCTION public.given_of(p_purse public.wallet) FROM PUBLIC;
GRANT ALL ON FUNCTION public.given_of(p_purse public.wallet) TO plaudit_app;

REVOKE ALL ON FUNCTION public.given_since(p_shard smallint, p_viewer_id bigint, p_since timestamp with time zone, p_currency text, p_coin_worth bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.given_since(p_shard smallint, p_viewer_id bigint, p_since timestamp with time zone, p_currency text, p_coin_worth bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.given_to(p_brake public.brake, p_creator_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.grant_needs_two(p_coins bigint, p_operator_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.grant_needs_two(p_coins bigint, p_operator_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.grant_takes_two() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.guardian_may_guard() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.has_frozen_receiver(p_gift public.gift_line, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.held_people() FROM PUBLIC;
GRANT ALL ON FUNCTION public.held_people() TO plaudit_app;

REVOKE ALL ON FUNCTION public.held_providers() FROM PUBLIC;
GRANT ALL ON FUNCTION public.held_providers() TO plaudit_app;

REVOKE ALL ON FUNCTION public.hold(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_purpose text, p_coins bigint, p_held_at timestamp with time zone, p_ends_at timestamp with time zone, p_holds_max integer, p_refused boolean, OUT outcome text, OUT coins_short bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_purpose text, p_coins bigint, p_held_at timestamp with time zone, p_ends_at timestamp with time zone, p_holds_max integer, p_refused boolean, OUT outcome text, OUT coins_short bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.hold_lot(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_lot_id uuid, p_held_at timestamp with time zone, p_ends_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.is_decided_by_two(p_decision_id uuid, p_minor_refund_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_decided_by_two(p_decision_id uuid, p_minor_refund_id uuid) TO plaudit_app;

REVOKE ALL ON FUNCTION public.is_frozen(p_at timestamp with time zone, p_person_id bigint, p_what text[], p_method_id uuid, p_payout_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_frozen(p_at timestamp with time zone, p_person_id bigint, p_what text[], p_method_id uuid, p_payout_id uuid) TO plaudit_app;

GRANT SELECT ON TABLE public.brake_limit TO plaudit_app;

REVOKE ALL ON FUNCTION public.is_looser(p_new public.brake_limit, p_old public.brake_limit) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.is_looser_night(p_new public.brake_limit, p_old public.brake_limit) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.is_minute_of_night(p_minute integer, p_night public.brake_limit) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.is_of_age(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_of_age(p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.is_within(p_numerator numeric, p_denominator numeric, p_of_numerator numeric, p_of_denominator numeric, p_bps bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_within(p_numerator numeric, p_denominator numeric, p_of_numerator numeric, p_of_denominator numeric, p_bps bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.issue_statements(p_shard smallint, p_at timestamp with time zone, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.issue_statements(p_shard smallint, p_at timestamp with time zone, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_most integer) TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.item_version TO plaudit_app;

REVOKE ALL ON FUNCTION public.item_shown(p_item_id integer, p_unit_coins bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.item_shown(p_item_id integer, p_unit_coins bigint, p_at timestamp with time zone) TO plaudit_app;

GRANT SELECT ON TABLE public.api_key TO plaudit_app;

GRANT UPDATE(last_used_at) ON TABLE public.api_key TO plaudit_app;

REVOKE ALL ON FUNCTION public.key_is_narrower(p_key public.api_key, p_scopes text[], p_networks cidr[], p_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.key_is_narrower(p_key public.api_key, p_scopes text[], p_networks cidr[], p_expires_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.law_lets_go_of(p_before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.law_lets_go_of(p_before timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.lay_brake(p_members bigint[], p_brake public.brake, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lay_brakes(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lay_due_brakes(p_at timestamp with time zone, p_people_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lay_due_brakes(p_at timestamp with time zone, p_people_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.lay_lots(p_shard smallint, p_viewer_id bigint, p_spent bigint, p_changes public.lot_coins[], p_first boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lay_strip(p_shard smallint, p_viewer_id bigint, p_spent bigint, p_lot_id uuid, p_change bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.left_of(p_listed_minor numeric, p_tax_included boolean, p_tax_rate numeric, p_step integer, p_fee_bps integer, p_fee_fixed_minor bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.left_of(p_listed_minor numeric, p_tax_included boolean, p_tax_rate numeric, p_step integer, p_fee_bps integer, p_fee_fixed_minor bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_age_silences(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_age_silences(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_ages(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_ages(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_allowances(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_allowances(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_checkouts(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_checkouts(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_codes(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_codes(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_data_requests(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_data_requests(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_events(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_events(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_export_files(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_export_files(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_invitations(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_invitations(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_legal_holds(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_legal_holds(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_mails(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_mails(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_messages(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_messages(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_paid_accounts(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_paid_accounts(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_payout_quotes(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_payout_quotes(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_places(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_places(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_quoted_places(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_quoted_places(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_quotes(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_quotes(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_rule_places(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_rule_places(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_scam_reports(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_scam_reports(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_sessions(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_sessions(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_store_withdrawals(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_store_withdrawals(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_tallies(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_tallies(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_tries(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_tries(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_unused_accounts(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_unused_accounts(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_words(p_before timestamp with time zone, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_go_of_words(p_before timestamp with time zone, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.let_go_of_words_of(p_frame public.frame) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.let_spend(p_person_id bigint, p_set_by bigint, p_at timestamp with time zone, p_limits boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.let_spend(p_person_id bigint, p_set_by bigint, p_at timestamp with time zone, p_limits boolean) TO plaudit_app;

REVOKE ALL ON FUNCTION public.limits_in_force(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.limits_in_force(p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.limits_that_hold(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.line_of(p_gift public.gift) FROM PUBLIC;
GRANT ALL ON FUNCTION public.line_of(p_gift public.gift) TO plaudit_app;

REVOKE ALL ON FUNCTION public.link_merged(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.linked_accounts_brake_together() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lock_brake(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_brake(p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.lock_money(p_shard smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_money(p_shard smallint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.lock_wallets(p_viewer_ids bigint[]) FROM PUBLIC;

GRANT SELECT,INSERT ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(outcome) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(region) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(reasons) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(decided_at) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(carried_out_at) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.payment_decision TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.payment_decision TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payment_problem TO plaudit_app;

GRANT UPDATE(resolved_at) ON TABLE public.payment_problem TO plaudit_app;

GRANT UPDATE(resolution) ON TABLE public.payment_problem TO plaudit_app;

GRANT UPDATE(resolved_by) ON TABLE public.payment_problem TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.quote TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(previous_state) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(payment_id) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(checkout_url) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(poll_at) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(polls) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(paid_minor) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(paid_currency) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(paid_net_minor) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(paid_tax_minor) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(quantity) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(processing_since) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(poll_error) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(voucher) ON TABLE public.recharge_order TO plaudit_app;

GRANT UPDATE(decline) ON TABLE public.recharge_order TO plaudit_app;

GRANT SELECT ON TABLE public.order_with_quote TO plaudit_app;

REVOKE ALL ON FUNCTION public.locked_order(p_shard smallint, p_order_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.locked_order(p_shard smallint, p_order_id uuid) TO plaudit_app;

REVOKE ALL ON FUNCTION public.log_reversal(p_shard smallint, p_source_shard smallint, p_reversal_id uuid, p_creator_id bigint, p_direction text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.log_reversal(p_shard smallint, p_source_shard smallint, p_reversal_id uuid, p_creator_id bigint, p_direction text, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.look_at(p_people bigint[], p_at timestamp with time zone, p_after_s integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.look_at(p_people bigint[], p_at timestamp with time zone, p_after_s integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.look_at_told(p_after_s integer, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.look_at_told(p_after_s integer, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.lot_has_a_cause() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lot_movements(p_shard smallint, p_from timestamp with time zone, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lot_movements(p_shard smallint, p_from timestamp with time zone, p_until timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.mark_promotional(p_shard smallint, p_gifts public.gift_line[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.mark_spent(p_shard smallint, p_viewer_id bigint, p_spent bigint, p_reversal_id uuid, p_lot_id uuid, p_coins bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.maturity_is_not_slowed() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.merge_person(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merge_person(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.merged_accounts(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merged_accounts(p_person_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.merged_stands_still() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.merged_stays_linked() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.method_is_payable() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.minor_refund_is_of_another() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.minor_refund_order_is_decided() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.month_begins(p_month date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.month_begins(p_month date) TO plaudit_app;

REVOKE ALL ON FUNCTION public.move_balance(p_shard smallint, p_kind text, p_owner_id bigint, p_asset text, p_amount bigint, p_may_overdraw boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.move_held(p_purse public.wallet, p_hold public.hold, p_direction integer, p_first boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.move_merged(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.move_subject(p_id uuid, p_person_id bigint, p_subject text, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.moved_earnings(p_shard smallint, p_creator_id bigint, p_from timestamp with time zone, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.moved_earnings(p_shard smallint, p_creator_id bigint, p_from timestamp with time zone, p_until timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.names_person(p_data json, p_person_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.narrow_key(p_key_id integer, p_scopes text[], p_networks cidr[], p_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.narrow_key(p_key_id integer, p_scopes text[], p_networks cidr[], p_expires_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.note_let_go(p_rule text, p_days integer, p_through timestamp with time zone, p_at timestamp with time zone, p_rows integer, p_is_done boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_let_go(p_rule text, p_days integer, p_through timestamp with time zone, p_at timestamp with time zone, p_rows integer, p_is_done boolean) TO plaudit_app;

REVOKE ALL ON FUNCTION public.note_lost_events() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.note_staff_since() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.number_statements(p_months public.earnings_month[], p_at timestamp with time zone, p_issuer_name text, p_issuer_address text, p_issuer_tax_id text, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.order_in_turn(p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.order_in_turn(p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.order_is_looked_at() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.order_is_within_cap() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.owing_since(p_creator_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.owing_since(p_creator_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.paper_number(p_seller_code text, p_shard smallint, p_number bigint, p_letter text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.paper_number(p_seller_code text, p_shard smallint, p_number bigint, p_letter text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.part_of(p_line public.gift_line, p_creator_id bigint, p_coins bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.part_of(p_line public.gift_line, p_creator_id bigint, p_coins bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payable_step(p_currency text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payable_step(p_currency text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_approval_is_controlled() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_approval_takes_two() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_arrival(p_kind text, p_at timestamp with time zone, OUT arrives_from date, OUT arrives_to date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_arrival(p_kind text, p_at timestamp with time zone, OUT arrives_from date, OUT arrives_to date) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_connection_is_ready() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_connection_waits(p_shard smallint, p_method_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_connection_waits(p_shard smallint, p_method_id uuid) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_controls(p_shard smallint, p_payout_id uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_controls(p_shard smallint, p_payout_id uuid, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_is_its_quote() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_is_no_emergency() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_is_not_held() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_is_passed_by_another() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_is_screened() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_needs_two(p_shard smallint, p_payout_id uuid, p_operator_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_needs_two(p_shard smallint, p_payout_id uuid, p_operator_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_outcome_is_of_another() FROM PUBLIC;

GRANT SELECT,INSERT ON TABLE public.payout_quote TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_quote_is_worth_it(p_quote public.payout_quote) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_quote_is_worth_it(p_quote public.payout_quote) TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_rate TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_rate_follows(p_rate public.payout_rate) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_rate_follows(p_rate public.payout_rate) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_rate_held(p_rate public.payout_rate, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_rate_held(p_rate public.payout_rate, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_rate_is_bounded() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_rate_is_within(p_currency text, p_numerator bigint, p_denominator bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_rate_is_within(p_currency text, p_numerator bigint, p_denominator bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_screening(p_shard smallint, p_method_id uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_screening(p_shard smallint, p_method_id uuid, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_terms_are_bounded() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.payout_terms_exceed(p_method_kind text, p_fee_bps integer, p_diamonds_min bigint, p_diamonds_per_day_max bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_terms_exceed(p_method_kind text, p_fee_bps integer, p_diamonds_min bigint, p_diamonds_per_day_max bigint, p_at timestamp with time zone) TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_terms TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_terms_held(p_terms public.payout_terms, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_terms_held(p_terms public.payout_terms, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_usual_days(p_kind text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_usual_days(p_kind text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_velocity(p_shard smallint, p_payout_id uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_velocity(p_shard smallint, p_payout_id uuid, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_waits(p_state text, p_kind text, p_requested_at timestamp with time zone, p_changed_at timestamp with time zone, p_provider_wait text, p_provider_wait_until timestamp with time zone, p_provider_arrives_on date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_waits(p_state text, p_kind text, p_requested_at timestamp with time zone, p_changed_at timestamp with time zone, p_provider_wait text, p_provider_wait_until timestamp with time zone, p_provider_arrives_on date) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payout_was_approved_alone_by(p_shard smallint, p_payout_id uuid, p_operator_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.payout_was_approved_alone_by(p_shard smallint, p_payout_id uuid, p_operator_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.payouts_wait() FROM PUBLIC;
GRANT ALL ON FUNCTION public.payouts_wait() TO plaudit_app;

REVOKE ALL ON FUNCTION public.period_began(p_period text, p_at timestamp with time zone, p_time_zone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.period_ends(p_period text, p_at timestamp with time zone, p_time_zone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.period_of(p_brake public.brake, OUT name text, OUT mark bigint, OUT most bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.person_comes_by_their_subject() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.policy_pack_is_bounded() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.post(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.post(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.price_book_held(p_version integer, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.price_book_held(p_version integer, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.price_book_is_as_decided(p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.price_book_is_as_decided(p_version integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.price_book_is_bounded() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.price_book_never_changes() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.price_book_strays(p_book jsonb, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.price_book_strays(p_book jsonb, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.promotional_received(p_shard smallint, p_creator_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.promotional_received(p_shard smallint, p_creator_id bigint) TO plaudit_app;

GRANT SELECT ON TABLE public.package TO plaudit_app;

REVOKE ALL ON FUNCTION public.proposed_packages(p_book jsonb, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.proposed_packages(p_book jsonb, p_version integer) TO plaudit_app;

GRANT SELECT ON TABLE public.price TO plaudit_app;

REVOKE ALL ON FUNCTION public.proposed_prices(p_book jsonb, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.proposed_prices(p_book jsonb, p_version integer) TO plaudit_app;

GRANT SELECT ON TABLE public.price_seller TO plaudit_app;

REVOKE ALL ON FUNCTION public.proposed_sellers(p_book jsonb, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.proposed_sellers(p_book jsonb, p_version integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.publish_price_book(p_decision_id uuid, p_published_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.publish_price_book(p_decision_id uuid, p_published_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.purchase_is_bound_by_another() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.put_back(p_shard smallint, p_viewer_id bigint, p_reversal_id uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_back(p_shard smallint, p_viewer_id bigint, p_reversal_id uuid, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.quote_is_of_its_book(p_quote public.quote) FROM PUBLIC;
GRANT ALL ON FUNCTION public.quote_is_of_its_book(p_quote public.quote) TO plaudit_app;

REVOKE ALL ON FUNCTION public.quoted_by_its_book() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.received_earnings(p_shard smallint, p_creator_id bigint, p_charged_from timestamp with time zone, p_from timestamp with time zone, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.received_earnings(p_shard smallint, p_creator_id bigint, p_charged_from timestamp with time zone, p_from timestamp with time zone, p_until timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.record_transfer(p_shard smallint, p_reference uuid, p_reason text, p_debit_owner bigint, p_credit_owner bigint, p_asset text, p_amount bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.reference_day_of(p_rate public.payout_rate) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reference_day_of(p_rate public.payout_rate) TO plaudit_app;

REVOKE ALL ON FUNCTION public.reference_rate_follows() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.refund_needs_two(p_shard smallint, p_order_id uuid, p_minor bigint, p_operator_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.refund_needs_two(p_shard smallint, p_order_id uuid, p_minor bigint, p_operator_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.refund_takes_two() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.refunds_need_two(p_shard smallint, p_order_ids uuid[], p_minors bigint[], p_operator_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.refunds_need_two(p_shard smallint, p_order_ids uuid[], p_minors bigint[], p_operator_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.refuse_frozen() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.release_hold(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.release_hold(p_shard smallint, p_viewer_id bigint, p_hold_id uuid, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.release_lot(p_shard smallint, p_viewer_id bigint, p_lot_id uuid, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.remove_message(p_shard smallint, p_viewer_id bigint, p_gift_id uuid, p_seq bigint, p_removed_by text, p_person_id bigint, p_key_id integer, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_message(p_shard smallint, p_viewer_id bigint, p_gift_id uuid, p_seq bigint, p_removed_by text, p_person_id bigint, p_key_id integer, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.rename_obstacles(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rename_obstacles(p_person_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.rename_person(p_id uuid, p_person_id bigint, p_subject text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rename_person(p_id uuid, p_person_id bigint, p_subject text, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.report_reversal_of_link() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.report_sale_of_link() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.require_decision() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.require_erasing(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.require_erasing(p_person_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.require_payout_quote_worth() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.revoke_key(p_key_id integer, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_key(p_key_id integer, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.revoked_age_tells_of_consents() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.reward_rule_exceeds(p_numerator bigint, p_denominator bigint, p_maturity_s integer, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reward_rule_exceeds(p_numerator bigint, p_denominator bigint, p_maturity_s integer, p_at timestamp with time zone) TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.reward_rule TO plaudit_app;

REVOKE ALL ON FUNCTION public.reward_rule_held(p_rule public.reward_rule, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reward_rule_held(p_rule public.reward_rule, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.reward_rule_is_bounded() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.reward_stands_still(p_conversion_id uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reward_stands_still(p_conversion_id uuid, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.rewards_are_in_use() FROM PUBLIC;
GRANT ALL ON FUNCTION public.rewards_are_in_use() TO plaudit_app;

REVOKE ALL ON FUNCTION public.rewards_mature_in_time() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.role_is_taken_once() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.role_takes_two(p_role text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.role_takes_two(p_role text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.screening_needs_two(p_screening_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.screening_needs_two(p_screening_id uuid) TO plaudit_app;

REVOKE ALL ON FUNCTION public.screening_takes_two() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.seal_acts(p_acts_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.seal_acts(p_acts_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.sell(p_shard smallint, p_viewer_id bigint, p_order_id uuid, p_coins bigint, p_price_minor bigint, p_currency text, p_reasons text[], p_amounts bigint[], p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sell(p_shard smallint, p_viewer_id bigint, p_order_id uuid, p_coins bigint, p_price_minor bigint, p_currency text, p_reasons text[], p_amounts bigint[], p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.session_gap() FROM PUBLIC;

GRANT SELECT ON TABLE public.guardian_limit TO plaudit_app;

REVOKE ALL ON FUNCTION public.set_guardian_limit(p_limit public.guardian_limit, p_currency text, p_coin_worth bigint, p_time_zone text, OUT outcome text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_guardian_limit(p_limit public.guardian_limit, p_currency text, p_coin_worth bigint, p_time_zone text, OUT outcome text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.set_limit(p_limit public.brake_limit, p_currency text, p_coin_worth bigint, p_time_zone text, p_may_loosen boolean, OUT outcome text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_limit(p_limit public.brake_limit, p_currency text, p_coin_worth bigint, p_time_zone text, p_may_loosen boolean, OUT outcome text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.set_pause(p_id uuid, p_person_id bigint, p_kind text, p_at timestamp with time zone, p_ends_at timestamp with time zone, p_currency text, p_coin_worth bigint, p_time_zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_pause(p_id uuid, p_person_id bigint, p_kind text, p_at timestamp with time zone, p_ends_at timestamp with time zone, p_currency text, p_coin_worth bigint, p_time_zone text) TO plaudit_app;

REVOKE ALL ON FUNCTION public.settle_lives(p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_lives(p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.shard_of(p_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.shard_of(p_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.sold_below_payout(p_from timestamp with time zone, p_draft jsonb, p_rows_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sold_below_payout(p_from timestamp with time zone, p_draft jsonb, p_rows_max integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.spend_hold(p_shard smallint, p_hold_id uuid, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gift public.gift_line, p_creator_shard smallint, p_refused boolean, OUT outcome text, OUT coins_after bigint, OUT combo_id uuid, OUT combo_count integer, OUT charged_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.spend_hold(p_shard smallint, p_hold_id uuid, p_charged_at timestamp with time zone, p_combo_window_ms integer, p_gift public.gift_line, p_creator_shard smallint, p_refused boolean, OUT outcome text, OUT coins_after bigint, OUT combo_id uuid, OUT combo_count integer, OUT charged_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.spend_rank(p_lot public.lot) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.spending_accounts(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.spending_accounts(p_person_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.staff_roles() FROM PUBLIC;
GRANT ALL ON FUNCTION public.staff_roles() TO plaudit_app;

REVOKE ALL ON FUNCTION public.staff_roles_of(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.staff_roles_of(p_person_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.step_holds(p_person_id bigint, p_kind text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.step_holds(p_person_id bigint, p_kind text, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.step_is_of_an_open_case() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.step_stays() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.stop_issuer(p_issuer_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.stop_issuer(p_issuer_id integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.stop_spending(p_id uuid, p_person_id bigint, p_set_by bigint, p_at timestamp with time zone, p_currency text, p_coin_worth bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.stop_spending(p_id uuid, p_person_id bigint, p_set_by bigint, p_at timestamp with time zone, p_currency text, p_coin_worth bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.store_guardian_says(p_person_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.store_guardian_says(p_person_id bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.store_guardian_withdrawal_tells() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.streams_waiting() FROM PUBLIC;
GRANT ALL ON FUNCTION public.streams_waiting() TO plaudit_app;

REVOKE ALL ON FUNCTION public.sum_countries(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.sum_earnings(p_shard smallint, p_settled timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sum_earnings(p_shard smallint, p_settled timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.sum_lines(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.sum_months(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.sum_received(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint, p_charged_from timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.take_back(p_shard smallint, p_viewer_id bigint, p_reversal_id uuid, p_lot_id uuid, p_coins bigint, p_unspent_only boolean, p_at timestamp with time zone, OUT coins_unspent bigint, OUT coins_spent bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_back(p_shard smallint, p_viewer_id bigint, p_reversal_id uuid, p_lot_id uuid, p_coins bigint, p_unspent_only boolean, p_at timestamp with time zone, OUT coins_unspent bigint, OUT coins_spent bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.tax_rate_comes_with_the_house() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tax_rate_is_bounded() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tax_rate_is_within(p_country text, p_subdivision text, p_rate_ppm integer, p_valid_from date, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tax_rate_is_within(p_country text, p_subdivision text, p_rate_ppm integer, p_valid_from date, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.tell_facts() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tell_grant() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tell_pack() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tell_person() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tell_silence_ends() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tell_subdivision() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tell_way_in() FROM PUBLIC;

GRANT SELECT,INSERT,UPDATE ON TABLE public.room TO plaudit_app;

GRANT USAGE ON SEQUENCE public.room_id_seq TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.video TO plaudit_app;

GRANT UPDATE(owner_id) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(title) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(duration_ms) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(cover_url) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(hls_url) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(published_at) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(territories_allowed) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(territories_blocked) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(music_restricted) ON TABLE public.video TO plaudit_app;

GRANT UPDATE(told_at) ON TABLE public.video TO plaudit_app;

REVOKE ALL ON FUNCTION public.title_known_to(p_video public.video, p_person_id bigint, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.title_known_to(p_video public.video, p_person_id bigint, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.trail_never_changes() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.turned_brake(p_brake public.brake, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.us_cents_of_order(p_shard smallint, p_order_id uuid, p_minor bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.us_cents_of_order(p_shard smallint, p_order_id uuid, p_minor bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.video_keeps_its_public_title() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.video_lies_with_its_first_owner() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.withdraw_limit(p_person_id bigint, p_kind text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.withdraw_limit(p_person_id bigint, p_kind text, p_at timestamp with time zone) TO plaudit_app;

REVOKE ALL ON FUNCTION public.withdrawal_rule_is_decided() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.without_person(p_value jsonb, p_person_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.working_days_after(p_day date, p_days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.working_days_after(p_day date, p_days integer) TO plaudit_app;

REVOKE ALL ON FUNCTION public.worth_from(p_shard smallint, p_viewer_id bigint, p_start_coin bigint, p_coins bigint, p_currency text, p_coin_worth bigint, OUT worth bigint, OUT through bigint, OUT first_worth bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.worth_from(p_shard smallint, p_viewer_id bigint, p_start_coin bigint, p_coins bigint, p_currency text, p_coin_worth bigint, OUT worth bigint, OUT through bigint, OUT first_worth bigint) TO plaudit_app;

REVOKE ALL ON FUNCTION public.write_act(p_id uuid, p_record text, p_always boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.write_act(p_id uuid, p_record text, p_always boolean) TO plaudit_app;

REVOKE ALL ON FUNCTION public.write_earnings(p_shard smallint, p_month date, p_edition smallint, p_creator_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.write_issuer(p_decision_id uuid, p_terms jsonb, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.write_key(p_decision_id uuid, p_name text, p_issuer_id integer, p_secret_sha256 bytea, p_scopes text[], p_networks cidr[], p_expires_at timestamp with time zone, p_former_ends_at timestamp with time zone, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.write_offs_have_a_cause() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.write_role(p_decision_id uuid, p_person_id bigint, p_role text, p_by bigint, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.written_off_of(p_creator_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.written_off_of(p_creator_id bigint) TO plaudit_app;

GRANT SELECT ON TABLE public.account TO plaudit_app;

GRANT SELECT ON TABLE public.account_kind TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.accounting_creator_day TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.accounting_day TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.receipt TO plaudit_app;

GRANT SELECT ON TABLE public.transfer TO plaudit_app;

GRANT SELECT ON TABLE public.accounting_lot TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.accounting_lot_day TO plaudit_app;

GRANT UPDATE(sold_coins) ON TABLE public.accounting_lot_day TO plaudit_app;

GRANT UPDATE(put_back_coins) ON TABLE public.accounting_lot_day TO plaudit_app;

GRANT UPDATE(used_coins) ON TABLE public.accounting_lot_day TO plaudit_app;

GRANT UPDATE(refunded_coins) ON TABLE public.accounting_lot_day TO plaudit_app;

GRANT UPDATE(expired_coins) ON TABLE public.accounting_lot_day TO plaudit_app;

GRANT SELECT ON TABLE public.accounting_lot_figure TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(previous_state) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(provider_reversal_id) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(claimed_minor) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(dispute_fee_minor) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(dispute_fee_returned) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(outcome) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(provider_at) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(respond_until) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(poll_at) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(polls) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(send_error) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.reversal TO plaudit_app;

GRANT UPDATE(excess_returned) ON TABLE public.reversal TO plaudit_app;

GRANT SELECT ON TABLE public.accounting_money TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.accounting_position TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.accounting_reopening TO plaudit_app;

GRANT SELECT ON TABLE public.act TO plaudit_app;

GRANT SELECT ON TABLE public.act_chain TO plaudit_app;

GRANT SELECT ON TABLE public.act_seal TO plaudit_app;

GRANT SELECT ON TABLE public.act_unsealed TO plaudit_app;

GRANT SELECT ON TABLE public.admission TO plaudit_app;

GRANT SELECT ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(id) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(at_least) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(under) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(level) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(method) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(source) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(proved_at) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(until) ON TABLE public.age_assurance TO plaudit_app;

GRANT INSERT(recorded_at) ON TABLE public.age_assurance TO plaudit_app;

GRANT UPDATE(revoked_at) ON TABLE public.age_assurance TO plaudit_app;

GRANT UPDATE(revoked_because) ON TABLE public.age_assurance TO plaudit_app;

GRANT SELECT,DELETE ON TABLE public.age_request TO plaudit_app;

GRANT INSERT(id) ON TABLE public.age_request TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.age_request TO plaudit_app;

GRANT INSERT(nonce) ON TABLE public.age_request TO plaudit_app;

GRANT INSERT(made_at) ON TABLE public.age_request TO plaudit_app;

GRANT INSERT(ends_at) ON TABLE public.age_request TO plaudit_app;

GRANT UPDATE(refused_with) ON TABLE public.age_request TO plaudit_app;

GRANT UPDATE(used_at) ON TABLE public.age_request TO plaudit_app;

GRANT UPDATE(assurance_id) ON TABLE public.age_request TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.age_silence TO plaudit_app;

GRANT UPDATE(since) ON TABLE public.age_silence TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.allowance_taken TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.art TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.audit_run TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.backup TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.backup_trial TO plaudit_app;

GRANT SELECT ON TABLE public.gift_balance TO plaudit_app;

GRANT SELECT ON TABLE public.gift_batch TO plaudit_app;

GRANT SELECT ON TABLE public.balance TO plaudit_app;

GRANT SELECT ON TABLE public.brake_creator TO plaudit_app;

GRANT SELECT ON TABLE public.brake_pause TO plaudit_app;

GRANT SELECT ON TABLE public.brake_rule TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.card_consent TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.card_customer TO plaudit_app;

GRANT UPDATE(consent_id) ON TABLE public.card_customer TO plaudit_app;

GRANT UPDATE(customer_id) ON TABLE public.card_customer TO plaudit_app;

GRANT UPDATE(ended_at) ON TABLE public.card_customer TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.card_customer TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.card_customer TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.card_customer TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.card_customer TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.card_customer TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.catalogue TO plaudit_app;

GRANT SELECT ON TABLE public.charge_stream TO plaudit_app;

GRANT SELECT ON TABLE public.clawback TO plaudit_app;

GRANT UPDATE(applied_at) ON TABLE public.clawback TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.clawback TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.clawback TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.clawback TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.clawback TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.clawback TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.clawback_part TO plaudit_app;

GRANT UPDATE(returned_at) ON TABLE public.clawback_part TO plaudit_app;

GRANT UPDATE(diamonds_returned) ON TABLE public.clawback_part TO plaudit_app;

GRANT UPDATE(returned_pending) ON TABLE public.clawback_part TO plaudit_app;

GRANT UPDATE(diamonds_recovered) ON TABLE public.clawback_part TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.coin_grant TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(consumed_ppm) ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(closed_at) ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.consumption_request TO plaudit_app;

GRANT UPDATE(refund_declined_at) ON TABLE public.consumption_request TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.creator_setting TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.creator_total TO plaudit_app;

GRANT UPDATE(gifts) ON TABLE public.creator_total TO plaudit_app;

GRANT UPDATE(coins_received) ON TABLE public.creator_total TO plaudit_app;

GRANT UPDATE(coins_taken_back) ON TABLE public.creator_total TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.credit_note TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(ready_at) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(delete_at) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(bytes) ON TABLE public.data_export TO plaudit_app;

GRANT UPDATE(downloaded_at) ON TABLE public.data_export TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.data_export_part TO plaudit_app;

GRANT UPDATE(sealed) ON TABLE public.data_export_part TO plaudit_app;

GRANT SELECT ON TABLE public.database_life TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.debt_write_off TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.decision_bound TO plaudit_app;

GRANT SELECT ON TABLE public.decision_bound_widest TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.decision_bound_withdrawal TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.decision_seen TO plaudit_app;

GRANT SELECT ON TABLE public.delivery TO plaudit_app;

GRANT SELECT ON TABLE public.delivery_stream TO plaudit_app;

GRANT SELECT ON TABLE public.difference_kind TO plaudit_app;

GRANT SELECT ON TABLE public.difference_transition TO plaudit_app;

GRANT SELECT ON TABLE public.earnings_country TO plaudit_app;

GRANT SELECT ON TABLE public.earnings_gift TO plaudit_app;

GRANT SELECT ON TABLE public.earnings_line TO plaudit_app;

GRANT SELECT ON TABLE public.earnings_position TO plaudit_app;

GRANT SELECT ON TABLE public.earnings_series TO plaudit_app;

GRANT SELECT ON TABLE public.earnings_threshold TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(withdrawn_at) ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(begun_at) ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(subject_mac) ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(erased_at) ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.erasure TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.erasure TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.event TO plaudit_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.event_combo TO plaudit_app;

GRANT SELECT,UPDATE ON TABLE public.event_log TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.event_waiting TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.exchange_rate TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.follower TO plaudit_app;

GRANT UPDATE(through) ON TABLE public.follower TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.freeze_record TO plaudit_app;

GRANT UPDATE(lifted_by) ON TABLE public.freeze_record TO plaudit_app;

GRANT UPDATE(lifted_at) ON TABLE public.freeze_record TO plaudit_app;

GRANT UPDATE(lifted_because) ON TABLE public.freeze_record TO plaudit_app;

GRANT SELECT ON TABLE public.frozen_receiver TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.general_account TO plaudit_app;

GRANT SELECT ON TABLE public.general_account_kind TO plaudit_app;

GRANT SELECT ON TABLE public.general_entry TO plaudit_app;

GRANT SELECT ON TABLE public.tax_paper TO plaudit_app;

GRANT SELECT ON TABLE public.general_line TO plaudit_app;

GRANT SELECT ON TABLE public.gift_log TO plaudit_app;

GRANT SELECT ON TABLE public.gift_log_reversal TO plaudit_app;

GRANT SELECT ON TABLE public.gift_milestone TO plaudit_app;

GRANT SELECT ON TABLE public.gift_part TO plaudit_app;

GRANT SELECT ON TABLE public.gift_reversal TO plaudit_app;

GRANT SELECT ON TABLE public.guardian_invitation TO plaudit_app;

GRANT INSERT(id) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT INSERT(guardian_id) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT INSERT(code_sha256) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT INSERT(made_at) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT INSERT(ends_at) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT UPDATE(minor_id) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT UPDATE(answered_at) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT UPDATE(ended_at) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT UPDATE(outcome) ON TABLE public.guardian_invitation TO plaudit_app;

GRANT SELECT ON TABLE public.guardian_stop TO plaudit_app;

GRANT SELECT ON TABLE public.guardianship TO plaudit_app;

GRANT INSERT(id) ON TABLE public.guardianship TO plaudit_app;

GRANT INSERT(guardian_id) ON TABLE public.guardianship TO plaudit_app;

GRANT INSERT(minor_id) ON TABLE public.guardianship TO plaudit_app;

GRANT INSERT(began_by) ON TABLE public.guardianship TO plaudit_app;

GRANT INSERT(began_at) ON TABLE public.guardianship TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.head TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.head_key TO plaudit_app;

GRANT SELECT ON TABLE public.hold_piece TO plaudit_app;

GRANT SELECT ON TABLE public.hold_transition TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.instrument TO plaudit_app;

GRANT UPDATE(last_seen_at) ON TABLE public.instrument TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(iban) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(bank_code) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(account_number) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(archived_at) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(account_ending) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(account_key) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(sealed_account) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(archived_key_id) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(account_fingerprint) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(name_match) ON TABLE public.payout_method TO plaudit_app;

GRANT UPDATE(name_compared_at) ON TABLE public.payout_method TO plaudit_app;

GRANT SELECT ON TABLE public.instrument_in_use TO plaudit_app;

GRANT SELECT ON TABLE public.issuer TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.item TO plaudit_app;

GRANT SELECT ON TABLE public.journal TO plaudit_app;

GRANT SELECT ON TABLE public.ledger_setting TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.legal_hold TO plaudit_app;

GRANT UPDATE(lifted_by) ON TABLE public.legal_hold TO plaudit_app;

GRANT UPDATE(lifted_at) ON TABLE public.legal_hold TO plaudit_app;

GRANT UPDATE(lifted_because) ON TABLE public.legal_hold TO plaudit_app;

GRANT SELECT ON TABLE public.link_proposal TO plaudit_app;

GRANT INSERT(id) ON TABLE public.link_proposal TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.link_proposal TO plaudit_app;

GRANT INSERT(other_id) ON TABLE public.link_proposal TO plaudit_app;

GRANT INSERT(kinds) ON TABLE public.link_proposal TO plaudit_app;

GRANT INSERT(proposed_at) ON TABLE public.link_proposal TO plaudit_app;

GRANT UPDATE(verdict) ON TABLE public.link_proposal TO plaudit_app;

GRANT UPDATE(decided_by) ON TABLE public.link_proposal TO plaudit_app;

GRANT UPDATE(decided_at) ON TABLE public.link_proposal TO plaudit_app;

GRANT UPDATE(link_id) ON TABLE public.link_proposal TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.logout_token TO plaudit_app;

GRANT SELECT ON TABLE public.lot_reversal TO plaudit_app;

GRANT SELECT ON TABLE public.strip TO plaudit_app;

GRANT SELECT ON TABLE public.lot_state TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.mail TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.mail TO plaudit_app;

GRANT UPDATE(reason) ON TABLE public.mail TO plaudit_app;

GRANT UPDATE(ended_at) ON TABLE public.mail TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.mail TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.mail TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.mail TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.mail TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.mail TO plaudit_app;

GRANT SELECT ON TABLE public.message_removal TO plaudit_app;

GRANT SELECT ON TABLE public.migration TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.minor_refund TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.minor_refund_order TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.order_reversed TO plaudit_app;

GRANT UPDATE(reversed_minor) ON TABLE public.order_reversed TO plaudit_app;

GRANT UPDATE(reversed_tax_minor) ON TABLE public.order_reversed TO plaudit_app;

GRANT UPDATE(reversed_fee_minor) ON TABLE public.order_reversed TO plaudit_app;

GRANT UPDATE(reversed_coins) ON TABLE public.order_reversed TO plaudit_app;

GRANT SELECT ON TABLE public.order_transition TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.overlay_token TO plaudit_app;

GRANT UPDATE(label) ON TABLE public.overlay_token TO plaudit_app;

GRANT UPDATE(revoked_at) ON TABLE public.overlay_token TO plaudit_app;

GRANT UPDATE(key_id) ON TABLE public.overlay_token TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.paper_counter TO plaudit_app;

GRANT UPDATE(last_number) ON TABLE public.paper_counter TO plaudit_app;

GRANT SELECT ON TABLE public.paper_kind TO plaudit_app;

GRANT SELECT ON TABLE public.payment_problem_kind TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(provider) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(previous_state) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(reason) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(provider_reference) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(poll_at) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(polls) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(attention) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(poll_error) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(poll_leased_until) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(poll_failed_with) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(provider_wait) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(provider_wait_until) ON TABLE public.payout TO plaudit_app;

GRANT UPDATE(provider_arrives_on) ON TABLE public.payout TO plaudit_app;

GRANT SELECT ON TABLE public.payout_account_key TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_bank_outcome TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_connection TO plaudit_app;

GRANT UPDATE(account) ON TABLE public.payout_connection TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.payout_connection TO plaudit_app;

GRANT UPDATE(needs) ON TABLE public.payout_connection TO plaudit_app;

GRANT UPDATE(needs_by) ON TABLE public.payout_connection TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.payout_connection TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_event TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_export TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_export_download TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_export_item TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.payout_pass TO plaudit_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payout_send TO plaudit_app;

GRANT SELECT ON TABLE public.payout_shown TO plaudit_app;

GRANT SELECT ON TABLE public.payout_state TO plaudit_app;

GRANT SELECT ON TABLE public.payout_transition TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.person TO plaudit_app;

GRANT UPDATE(handle) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(display_name) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(avatar) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(country) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(language) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(platform_roles) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(born_on) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(first_signed_in_at) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(told_at) ON TABLE public.person TO plaudit_app;

GRANT UPDATE(said_at) ON TABLE public.person TO plaudit_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.person_email TO plaudit_app;

GRANT SELECT ON TABLE public.person_link TO plaudit_app;

GRANT INSERT(id) ON TABLE public.person_link TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.person_link TO plaudit_app;

GRANT INSERT(other_id) ON TABLE public.person_link TO plaudit_app;

GRANT INSERT(note) ON TABLE public.person_link TO plaudit_app;

GRANT INSERT(linked_by) ON TABLE public.person_link TO plaudit_app;

GRANT INSERT(linked_at) ON TABLE public.person_link TO plaudit_app;

GRANT UPDATE(ended_by) ON TABLE public.person_link TO plaudit_app;

GRANT UPDATE(ended_at) ON TABLE public.person_link TO plaudit_app;

GRANT UPDATE(ended_because) ON TABLE public.person_link TO plaudit_app;

GRANT SELECT ON TABLE public.person_move TO plaudit_app;

GRANT SELECT,DELETE ON TABLE public.person_subdivision TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.person_subdivision TO plaudit_app;

GRANT INSERT(country),UPDATE(country) ON TABLE public.person_subdivision TO plaudit_app;

GRANT INSERT(subdivision),UPDATE(subdivision) ON TABLE public.person_subdivision TO plaudit_app;

GRANT INSERT(told_at),UPDATE(told_at) ON TABLE public.person_subdivision TO plaudit_app;

GRANT UPDATE(key_id) ON TABLE public.person_subdivision TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.policy_pack TO plaudit_app;

GRANT SELECT ON TABLE public.price_book TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.price_book_proposal TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.price_book_withdrawal TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.price_draft TO plaudit_app;

GRANT UPDATE(name) ON TABLE public.price_draft TO plaudit_app;

GRANT UPDATE(toml) ON TABLE public.price_draft TO plaudit_app;

GRANT UPDATE(revision) ON TABLE public.price_draft TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.price_draft TO plaudit_app;

GRANT UPDATE(changed_by) ON TABLE public.price_draft TO plaudit_app;

GRANT UPDATE(published_version) ON TABLE public.price_draft TO plaudit_app;

GRANT SELECT ON TABLE public.promotional_before TO plaudit_app;

GRANT SELECT ON TABLE public.promotional_part TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.published_tax_rate TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.quote_tax TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(ours_minor) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(ours_currency) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(ours_state) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(theirs_minor) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(theirs_currency) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(theirs_state) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(detail) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(previous_state) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(last_run) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(resolution) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT UPDATE(closed_by) ON TABLE public.reconciliation_difference TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(ended_at) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(listed) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(compared) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(healed) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(differing) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(vanished) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.reconciliation_run TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.reconciliation_sum TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.region_decision TO plaudit_app;

GRANT SELECT ON TABLE public.retention_day TO plaudit_app;

GRANT SELECT ON TABLE public.reversal_transition TO plaudit_app;

GRANT SELECT ON TABLE public.reversed_strip TO plaudit_app;

GRANT SELECT ON TABLE public.role_grant TO plaudit_app;

GRANT UPDATE(taken_by) ON TABLE public.role_grant TO plaudit_app;

GRANT UPDATE(taken_at) ON TABLE public.role_grant TO plaudit_app;

GRANT SELECT ON TABLE public.room_head TO plaudit_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.room_viewers TO plaudit_app;

GRANT SELECT ON TABLE public.rule_consent TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.rule_consent TO plaudit_app;

GRANT INSERT(given_by) ON TABLE public.rule_consent TO plaudit_app;

GRANT INSERT(action) ON TABLE public.rule_consent TO plaudit_app;

GRANT INSERT(given_at) ON TABLE public.rule_consent TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.rule_decision TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.rule_tally TO plaudit_app;

GRANT UPDATE(times) ON TABLE public.rule_tally TO plaudit_app;

GRANT SELECT ON TABLE public.safety_appeal TO plaudit_app;

GRANT INSERT(id) ON TABLE public.safety_appeal TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.safety_appeal TO plaudit_app;

GRANT INSERT(text) ON TABLE public.safety_appeal TO plaudit_app;

GRANT INSERT(made_at) ON TABLE public.safety_appeal TO plaudit_app;

GRANT INSERT(case_id) ON TABLE public.safety_appeal TO plaudit_app;

GRANT UPDATE(answer) ON TABLE public.safety_appeal TO plaudit_app;

GRANT UPDATE(answered_by) ON TABLE public.safety_appeal TO plaudit_app;

GRANT UPDATE(answered_at) ON TABLE public.safety_appeal TO plaudit_app;

GRANT SELECT ON TABLE public.safety_case TO plaudit_app;

GRANT INSERT(id) ON TABLE public.safety_case TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.safety_case TO plaudit_app;

GRANT INSERT(opened_at) ON TABLE public.safety_case TO plaudit_app;

GRANT INSERT(opened_by) ON TABLE public.safety_case TO plaudit_app;

GRANT INSERT(score),UPDATE(score) ON TABLE public.safety_case TO plaudit_app;

GRANT UPDATE(assigned_to) ON TABLE public.safety_case TO plaudit_app;

GRANT UPDATE(outcome) ON TABLE public.safety_case TO plaudit_app;

GRANT UPDATE(decided_by) ON TABLE public.safety_case TO plaudit_app;

GRANT UPDATE(decided_at) ON TABLE public.safety_case TO plaudit_app;

GRANT UPDATE(reason) ON TABLE public.safety_case TO plaudit_app;

GRANT UPDATE(notice) ON TABLE public.safety_case TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.safety_due TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.safety_due TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.safety_due TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.safety_due TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.safety_due TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.safety_due TO plaudit_app;

GRANT UPDATE(is_changed) ON TABLE public.safety_due TO plaudit_app;

GRANT SELECT ON TABLE public.safety_entry TO plaudit_app;

GRANT INSERT(case_id) ON TABLE public.safety_entry TO plaudit_app;

GRANT INSERT(at) ON TABLE public.safety_entry TO plaudit_app;

GRANT INSERT(by_id) ON TABLE public.safety_entry TO plaudit_app;

GRANT INSERT(kind) ON TABLE public.safety_entry TO plaudit_app;

GRANT INSERT(text) ON TABLE public.safety_entry TO plaudit_app;

GRANT SELECT ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(rule) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(version) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(subject) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(score) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(sentence) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(evidence) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(others) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(found_at) ON TABLE public.safety_finding TO plaudit_app;

GRANT INSERT(case_id),UPDATE(case_id) ON TABLE public.safety_finding TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.safety_flow TO plaudit_app;

GRANT UPDATE(gifts) ON TABLE public.safety_flow TO plaudit_app;

GRANT UPDATE(coins) ON TABLE public.safety_flow TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.safety_freeze TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.safety_step TO plaudit_app;

GRANT UPDATE(lifted_at) ON TABLE public.safety_step TO plaudit_app;

GRANT UPDATE(lifted_by) ON TABLE public.safety_step TO plaudit_app;

GRANT UPDATE(lifted_because) ON TABLE public.safety_step TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.safety_told TO plaudit_app;

GRANT UPDATE(at) ON TABLE public.safety_told TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.saved_card TO plaudit_app;

GRANT UPDATE(provider_card_id) ON TABLE public.saved_card TO plaudit_app;

GRANT UPDATE(brand) ON TABLE public.saved_card TO plaudit_app;

GRANT UPDATE(last_four) ON TABLE public.saved_card TO plaudit_app;

GRANT UPDATE(expires_on) ON TABLE public.saved_card TO plaudit_app;

GRANT UPDATE(is_default) ON TABLE public.saved_card TO plaudit_app;

GRANT UPDATE(removed_at) ON TABLE public.saved_card TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.scam_report TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.scam_report TO plaudit_app;

GRANT UPDATE(reply) ON TABLE public.scam_report TO plaudit_app;

GRANT UPDATE(answered_by) ON TABLE public.scam_report TO plaudit_app;

GRANT UPDATE(answered_at) ON TABLE public.scam_report TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(outcome) ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(identity) ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(answered_at) ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(reference) ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.screening TO plaudit_app;

GRANT UPDATE(last_error) ON TABLE public.screening TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.screening_decision TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.screening_rule TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.screening_word TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.session TO plaudit_app;

GRANT UPDATE(roles) ON TABLE public.session TO plaudit_app;

GRANT UPDATE(platform_session) ON TABLE public.session TO plaudit_app;

GRANT UPDATE(expires_at) ON TABLE public.session TO plaudit_app;

GRANT UPDATE(ended_at) ON TABLE public.session TO plaudit_app;

GRANT UPDATE(key_id) ON TABLE public.session TO plaudit_app;

GRANT UPDATE(device) ON TABLE public.session TO plaudit_app;

GRANT UPDATE(network) ON TABLE public.session TO plaudit_app;

GRANT UPDATE(last_used_at) ON TABLE public.session TO plaudit_app;

GRANT UPDATE(sealed_id_token) ON TABLE public.session TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.sign_in_code TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.store_consent TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.store_finishing TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.store_finishing TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.store_finishing TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.store_finishing TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.store_finishing TO plaudit_app;

GRANT UPDATE(closed_at) ON TABLE public.store_finishing TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.store_finishing TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.store_finishing TO plaudit_app;

GRANT SELECT ON TABLE public.store_guardian TO plaudit_app;

GRANT INSERT(store) ON TABLE public.store_guardian TO plaudit_app;

GRANT INSERT(account) ON TABLE public.store_guardian TO plaudit_app;

GRANT INSERT(person_id) ON TABLE public.store_guardian TO plaudit_app;

GRANT INSERT(state),UPDATE(state) ON TABLE public.store_guardian TO plaudit_app;

GRANT INSERT(said_at),UPDATE(said_at) ON TABLE public.store_guardian TO plaudit_app;

GRANT UPDATE(key_id) ON TABLE public.store_guardian TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.store_guardian_withdrawal TO plaudit_app;

GRANT UPDATE(withdrawn_at) ON TABLE public.store_guardian_withdrawal TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.store_link TO plaudit_app;

GRANT UPDATE(token) ON TABLE public.store_link TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.store_link_order TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(ended_at) ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(closed_by) ON TABLE public.store_link_report TO plaudit_app;

GRANT UPDATE(resolution) ON TABLE public.store_link_report TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(hold_reason) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(shard) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(order_id) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(amount_minor) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(currency) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(presented_by) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(changed_at) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(resolved_by) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(resolution) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(grant_id) ON TABLE public.store_transaction TO plaudit_app;

GRANT UPDATE(key_id) ON TABLE public.store_transaction TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.store_void_poll TO plaudit_app;

GRANT UPDATE(polled_until) ON TABLE public.store_void_poll TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.store_void_poll TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.store_void_poll TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.store_void_poll TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.store_void_poll TO plaudit_app;

GRANT UPDATE(error) ON TABLE public.store_void_poll TO plaudit_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.stream TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.stream_key TO plaudit_app;

GRANT UPDATE(used_at) ON TABLE public.stream_key TO plaudit_app;

GRANT UPDATE(revoked_at) ON TABLE public.stream_key TO plaudit_app;

GRANT UPDATE(key_id) ON TABLE public.stream_key TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(body) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(state) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(detail) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(previous_state) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(tries) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(errors) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(tried_at) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(due_at) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(leased_until) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(failed_with) ON TABLE public.webhook_event TO plaudit_app;

GRANT UPDATE(sealed_body) ON TABLE public.webhook_event TO plaudit_app;

GRANT SELECT ON TABLE public.stuck_work TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.subdivision_tax_rate TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.tax_rate TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.thank TO plaudit_app;

GRANT SELECT ON TABLE public.transfer_reason TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.vault_key TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.video_message_opt_in TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.video_opt_in TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.video_opt_out TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.video_subtotal TO plaudit_app;

GRANT UPDATE(gifts) ON TABLE public.video_subtotal TO plaudit_app;

GRANT UPDATE(coins) ON TABLE public.video_subtotal TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.video_total TO plaudit_app;

GRANT UPDATE(gifts) ON TABLE public.video_total TO plaudit_app;

GRANT UPDATE(coins) ON TABLE public.video_total TO plaudit_app;

GRANT UPDATE(seq) ON TABLE public.video_total TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.vouched_name TO plaudit_app;

GRANT UPDATE(sealed_name) ON TABLE public.vouched_name TO plaudit_app;

GRANT UPDATE(vouched_at) ON TABLE public.vouched_name TO plaudit_app;

GRANT UPDATE(key_id) ON TABLE public.vouched_name TO plaudit_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_delivery TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(url) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(description) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(kinds) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(told_through) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(lost_through) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(failures_in_a_row) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(failing_since) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(rest_until) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(paused_at) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(pause_reason) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT UPDATE(removed_at) ON TABLE public.webhook_endpoint TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.webhook_replay TO plaudit_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.webhook_secret TO plaudit_app;

GRANT UPDATE(secret) ON TABLE public.webhook_secret TO plaudit_app;

GRANT UPDATE(expires_at) ON TABLE public.webhook_secret TO plaudit_app;

GRANT UPDATE(sealed) ON TABLE public.webhook_secret TO plaudit_app;

GRANT SELECT ON TABLE public.webhook_transition TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.webhook_try TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.withdrawal_consent TO plaudit_app;

GRANT SELECT,INSERT ON TABLE public.withdrawal_rule TO plaudit_app;
