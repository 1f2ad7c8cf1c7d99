"""What is held of you: why, how long, a copy of all of it; and having it erased."""

from contextlib import suppress
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect, Stream

from plaudit.ids import new_id
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import later
from plaudit.people.access import Access, check_scope
from plaudit.people.injected import Caller
from plaudit.people.model import Scope, ScopeMissing
from plaudit.personal_data import erasures, exports
from plaudit.personal_data.api import get_my_file
from plaudit.personal_data.holders import FATES, WHYS, holdings_by_kind, term_of
from plaudit.personal_data.limits import ERASURE_GRACE_DAYS
from plaudit.personal_data.model import (
    AskedBy,
    Asking,
    ErasureObstructed,
    ErasureUnderWay,
    ExportState,
    ExportUnderWay,
    NewErasure,
)
from plaudit.problems import NotFound
from plaudit.retention import days_kept
from plaudit.web.pages.frame import page, viewer_of

OBSTACLES = {
    "staff": later("You have a role over others here; somebody has to take it first."),
    "frozen": later("Something of yours stands still; that has to end first."),
    "legal_hold": later("What is held of you is needed for a claim or a case that is not over."),
    "live": later("One of your rooms is live."),
    "open_orders": later("A purchase is under way."),
    "open_reversals": later("A refund or dispute is under way."),
    "payment_problems": later("Somebody still looks at a payment of yours."),
    "open_payouts": later("A payout is under way."),
    "open_clawbacks": later("What was taken back of gifts to you is still being counted."),
    "open_decisions": later("Somebody still has to decide about you."),
    "held_coins": later("Coins of yours are set aside for something; that has to end first."),
    "coins": later("coins that you have not spent"),
    "gift_balance": later("coins’ worth of gifts that you have not converted"),
    "diamonds": later("diamonds that are not paid out"),
}
"""What can be in the way of erasing somebody, and what they can give up."""


class Goodbye(msgspec.Struct, frozen=True):
    """Whether somebody knows what they give up."""

    sure: Literal["yes"] | None = None


@get("/people/data", access=Access.VIEWER, include_in_schema=False)
async def your_data(caller: Caller, database: Database, settings: Settings, clock: Clock) -> Response[str]:
    """Kinds of things that are held, and copies that were made."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        made = await exports.exports_of(connection, caller.person_id)
        erasure = await erasures.open_of(connection, caller.person_id)
        obstacles = await erasures.obstacles(connection, caller.person_id, clock.now())
    days = days_kept(settings.retention_days)
    return page(
        "your_data.html",
        viewer,
        nav="people",
        kinds=[kind for kind, _ in holdings_by_kind()],
        term_of=partial(term_of, days=days),
        whys=WHYS,
        fates=FATES,
        exports=made,
        is_waiting=any(one.state is ExportState.WAITING for one in made),
        may_ask=_may(caller),
        export_days=days["export_files"],
        erasure=erasure,
        in_the_way=[one for one in obstacles if not one.is_theirs],
        given_up=[one for one in obstacles if one.is_theirs],
        words=OBSTACLES,
        grace_days=ERASURE_GRACE_DAYS,
    )


@post("/people/data/exports", access=Access.VIEWER, scope=Scope.DATA, include_in_schema=False, status_code=303)
async def ask_for_copy(caller: Caller, database: Database, clock: Clock) -> Redirect:
    """Have a copy made; one that is under way is waited for."""
    with suppress(ExportUnderWay):
        async with database.transaction() as connection:
            await exports.ask(connection, clock, new_id(clock), caller.person_id, Asking(by=AskedBy.PERSON))
    return Redirect("/people/data", status_code=303)


@get("/people/data/exports/{export_id:uuid}", access=Access.VIEWER, scope=Scope.DATA, include_in_schema=False)
async def copy_of_data(
    export_id: FromPath[UUID], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> Stream:
    """The file."""
    answer: Stream = await get_my_file.fn(export_id, caller, database, settings, clock)
    return answer


@post("/people/data/erasure", access=Access.VIEWER, scope=Scope.DATA, include_in_schema=False, status_code=303)
async def erase_me(
    data: Annotated[Goodbye, Body(media_type=RequestEncodingType.URL_ENCODED)],
    caller: Caller,
    database: Database,
    clock: Clock,
) -> Redirect:
    """Be erased when the time of grace is over, with all that is said to be given up."""
    sure = data.sure == "yes"
    wanted = NewErasure(id=new_id(clock), gives_up_coins=sure, gives_up_earnings=sure)
    with suppress(ErasureObstructed, ErasureUnderWay):  # the page says so
        async with database.transaction() as connection:
            await erasures.ask(connection, clock, wanted, caller.person_id, Asking(by=AskedBy.PERSON))
    return Redirect("/people/data", status_code=303)


@post("/people/data/erasure/withdraw", access=Access.VIEWER, scope=Scope.DATA, include_in_schema=False, status_code=303)
async def stay(caller: Caller, database: Database, clock: Clock) -> Redirect:
    """Stay, after all."""
    with suppress(NotFound):
        async with database.transaction() as connection:
            await erasures.withdraw(connection, clock, caller.person_id)
    return Redirect("/people/data", status_code=303)


def _may(caller: Caller) -> bool:
    """Whether they came in a way by which they may ask."""
    try:
        check_scope(Access.VIEWER, Scope.DATA, caller)
    except ScopeMissing:
        return False
    return True


router = Router("/", route_handlers=[your_data, ask_for_copy, copy_of_data, erase_me, stay])
