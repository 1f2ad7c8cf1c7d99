-- Words of neither were taken away; the one that is over can lose them.
select * from room where words_through <> 0 or words_gone_at is not null;
select 'none' where (select count(*) from room where ended_at is not null and words_gone_at is null) <> 1;
