-- What somebody said who is being erased: with gifts, in the frames that show those, and in chats. Answers how many were found.
create or replace function erase_ledger(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;
grant execute on function erase_ledger to plaudit_app;
