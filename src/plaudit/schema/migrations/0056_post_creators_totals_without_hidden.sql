-- Who hides is nobody in sums now: those that name them are forgotten, and all of the past is summed again. After the
-- servers of before are gone, which would name them anew. The follower first, as whoever follows locks them.
update follower set through = 0 where name = 'creators.totals';
delete from creator_total;
