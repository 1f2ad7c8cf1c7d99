"""The operator's price books: versions, drafts with their findings, what would change, and tax rates."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery

from plaudit.connections import Connection
from plaudit.decisions.actions import Filter, list_decisions
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BY_NUMBER, BY_TIME
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.selling.prices import actions, taxes
from plaudit.selling.prices.answers import is_publishable, preview_answer, unreadable
from plaudit.selling.prices.book_text import write_text
from plaudit.selling.prices.compare import compare
from plaudit.selling.prices.decisions import KINDS
from plaudit.selling.prices.model import BookNotReadable, Draft, Finding
from plaudit.selling.prices.pricing import PriceBook
from plaudit.selling.prices.publishing import open_proposal
from plaudit.selling.prices.shelf import read_book
from plaudit.web.pages.frame import page, viewer_of


@get("/operator/prices", access=Access.PRICING, include_in_schema=False)
async def prices(
    caller: Caller,
    database: Database,
    clock: Clock,
    before: FromQuery[str | None] = None,
    drafts_before: FromQuery[str | None] = None,
    taxes_before: FromQuery[str | None] = None,
) -> Response[str]:
    """All versions, the drafts under way, and the newest decisions about taxes."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        versions = await actions.list_versions(connection, BY_NUMBER.after_or_start(before), PAGE_ROWS + 1, now)
        drafts = await actions.list_drafts(connection, BY_TIME.after_or_start(drafts_before), PAGE_ROWS + 1)
        rates = await taxes.tax_rates(connection, None, taxes.RATES.after_or_start(taxes_before), PAGE_ROWS + 1)
        published = await taxes.waiting_taxes(connection, now)
        waiting = await _waiting(connection, clock)
        named = [*_named(versions, drafts, rates), *(one.by for one in waiting)]
        people = await people_by_ids(connection, {one for one in named if one is not None})
    return page(
        "prices.html",
        viewer,
        nav="operator",
        now=now,
        versions=versions[:PAGE_ROWS],
        more=BY_NUMBER.next(versions, PAGE_ROWS, lambda version: version.version),
        drafts=drafts[:PAGE_ROWS],
        more_drafts=BY_TIME.next(drafts, PAGE_ROWS, lambda draft: (draft.changed_at, draft.draft_id)),
        rates=rates[:PAGE_ROWS],
        more_rates=taxes.RATES.next(rates, PAGE_ROWS, lambda rate: rate.tax_rate_id),
        people=people,
        waiting=waiting,
        published=published,
        tomorrow_in=lambda country: taxes.day_in(country, now) + timedelta(days=1),
        first=before is None and drafts_before is None and taxes_before is None,
    )


class _Proposal(NamedTuple):
    """What of prices and taxes waits for another operator."""

    id: UUID
    title: str
    note: str
    by: int


async def _waiting(connection: Connection, clock: Clock) -> list[_Proposal]:
    found = [
        (kind, one)
        for kind in KINDS
        for one in await list_decisions(connection, clock, Filter(kind.name, open=True), BY_TIME.after(None), PAGE_ROWS)
    ]
    return [_Proposal(one.id, kind.title, one.note, one.proposed_by) for kind, one in found]


def _named(versions: list[Any], drafts: list[Any], rates: list[Any]) -> list[int | None]:
    return [
        *(version.published_by for version in versions),
        *(draft.changed_by for draft in drafts),
        *(rate.recorded_by for rate in rates),
    ]


@get("/operator/prices/drafts/{draft_id:uuid}", access=Access.PRICING, include_in_schema=False)
async def draft(
    draft_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    region: FromQuery[str | None] = None,
) -> Response[str]:
    """A draft to work on: its text, what the linter says, how buyers would see it, and what would change."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await actions.find_draft(connection, draft_id)
        book, findings = await _look(connection, found, settings, clock)
        current = await actions.book_in_force(connection, now)
        waiting = await open_proposal(connection)
    regions = sorted({price.region for price in book.prices}) if book else []
    shown = region if region in regions else _first_region(regions, settings)
    return page(
        "price_draft.html",
        viewer,
        nav="operator",
        now=now,
        draft=found,
        findings=findings,
        publishable=is_publishable(findings),
        regions=regions,
        preview=preview_answer(book, shown, now) if book and shown else None,
        comparison=compare(current, book) if book and current else None,
        waiting=waiting,
        one_operator=settings.one_operator,
        data={"id": str(draft_id), "revision": found.revision},
    )


def _first_region(regions: list[str], settings: Settings) -> str | None:
    if settings.default_region in regions:
        return settings.default_region
    return regions[0] if regions else None


async def _look(
    connection: Connection, found: Draft, settings: Settings, clock: Clock
) -> tuple[PriceBook | None, list[Finding]]:
    """The book of a draft, if it is one, with the findings."""
    now = clock.now()
    try:
        book = actions.read_draft(found, now)
    except BookNotReadable as error:
        return None, unreadable(error)
    return book, await actions.look_at(connection, book, settings, now)


@get("/operator/prices/versions/{version:int}", access=Access.PRICING, include_in_schema=False)
async def price_version(version: FromPath[int], caller: Caller, database: Database, clock: Clock) -> Response[str]:
    """A version that was published, with what differs from the one that holds."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await actions.find_version(connection, version, now)
        book = await read_book(connection, version)
        current = await actions.book_in_force(connection, now)
        people = await people_by_ids(connection, {found.published_by} if found.published_by else set())
    return page(
        "price_version.html",
        viewer,
        nav="operator",
        now=now,
        version=found,
        toml=write_text(book),
        people=people,
        comparison=compare(current, book) if current and current.version != version else None,
    )


router = Router("/", route_handlers=[prices, draft, price_version])
