"""What was taken back from a creator because the money of gifts went back, and the gifts behind it."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery, Parameter

from plaudit.creators import actions as creators
from plaudit.creators import clawback
from plaudit.creators.model import ClawbackEntry, GiftTakenBack
from plaudit.injected import Clock, Database
from plaudit.limits import CLAWBACK_GIFTS_LENGTH_MAX, CLAWBACK_GIFTS_SHOWN, PAGE_ROWS
from plaudit.pages import cursor_of, place_of
from plaudit.payouts import methods, rates
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import NotFound
from plaudit.web.pages.frame import page, viewer_of

_LARGEST = (2**62, UUID(int=2**128 - 1))

GiftCursor = Annotated[str | None, Parameter(pattern="^[0-9]{1,18}[.][0-9a-f]{32}$")]


@get("/studio/taken-back", access=Access.CREATOR, include_in_schema=False)
async def taken_back(
    caller: Caller, database: Database, clock: Clock, before: FromQuery[str | None] = None
) -> Response[str]:
    """By reversal, newest first, each with its largest gifts."""
    me = caller.person_id
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        balance = await creators.balance_of(connection, me)
        mine = await methods.methods_of(connection, me)
        currency = mine[0].currency if mine else rates.HOUSE_CURRENCY
        rate = await rates.rate_at(connection, currency, clock.now())
        found = await clawback.list_clawbacks(connection, me, place_of(before), PAGE_ROWS + 1)
        shown = found[:PAGE_ROWS]
        ids = [entry.reversal_id for entry in shown]
        gifts = await clawback.gifts_taken_back(connection, me, ids, _LARGEST, CLAWBACK_GIFTS_SHOWN + 1)
    by_reversal: dict[UUID, list[GiftTakenBack]] = {}
    for gift in gifts:
        by_reversal.setdefault(gift.reversal_id, []).append(gift)
    last = shown[-1] if len(found) > PAGE_ROWS else None
    return page(
        "studio_taken_back.html",
        viewer,
        nav="studio",
        balance=balance,
        rate=rate,
        entries=shown,
        gifts=by_reversal,
        gifts_shown=CLAWBACK_GIFTS_SHOWN,
        next=cursor_of((last.taken_at, last.reversal_id)) if last else None,
        first=before is None,
    )


@get("/studio/taken-back/{reversal_id:uuid}", access=Access.CREATOR, include_in_schema=False)
async def gifts_of_reversal(
    reversal_id: FromPath[UUID], caller: Caller, database: Database, before: GiftCursor = None
) -> Response[str]:
    """All gifts behind one entry, the largest first."""
    place = _LARGEST
    if before is not None:
        coins, _, gift_id = before.partition(".")
        place = int(coins), UUID(gift_id)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        entry: ClawbackEntry | None = await clawback.find_clawback(connection, caller.person_id, reversal_id)
        if entry is None:
            raise NotFound("Nothing was taken back from you under this address.")
        found = await clawback.gifts_taken_back(
            connection, caller.person_id, [reversal_id], place, CLAWBACK_GIFTS_LENGTH_MAX + 1
        )
    shown = found[:CLAWBACK_GIFTS_LENGTH_MAX]
    return page(
        "studio_taken_back_gifts.html",
        viewer,
        nav="studio",
        entry=entry,
        gifts=shown,
        next=f"{shown[-1].coins}.{shown[-1].gift_id.hex}" if len(found) > len(shown) else None,
        first=before is None,
    )


router = Router("/", route_handlers=[taken_back, gifts_of_reversal])
