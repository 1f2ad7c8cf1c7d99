-- Invitations go with all that is old, by a function that looks at their age and at who is held.
revoke delete on guardian_invitation from plaudit_app;
