-- Nothing but the beginning of each address is left, and the address itself where it is used.
select right(m.mail_id::text, 2), m.reason, m.error
from mail m join (values
    ('01', '550 5.1.1 <a…@shop.example>: no such user', null),
    ('02', 'https:/…@shop.example', 'a…@shop.example and b…@shop.example'),
    ('03', 'no_address', null)
) as w (number, reason, error) on right(m.mail_id::text, 2) = w.number
where m.person_id = 71 and (m.reason, m.error) is distinct from (w.reason, w.error)
union all select '', address, bounce from person_email
where person_id = 71 and (address, bounce) is distinct from ('ada.l@shop.example', 'a…@shop.example is unknown')
union all select 'lost', null, null where (select count(*) from mail where person_id = 71) <> 3
    or (select count(*) from person_email where person_id = 71) <> 1;
