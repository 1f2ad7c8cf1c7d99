"""People, the platforms that vouch for them, and what a caller may be."""

import enum
from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, ClassVar

import msgspec

from plaudit.problems import Forbidden, Problem, Unauthenticated


class Role(enum.StrEnum):
    """What somebody may be. A server speaks for its platform and is no person."""

    VIEWER = "viewer"
    CREATOR = "creator"
    OPERATOR = "operator"
    """What platforms say (the setting `operator_role` says what it is here). Of a caller: any of the roles below."""
    OWNER = "owner"
    """May all that operators may, and says who else is one."""
    SUPPORT = "support"
    FINANCE = "finance"
    PRICING = "pricing"
    CATALOGUE = "catalogue"
    SAFETY = "safety"
    AUDITOR = "auditor"
    """Reads what operators read, and changes nothing."""
    SERVER = "server"


PERSON_ROLES = frozenset(Role) - {Role.SERVER}
OPERATOR_ROLES = PERSON_ROLES - {Role.VIEWER, Role.CREATOR}
STAFF_ROLES = OPERATOR_ROLES - {Role.OPERATOR}


def roles_here(said: Collection[Role], given: Collection[Role], operator_role: Role | None) -> frozenset[Role]:
    """What somebody may be.

    Args:
        said: by their platform.
        given: here.
        operator_role: what a platform's `operator` is; None: nothing.
    """
    roles = {*said, *given} - {Role.OPERATOR}
    if Role.OPERATOR in said and operator_role is not None:
        roles.add(operator_role)
    if Role.OPERATOR in given:
        roles.add(Role.OWNER)
    return frozenset(roles | {Role.OPERATOR} if roles & STAFF_ROLES else roles)


class Scope(enum.StrEnum):
    """What a server's key may do, for its platform and in the name of its people."""

    PEOPLE = "people"
    """Tell of them, read what was told, hand them over to the pages and sign them out."""
    ROOMS = "rooms"
    VIDEOS = "videos"
    GIFTS = "gifts"
    ORDERS = "orders"
    """Quotes, orders and purchases in stores."""
    EVENTS = "events"
    MONEY_READ = "money-read"
    """Read wallets, orders, papers, earnings and payouts."""
    PAYOUTS = "payouts"
    """Convert what was earned, and ask for payouts."""
    METHODS = "methods"
    """Say where creators are paid to."""
    CONSENTS = "consents"
    """Agree, withdraw, and have cards kept."""
    STEP_UP = "step-up"
    """Do in the name of people what asks them for a recent sign-in: their platform has asked them itself."""
    DATA = "data"
    """Have all that is held of somebody copied or erased, and say that they are called otherwise."""
    MERGE = "merge"
    """Say that somebody is called otherwise, or that two accounts are one person's."""
    LIMITS = "limits"
    """Read somebody's own limits, make them stricter and begin breaks; never the other way."""


PERSONAL_SCOPES = frozenset(
    {Scope.PAYOUTS, Scope.METHODS, Scope.CONSENTS, Scope.STEP_UP, Scope.DATA, Scope.LIMITS, Scope.MERGE}
)
"""What somebody does themself unless a key is expressly given it."""
HANDED_SCOPES = frozenset({Scope.PAYOUTS, Scope.METHODS, Scope.DATA})
"""What sessions that a key's codes began must not do either unless the key may: whoever has the key can begin one."""
USUAL_SCOPES = frozenset(Scope) - PERSONAL_SCOPES


class Authority(enum.StrEnum):
    """By whose word a key, a platform or a role holds."""

    OWNER = "owner"
    """Who owns the tables, on the command line."""
    DECISION = "decision"
    """One operator proposed it, another confirmed it."""
    OPERATOR = "operator"
    """One operator, before it took two."""

    @property
    def said(self) -> str:
        """As the command line says it."""
        return {"owner": "by who owns the database", "decision": "by a decision", "operator": "by one operator"}[self]


class Caller(msgspec.Struct, frozen=True):
    """Who makes a request. `person_id` is 0 for a server that speaks for nobody in particular.

    `expires_at` (seconds since 1970, UTC) is when what was shown is no longer good; None: when it is revoked.
    `key_id` is the key a server asks with, `handed_by` that whose code began their session; `scopes` what it may do.
    `auth_time` (seconds since 1970, UTC) is when they last proved who they are, `acr` in which way, as their platform
    says; None: it does not say.
    """

    person_id: int
    roles: frozenset[Role]
    issuer_id: int
    key_id: int | None = None
    session_id: int | None = None
    expires_at: float | None = None
    scopes: frozenset[Scope] | None = None
    handed_by: int | None = None
    auth_time: float | None = None
    acr: str | None = None

    @property
    def acting_key(self) -> int | None:
        """The key without which they would not be here; None: they came by themselves."""
        return self.handed_by if self.key_id is None else self.key_id


class Issuer(msgspec.Struct, frozen=True):
    """A platform whose tokens are accepted. Its keys come from `jwks_uri`, or are `jwks` itself."""

    id: int
    issuer: str
    audience: str
    jwks_uri: str | None
    jwks: str | None
    """A JSON Web Key Set, as text."""
    allowed_roles: list[Role]
    active: bool
    created_at: datetime
    claims: dict[str, str] = {}
    """Which claim says what (a fact of `plaudit.people.claims`), where it is not the usual one."""
    role_names: dict[str, str] = {}
    """What the platform calls our roles."""
    client_id: str | None = None
    """How we are known at its OpenID provider; None: nobody signs in there."""
    scopes: str = "openid"
    """What a sign-in asks for, one blank between."""
    sign_in_label: str | None = None
    """What the way in is called; None: after its host."""
    authority: Authority = Authority.OWNER


class Person(msgspec.Struct, frozen=True):
    """Somebody as their platform describes them."""

    id: int
    issuer: str
    subject: str
    handle: str
    display_name: str
    avatar: str
    country: str | None
    created_at: datetime
    language: str | None = None
    """What they read, as a tag of BCP 47."""
    born_on: date | None = None
    platform_roles: list[Role] = []
    """What their platform said they may be when they were last here."""
    told_at: datetime | None = None
    """When their platform's server last told of them."""
    said_at: datetime | None = None
    """When the platform made what it last said: a token that is older says nothing any more."""


class PersonCard(msgspec.Struct, frozen=True):
    """What everybody may know about a person."""

    id: Annotated[str, msgspec.Meta(description="The person.", examples=["12"])]
    name: Annotated[str, msgspec.Meta(description="The name to show.", examples=["Ada"])]
    avatar: Annotated[str, msgspec.Meta(description="Address of a picture; empty: none.")]


HIDDEN = 0
"""Whoever gives and is not told."""
HIDDEN_CARD = PersonCard(str(HIDDEN), "", "")


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says about its person."""

    subject: str
    handle: str
    display_name: str
    avatar: str = ""
    country: str | None = None
    language: str | None = None
    born_on: date | None = None
    email: str | None = None
    """Where they are mailed to, where that is told and proved."""


class ApiKey(msgspec.Struct, frozen=True):
    """A key of a platform's server; its secrets are shown once and never kept."""

    id: int
    name: str
    issuer_id: int
    issuer: str
    created_at: datetime
    revoked_at: datetime | None
    scopes: list[Scope]
    networks: list[str]
    """Where it may be used from; empty: from anywhere."""
    expires_at: datetime | None
    last_used_at: datetime | None
    """To the minute."""
    former_ends_at: datetime | None
    """Until when the secret before this one is good."""
    authority: Authority


class TokenNotValid(Unauthenticated):
    code: ClassVar[str] = "token_not_valid"
    title: ClassVar[str] = "The token is not valid."

    class Fields(msgspec.Struct, frozen=True):
        reason: str

    def __init__(self, reason: str, *, key_id: int | None = None) -> None:
        """`key_id`: of the key that it is, or was; told to nobody outside."""
        super().__init__(f"The token {reason}.", reason=reason)
        self.key_id = key_id

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class RoleMissing(Forbidden):
    code: ClassVar[str] = "role_missing"
    title: ClassVar[str] = "You may not do this."

    class Fields(msgspec.Struct, frozen=True):
        needed: list[str]

    def __init__(self, needed: list[str]) -> None:
        super().__init__(f"This needs the role {' or '.join(needed)}.", needed=needed)


class ScopeMissing(Forbidden):
    """`needed` null: something that no key may do."""

    code: ClassVar[str] = "scope_missing"
    title: ClassVar[str] = "The key of a server may not do this; sign in yourself."

    class Fields(msgspec.Struct, frozen=True):
        needed: str | None

    def __init__(self, needed: Scope | None) -> None:
        what = "Only somebody who is signed in may" if needed is None else f"This needs a key of the scope {needed}"
        super().__init__(f"{what}.", needed=needed)


class ForeignOrigin(Forbidden):
    code: ClassVar[str] = "foreign_origin"
    title: ClassVar[str] = "A page of another site may not do this in your name."


class IssuerUnreachable(Problem):
    code: ClassVar[str] = "issuer_unreachable"
    status: ClassVar[int] = 503
    title: ClassVar[str] = "The keys of your platform cannot be fetched just now; try again shortly."

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}


class StoredApiKey(msgspec.Struct, frozen=True):
    """What is kept of a key to check it by."""

    id: int
    issuer_id: int
    scopes: list[Scope]
    networks: list[str]
    ends_at: datetime | None
    """When the key, or the secret that was shown, is no longer good."""
    allowed_roles: list[Role]


class RevokedApiKey(msgspec.Struct, frozen=True):
    """A key that was just revoked."""

    id: int
    name: str
    revoked_at: datetime
