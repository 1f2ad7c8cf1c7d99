-- Whom a subject was said to lead to, as it was said: the same id with another one is a conflict, whatever they are called since.
alter table person_move add column to_subject text;
comment on column person_move.to_subject is 'as the server said it; null: from before it was kept, or erased';
