-- A reward that stood still did not mature meanwhile.
select f.id as freeze_id, c.creator_id, c.id as conversion_id, f.frozen_at, c.matured_at
from freeze_record f join conversion c on c.id = f.conversion_id
where c.matured_at > f.frozen_at and c.matured_at < least(f.lifted_at, f.ends_at, 'infinity');
