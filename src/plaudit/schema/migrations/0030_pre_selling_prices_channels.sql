-- Which channels there are is what plug-ins bring: here it is only held that a channel has a name that can last.
alter table price drop constraint price_channel_check;
alter table price add constraint price_channel_check check (channel ~ '^[a-z][a-z0-9_]{0,29}$');
