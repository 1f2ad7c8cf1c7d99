-- Sign-in at a platform by OpenID Connect, and who brought somebody in.

-- How we are known at the platform's OpenID provider; null: nobody signs in there. Its secret is a setting, never kept here.
alter table issuer
    add client_id text check (client_id between '!' and '~~' and length(client_id) <= 255),
    add scopes text not null default 'openid' check (scopes ~ '^openid( [!-~]+)*$' and length(scopes) <= 1000),
    add sign_in_label text check (length(sign_in_label) between 1 and 60);
comment on column issuer.sign_in_label is 'what the way in is called, such as "Continue with Example"; null: its host';

alter table session
    add id_token text check (length(id_token) <= 8192),
    add key_id bigint references api_key (id),
    add check (id_token is null or key_id is null);
comment on column session.id_token is 'shown to the platform when somebody signs out, then forgotten';
comment on column session.key_id is 'the server whose code began it: such a session never is an operator''s';

delete from sign_in_code;
alter table sign_in_code add key_id bigint not null references api_key (id);
comment on column sign_in_code.key_id is 'the server that asked for it';

-- Logout tokens of platforms that were heeded, so that none counts twice.
create table logout_token (
    issuer_id bigint not null references issuer (id),
    token_id text not null check (length(token_id) between 1 and 255),
    expires_at timestamptz not null,
    primary key (issuer_id, token_id)
);
create index logout_token_by_end on logout_token (expires_at);

grant select, insert, delete on logout_token to plaudit_app;
