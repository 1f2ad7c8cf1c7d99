-- Which key it was, in the rows in which people act and that did not say so yet.
do $$
declare
    one text;
begin
    foreach one in array array['creator_setting', 'hold', 'payout', 'payout_quote', 'person_email', 'quote', 'store_transaction',
        'thank']
    loop
        execute format('alter table %I add column key_id integer', one);
        execute format('alter table %I alter column key_id set default acting_key()', one);
        execute format('comment on column %I.key_id is %L', one,
            'with which a server did it in somebody''s name; null: they themselves, or nobody');
    end loop;
end;
$$;
grant update (key_id) on store_transaction to plaudit_app;

-- Gifts of many requests are charged together, so that no default can know.
alter table gift add column key_id integer;
comment on column gift.key_id is 'with which a server sent it in somebody''s name; null: they themselves';
