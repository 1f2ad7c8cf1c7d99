-- Nothing matured, was sent or was exported while a step held it.
select 'matured' as what, c.id::text as id from conversion c
join safety_step s on s.kind = 'slow_maturity' and s.person_id = c.creator_id
    and c.matured_at > s.began_at and c.matured_at < least(s.ends_at, s.lifted_at)
union all
select 'exported', i.payout_id::text from payout_export_item i join payout_export e on e.number = i.export_number
join payout p on p.shard = i.shard and p.id = i.payout_id
join safety_step s on s.kind = 'hold_payout' and s.person_id = p.creator_id
    and e.exported_at > s.began_at and e.exported_at < least(s.ends_at, s.lifted_at)
union all
select 'agreed to', v.payout_id::text from payout_event v join payout p on p.shard = v.shard and p.id = v.payout_id
join safety_step s on s.kind = 'hold_payout' and s.person_id = p.creator_id
    and v.at > s.began_at and v.at < least(s.ends_at, s.lifted_at)
where v.to_state = 'approved'
