-- Gifts on their way into the log of events follow the log of their shard.
drop table event_room, event_delivery_stream;
