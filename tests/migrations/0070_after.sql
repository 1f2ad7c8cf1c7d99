-- They are free to spend, and what is done to their wallet is as it was.
select id from person where is_frozen(now(), id, '{person,wallet,creator}');
select 'gone' where not exists (select from wallet where viewer_id = 9370 and coins = 15 and frozen_until is null);
select id from freeze_record;
