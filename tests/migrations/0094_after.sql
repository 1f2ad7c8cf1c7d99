-- No key is made up for them.
select 'none' where not exists (select from person_email where person_id = 9194 and key_id is null)
    or not exists (select from creator_setting where creator_id = 9194 and key_id is null);
