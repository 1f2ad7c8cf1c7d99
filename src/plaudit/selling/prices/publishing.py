"""Publishing a version of the price book: one operator proposes exactly what it says, another confirms that."""

import hashlib
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import bound, lock, open_decision
from plaudit.decisions.asking import House, Proposal
from plaudit.decisions.kinds import canonical
from plaudit.decisions.model import Decision, OutOfBounds
from plaudit.problems import InvalidField, NotFound
from plaudit.selling.prices import actions
from plaudit.selling.prices.lint import refusals
from plaudit.selling.prices.model import (
    BookInForce,
    BookRefused,
    BookState,
    DraftPublished,
    ProposedVersion,
    PublishRequest,
    Version,
    VersionNotPast,
)
from plaudit.selling.prices.pricing import Price, PriceBook, SellerOfRecord
from plaudit.selling.prices.shelf import read_book
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)

SUBJECT = "prices"
"""One version is decided at a time: what follows is held against it."""


class ProposedBook(msgspec.Struct, frozen=True, kw_only=True):
    """A book before it has a version and a time."""

    note: str
    rates_date: date
    sources: dict[str, str]
    rates: dict[str, str]
    sellers: tuple[SellerOfRecord, ...]
    prices: tuple[Price, ...]


# Proposing


async def draft_proposal(
    connection: Connection,
    clock: Clock,
    settings: Settings,
    draft_id: UUID,
    asked: PublishRequest,
    operator_id: int,
) -> Version | Decision | Proposal:
    """What is to be asked for a draft; or what became of it before: the version it made, or the open decision.

    Raises:
        NotFound: there is no such draft.
        DraftChanged: it is not the revision that was seen.
        BookNotReadable, BookRefused: it says what no price book can, or may.
        DraftPublished: it was published, to hold from another moment.
        InvalidField: a moment in the past.
    """
    await lock(connection, clock)
    draft = await actions.lock_draft(connection, draft_id, asked.revision)
    now, effective_at = clock.now(), asked.effective_at
    if draft.published_version is not None:
        known = await actions.find_version(connection, draft.published_version, now)
        if effective_at in {None, known.effective_at}:
            return known
        raise DraftPublished(draft.published_version)
    if effective_at is not None and effective_at < now:
        raise InvalidField(field="effective_at", reason="must not be in the past")
    book = actions.read_draft(draft, effective_at or now)
    await require_publishable(connection, book, settings, clock)
    content = await keep(connection, book, effective_at=effective_at, draft_id=draft_id, revision=asked.revision)
    return await _pending(connection, content, operator_id) or Proposal(None, content, draft.name, operator_id)


async def rollback_proposal(
    connection: Connection, clock: Clock, settings: Settings, version: int, reason: str, operator_id: int
) -> Version | Decision | Proposal:
    """What is to be asked to say again what an earlier version says; or the version that does, or the open decision.

    Raises:
        NotFound: there is no such version.
        VersionNotPast: it does not hold yet, or was withdrawn.
        BookRefused: what was true then is not today.
    """
    await lock(connection, clock)
    now = clock.now()
    current = await actions.version_in_force(connection, now)
    if current is not None:
        present = await actions.find_version(connection, current, now)
        if version in {present.version, present.copied_from}:
            return present
    await _require_past(connection, version, now)
    book = msgspec.structs.replace(await read_book(connection, version), effective_at=now, note=reason)
    await require_publishable(connection, book, settings, clock)
    content = await keep(connection, book, copied_from=version)
    return await _pending(connection, content, operator_id) or Proposal(None, content, reason, operator_id)


async def book_proposal(
    connection: Connection,
    clock: Clock,
    settings: Settings,
    book: PriceBook,
    effective_at: datetime | None,
    operator_id: int,
) -> Decision | Proposal:
    """What is to be asked for a book that is no draft, such as a file; or the open decision about it.

    Raises:
        BookRefused: it says what no price book may.
    """
    await lock(connection, clock)
    await require_publishable(connection, book, settings, clock)
    content = await keep(connection, book, effective_at=effective_at)
    found = await _pending(connection, content, operator_id)
    return found or Proposal(None, content, book.note or "A file", operator_id)


async def _require_past(connection: Connection, version: int, now: datetime) -> None:
    wanted = await actions.find_version(connection, version, now)
    if wanted.state is not BookState.PAST:
        raise VersionNotPast(version=version, state=wanted.state)


async def _pending(connection: Connection, content: ProposedVersion, operator_id: int) -> Decision | None:
    """The open decision of just this by the same operator, however often they ask."""
    pending = await open_decision(connection, "price_book", SUBJECT)
    same = pending and (pending.content, pending.proposed_by) == (canonical(content), operator_id)
    return pending if same else None


async def keep(connection: Connection, book: PriceBook, **more: Any) -> ProposedVersion:
    """Keep what a book says under its hash; what is to be decided of it."""
    text = canonical(
        ProposedBook(
            note=book.note,
            rates_date=book.rates_date,
            sources=book.sources,
            rates=book.rates,
            sellers=book.sellers,
            prices=tuple(msgspec.structs.replace(price, version=0) for price in book.prices),
        )
    )
    sha256 = hashlib.sha256(text.encode()).digest()
    await connection.execute(SQL["keep_proposed_book"], sha256, text)
    return ProposedVersion(book_sha256=sha256.hex(), note=book.note, prices=len(book.prices), **more)


async def proposed_book(connection: Connection, book_sha256: str, effective_at: datetime | None = None) -> PriceBook:
    """A book that was proposed, as if it took effect at a moment; of version 0.

    Raises:
        NotFound: nobody proposed it.
    """
    text = await connection.fetchval(SQL["proposed_book"], bytes.fromhex(book_sha256))
    if text is None:
        raise NotFound("There is no such book.")
    said = msgspec.json.decode(text, type=ProposedBook)
    at = effective_at or datetime.combine(said.rates_date, time(), UTC)
    return PriceBook(
        version=0,
        effective_at=at,
        rates_date=said.rates_date,
        note=said.note,
        sources=said.sources,
        rates=said.rates,
        sellers=said.sellers,
        prices=said.prices,
    )


# Deciding


async def book_in_force(connection: Connection, clock: Clock, _: ProposedVersion) -> BookInForce | None:
    """What a version takes the place of."""
    now = clock.now()
    version = await actions.version_in_force(connection, now)
    if version is None:
        return None
    found = await actions.find_version(connection, version, now)
    return BookInForce(version=version, note=found.note, prices=found.prices)


async def check(connection: Connection, clock: Clock, new: ProposedVersion) -> None:
    """Whether a version may be, whatever the linter says of it.

    Raises:
        NotFound, VersionNotPast: what it goes back to did not hold.
        OutOfBounds: its prices are too far from what holds, held lately or will hold.
    """
    now = clock.now()
    if new.copied_from is not None:
        await _require_past(connection, new.copied_from, now)
    if strays := await connection.fetchrow(SQL["price_book_strays"], bytes.fromhex(new.book_sha256), now):
        where = f"{strays['channel']} in {strays['region']} is further from what is in force than one decision may go."
        raise OutOfBounds(where, bound=strays["bound"], value=await bound(connection, strays["bound"]))


async def require_publishable(connection: Connection, book: PriceBook, settings: Settings, clock: Clock) -> None:
    """Hold a book against the linter.

    Raises:
        BookRefused: it says what is not true or not allowed, or sells below what can be paid out.
    """
    if refused := refusals(await actions.look_at(connection, book, settings, clock.now())):
        raise BookRefused(refused)


async def publish_decided(
    connection: Connection, clock: Clock, new: ProposedVersion, decision: Decision, house: House
) -> Version:
    """Write a version that was decided. It holds from when the decision says.

    Raises:
        BookRefused: what was right when it was proposed is not now.
    """
    book = await proposed_book(connection, new.book_sha256, decision.holds_from)
    await require_publishable(connection, book, house.settings, clock)
    now = clock.now()
    version = await connection.fetchval(SQL["publish_price_book"], decision.id, now)
    if new.draft_id is not None:
        await connection.execute(
            SQL["mark_draft_published"], new.draft_id, version, now, decision.proposed_by, new.revision
        )
    return await actions.find_version(connection, version, now)


async def decided_version(connection: Connection, decision_id: UUID) -> Version:
    """The version that a confirmed decision made."""
    row = await connection.fetchrow(SQL["decided_version"], decision_id)
    assert row is not None, "a confirmed decision made one"
    return await actions.find_version(connection, row["version"], row["published_at"])


async def open_proposal(connection: Connection) -> Decision | None:
    """The version that waits for another operator."""
    return await open_decision(connection, "price_book", SUBJECT)
