-- It cannot any more, and the index of its job is gone.
select t from unnest('{quote, region_decision, event, webhook_try, rule_tally, session, sign_in_code, logout_token,
    allowance_taken, data_export_part}'::text[]) t where has_table_privilege('plaudit_app', t, 'delete');
select indexrelid from pg_index where indexrelid = to_regclass('export_to_delete');
