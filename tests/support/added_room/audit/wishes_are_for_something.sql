-- Nobody wishes for nothing.
select * from wish where wish = '';
