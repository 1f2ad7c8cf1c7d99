-- What is old goes by functions that look at its age and at who is held; the application deletes no rows of these by itself.
revoke delete on quote, region_decision, event, webhook_try, rule_tally, session, sign_in_code, logout_token, allowance_taken,
    data_export_part from plaudit_app;
-- Found by the time they were made now.
drop index export_to_delete;
