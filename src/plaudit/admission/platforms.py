"""Platforms whose word is taken: added, changed and believed again by a decision of two, always."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.admission.model import Admission, HeldIssuer, NewIssuer, Note
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.ids import IdMeta
from plaudit.limits import CLAIMS_NAMED_MAX, SCOPES_LENGTH_MAX, SIGN_IN_LABEL_LENGTH_MAX
from plaudit.people.access import Access
from plaudit.people.issuers import NO_KEYS, key_set_text
from plaudit.people.model import Role
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)

_Text = Annotated[str, Meta(min_length=1, max_length=255)]
_Renamed = Annotated[dict[_Text, _Text], Meta(max_length=CLAIMS_NAMED_MAX)]


class WantedIssuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the tokens of a platform are to be checked and read, in all; without keys it mints none."""

    id: Annotated[UUID, IdMeta] | None = None
    issuer: Annotated[_Text, Meta(description="As its tokens say in `iss`.")]
    audience: Annotated[_Text, Meta(description="What `aud` must contain.")] = "plaudit"
    jwks_uri: Annotated[_Text, Meta(description="Where it publishes its keys.")] | None = None
    jwks: Annotated[dict[str, Any], Meta(description="Its keys, where it publishes none.")] | None = None
    allowed_roles: Annotated[list[Role], Meta(max_length=len(Role), description="What its tokens may say.")]
    claims: Annotated[_Renamed, Meta(description="Which claim says a fact, where it is not the usual one.")] = {}
    role_names: Annotated[_Renamed, Meta(description="What it calls our roles.")] = {}
    client_id: Annotated[_Text, Meta(description="How we are known there, for people to sign in.")] | None = None
    scopes: Annotated[str, Meta(max_length=SCOPES_LENGTH_MAX, description="What a sign-in asks for.")] = (
        "openid profile"
    )
    sign_in_label: Annotated[str, Meta(min_length=1, max_length=SIGN_IN_LABEL_LENGTH_MAX)] | None = None
    note: Note

    def content(self) -> NewIssuer:
        """What is decided.

        Raises:
            InvalidField: its keys are no key set, or none of use.
        """
        given = {name: getattr(self, name) for name in NewIssuer.__struct_fields__}
        given["allowed_roles"] = sorted(set(self.allowed_roles))
        given["jwks"] = key_set_text(self.jwks) if self.jwks is not None else None if self.jwks_uri else NO_KEYS
        return NewIssuer(**given)


async def _in_force(connection: Connection, _: Clock, new: NewIssuer) -> HeldIssuer | None:
    return await fetch_one(connection, SQL["held_issuer"], HeldIssuer, new.issuer)


def _figures(one: NewIssuer | HeldIssuer) -> Iterable[Figure]:
    yield Figure("Platform", one.issuer)
    yield Figure("Is believed", "yes" if isinstance(one, NewIssuer) or one.active else "no longer")
    yield Figure("Keys", _keys(one.jwks_uri, one.jwks))
    yield Figure("Audience", one.audience)
    yield Figure("May say of its people", ", ".join(sorted(one.allowed_roles)) or "nothing")
    yield Figure("Its names of our roles", _pairs(one.role_names))
    yield Figure("Its claims", _pairs(one.claims))
    yield Figure("Sign-in as client", one.client_id or "nobody signs in there")
    yield Figure("A sign-in asks for", one.scopes)
    yield Figure("The way in is called", one.sign_in_label or "after its host")


def _keys(address: str | None, key_set: str | None) -> str:
    if address is not None:
        return address
    said = msgspec.json.encode(msgspec.json.decode(key_set or NO_KEYS), order="sorted")
    if said == msgspec.json.encode(msgspec.json.decode(NO_KEYS), order="sorted"):
        return "none: it mints no tokens"
    return f"a key set, SHA-256 {hashlib.sha256(said).hexdigest()[:12]}…"


def _pairs(named: Mapping[str, str]) -> str:
    return ", ".join(f"{left} is {right}" for left, right in sorted(named.items())) or "as usual"


async def _check(_: Connection, __: Clock, new: NewIssuer) -> None:
    new.terms().check()


async def _takes_two(_: Connection, __: NewIssuer) -> bool:
    """Whoever holds its keys is all of its people, those who decide here among them."""
    return True


async def _apply(connection: Connection, clock: Clock, new: NewIssuer, decision: Decision, _: Any) -> HeldIssuer:
    await connection.execute(SQL["admit_issuer"], decision.id)
    return await _held(connection, clock, new)


async def _held(connection: Connection, clock: Clock, new: NewIssuer) -> HeldIssuer:
    held = await _in_force(connection, clock, new)
    assert held is not None, "it was just written"
    return held


async def _made(connection: Connection, decision_id: UUID) -> HeldIssuer:
    made = await fetch_one(connection, SQL["admission"], Admission, decision_id)
    assert made is not None, "a confirmed decision made one"
    held = await fetch_one(connection, SQL["issuer_by_number"], HeldIssuer, made.issuer_id)
    assert held is not None, "platforms are kept"
    return held


ISSUER = DecisionKind(
    name="issuer",
    title="Platform whose word is taken",
    access=Access.OWNER,
    content=NewIssuer,
    before=HeldIssuer,
    in_force=_in_force,
    figures=_figures,
    check=_check,
    subject=lambda new: new.issuer,
    takes_two=_takes_two,
    apply=_apply,
    made=_made,
)
