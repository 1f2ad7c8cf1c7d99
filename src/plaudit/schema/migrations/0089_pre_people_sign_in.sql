-- When and how somebody proved who they are: what moves their money asks for a recent sign-in.

alter table session
    add column auth_time timestamptz,
    add column acr text constraint session_acr_check check (acr ~ '^[!-~]{1,200}$');
comment on column session.auth_time is 'when its person last proved who they are, as their platform says (OpenID Connect: auth_time); null: it does not say';
comment on column session.acr is 'in which way, as their platform calls it (OpenID Connect: acr)';

-- A key may be trusted to ask for nothing twice: its platform has asked its people.
alter table api_key drop constraint api_key_scopes_check;
alter table api_key add constraint api_key_scopes_check check (scopes <@ array['people', 'rooms', 'videos', 'gifts', 'orders',
    'events', 'money-read', 'payouts', 'methods', 'consents', 'step-up']);
