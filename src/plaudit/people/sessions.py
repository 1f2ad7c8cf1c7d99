"""Sessions of the pages: begun by a token, a sign-in or a code, ended by whoever began them, the platform, or time."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from plaudit.clock import Clock
from plaudit.db import Connection, fetch_one, statements
from plaudit.limits import SESSION_HOURS_MAX, SIGN_IN_CODE_S
from plaudit.people.actions import secret_sha256
from plaudit.people.model import Role
from plaudit.problems import Unauthenticated

SQL = statements(__file__)

SESSION_PREFIX = "pls_"
CODE_PREFIX = "plc_"
_SECRET_BYTES = 32


class StoredSession(msgspec.Struct, frozen=True):
    """A session that holds."""

    id: int
    person_id: int
    issuer_id: int
    roles: list[Role]
    expires_at: datetime


class UsedCode(msgspec.Struct, frozen=True):
    """Whom a code signs in, and where they go."""

    person_id: int
    roles: list[Role]
    next: str


class CodeNotValid(Unauthenticated):
    code: ClassVar[str] = "sign_in_code_not_valid"
    title: ClassVar[str] = "This way in was used already, or came too late. Please go back and try again."


async def begin_session(
    connection: Connection,
    person_id: int,
    roles: Collection[Role],
    clock: Clock,
    *,
    until: datetime | None = None,
    platform_session: str | None = None,
) -> tuple[str, datetime]:
    """The secret of a new session, and when it ends: at `until`, or when a session's time is over."""
    now = clock.now()
    ends = now + timedelta(hours=SESSION_HOURS_MAX)
    ends = min(until, ends) if until else ends
    secret = SESSION_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    await connection.execute(
        SQL["insert_session"], secret_sha256(secret), person_id, sorted(roles), platform_session, now, ends
    )
    return secret, ends


async def find_session(connection: Connection, secret: str, clock: Clock) -> StoredSession | None:
    """The session a secret is of; None: it has ended, or never was."""
    return await fetch_one(connection, SQL["session_by_secret"], StoredSession, secret_sha256(secret), clock.now())


async def end_session(connection: Connection, secret: str, clock: Clock) -> int | None:
    """End a session; its id if it had not ended before."""
    ended: int | None = await connection.fetchval(SQL["end_session"], secret_sha256(secret), clock.now())
    return ended


async def end_platform_sessions(
    connection: Connection, issuer_id: int, clock: Clock, *, subject: str | None, platform_session: str | None
) -> list[int]:
    """End what a platform says is over: all sessions of a person there, or those of one sign-in."""
    assert subject or platform_session, "never those of everybody"
    rows = await connection.fetch(SQL["end_platform_sessions"], issuer_id, subject, platform_session, clock.now())
    return [row["id"] for row in rows]


async def sessions_over(connection: Connection, ids: Iterable[int], clock: Clock) -> list[int]:
    """Of some sessions those that have ended."""
    return [row["id"] for row in await connection.fetch(SQL["sessions_over"], list(ids), clock.now())]


async def make_code(
    connection: Connection, person_id: int, roles: Collection[Role], next_address: str, clock: Clock
) -> tuple[str, datetime]:
    """A code that signs somebody in once, and when it is too late for that."""
    now = clock.now()
    ends = now + timedelta(seconds=SIGN_IN_CODE_S)
    code = CODE_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    await connection.execute(
        SQL["insert_sign_in_code"], secret_sha256(code), person_id, sorted(roles), next_address, now, ends
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


async def forget_old(connection: Connection, clock: Clock) -> None:
    """Remove what has long ended."""
    for statement in ("forget_sessions", "forget_sign_in_codes"):
        await connection.execute(SQL[statement], clock.now() - timedelta(hours=SESSION_HOURS_MAX))
