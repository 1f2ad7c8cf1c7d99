-- All are still there.
select * from unnest(array['web', 'apple', 'google']) wanted (channel) except select channel from price where region = 'US';
