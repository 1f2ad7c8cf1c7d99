-- Takes the words out of a frame that is old, and out of the gifts it shows; both stay. For the function that knows its room.
create or replace function let_go_of_words_of(p_frame frame) returns void
language plpgsql set search_path = public, pg_temp as $$
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
revoke execute on function let_go_of_words_of from public;
