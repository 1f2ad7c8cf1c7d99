-- A key that names its decision may no more than that says, and its secret is the one that was decided.
select k.id, k.name, k.decision_id
from api_key k join issuer i on i.id = k.issuer_id
left join decision d on d.id = k.decision_id and d.kind = 'key' and d.outcome = 'confirmed'
cross join lateral (select d.content::jsonb as said) c
where k.authority = 'decision' and (
    d.id is null or c.said ->> 'name' <> k.name or c.said ->> 'issuer' <> i.issuer
    or not k.scopes <@ array(select jsonb_array_elements_text(c.said -> 'scopes'))
    or (k.expires_at <= (c.said ->> 'expires_at')::timestamptz) is not true
    or c.said ->> 'secret_sha256' <> encode(k.secret_sha256, 'hex')
    or c.said -> 'networks' <> '[]' and (k.networks = '{}' or exists (
        select from unnest(k.networks) own where not exists (
            select from jsonb_array_elements_text(c.said -> 'networks') known where own <<= known::cidr))));
