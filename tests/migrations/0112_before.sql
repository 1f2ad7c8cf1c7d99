-- An operator and a viewer of a platform, and a key with every scope there was.
set session_replication_role = replica;
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at, platform_roles) overriding system value
values (9112, 9112, 'ada', 'ada', 'Ada', '', '2026-01-01Z', '{viewer,support}'),
    (9113, 9112, 'olga', 'olga', 'Olga', '', '2026-01-01Z', '{viewer}');
insert into api_key (id, name, issuer_id, secret_sha256, created_at, scopes) overriding system value
values (9112, 'of before', 9112, sha256('of before merging'), '2026-01-01Z', '{people,rooms,videos,gifts,orders,events,money-read,payouts,
    methods,consents,step-up,data,limits}');
