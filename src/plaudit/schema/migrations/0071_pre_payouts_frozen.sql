-- What stands still is neither converted nor paid out: the last word, where statements and actions ask before.

create function refuse_frozen() returns trigger language plpgsql set search_path = public, pg_temp as $$
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
create trigger conversion_is_not_frozen after insert on conversion for each row execute function refuse_frozen();
create trigger payout_is_not_frozen after insert or update of state on payout for each row
    when (new.state in ('requested', 'approved')) execute function refuse_frozen();
create trigger send_is_not_frozen after update of called on payout_send for each row
    when (new.called and not old.called) execute function refuse_frozen();
create trigger export_is_not_frozen after insert on payout_export_item for each row execute function refuse_frozen();

-- What is frozen is the person's who is named.
create function freeze_is_of_its_owner() returns trigger language plpgsql set search_path = public, pg_temp as $$
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
create trigger freeze_is_of_its_owner before insert on freeze_record for each row execute function freeze_is_of_its_owner();
