-- Granted coins that are not spent are told apart from now on, and what was spent before is not.
select w.viewer_id, w.promotional_through, b.spent
from wallet w left join promotional_before b using (shard, viewer_id)
where w.viewer_id in (9306, 9308, 9310)
    and (w.promotional_through, coalesce(b.spent, 0)) is distinct from case w.viewer_id when 9306 then (10::bigint, 5::bigint)
        when 9308 then (0::bigint, 0::bigint) else (0::bigint, 4::bigint) end;
