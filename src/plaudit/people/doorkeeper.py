"""From what a request presents to who is asking; what was checked is remembered for a short while."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.limits import CALLER_CACHE_LENGTH_MAX, CALLER_CACHE_S, WAY_IN_CHECK_S
from plaudit.people import actions
from plaudit.people.credentials import Credentials
from plaudit.people.issuers import list_issuers
from plaudit.people.keysets import KeySets
from plaudit.people.model import (
    OPERATOR_ROLES,
    Caller,
    Issuer,
    Role,
    StoredApiKey,
    TokenNotValid,
    roles_here,
)
from plaudit.people.roles import roles_granted
from plaudit.people.sessions import SESSION_PREFIX, find_session
from plaudit.people.tokens import peek, verify, verify_statement
from plaudit.people.ways_in import WayIn, told_way, ways_of
from plaudit.people.wrong_keys import WrongKeys
from plaudit.settings import Settings
from plaudit.statements import fetch_one

Network = IPv4Network | IPv6Network
Where = Callable[[], tuple[str | None, str | None]]
"""Tells the address somebody asks from (None: that cannot be told), and what it counts as where those who are wrong are
counted (None: it is everybody's)."""


def NOWHERE() -> tuple[None, None]:  # noqa: N802 - a constant of the type above
    """Somebody of whom no address can be told."""
    return None, None


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    until: float
    networks: tuple[Network, ...] = ()
    """Where they must ask from; empty: from anywhere."""

    def require_network(self, where: Where) -> None:
        """That they ask from where their key may be used.

        Raises:
            TokenNotValid: they do not, or it cannot be told.
        """
        if self.networks:
            address, _ = where()
            if address is None or not any(ip_address(address) in network for network in self.networks):
                raise TokenNotValid("may not be used from this address", key_id=self.caller.key_id)


class NotAtHand(Exception):
    """It would have to be looked up who is asking."""


def operator_role(settings: Settings) -> Role | None:
    """What somebody is here of whom a platform says that they are an `operator`; None: nothing."""
    return None if settings.operator_role == "none" else Role(settings.operator_role)


class Doorkeeper:
    """Tells who is asking. A signature costs 100 µs and a person a query, so callers are remembered.

    The memory is bounded, keyed by the hash of the token, and forgets after CALLER_CACHE_S (a session, which somebody
    may end elsewhere, after WAY_IN_CHECK_S) or when the token expires, whichever is first.
    """

    def __init__(self, database: Database, clock: Clock, keysets: KeySets, settings: Settings) -> None:
        self._database = database
        self._operator_role = operator_role(settings)
        self._token_life_max_s = settings.token_life_max_s
        self._clock = clock
        self._keysets = keysets
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._issuers: dict[str, Issuer] = {}
        self._issuers_until = 0.0
        self._wrong_keys = WrongKeys()
        self._keys_used: dict[int, float] = {}
        self._sessions_used: dict[int, float] = {}
        self._listeners: list[Callable[[Iterable[WayIn]], None]] = []

    async def caller_of(
        self, credentials: Credentials, where: Where = NOWHERE, *, at_hand: bool = False
    ) -> Caller | None:
        """Who presents these credentials, from where; None when a forgiving one is no longer good.

        Raises:
            NotAtHand: with `at_hand`, that they are not known here; else they are looked up.
            TooBusy: too many came from there that were not good.
            TokenNotValid: the token or key is not good, or speaks for somebody it must not.
            IssuerUnreachable: the keys to check with cannot be fetched.
        """
        fingerprint = _fingerprint(credentials)
        known = self._known.get(fingerprint)
        if known is not None and known.until > self._now():
            return self._admitted(known, where)
        if at_hand:
            raise NotAtHand
        _, address = where()
        self._wrong_keys.check(address, self._now())
        try:
            known = await self._check(credentials)
        except TokenNotValid:
            self._wrong_keys.count(address, self._now())
            if credentials.forgiving:
                return None
            raise
        self._remember(fingerprint, known)
        return self._admitted(known, where)

    def _admitted(self, known: _Known, where: Where) -> Caller:
        known.require_network(where)
        if known.caller.key_id is not None:
            self._keys_used[known.caller.key_id] = self._now()
        elif known.caller.session_id is not None:
            self._sessions_used[known.caller.session_id] = self._now()
        return known.caller

    def take_used(self) -> tuple[dict[int, float], dict[int, float]]:
        """When keys and sessions were last used here, of those that were since this was asked."""
        used = self._keys_used, self._sessions_used
        self._keys_used, self._sessions_used = {}, {}
        return used

    async def statement(self, token: str, about: str) -> tuple[Issuer, dict[str, Any]]:
        """Who says something of a thing of its own, such as a video, and the claims it is said in.

        Raises:
            TokenNotValid: the token is not good, or not about such a thing.
            IssuerUnreachable: the keys to check with cannot be fetched.
        """
        name, key_id = peek(token)
        issuer = await self._issuer(name)
        key = await self._keysets.key(issuer, key_id)
        return issuer, verify_statement(token, key, issuer, about, self._clock)

    async def close(self) -> None:
        await self._keysets.close()

    def forget(self) -> None:
        """Check everybody again, and read the issuers anew."""
        self._known.clear()
        self._issuers_until = 0.0

    def on_over(self, listener: Callable[[Iterable[WayIn]], None]) -> None:
        """Have somebody told of what has ended here."""
        self._listeners.append(listener)

    def over(self, ways: Iterable[WayIn]) -> None:
        """Believe in these ways in no longer; sockets that came in by them are closed. Call it after the commit."""
        ended = frozenset(ways)
        if any(way.kind == "issuer" for way in ended):
            self._issuers_until = 0.0
        changed = ended | {WayIn("person", way.id) for way in ended if way.kind == "roles"}
        for fingerprint in [one for one, known in self._known.items() if ways_of(known.caller) & changed]:
            del self._known[fingerprint]
        for listener in self._listeners:
            listener(ended)

    def hear(self, told: str | None) -> None:
        """What the database tells; None: something may have been missed, so everybody is checked again."""
        if told is None:
            self.forget()
        elif way := told_way(told):
            self.over([way])

    async def _check(self, credentials: Credentials) -> _Known:
        if credentials.token.startswith(actions.API_KEY_PREFIX):
            return await self._check_key(credentials.token, credentials.subject)
        if credentials.subject is not None:
            raise TokenNotValid("is a person's and cannot speak for another subject")
        if credentials.token.startswith(SESSION_PREFIX):
            return await self._check_session(credentials.token)
        return await self._check_token(credentials.token)

    async def _check_session(self, secret: str) -> _Known:
        async with self._database.read() as connection:
            session = await find_session(connection, secret, self._clock)
            if session is None:
                raise TokenNotValid("is of a session that has ended")
            granted = await roles_granted(connection, session.person_id)
        ends = session.expires_at.timestamp()
        roles = roles_here(session.roles, granted, self._operator_role)
        if session.key_id is not None:  # a server speaks for no operator, whoever made them one
            roles -= OPERATOR_ROLES
        caller = Caller(
            session.person_id,
            roles,
            session.issuer_id,
            session_id=session.id,
            expires_at=ends,
            scopes=None if session.scopes is None else frozenset(session.scopes),
            handed_by=session.key_id,
            auth_time=session.auth_time.timestamp() if session.auth_time else None,
            acr=session.acr,
        )
        return _Known(caller, min(ends, self._now() + WAY_IN_CHECK_S))

    async def _check_token(self, token: str) -> _Known:
        name, key_id = peek(token)
        issuer = await self._issuer(name)
        key = await self._keysets.key(issuer, key_id)
        verified = verify(token, key, issuer, self._clock, life_max_s=self._token_life_max_s)
        async with self._database.transaction() as connection:
            person = await actions.record_person(
                connection, issuer.id, verified.profile, verified.roles, self._clock, said_at=verified.issued_at
            )
            granted = await roles_granted(connection, person.id)
        said = frozenset(person.platform_roles) & (verified.roles or frozenset(person.platform_roles))
        roles = roles_here(said, granted, self._operator_role)
        caller = Caller(
            person.id,
            roles,
            issuer.id,
            expires_at=verified.expires_at,
            auth_time=verified.auth_time,
            acr=verified.acr,
        )
        return _Known(caller, min(verified.expires_at, self._now() + CALLER_CACHE_S))

    async def _issuer(self, name: str) -> Issuer:
        if self._issuers_until <= self._now() or name not in self._issuers:
            async with self._database.read() as connection:
                issuers = await list_issuers(connection)
            self._issuers = {issuer.issuer: issuer for issuer in issuers if issuer.active}
            self._issuers_until = self._now() + CALLER_CACHE_S
        if name not in self._issuers:
            raise TokenNotValid("comes from an issuer that is not accepted here")
        return self._issuers[name]

    async def _check_key(self, secret: str, subject: str | None) -> _Known:
        wanted = actions.secret_sha256(secret)
        async with self._database.transaction() as connection:
            key = await fetch_one(connection, actions.SQL["api_key_by_secret"], StoredApiKey, wanted, self._clock.now())
            if key is None:
                known = await connection.fetchval(actions.SQL["api_key_that_was"], wanted)
                raise TokenNotValid("is no API key in use", key_id=known)
            person_id = 0
            roles = frozenset({Role.SERVER})
            if subject is not None:
                people = await actions.require_people_by_subjects(connection, key.issuer_id, [subject], self._clock)
                person = people[subject]
                granted = await roles_granted(connection, person.id)
                may = frozenset(person.platform_roles) & frozenset(key.allowed_roles) | granted | {Role.VIEWER}
                person_id, roles = person.id, roles | may - OPERATOR_ROLES
        ends = key.ends_at.timestamp() if key.ends_at else None
        caller = Caller(person_id, roles, key.issuer_id, key.id, expires_at=ends, scopes=frozenset(key.scopes))
        until = self._now() + CALLER_CACHE_S
        networks = tuple(ip_network(one) for one in key.networks)
        return _Known(caller, until if ends is None else min(until, ends), networks)

    def _remember(self, fingerprint: bytes, known: _Known) -> None:
        self._known[fingerprint] = known
        self._known.move_to_end(fingerprint)
        if len(self._known) > CALLER_CACHE_LENGTH_MAX:
            self._known.popitem(last=False)

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _fingerprint(credentials: Credentials) -> bytes:
    subject = "" if credentials.subject is None else f" {credentials.subject}"
    return hashlib.sha256((credentials.token + subject).encode("utf-8", "surrogateescape")).digest()
