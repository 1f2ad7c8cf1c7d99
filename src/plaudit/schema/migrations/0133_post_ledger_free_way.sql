-- How far gifts go without asking is told in coins.
alter table wallet drop column given_through, drop column gift_worth_max, drop column worth_through;
