"""Sessions of the pages: begun by a token, a sign-in or a code, ended by whoever began them, the platform, or time."""

import math
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plaudit.acts import Actor, changed
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.limits import SESSION_DEVICE_LENGTH_MAX, SESSION_HOURS_MAX, SESSIONS_SHOWN_MAX, SIGN_IN_CODE_S
from plaudit.people import session_acts
from plaudit.people.actions import require_person, secret_sha256
from plaudit.people.model import Caller, Role, Scope, TokenNotValid
from plaudit.problems import Unauthenticated
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

SESSION_PREFIX = "pls_"
CODE_PREFIX = "plc_"
_SECRET_BYTES = 32
_NONCE_BYTES = 12


class StoredSession(msgspec.Struct, frozen=True):
    """A session that holds."""

    id: int
    person_id: int
    issuer_id: int
    roles: list[Role]
    expires_at: datetime
    key_id: int | None
    """The server whose code began it."""
    scopes: list[Scope] | None
    """What that server's key may do."""
    auth_time: datetime | None
    """When its person last proved who they are; None: their platform does not say."""
    acr: str | None


class Seen(NamedTuple):
    """Who begins a session, as far as their person knows it again."""

    device: str | None
    """What the browser calls itself."""
    address: str | None
    """Of which only the network is kept."""


NOBODY_SEEN = Seen(None, None)


class Proved(NamedTuple):
    """How somebody proved who they are, as their platform says."""

    auth_time: float | None
    """When, in seconds since 1970, UTC; None: that is not said."""
    acr: str | None
    """In which way."""


NOTHING_PROVED = Proved(None, None)


class OwnSession(msgspec.Struct, frozen=True):
    """A session that holds, as its person sees it."""

    id: int
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    device: str | None
    network: str | None
    by_platform: bool
    """Whether a server of the platform handed its person over."""


class NewSession(msgspec.Struct, frozen=True):
    """A session that has just begun; its secret cannot be read again."""

    secret: str
    expires_at: datetime
    lasts_s: int


class EndedSession(msgspec.Struct, frozen=True):
    """A session that has just ended, and the ID token it began with."""

    id: int
    issuer_id: int
    id_token: str | None


class UsedCode(msgspec.Struct, frozen=True):
    """Whom a code signs in, and where they go."""

    person_id: int
    roles: list[Role]
    next: str
    key_id: int
    """The server that asked for it."""


class CodeNotValid(Unauthenticated):
    code: ClassVar[str] = "sign_in_code_not_valid"
    title: ClassVar[str] = "This way in was used already, or came too late. Please go back and try again."


async def begin_session(  # noqa: PLR0913 - each is one fact of the row
    connection: Connection,
    person_id: int,
    roles: Collection[Role],
    clock: Clock,
    *,
    until: datetime | None = None,
    platform_session: str | None = None,
    id_token: str | None = None,
    key_id: int | None = None,
    seen: Seen = NOBODY_SEEN,
    proved: Proved = NOTHING_PROVED,
) -> NewSession:
    """A new session. It ends at `until`, or when a session's time is over.

    Args:
        connection: in a transaction.
        person_id: whose it is.
        roles: what the platform says the person may be.
        clock: tells when it begins.
        until: when what began it is no longer good.
        platform_session: the claim `sid` of the ID token that began it.
        id_token: what began it, to be shown to the platform at its end.
        key_id: the server whose code began it.
        seen: what its person is to know it again by.
        proved: how its person proved who they are.
    """
    now = clock.now()
    ends = now + timedelta(hours=SESSION_HOURS_MAX)
    ends = min(until, ends) if until else ends
    secret = SESSION_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    session_id = await connection.fetchval(
        SQL["insert_session"],
        secret_sha256(secret),
        person_id,
        sorted(roles),
        platform_session,
        now,
        ends,
        id_token and _seal(secret, id_token),
        key_id,
        seen.device and seen.device[:SESSION_DEVICE_LENGTH_MAX],
        seen.address,
        None if proved.auth_time is None else datetime.fromtimestamp(proved.auth_time, UTC),
        proved.acr,
    )
    await session_acts.keep(connection, clock, "BeginSession", [session_id], by=Actor.OPERATOR)
    return NewSession(secret, ends, math.ceil((ends - now).total_seconds()))


async def begin_by_token(connection: Connection, caller: Caller, clock: Clock, seen: Seen = NOBODY_SEEN) -> NewSession:
    """A session for who showed a token, until the token ends. Roles given here are not its to keep: they may be taken.

    Raises:
        TokenNotValid: the token is over by now.
    """
    assert caller.expires_at is not None, "only tokens begin sessions"
    until = datetime.fromtimestamp(caller.expires_at, UTC)
    if until <= clock.now():
        raise TokenNotValid("has expired")
    person = await require_person(connection, caller.person_id)
    roles = caller.roles & set(person.platform_roles)
    proved = Proved(caller.auth_time, caller.acr)
    return await begin_session(connection, person.id, roles, clock, until=until, seen=seen, proved=proved)


async def find_session(connection: Connection, secret: str, clock: Clock) -> StoredSession | None:
    """The session a secret is of; None: it has ended, or never was."""
    return await fetch_one(connection, SQL["session_by_secret"], StoredSession, secret_sha256(secret), clock.now())


async def end_session(connection: Connection, secret: str, clock: Clock) -> EndedSession | None:
    """End a session, as whoever has its secret; None: it had ended before, or never was."""
    ended = await connection.fetchrow(SQL["end_session"], secret_sha256(secret), clock.now())
    if ended is None:
        return None
    await session_acts.keep(connection, clock, "EndSession", [ended["id"]], by=Actor.OPERATOR)
    sealed = ended["sealed_id_token"]
    return EndedSession(ended["id"], ended["issuer_id"], sealed and _open(secret, sealed))


async def end_platform_sessions(
    connection: Connection,
    issuer_id: int,
    clock: Clock,
    *,
    subject: str | None,
    platform_session: str | None,
    by: Actor | None = None,
) -> list[int]:
    """End what a platform says is over: all sessions of a person there, or those of one sign-in. `by`: who does it;
    None: the act of the request says so."""
    assert subject or platform_session, "never those of everybody"
    rows = await connection.fetch(SQL["end_platform_sessions"], issuer_id, subject, platform_session, clock.now())
    return await _ended(connection, clock, [row["id"] for row in rows], by)


async def sessions_of(connection: Connection, person_id: int, clock: Clock) -> list[OwnSession]:
    """Where somebody is signed in to the pages, the newest first."""
    return await fetch_all(connection, SQL["sessions_of"], OwnSession, person_id, clock.now(), SESSIONS_SHOWN_MAX)


async def end_sessions_of(
    connection: Connection,
    person_id: int,
    clock: Clock,
    *,
    only: int | None = None,
    but: int | None = None,
    by: Actor | None = None,
) -> list[int]:
    """End the sessions of somebody, one of them, or all but one; those that were ended now. `by`: who does it; None:
    the act of the request says so."""
    rows = await connection.fetch(SQL["end_sessions_of"], person_id, clock.now(), only, but)
    return await _ended(connection, clock, [row["id"] for row in rows], by)


async def _ended(connection: Connection, clock: Clock, ended: list[int], by: Actor | None) -> list[int]:
    changed(connection, ended_sessions=[str(one) for one in ended])
    if by is not None:
        await session_acts.keep(connection, clock, "EndSession", ended, by=by)
    return ended


async def note_sessions_used(connection: Connection, used: Mapping[int, float]) -> None:
    """Keep when sessions were last used, in seconds since 1970."""
    moments = [datetime.fromtimestamp(at, UTC) for at in used.values()]
    await connection.execute(SQL["note_sessions_used"], list(used), moments)


async def make_code(
    connection: Connection, person_id: int, roles: Collection[Role], next_address: str, key_id: int, clock: Clock
) -> tuple[str, datetime]:
    """A code that signs somebody in once, asked for with a key, and when it is too late for that."""
    now = clock.now()
    ends = now + timedelta(seconds=SIGN_IN_CODE_S)
    code = CODE_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    await connection.execute(
        SQL["insert_sign_in_code"], secret_sha256(code), person_id, sorted(roles), next_address, now, ends, key_id
    )
    return code, ends


async def use_code(connection: Connection, code: str, clock: Clock) -> UsedCode:
    """Whom a code signs in; it is good once.

    Raises:
        CodeNotValid: it was used, is too old, or never was.
    """
    used = await fetch_one(connection, SQL["use_sign_in_code"], UsedCode, secret_sha256(code), clock.now())
    if used is None:
        raise CodeNotValid
    return used


def _seal(secret: str, id_token: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(secret).encrypt(nonce, id_token.encode(), None)


def _open(secret: str, sealed: bytes) -> str | None:
    """None: it was altered where it is kept, and is of no use."""
    try:
        return _cipher(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()
    except (InvalidTag, ValueError):
        return None


def _cipher(secret: str) -> AESGCM:
    """Of a session's secret, of which the database has a hash only: what is sealed so opens for its browser alone."""
    return AESGCM(
        HKDF(algorithm=SHA256(), length=32, salt=None, info=b"plaudit session id_token").derive(secret.encode())
    )
