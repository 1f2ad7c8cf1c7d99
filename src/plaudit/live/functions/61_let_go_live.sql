-- What was said in rooms that are over: chat, and the words of gifts, in frames and in gifts; both stay without them. A room
-- waits at the first frame with words of somebody who is held. Answers how many frames lost words, and rooms have none left.
create or replace function let_go_of_words(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
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

grant execute on function let_go_of_words to plaudit_app;
