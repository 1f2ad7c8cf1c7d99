-- What the books refuse while somebody looks into it. Kept right by the room `freezes`; read where money moves.

alter table wallet add column frozen_until timestamptz;
comment on column wallet.frozen_until is 'nothing is spent before; infinity: until it is lifted';

-- Nearly always empty: charge() asks once a batch.
create table frozen_receiver (
    kind text not null check (kind in ('creator', 'room')),
    id bigint not null,
    until timestamptz not null,
    primary key (kind, id)
);
comment on table frozen_receiver is 'creators and rooms that get no gift before a time';
