-- All of the past is read again, by that one alone.
select * from creator_total;

select name, through from follower where (name = 'creators.totals') <> (through = 0);
