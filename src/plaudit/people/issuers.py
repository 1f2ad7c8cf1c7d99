"""Whose word about people is taken: platforms, their keys, what their claims are called, and what they may say."""

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.limits import SCOPES_LENGTH_MAX, SIGN_IN_LABEL_LENGTH_MAX
from plaudit.outgoing import is_loopback
from plaudit.people.claims import FACTS
from plaudit.people.keysets import parse_key_set
from plaudit.people.model import PERSON_ROLES, Issuer, Role
from plaudit.problems import Conflict, InvalidField, NotFound
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

NO_KEYS = '{"keys": []}'
"""The key set, as PostgreSQL writes it, of a platform without tokens: its server hands its people over."""


class IssuerTerms(msgspec.Struct, frozen=True, kw_only=True):
    """How a platform's tokens are checked and read. Its keys come from `jwks_uri`, or are `jwks` itself.

    With a `client_id` people sign in there by OpenID Connect; the client's secret is a setting.
    """

    audience: str
    jwks_uri: str | None = None
    jwks: str | None = None
    allowed_roles: Collection[Role] = (Role.VIEWER, Role.CREATOR)
    claims: Mapping[str, str] = {}
    role_names: Mapping[str, str] = {}
    client_id: str | None = None
    scopes: str = "openid profile"
    sign_in_label: str | None = None

    def check(self) -> None:
        """Raise InvalidField for what could not hold."""
        if (self.jwks_uri is None) == (self.jwks is None):
            raise InvalidField(field="jwks", reason="must be given either as an address or as a key set")
        if self.jwks_uri is not None and not _is_private(self.jwks_uri):
            raise InvalidField(
                field="jwks_uri",
                reason="must begin with https, unless this machine itself is meant: whoever is on the way"
                " could change the keys",
            )
        if not set(self.allowed_roles) <= PERSON_ROLES:
            raise InvalidField(field="allowed_roles", reason="may hold viewer, creator and operator")
        if unknown := sorted(set(self.claims) - set(FACTS)):
            raise InvalidField(field=f"claims.{unknown[0]}", reason=f"must be one of {', '.join(FACTS)}")
        if wrong := sorted(set(self.role_names.values()) - {role.value for role in PERSON_ROLES}):
            raise InvalidField(field="role_names", reason=f"{wrong[0]} is none of viewer, creator and operator")
        self._check_sign_in()

    def _check_sign_in(self) -> None:
        if self.client_id is not None and not re.fullmatch("[!-~]{1,255}", self.client_id):
            raise InvalidField(field="client_id", reason="must be 1 to 255 visible characters of ASCII, without blanks")
        if not re.fullmatch("openid( [!-~]+)*", self.scopes) or len(self.scopes) > SCOPES_LENGTH_MAX:
            raise InvalidField(field="scopes", reason="must be words of ASCII, the first of them openid")
        label = self.sign_in_label
        if label is not None and not (0 < len(label) <= SIGN_IN_LABEL_LENGTH_MAX and label.isprintable()):
            raise InvalidField(
                field="sign_in_label", reason=f"must be 1 to {SIGN_IN_LABEL_LENGTH_MAX} printable characters"
            )

    def row(self) -> tuple[Any, ...]:
        return (
            self.audience, self.jwks_uri, self.jwks, sorted(self.allowed_roles), dict(self.claims),
            dict(self.role_names), self.client_id, self.scopes, self.sign_in_label,
        )  # fmt: skip


def _is_private(address: str) -> bool:
    """Whether nobody on the way can change what is at an address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    is_host = re.fullmatch("[!-~]+", host) is not None
    return is_host and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def terms_of(issuer: Issuer) -> IssuerTerms:
    """What holds for a platform now."""
    return IssuerTerms(
        audience=issuer.audience,
        jwks_uri=issuer.jwks_uri,
        jwks=issuer.jwks,
        allowed_roles=issuer.allowed_roles,
        claims=issuer.claims,
        role_names=issuer.role_names,
        client_id=issuer.client_id,
        scopes=issuer.scopes,
        sign_in_label=issuer.sign_in_label,
    )


async def add_issuer(connection: Connection, issuer: str, terms: IssuerTerms, clock: Clock) -> Issuer:
    """Accept the tokens of a platform. One that was removed finds its people again.

    Raises:
        InvalidField: terms that cannot hold.
        Conflict: the issuer is there already.
    """
    terms.check()
    audience, jwks_uri, jwks, roles, *others = terms.row()
    added = await fetch_one(
        connection, SQL["insert_issuer"], Issuer,
        issuer, audience, jwks_uri, jwks, roles, clock.now(), *others,
    )  # fmt: skip
    if added is None:
        raise Conflict("This issuer is accepted already: change it with `plaudit issuer set`.", issuer=issuer)
    return added


async def set_issuer(connection: Connection, issuer: str, terms: IssuerTerms) -> Issuer:
    """Change how a platform's tokens are checked and read.

    Raises:
        InvalidField: terms that cannot hold.
        NotFound: no such issuer.
    """
    terms.check()
    return _there(await fetch_one(connection, SQL["set_issuer"], Issuer, issuer, *terms.row()), issuer)


async def set_issuer_active(connection: Connection, issuer: str, *, active: bool) -> Issuer:
    """Accept the tokens and keys of a platform again, or no longer.

    Raises:
        NotFound: no such issuer.
    """
    return _there(await fetch_one(connection, SQL["set_issuer_active"], Issuer, issuer, active), issuer)


async def stop_issuer(connection: Connection, issuer_id: int) -> Issuer:
    """Accept the tokens and keys of a platform no longer, as the application may.

    Raises:
        NotFound: none of this number is accepted.
    """
    if await connection.fetchval(SQL["stop_issuer"], issuer_id) is None:
        raise NotFound("No such platform is accepted.")
    return next(one for one in await list_issuers(connection) if one.id == issuer_id)


async def remove_issuer(connection: Connection, issuer: str, clock: Clock) -> None:
    """Forget a platform. Its people, and what they own, stay; adding it again finds them.

    Raises:
        NotFound: no such issuer.
    """
    if await connection.fetchval(SQL["remove_issuer"], issuer, clock.now()) is None:
        raise _not_found(issuer)


async def list_issuers(connection: Connection) -> list[Issuer]:
    """All platforms, those no longer accepted included."""
    return await fetch_all(connection, SQL["list_issuers"], Issuer)


async def require_issuer(connection: Connection, issuer: str) -> Issuer:
    """The platform of that name.

    Raises:
        NotFound: no such issuer.
    """
    return _there(await fetch_one(connection, SQL["issuer_by_name"], Issuer, issuer), issuer)


def _there(found: Issuer | None, issuer: str) -> Issuer:
    if found is None:
        raise _not_found(issuer)
    return found


def _not_found(issuer: str) -> NotFound:
    return NotFound(f"There is no issuer {issuer}: it is called as in `iss`, to the slash at its end.", issuer=issuer)


def key_set_text(document: Any) -> str:
    """A key set as it is kept: public parts only.

    Raises:
        InvalidField: it is no key set, or none of its keys is of use.
    """
    try:
        keys = parse_key_set(msgspec.json.encode(document))
    except ValueError as error:
        raise InvalidField(field="jwks", reason=f"is not valid: {error}") from error
    return msgspec.json.encode(keys.as_dict(private=False)).decode()
