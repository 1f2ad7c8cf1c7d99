"""What breaks the laws of who may come in."""

from datetime import timedelta
from typing import Any

from plaudit.people.development import ISSUER
from plaudit.people.model import Role
from tests.support.deciding import confirmed

BREAKS = [
    *(("admissions_are_decided", confirmed(kind, {})) for kind in ("key", "issuer", "role")),
    ("admissions_are_decided", "update admission set decision_id = gen_random_uuid() where key_id is not null"),
    ("keys_are_as_decided", "update api_key set scopes = '{people,payouts}'"),
    ("keys_are_as_decided", "update api_key set networks = '{}'"),
    ("keys_are_as_decided", "update api_key set networks = '{10.0.0.0/7}'"),
    ("keys_are_as_decided", "update api_key set expires_at = null"),
    ("keys_are_as_decided", "update api_key set expires_at = expires_at + interval '1 day'"),
    ("keys_are_as_decided", "update api_key set secret_sha256 = sha256('another') where authority = 'decision'"),
    ("keys_are_as_decided", "update api_key set name = 'another' where authority = 'decision'"),
    ("keys_are_as_decided", "update api_key set decision_id = gen_random_uuid() where authority = 'decision'"),
    ("issuers_are_as_decided", "update issuer set allowed_roles = '{owner}' where authority = 'decision'"),
    (
        "issuers_are_as_decided",
        "update issuer set jwks_uri = 'https://x', jwks = null where authority = 'decision'",
    ),
    ("roles_are_as_decided", "update role_grant set role = 'owner' where authority = 'decision'"),
    ("roles_are_as_decided", "update role_grant set person_id = person_id + 1000 where authority = 'decision'"),
    ("roles_are_as_decided", "update role_grant set granted_by = granted_by + 1000 where authority = 'decision'"),
]


async def prepare(stage: Any) -> None:
    """A key, a platform and a role that were decided."""
    desk = stage.shop.desk
    olga, oskar = [await desk.person(name, Role.VIEWER, Role.OPERATOR) for name in ("olga", "oskar")]
    ada = str(await desk.person_id("ada"))
    ends_at = (desk.house.clock.now() + timedelta(days=90)).isoformat()
    key = {"name": "decided", "issuer": ISSUER, "scopes": ["people"], "networks": ["10.0.0.0/8"], "expires_at": ends_at}
    for address, asked in (
        ("keys", key),
        ("issuers", {"issuer": "https://decided.example", "allowed_roles": ["viewer"]}),
        ("roles", {"person_id": ada, "role": "finance"}),
    ):
        answer = await olga.post(f"/v1/operator/{address}", json=asked | {"note": "x"})
        assert answer.status_code in {201, 202}, answer.text
        if answer.status_code == 202:
            decision = answer.json().get("decision") or answer.json()
            seen = {"content_sha256": decision["content_sha256"]}
            made = await oskar.post(f"/v1/decisions/{decision['id']}/confirm", json=seen)
            assert made.status_code == 200, made.text
