"""Guardianships: begun by a platform's word or a code that both confirm, and ended."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import are_linked
from plaudit.events.log import record
from plaudit.events.model import GuardianshipBegan, GuardianshipEnded, PersonReference
from plaudit.guardians.model import (
    CODE_LENGTH,
    CODE_LETTERS,
    GUARDIANS_MAX,
    INVITATION_S,
    INVITATIONS_OPEN_MAX,
    MINORS_MAX,
    CodeUnknown,
    EndedBecause,
    Guardianship,
    Invitation,
    IsNotOfAge,
    IsOfAge,
    NotAnswered,
    NotOfAge,
    TooManyGuardians,
)
from plaudit.ids import new_id, require_uuid7
from plaudit.people.references import reference
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.rules.consents import is_of_age
from plaudit.rules.facts import facts_of_one
from plaudit.rules.limits import AGE_OF_GUARDIANS
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def invite(connection: Connection, clock: Clock, guardian_id: int, invitation_id: UUID) -> tuple[Invitation, str]:
    """Make a code for a minor, and answer it; it is said once.

    Raises:
        InvalidField: the id is no UUIDv7.
        IdempotencyConflict: the id was used: the code of it is not known any more.
        NotOfAge: the guardian's age is not proved.
        TooManyGuardians: too many of theirs are open.
    """
    require_uuid7(invitation_id, "body.id", clock)
    now = clock.now()
    await _lock(connection, guardian_id)
    if not await is_of_age(connection, guardian_id, now):
        raise NotOfAge
    if len(await open_invitations(connection, guardian_id, now)) >= INVITATIONS_OPEN_MAX:
        raise TooManyGuardians
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    ends_at = now + timedelta(seconds=INVITATION_S)
    if not await connection.fetchval(SQL["add_invitation"], invitation_id, guardian_id, _hash(code), now, ends_at):
        raise IdempotencyConflict(id=invitation_id)
    made = await fetch_one(connection, SQL["find_invitation"], Invitation, invitation_id)
    assert made is not None, "it was just made"
    return made, code


async def look_up(connection: Connection, clock: Clock, minor_id: int, code: str) -> Invitation:
    """The invitation of a code, which stays as it is until the transaction ends.

    Raises:
        CodeUnknown: there is none that can be answered, or it is one's own, or somebody else answered it.
        IsOfAge: whoever asks is known to be of age.
    """
    now = clock.now()
    found = await fetch_one(connection, SQL["invitation_of_code"], Invitation, _hash(code))
    is_open = found is not None and found.ended_at is None and now < found.ends_at
    if found is None or not is_open or found.minor_id not in {None, minor_id}:
        raise CodeUnknown
    if await are_linked(connection, found.guardian_id, minor_id):
        raise CodeUnknown
    await _require_minor(connection, minor_id, now)
    return found


async def answer(connection: Connection, clock: Clock, minor_id: int, code: str) -> Invitation:
    """Say as a minor that whoever made the code is one's guardian; they confirm it. Repeating it changes nothing.

    Raises:
        CodeUnknown, IsOfAge: as `look_up` says.
    """
    found = await look_up(connection, clock, minor_id, code)
    await connection.execute(SQL["answer_invitation"], found.id, minor_id, clock.now())
    return await find_invitation(connection, found.id, minor_id)


async def confirm(connection: Connection, clock: Clock, guardian_id: int, invitation_id: UUID) -> Guardianship:
    """Say as a guardian that one answers for who answered the code. Repeating it changes nothing.

    Raises:
        NotFound: the guardian made no such invitation.
        CodeUnknown: it was withdrawn, or is too old.
        NotAnswered: nobody answered it.
        NotOfAge, IsOfAge, TooManyGuardians: as `begin` says.
    """
    found = await find_invitation(connection, invitation_id, guardian_id)
    if found.guardian_id != guardian_id:
        raise NotFound("You made no such invitation.", id=invitation_id)
    now = clock.now()
    if found.outcome == "withdrawn" or (found.outcome is None and now >= found.ends_at):
        raise CodeUnknown
    if found.minor_id is None:
        raise NotAnswered
    if found.outcome == "confirmed":
        known = await fetch_one(connection, SQL["guardianship_of_pair"], Guardianship, guardian_id, found.minor_id)
        if known is None:
            raise CodeUnknown
        return known
    begun = await begin(connection, clock, guardian_id, found.minor_id, by_platform=False)
    await connection.execute(SQL["end_invitation"], invitation_id, now, "confirmed")
    return begun


async def withdraw(connection: Connection, clock: Clock, person_id: int, invitation_id: UUID) -> None:
    """Let a code be good no more: by who made it, or who answered it. Repeating it changes nothing.

    Raises:
        NotFound: it is not theirs.
    """
    await find_invitation(connection, invitation_id, person_id)
    await connection.execute(SQL["end_invitation"], invitation_id, clock.now(), "withdrawn")


async def begin(
    connection: Connection, clock: Clock, guardian_id: int, minor_id: int, *, by_platform: bool
) -> Guardianship:
    """Have somebody answer for a minor from now on. Repeating it changes nothing.

    Raises:
        NotOfAge: the guardian's age is not proved by more than a word.
        IsOfAge: the minor is of age, as far as is known.
        InvalidField: both are one person.
        TooManyGuardians: the minor has as many guardians, or the guardian as many minors, as can be.
    """
    await _lock(connection, guardian_id, minor_id)
    if known := await fetch_one(connection, SQL["guardianship_of_pair"], Guardianship, guardian_id, minor_id):
        return known
    now = clock.now()
    if await are_linked(connection, guardian_id, minor_id):
        raise InvalidField(field="path.guardian", reason="must be somebody else")
    if not await is_of_age(connection, guardian_id, now):
        raise NotOfAge
    await _require_minor(connection, minor_id, now)
    of_minor = [one for one in await guardianships_of(connection, minor_id) if one.minor_id == minor_id]
    of_guardian = [one for one in await guardianships_of(connection, guardian_id) if one.guardian_id == guardian_id]
    if len(of_minor) >= GUARDIANS_MAX or len(of_guardian) >= MINORS_MAX:
        raise TooManyGuardians
    began_by: Literal["platform", "code"] = "platform" if by_platform else "code"
    await connection.execute(SQL["begin_guardianship"], new_id(clock), guardian_id, minor_id, began_by, now)
    begun = await fetch_one(connection, SQL["guardianship_of_pair"], Guardianship, guardian_id, minor_id)
    assert begun is not None, "it was just begun"
    minor, guardian = await _both(connection, begun)
    if minor and guardian:
        began = GuardianshipBegan(guardianship_id=begun.id, minor=minor, guardian=guardian, by=began_by)
        await record(connection, now, began)
    return begun


async def end(connection: Connection, clock: Clock, found: Guardianship, because: EndedBecause) -> None:
    """Have nobody answer for somebody any more: consents, limits and stops of this guardian end with it. Repeating it
    changes nothing."""
    await _lock(connection, found.guardian_id, found.minor_id)
    now = clock.now()
    minor, guardian = await _both(connection, found)
    if await connection.fetchval(SQL["end_guardianship"], found.id, now, because) and minor and guardian:
        ended = GuardianshipEnded(guardianship_id=found.id, minor=minor, guardian=guardian, because=because)
        await record(connection, now, ended)


async def _both(connection: Connection, found: Guardianship) -> tuple[PersonReference | None, PersonReference | None]:
    """The minor and the guardian, as their platforms know them."""
    return await reference(connection, found.minor_id), await reference(connection, found.guardian_id)


async def end_as_of_age(connection: Connection, clock: Clock, minor_id: int, guardianship_id: UUID) -> None:
    """End a guardianship as somebody who is known to be of age by now.

    Raises:
        NotFound: it is not of this minor.
        IsNotOfAge: their age is not proved.
    """
    found = await find(connection, guardianship_id, minor_id=minor_id)
    if not await is_of_age(connection, minor_id, clock.now()):
        raise IsNotOfAge
    await end(connection, clock, found, "of_age")


async def find(
    connection: Connection, guardianship_id: UUID, *, guardian_id: int | None = None, minor_id: int | None = None
) -> Guardianship:
    """A guardianship that holds, of this guardian or minor.

    Raises:
        NotFound: there is none.
    """
    found = await fetch_one(connection, SQL["find_guardianship"], Guardianship, guardianship_id)
    if (
        found is None
        or found.ended_at
        or guardian_id not in {None, found.guardian_id}
        or (minor_id not in {None, found.minor_id})
    ):
        raise NotFound("There is no such guardian or minor of yours.", id=guardianship_id)
    return found


async def lock_as_guardian(connection: Connection, guardianship_id: UUID, guardian_id: int) -> Guardianship:
    """A guardianship of this guardian that holds until the transaction ends, so that nothing they say outlasts it.

    Raises:
        NotFound: there is none.
    """
    found = await find(connection, guardianship_id, guardian_id=guardian_id)
    await _lock(connection, found.guardian_id, found.minor_id)
    return await find(connection, guardianship_id, guardian_id=guardian_id)


async def of_pair(connection: Connection, guardian_id: int, minor_id: int) -> Guardianship | None:
    """The guardianship of two that holds."""
    return await fetch_one(connection, SQL["guardianship_of_pair"], Guardianship, guardian_id, minor_id)


async def guardianships_of(connection: Connection, person_id: int) -> list[Guardianship]:
    """Those that hold, in which somebody is guardian or minor; the oldest first."""
    return await fetch_all(connection, SQL["guardianships_of"], Guardianship, person_id)


async def open_invitations(connection: Connection, person_id: int, now: datetime) -> list[Invitation]:
    """Those that somebody made or answered and that are not ended; the newest first."""
    return await fetch_all(connection, SQL["open_invitations"], Invitation, person_id, now, INVITATIONS_OPEN_MAX * 2)


async def find_invitation(connection: Connection, invitation_id: UUID, person_id: int) -> Invitation:
    """An invitation of somebody.

    Raises:
        NotFound: they neither made nor answered it.
    """
    found = await fetch_one(connection, SQL["find_invitation"], Invitation, invitation_id)
    if found is None or person_id not in {found.guardian_id, found.minor_id}:
        raise NotFound("You have no such invitation.", id=invitation_id)
    return found


async def _require_minor(connection: Connection, person_id: int, now: datetime) -> None:
    age = (await facts_of_one(connection, person_id, now)).age
    if age is not None and age.holds(now) and age.at_least >= AGE_OF_GUARDIANS:
        raise IsOfAge


async def _lock(connection: Connection, *people: int) -> None:
    await connection.execute(SQL["lock_people"], sorted(people))


def _hash(code: str) -> bytes:
    """Of a code, however it is written."""
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).digest()
