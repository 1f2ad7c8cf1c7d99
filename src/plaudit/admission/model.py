"""What is proposed of keys, platforms and roles, what holds before it, and why it is not proposed."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.people.issuers import IssuerTerms
from plaudit.people.model import Role, Scope
from plaudit.problems import Conflict

Note = Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S", description="Why.")]
Given = Literal["creator", "owner", "support", "finance", "pricing", "catalogue", "safety", "auditor"]


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """All that the key of a name is to be, whether there is one or not."""

    name: str
    issuer: str
    scopes: list[Scope]
    networks: list[str]
    expires_at: datetime
    secret_sha256: str | None
    """Of its secret, which its proposer alone has seen, in digits of 16; None: as it is."""
    overlap_hours: int
    """How long the secret before stays good, once it is confirmed."""
    note: str


class HeldKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key in use of a name."""

    id: int
    name: str
    issuer: str
    scopes: list[Scope]
    networks: list[str]
    expires_at: datetime | None
    secret_sha256: str


class NewIssuer(msgspec.Struct, frozen=True, kw_only=True):
    """How the tokens of a platform are to be checked and read; it is believed from then on."""

    issuer: str
    audience: str
    jwks_uri: str | None
    jwks: str | None
    """A JSON Web Key Set, as text."""
    allowed_roles: list[Role]
    claims: dict[str, str]
    role_names: dict[str, str]
    client_id: str | None
    scopes: str
    sign_in_label: str | None
    note: str

    def terms(self) -> IssuerTerms:
        """The same without whose they are and why."""
        return IssuerTerms(**{name: getattr(self, name) for name in IssuerTerms.__struct_fields__})


class HeldIssuer(msgspec.Struct, frozen=True, kw_only=True):
    """How the tokens of a platform are checked and read."""

    id: int
    issuer: str
    audience: str
    jwks_uri: str | None
    jwks: str | None
    allowed_roles: list[Role]
    claims: dict[str, str]
    role_names: dict[str, str]
    client_id: str | None
    scopes: str
    sign_in_label: str | None
    active: bool


class NewRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role somebody is to have."""

    person_id: str
    role: Given
    note: str


class HeldRoles(msgspec.Struct, frozen=True):
    """The roles somebody was given here."""

    roles: list[Role]


class MadeRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role that somebody was given."""

    person_id: str
    role: Role
    granted_by: str
    granted_at: datetime


class KeyOfAnother(Conflict):
    code: ClassVar[str] = "key_of_another"
    title: ClassVar[str] = (
        "A key of this name is in use for another platform; a key does not change whose people it speaks for."
    )


class RoleHeld(Conflict):
    code: ClassVar[str] = "role_held"
    title: ClassVar[str] = "This person was given the role already."


class Admission(msgspec.Struct, frozen=True):
    """What a confirmed decision made: one of these."""

    decision_id: UUID
    key_id: int | None
    issuer_id: int | None
    role_grant_id: int | None
