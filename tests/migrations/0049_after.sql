-- What everybody could read is kept; nothing of what was hidden is taken for that.
select v.external_id, v.public_title
from video v join (values
    ('t-published', 'Rooftops'), ('t-unlisted', 'Rooftops'), ('t-deleted', 'Rooftops'), ('t-private', null), ('t-to-come', null)
) as w (external_id, public_title) using (external_id)
where v.public_title is distinct from w.public_title
union all select 'none', null where (select count(*) from video where external_id like 't-%') <> 5;
select viewer_id from wallet where viewer_id = 9206 and (combo_count <> 2 or combo_anonymous is not null);
