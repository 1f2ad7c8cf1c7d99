-- The way to charge that the release before calls, and the one of this.
create function charge_gifts(smallint, timestamptz, integer, gift_line[], smallint[], boolean[], integer[])
returns void language sql as 'select';
create function charge_gifts(smallint, timestamptz, integer, gift_line[], smallint[], boolean[], integer[], bigint[])
returns void language sql as 'select';
