"""Money that comes in, for operators: messages of providers, payments to look at, and days compared with providers."""

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from plaudit.connections import Connection
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import MessageFilter, MessageState
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BY_TIME, Place
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.selling.orders import problems
from plaudit.selling.orders.model import PaymentProblemKind
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reconciliation import actions as reconciliation
from plaudit.selling.reconciliation.model import DifferenceFilter, DifferenceState
from plaudit.vault.sealing import vault_of
from plaudit.web.pages.frame import page, viewer_of

T = TypeVar("T")

LOOKS_AFTER_IT = frozenset({Access.SUPPORT, Access.FINANCE})
VIEWS = ("problems", "differences", "days", "messages")


@get("/operator/money-in", access=LOOKS_AFTER_IT, personal=True, include_in_schema=False)
async def money_in(
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    clock: Clock,
    view: FromQuery[str] = "problems",
    provider: FromQuery[str] = "",
    chosen: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """One list at a time. `chosen`: a state, or a kind of problem; what is not known is not filtered by."""
    view = view if view in VIEWS else VIEWS[0]
    provider = provider if provider in payment_providers.names else ""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        counts = await _counts(connection)
        context = await _listed(connection, view, provider, chosen, BY_TIME.after_or_start(before))
        people = await people_by_ids(
            connection, {row.person_id for row in context["rows"]} if view == VIEWS[0] else set()
        )
    today = clock.now().date()
    return page(
        "money_in.html",
        viewer,
        nav="operator",
        view=view,
        provider=provider,
        providers=payment_providers.names,
        counts=counts,
        people=people,
        now=clock.now(),
        yesterday=today - timedelta(days=1),
        first=before is None,
        **context,
    )


async def _counts(connection: Connection) -> dict[str, int]:
    """What waits for a person at the moment."""
    unfinished = await inbox.count_unfinished(connection)
    unsettled = await reconciliation.count_unsettled(connection)
    waiting = {"problems": await problems.count_open(connection)}
    return waiting | msgspec.structs.asdict(unfinished) | msgspec.structs.asdict(unsettled)


async def _listed(connection: Connection, view: str, provider: str, chosen: str, after: Place) -> dict[str, Any]:
    """The rows of a view, where the next page begins, and what can be chosen."""
    limit = PAGE_ROWS + 1
    named = provider or None
    if view == "problems":
        kind = PaymentProblemKind(chosen) if chosen in set(PaymentProblemKind) else None
        is_open = None if kind or chosen == "all" else True
        found = await problems.list_problems(connection, kind, is_open, after, limit)
        choices = ["", "all", *(kind.value for kind in PaymentProblemKind)]
        return _page(found, [(row.noticed_at, row.problem_id) for row in found], choices, chosen)
    if view == "differences":
        state = DifferenceState(chosen) if chosen in set(DifferenceState) else None
        state = state or (None if chosen == "all" else DifferenceState.OPEN)
        wanted = DifferenceFilter(provider=named, state=state)
        differences = await reconciliation.list_differences(connection, wanted, after, limit)
        places = [(row.noticed_at, row.difference_id) for row in differences]
        return _page(differences, places, ["", "all", "vanished", "healed", "closed"], chosen)
    if view == "days":
        runs = await reconciliation.list_runs(connection, named, after, limit)
        return _page(runs, [(run.requested_at, run.run_id) for run in runs], [], "")
    asked = MessageState(chosen) if chosen in set(MessageState) else None
    messages = await inbox.list_messages(connection, MessageFilter(provider=named, state=asked), after, limit)
    places = [(message.received_at, message.message_id) for message in messages]
    return _page(messages, places, ["", *(state.value for state in MessageState)], chosen)


def _page(rows: list[T], places: list[Place], choices: list[str], chosen: str) -> dict[str, Any]:
    more = BY_TIME.next(places, PAGE_ROWS, lambda place: place)
    chosen = chosen if chosen in choices else ""
    return {"rows": rows[:PAGE_ROWS], "next": more, "choices": choices, "chosen": chosen}


@get("/operator/messages/{message_id:uuid}", access=LOOKS_AFTER_IT, personal=True, include_in_schema=False)
async def message(
    message_id: FromPath[UUID], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> Response[str]:
    """One message as it came."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await inbox.find(connection, vault_of(settings), message_id)
        replays = await inbox.replays(connection, message_id)
        people = await people_by_ids(connection, {replay.person_id for replay in replays})
    return page(
        "message.html",
        viewer,
        nav="operator",
        message=found,
        body=found.body.decode(errors="replace"),
        replays=replays,
        people=people,
        now=clock.now(),
    )


router = Router("/", route_handlers=[money_in, message])
