-- Freezes: a person, a wallet, a lot, a creator, a payout method, a payout or a room stands still, each alone, with who
-- said so, why, and until when. What they stop asks the table, or what apply_freeze() derives from it.

create table freeze_record (
    id uuid primary key,
    what text not null check (what in ('person', 'wallet', 'lot', 'creator', 'payout_method', 'payout', 'room')),
    person_id bigint not null references person (id),
    lot_id uuid,
    method_id uuid,
    payout_id uuid,
    room_id bigint,
    reason text not null check (reason ~ '\S' and length(reason) <= 500),
    message text check (message ~ '\S' and length(message) <= 500),
    frozen_by bigint references person (id),
    frozen_at timestamptz not null,
    ends_at timestamptz check (ends_at > frozen_at),
    lifted_by bigint references person (id),
    lifted_at timestamptz check (lifted_at >= frozen_at),
    lifted_because text check (lifted_because ~ '\S' and length(lifted_because) <= 500),
    constraint freeze_names_what_it_is_of check (
        (what = 'lot') = (lot_id is not null) and (what = 'payout_method') = (method_id is not null)
        and (what = 'payout') = (payout_id is not null) and (what = 'room') = (room_id is not null)),
    constraint freeze_of_a_lot_ends check (what <> 'lot' or ends_at is not null),
    constraint freeze_is_lifted_whole check ((lifted_at is null) = (lifted_because is null) and (lifted_by is null or lifted_at is not null)),
    constraint freeze_is_lifted_by_another check (lifted_by is distinct from person_id)
);
comment on column freeze_record.person_id is 'whose it is: the owner of the wallet, lot, method, payout or room';
comment on column freeze_record.reason is 'for operators';
comment on column freeze_record.message is 'what the person reads of it; null: the law wants that they are not told';
comment on column freeze_record.frozen_by is 'null: the command line; so for lifted_by';
create index freeze_of_person on freeze_record (person_id, frozen_at desc, id desc);
create index freeze_open on freeze_record (person_id, what) where lifted_at is null;
create index freeze_newest on freeze_record (frozen_at desc, id desc);

grant select, insert, update (lifted_by, lifted_at, lifted_because) on freeze_record to plaudit_app;

-- The words of a freeze that was lifted, or of whom it is, never change.
create function freeze_changes_by_being_lifted() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'DELETE' or old.lifted_at is not null then
        raise exception 'a freeze is lifted once and stays' using errcode = 'check_violation', constraint = 'freeze_stays';
    end if;
    return new;
end $$;
create trigger freeze_changes_by_being_lifted before update or delete on freeze_record
    for each row execute function freeze_changes_by_being_lifted();

-- Whether something of a person stands still at a time: they themselves, or what is named.
create function is_frozen(
    p_at timestamptz, p_person_id bigint, p_what text[], p_method_id uuid default null, p_payout_id uuid default null
) returns boolean language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from freeze_record f
        where f.person_id = p_person_id and f.lifted_at is null and (f.ends_at is null or f.ends_at > p_at)
            and (f.what = any (p_what) or f.method_id = p_method_id or f.payout_id = p_payout_id))
$$;
grant execute on function is_frozen to plaudit_app;

-- The books follow: what may be spent, who gets gifts, which coins are set aside.
create function apply_freeze() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
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
create trigger apply_freeze after insert or update of lifted_at on freeze_record for each row execute function apply_freeze();

-- Coins of a frozen lot that come free (another hold ended, a reversal was undone) are set aside at the commit.
create function frozen_lot_stays_held() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
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
create constraint trigger frozen_lot_stays_held after update of coins_held, coins_reversed on lot
    deferrable initially deferred for each row
    when (new.coins_held < old.coins_held or new.coins_reversed < old.coins_reversed)
    execute function frozen_lot_stays_held();
