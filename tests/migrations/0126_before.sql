-- Documents there were have no code; their key is made now.
select 1;
