"""Rules of countries, for operators: which hold and will, what they say and rest on, and proposing another."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.params import Parameter

from plaudit.injected import Clock, Database
from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.people.access import Access, fits_staff
from plaudit.people.injected import Caller
from plaudit.rules import published
from plaudit.rules.decisions import POLICY_PACK, figures_of
from plaudit.rules.limits import PACK_LENGTH_MAX, PACKS_READ_MAX
from plaudit.rules.packs import SHIPPED, Pack, RuleBook, shipped_texts
from plaudit.rules.published import PublishedPack
from plaudit.rules.tally import tallies
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.proposals import proposed

_TALLY_DAYS = 30
_NONE_BEFORE = 2**31 - 1
_Place = Annotated[str, Parameter(max_length=6, description="Whose rules are shown.")]


class PackLine(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that holds, with what takes its place next."""

    pack: Pack
    since: datetime | None
    """None: from the beginning."""
    next_at: datetime | None
    age_days: int
    """Since its sources were last read."""


class PackShown(msgspec.Struct, frozen=True, kw_only=True):
    """All of one country."""

    line: PackLine
    text: str
    versions: list[PublishedPack]
    """The newest first."""
    waiting: tuple[Pack, ...]
    """Those that will hold."""


@get("/operator/rules", access=Access.SAFETY, include_in_schema=False)
async def packs(caller: Caller, database: Database, clock: Clock, country: _Place = "") -> Response[str]:
    """`country`: of the pack to read, and to begin with."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        versions = await published.list_packs(connection, None, _NONE_BEFORE, PACKS_READ_MAX)
        book = await published.current_book(connection)
        proposals = await proposed(connection, clock, POLICY_PACK.name)
        counted = await tallies(connection, now.date() - timedelta(days=_TALLY_DAYS), now.date())
    lines = list(_lines(book, now))
    chosen = next((_shown(one, book, versions, now) for one in lines if one.pack.country == country), None)
    return page(
        "packs.html",
        viewer,
        nav="operator",
        lines=lines,
        chosen=chosen,
        figures=[one for one in figures_of(chosen.line.pack) if not one.label.startswith("source ")] if chosen else [],
        proposals=proposals,
        tallies=counted,
        tally_days=_TALLY_DAYS,
        may_propose=fits_staff(Access.SAFETY, caller.roles, reading=False),
        pack_length_max=PACK_LENGTH_MAX,
        note_length_max=NOTE_LENGTH_MAX,
    )


def _lines(book: RuleBook, now: datetime) -> Iterable[PackLine]:
    for pack in book.packs(now):
        later = book.from_now(pack.country, now)[1:]
        yield PackLine(
            pack=pack,
            since=pack.starts_at if pack.version != SHIPPED else None,
            next_at=later[0].starts_at if later else None,
            age_days=_days(pack.checked_on, now),
        )


def _days(checked_on: date, now: datetime) -> int:
    return max(0, (now.date() - checked_on).days)


def _shown(line: PackLine, book: RuleBook, versions: list[PublishedPack], now: datetime) -> PackShown:
    country = line.pack.country
    own = [one for one in versions if one.country == country]
    text = next((one.text for one in own if one.version == line.pack.version), None)
    return PackShown(
        line=line,
        text=text if text is not None else shipped_texts()[country],
        versions=own,
        waiting=book.from_now(country, now)[1:],
    )


router = Router("/", route_handlers=[packs])
