-- Takes the words from a gift that was delivered, out of the gift and out of the frame that shows it. They are gone; that
-- it was done is kept. True: it was done now; false: there were none.
create or replace function remove_message(
    p_shard smallint, p_viewer_id bigint, p_gift_id uuid, p_seq bigint, p_removed_by text, p_person_id bigint,
    p_key_id integer, p_at timestamptz
) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
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
