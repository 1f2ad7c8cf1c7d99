-- The key of check codes: made once, and only the function that makes codes may read it. Whoever reads the whole database needs no
-- code to know its documents, so it is not sealed.
create table check_code_key (
    one boolean primary key default true check (one),
    key bytea not null check (length(key) = 32)
);
insert into check_code_key (key)
select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
