-- A platform that names its decision is checked and read as that says.
select i.id, i.issuer, i.decision_id
from issuer i
left join decision d on d.id = i.decision_id and d.kind = 'issuer' and d.outcome = 'confirmed'
where i.authority = 'decision' and (d.id is null or jsonb_build_object('issuer', i.issuer, 'audience', i.audience,
        'jwks_uri', i.jwks_uri, 'jwks', i.jwks, 'allowed_roles', i.allowed_roles, 'claims', i.claims, 'role_names', i.role_names,
        'client_id', i.client_id, 'scopes', i.scopes, 'sign_in_label', i.sign_in_label)
    <> jsonb_set(d.content::jsonb - 'note', '{jwks}', coalesce((d.content::jsonb ->> 'jwks')::jsonb, 'null')));
