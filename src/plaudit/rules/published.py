"""Packs that were published: each stays, and holds from its moment until the next of its country does."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import bound
from plaudit.decisions.model import Decision, OutOfBounds
from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.moments import Moment
from plaudit.problems import NotFound, Problem
from plaudit.rules.limits import PACK_LENGTH_MAX, PACKS_READ_MAX
from plaudit.rules.linter import Lint, PackFinding, lint
from plaudit.rules.packs import Pack, RuleBook, kept_pack, shipped_packs
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)
LOOSENING_LEAD = "policy_pack_loosening_lead_s"
_NONE_BEFORE = 2**31 - 1

PackText = Annotated[str, Meta(min_length=1, max_length=PACK_LENGTH_MAX, description="The file, as TOML.")]


class NewPolicyPack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A pack as it is decided."""

    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$(?!\n)")]
    text: PackText
    loosens: bool
    """It lets be done what holds, or will hold, does not."""
    effective_at: Moment
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S", description="Why.")]


class PublishedPack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that was decided."""

    version: int
    country: str
    text: str
    loosens: bool
    effective_at: datetime
    recorded_at: datetime
    recorded_by: int
    note: str
    decision_id: UUID

    @property
    def pack(self) -> Pack:
        """What it says."""
        return kept_pack(self.text, self.version, self.effective_at)


class PackNotValid(Problem):
    """It may not be published; `findings` say where and why."""

    code: ClassVar[str] = "pack_not_valid"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The pack may not be published."

    class Fields(msgspec.Struct, frozen=True):
        findings: list[PackFinding]

    def __init__(self, findings: tuple[PackFinding, ...]) -> None:
        first = f"Line {findings[0].line}: {findings[0].reason}." if findings else None
        super().__init__(first, findings=list(findings))


async def current_book(connection: Connection) -> RuleBook:
    """All packs: those that came with Plaudit, and those that were published."""
    found = await fetch_all(connection, SQL["packs"], PublishedPack, None, _NONE_BEFORE, PACKS_READ_MAX)
    return RuleBook((*shipped_packs(), *(one.pack for one in found)))


async def book_version(connection: Connection) -> int:
    """The last version that was published; 0: none was."""
    version: int = await connection.fetchval(SQL["packs_version"])
    return version


async def list_packs(connection: Connection, country: str | None, before: int, limit: int) -> list[PublishedPack]:
    """Those of a country or all, newest first, before a version."""
    return await fetch_all(connection, SQL["packs"], PublishedPack, country, before, limit)


async def find_pack(connection: Connection, version: int) -> PublishedPack:
    """A published pack.

    Raises:
        NotFound: there is none of that version.
    """
    found = await fetch_one(connection, SQL["find_pack"], PublishedPack, version)
    if found is None:
        raise NotFound("There is no such pack.", version=version)
    return found


async def look_at(connection: Connection, clock: Clock, text: str) -> Lint:
    """What a file comes to, held against all that holds in its country or will."""
    book = await current_book(connection)
    lead = timedelta(seconds=await bound(connection, LOOSENING_LEAD))
    return lint(text, clock.now(), book, lead)


async def draft(connection: Connection, clock: Clock, text: str, note: str) -> NewPolicyPack:
    """What would be decided of a file.

    Raises:
        PackNotValid: it may not be published.
    """
    found = await look_at(connection, clock, text)
    if found.pack is None:
        raise PackNotValid(found.findings)
    pack = found.pack
    return NewPolicyPack(
        country=pack.country, text=text, loosens=bool(found.loosened), effective_at=pack.starts_at, note=note
    )


async def check(connection: Connection, clock: Clock, new: NewPolicyPack) -> None:
    """
    Raises:
        PackNotValid: it may not be published, or not any more.
        OutOfBounds: it loosens something, and says that it does not.
    """
    drafted = await draft(connection, clock, new.text, new.note)
    if drafted != new:
        raise OutOfBounds(bound=LOOSENING_LEAD, value=await bound(connection, LOOSENING_LEAD))


async def record(connection: Connection, clock: Clock, new: NewPolicyPack, decision: Decision) -> PublishedPack:
    """A pack that was decided, in force from when the decision says."""
    await connection.execute(SQL["lock_packs"])
    made = await fetch_one(
        connection,
        SQL["add_pack"],
        PublishedPack,
        *(new.country, new.text, new.loosens, decision.holds_from),
        *(clock.now(), decision.proposed_by, new.note, decision.id),
    )
    assert made is not None
    return made


async def decided_pack(connection: Connection, decision_id: UUID) -> PublishedPack:
    """The pack that a confirmed decision made."""
    made = await fetch_one(connection, SQL["decided_pack"], PublishedPack, decision_id)
    assert made is not None, "a confirmed decision made one"
    return made
