"""What was taken back from a creator because the money of gifts went back, and the gifts behind it."""

from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery

from plaudit.creators import actions as creators
from plaudit.creators import clawback
from plaudit.creators.model import ClawbackEntry, GiftTakenBack
from plaudit.injected import Clock, Database
from plaudit.limits import CLAWBACK_GIFTS_LENGTH_MAX, CLAWBACK_GIFTS_SHOWN, PAGE_ROWS
from plaudit.pages import BY_TIME
from plaudit.payouts import methods, rates
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import NotFound
from plaudit.web.pages.frame import page, viewer_of


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
        found = await clawback.list_clawbacks(connection, me, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        shown = found[:PAGE_ROWS]
        ids = [entry.reversal_id for entry in shown]
        gifts = await clawback.gifts_taken_back(
            connection, me, ids, clawback.LARGEST_FIRST.after(None), CLAWBACK_GIFTS_SHOWN + 1, clock
        )
    by_reversal: dict[UUID, list[GiftTakenBack]] = {}
    for gift in gifts:
        by_reversal.setdefault(gift.reversal_id, []).append(gift)
    return page(
        "studio_taken_back.html",
        viewer,
        nav="studio",
        balance=balance,
        rate=rate,
        entries=shown,
        gifts=by_reversal,
        gifts_shown=CLAWBACK_GIFTS_SHOWN,
        next=BY_TIME.next(found, PAGE_ROWS, lambda entry: (entry.taken_at, entry.reversal_id)),
        first=before is None,
    )


@get("/studio/taken-back/{reversal_id:uuid}", access=Access.CREATOR, include_in_schema=False)
async def gifts_of_reversal(
    reversal_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock, before: FromQuery[str | None] = None
) -> Response[str]:
    """All gifts behind one entry, the largest first."""
    place = clawback.LARGEST_FIRST.after_or_start(before)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        entry: ClawbackEntry | None = await clawback.find_clawback(connection, caller.person_id, reversal_id)
        if entry is None:
            raise NotFound("Nothing was taken back from you under this address.")
        found = await clawback.gifts_taken_back(
            connection, caller.person_id, [reversal_id], place, CLAWBACK_GIFTS_LENGTH_MAX + 1, clock
        )
    shown = found[:CLAWBACK_GIFTS_LENGTH_MAX]
    return page(
        "studio_taken_back_gifts.html",
        viewer,
        nav="studio",
        entry=entry,
        gifts=shown,
        next=clawback.LARGEST_FIRST.next(found, CLAWBACK_GIFTS_LENGTH_MAX, lambda gift: (gift.coins, gift.gift_id)),
        first=before is None,
    )


router = Router("/", route_handlers=[taken_back, gifts_of_reversal])
