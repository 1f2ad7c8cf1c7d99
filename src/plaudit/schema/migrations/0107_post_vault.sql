-- Data keys are made by servers, which read them. To wrap, retire and forget them is for who rotates: the owner of the tables.
revoke update, delete on vault_key from plaudit_app;
revoke update (master, wrapped, retired_at) on vault_key from plaudit_app;
