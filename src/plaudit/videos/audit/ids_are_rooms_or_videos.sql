-- A number is that of a room or of a video, never of both: what was given names it alone.
select r.id from room r join video v on v.id = r.id
