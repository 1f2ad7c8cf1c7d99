-- Nothing of it was recovered, and what is owed is as it was.
select reference, diamonds_recovered from clawback_part where diamonds_recovered <> 0 or creator_id <> 9177;
select balance from account where owner_id = 9177 and (balance, overdraft) <> (-40, 40);
select * from debt_write_off;
select said from unnest('{debt_written_off,write_off_recovered}'::text[]) said
where not exists (select from transfer_reason r where r.reason = said);
