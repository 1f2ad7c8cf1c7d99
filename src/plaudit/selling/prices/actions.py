"""Drafts and versions of the price book: checks, then does. A version is written once; going back writes a new one."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.acts import changed
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.exchange.margin import losses_from
from plaudit.ids import require_uuid7
from plaudit.limits import OFFER_DAYS_MAX, OFFER_REST_DAYS, PRICE_HISTORY_VERSIONS_MAX
from plaudit.pages import Place
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.selling.prices.book_file import read_text
from plaudit.selling.prices.book_text import write_text
from plaudit.selling.prices.lint import Surroundings, lint
from plaudit.selling.prices.model import (
    BookState,
    Draft,
    DraftChange,
    DraftChanged,
    DraftLine,
    DraftPublished,
    Finding,
    NewDraft,
    Version,
    VersionNotScheduled,
)
from plaudit.selling.prices.pricing import PriceBook
from plaudit.selling.prices.seed import make_book, own_taxes
from plaudit.selling.prices.shelf import as_rows, newest_version, read_book, write_book
from plaudit.selling.prices.subdivisions import rates_of
from plaudit.selling.prices.taxes import taxes_at
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

_HISTORY = timedelta(days=2 * OFFER_DAYS_MAX + OFFER_REST_DAYS)
"""Offers shown longer ago than this no longer matter to any that begins."""


# Looking


async def surroundings(
    connection: Connection, effective_at: datetime, settings: Settings, now: datetime
) -> Surroundings:
    """What a book that is to take effect at a moment is held against."""
    versions = await connection.fetch(SQL["versions_lately"], effective_at - _HISTORY, PRICE_HISTORY_VERSIONS_MAX)
    past = [await read_book(connection, row["version"]) for row in versions]
    current = await version_in_force(connection, now)
    taxes = await taxes_at(connection, effective_at)
    return Surroundings(
        past=tuple(past),
        current=next((book for book in past if book.version == current), None),
        tax_rates_bps={country: rate.rate_bps for country, rate in taxes.items()},
        subdivision_rates_ppm={
            country: await rates_of(connection, country, effective_at) for country in settings.tax_subdivisions.split()
        },
        default_region=settings.default_region,
    )


async def look_at(connection: Connection, book: PriceBook, settings: Settings, now: datetime) -> list[Finding]:
    """What the linter says of a book, held against those that were published, and against what creators can be paid."""
    around = await surroundings(connection, book.effective_at, settings, now)
    losses = await losses_from(connection, min(now, book.effective_at), as_rows(book)) if book.prices else []
    return lint(book, msgspec.structs.replace(around, losses=tuple(loss for loss in losses if not loss.book_version)))


async def version_in_force(connection: Connection, at: datetime) -> int | None:
    """The version that holds at a moment; None before the first."""
    version: int | None = await connection.fetchval(SQL["version_in_force"], at)
    return version


async def book_in_force(connection: Connection, at: datetime) -> PriceBook | None:
    """The whole book that holds at a moment; None before the first."""
    version = await version_in_force(connection, at)
    return None if version is None else await read_book(connection, version)


async def list_versions(connection: Connection, before: int | None, limit: int, now: datetime) -> list[Version]:
    """Published versions, the newest first."""
    return await fetch_all(connection, SQL["versions"], Version, now, None, before, limit)


async def find_version(connection: Connection, version: int, now: datetime) -> Version:
    """A published version.

    Raises:
        NotFound: there is none of this number.
    """
    found = await fetch_one(connection, SQL["versions"], Version, now, version, None, 1)
    if found is None:
        raise NotFound("There is no such version of the price book.", version=version)
    return found


async def today(connection: Connection, clock: Clock) -> PriceBook:
    """What the installed sources make today: exchange rates of their last day, taxes of the table."""
    now = clock.now()
    taxes = own_taxes(await taxes_at(connection, now))
    return make_book(await newest_version(connection) + 1, now, taxes)


# Drafts


async def make_draft(connection: Connection, new: NewDraft, operator_id: int | None, clock: Clock) -> Draft:
    """A draft of a text, of a version, or of what holds now; of today's sources when nothing does.

    Raises:
        InvalidField: both a text and a version.
        NotFound: there is no such version.
        IdempotencyConflict: the id came with another body.
    """
    require_uuid7(new.id, "id", clock)
    request = msgspec.json.encode(new, order="deterministic").decode()
    if known := await fetch_one(connection, SQL["draft"], Draft, new.id):
        return _same_draft(known, request)
    if new.toml is not None and new.version is not None:
        raise InvalidField(field="version", reason="must be left out when toml is given")
    text = new.toml if new.toml is not None else await _beginning(connection, new.version, clock)
    written = await fetch_one(
        connection, SQL["write_draft"], Draft, new.id, new.name, request, text, clock.now(), operator_id
    )
    return written or _same_draft(await find_draft(connection, new.id), request)


async def _beginning(connection: Connection, version: int | None, clock: Clock) -> str:
    if version is not None:
        return write_text(await read_book(connection, version))
    return write_text(await book_in_force(connection, clock.now()) or await today(connection, clock))


def _same_draft(known: Draft, request: str) -> Draft:
    if known.request != request:
        raise IdempotencyConflict
    return known


async def find_draft(connection: Connection, draft_id: UUID) -> Draft:
    """A draft.

    Raises:
        NotFound: there is none with this id.
    """
    return _there(await fetch_one(connection, SQL["draft"], Draft, draft_id), draft_id)


def _there(draft: Draft | None, draft_id: UUID) -> Draft:
    if draft is None:
        raise NotFound("There is no such draft.", draft_id=draft_id)
    return draft


async def list_drafts(connection: Connection, before: Place | None, limit: int) -> list[DraftLine]:
    """Drafts that are not published, the last changed first."""
    return await fetch_all(connection, SQL["drafts"], DraftLine, *(before or (None, None)), limit)


async def change_draft(
    connection: Connection, draft_id: UUID, change: DraftChange, operator_id: int | None, now: datetime
) -> Draft:
    """Replace a draft's text, whatever it says: it is looked at when it is read, and must be right to be published.

    Raises:
        NotFound, DraftPublished: there is nothing to change.
        DraftChanged: somebody else changed it since that revision.
    """
    draft = await _open_draft(connection, draft_id)
    if (draft.name, draft.toml) == (change.name, change.toml):
        return draft
    _require_revision(draft, change.revision)
    changed = await fetch_one(
        connection, SQL["change_draft"], Draft, draft_id, change.name, change.toml, now, operator_id
    )
    return _there(changed, draft_id)


async def delete_draft(connection: Connection, draft_id: UUID) -> None:
    """Throw a draft away; nothing happens when it is gone already.

    Raises:
        DraftPublished: it is kept with what was published.
    """
    draft = await fetch_one(connection, SQL["lock_draft"], Draft, draft_id)
    if draft and draft.published_version is not None:
        raise DraftPublished(draft.published_version)
    if draft:
        changed(connection, was=draft.name, revision=draft.revision, toml=draft.toml)
    await connection.execute(SQL["delete_draft"], draft_id)


async def lock_draft(connection: Connection, draft_id: UUID, revision: int) -> Draft:
    """A draft as it was seen, until the transaction ends.

    Raises:
        NotFound: there is no such draft.
        DraftChanged: it is not the revision that was seen.
    """
    draft = _there(await fetch_one(connection, SQL["lock_draft"], Draft, draft_id), draft_id)
    _require_revision(draft, revision)
    return draft


async def _open_draft(connection: Connection, draft_id: UUID) -> Draft:
    draft = _there(await fetch_one(connection, SQL["lock_draft"], Draft, draft_id), draft_id)
    if draft.published_version is not None:
        raise DraftPublished(draft.published_version)
    return draft


def _require_revision(draft: Draft, revision: int) -> None:
    if draft.revision != revision:
        raise DraftChanged(draft.revision)


def read_draft(draft: Draft, effective_at: datetime) -> PriceBook:
    """The price book of a draft, as if it took effect at a moment.

    Raises:
        BookNotReadable: it says what no price book can.
    """
    return read_text(draft.toml, 0, effective_at)


# Versions


async def publish_undecided(connection: Connection, book: PriceBook, clock: Clock) -> Version:
    """Write a book that comes with the house as the next version, as who owns the tables: nobody else may without a
    decision. It holds from its effective_at."""
    now, version = clock.now(), await newest_version(connection) + 1
    prices = tuple(msgspec.structs.replace(price, version=version) for price in book.prices)
    numbered = msgspec.structs.replace(book, version=version, prices=prices)
    assert await write_book(connection, numbered, published_at=now), "nobody else writes one"
    return await find_version(connection, version, now)


async def withdraw(
    connection: Connection, version: int, operator_id: int | None, reason: str, now: datetime
) -> Version:
    """Take a scheduled version back before it holds. A repeat finds it withdrawn.

    Raises:
        NotFound: there is no such version.
        VersionNotScheduled: it holds already, or did.
    """
    found = await find_version(connection, version, now)
    if found.state is BookState.WITHDRAWN:
        return found
    if found.state is not BookState.SCHEDULED:
        raise VersionNotScheduled(version=version, state=found.state)
    await connection.fetchval(SQL["withdraw"], version, now, operator_id, reason)
    return await find_version(connection, version, now)
