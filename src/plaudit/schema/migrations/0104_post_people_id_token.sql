-- ID tokens lie sealed. Who signed in before signs out here alone.
alter table session drop column id_token;
