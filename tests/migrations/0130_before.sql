-- The application deletes by itself what is old, as the release before does.
grant delete on quote, session, event to plaudit_app;
