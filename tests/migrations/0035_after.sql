-- The first is finished at its store, the second waits for a person; what was lost is a movement.
select transaction_id from store_transaction where (due_at is not null) <> (transaction_id = '1');
select reversal_id, excess_minor from reversal where excess_minor <> case provider_reversal_id when 'd1' then 96 else 0 end;
select * from (values ('00000000-0000-7000-8000-000000000002'::uuid, 'refund_excess', 96::bigint)) as wanted (reference, reason, amount)
except select reference, reason, amount from transfer;
select kind, balance from account where (kind, balance) not in (('losses', -96), ('buyers', 96));
