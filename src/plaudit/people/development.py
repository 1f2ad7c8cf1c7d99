"""The issuer of this machine: it mints tokens for development, tests and the demo."""

import os
from collections.abc import Collection
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec
from joserfc import jwk, jwt

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.limits import TOKEN_LIFETIME_H
from plaudit.people.actions import SQL
from plaudit.people.issuers import IssuerTerms, add_issuer, key_set_text
from plaudit.people.model import PERSON_ROLES, Issuer, Role
from plaudit.settings import Settings
from plaudit.statements import fetch_one

ISSUER = "urn:plaudit:development"
AUDIENCE = "plaudit"

_ALGORITHM = "ES256"
_KEY_FILE = "development-key.json"
_PRIVATE_MODE = 0o600


def may_develop(settings: Settings) -> bool:
    """Whether this server is reached by no public address: whoever may be anybody must be alone with it."""
    host = urlsplit(settings.public_url).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".test"))


def in_demo(settings: Settings) -> bool:
    """Whether visitors choose whom of the demo they are."""
    return bool(settings.demo_people) and may_develop(settings)


class DevelopmentIssuer:
    """Mints tokens with a key of its own. They are accepted once `register` has run on the database."""

    def __init__(self, key: jwk.ECKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> Self:
        """An issuer with a fresh key that is kept nowhere."""
        return cls(jwk.ECKey.generate_key("P-256", {"use": "sig", "alg": _ALGORITHM}, private=True, auto_kid=True))

    @classmethod
    def of(cls, data: Path) -> Self:
        """The issuer whose key lies in the data folder; made there at first, for the owner's eyes only."""
        file = data / _KEY_FILE
        if not file.exists():
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = cls.new()
            draft = file.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE_MODE), "wb") as opened:
                opened.write(msgspec.json.encode(fresh._key.as_dict(private=True)))
            try:
                os.link(draft, file)  # whoever comes second finds the first one's key
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return cls(jwk.ECKey.import_key(msgspec.json.decode(file.read_bytes())))

    async def register(self, connection: Connection, clock: Clock) -> Issuer:
        """Make the database accept this issuer's tokens, unless somebody stopped it. Needs the login role, as all
        changes of issuers do."""
        key_set = jwk.KeySet([self._key]).as_dict(private=False)
        keys = key_set_text(key_set)
        known = await fetch_one(connection, SQL["replace_issuer_jwks"], Issuer, ISSUER, keys)
        terms = IssuerTerms(audience=AUDIENCE, jwks=keys, allowed_roles=PERSON_ROLES)
        return known or await add_issuer(connection, ISSUER, terms, clock)

    def mint(
        self,
        subject: str,
        roles: Collection[Role],
        clock: Clock,
        *,
        lifetime: timedelta = timedelta(hours=TOKEN_LIFETIME_H),
        claims: dict[str, str] | None = None,
    ) -> str:
        """A token for a person who signed in just now.

        Args:
            subject: the person, as the issuer knows them.
            roles: what the token says the person may be.
            clock: tells when the token begins.
            lifetime: for how long it is good.
            claims: more of what it says: name, preferred_username, picture, country.
        """
        now = int(clock.now().timestamp())
        return jwt.encode(
            {"alg": _ALGORITHM, "kid": self._key.kid},
            {
                "auth_time": now,
                **(claims or {}),
                "iss": ISSUER,
                "aud": AUDIENCE,
                "sub": subject,
                "iat": now,
                "nbf": now,
                "exp": now + int(lifetime.total_seconds()),
                "roles": sorted(roles),
            },
            self._key,
            algorithms=[_ALGORITHM],
        )

    def vouch(self, about: str, said: dict[str, Any], clock: Clock, *, lifetime: timedelta) -> str:
        """A token that says something of a thing of the platform's, such as a `video`.

        Args:
            about: what kind of thing it is.
            said: what it says of it.
            clock: tells when the token begins.
            lifetime: for how long it is good.
        """
        now = int(clock.now().timestamp())
        claims = {"iss": ISSUER, "aud": f"{AUDIENCE}:{about}", "iat": now, "exp": now + int(lifetime.total_seconds())}
        return jwt.encode(
            {"alg": _ALGORITHM, "kid": self._key.kid}, claims | {about: said}, self._key, algorithms=[_ALGORITHM]
        )
