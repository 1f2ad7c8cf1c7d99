-- Nobody charges without brakes any more, where a database had the way that knew none.
drop function if exists charge_gifts(smallint, timestamptz, integer, gift_line[], smallint[], boolean[], integer[]);
