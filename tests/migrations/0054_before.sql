-- Mails of before, with words of mail servers that name whole addresses.
set session_replication_role = replica;

insert into mail (mail_id, kind, shard, person_id, order_id, created_at, state, reason, ended_at, error)
select format('00000000-0000-7000-8000-0000000000%s', number)::uuid, 'receipt', 0, 71,
    format('00000000-0000-7000-8000-0000000001%s', number)::uuid, now(), 'refused', reason, now(), error
from (values
    ('01', '550 5.1.1 <ada.l@shop.example>: no such user', null),
    ('02', 'https://mail.example/why?for=ada.l%40shop.example', 'ada@shop.example and bo@shop.example'),
    ('03', 'no_address', null)
) as m (number, reason, error);
insert into person_email (person_id, address, known_at, bounced_at, bounce)
values (71, 'ada.l@shop.example', now(), now(), 'ada.l@shop.example is unknown');
