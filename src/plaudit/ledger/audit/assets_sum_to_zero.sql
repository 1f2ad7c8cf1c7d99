-- Each asset sums to zero over all accounts.
select asset, sum(balance) as sum from balance group by asset having sum(balance) <> 0;
