"""Who did what, for operators: acts by anybody with power over others, what they read, and what was refused."""

from datetime import UTC, date, datetime, timedelta
from typing import TypeVar, get_args
from urllib.parse import urlencode

import msgspec
from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.acts import Actor, ActRecord, Kind, Outcome
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BY_ID
from plaudit.people.access import Access
from plaudit.people.actions import list_api_keys, people_by_ids
from plaudit.people.injected import Caller
from plaudit.trail import reading
from plaudit.trail.heads import last_head
from plaudit.trail.reading import Search
from plaudit.web.pages.frame import page, viewer_of

W = TypeVar("W")

_DAY = timedelta(days=1)


@get("/operator/acts", access=Access.OWNER, include_in_schema=False, personal=True)
async def acts(  # noqa: PLR0913, PLR0917 - one for each filter
    caller: Caller,
    database: Database,
    clock: Clock,
    kind: FromQuery[str] = "",
    actor: FromQuery[str] = "",
    outcome: FromQuery[str] = "",
    operation: FromQuery[str] = "",
    about: FromQuery[str] = "",
    day: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """What a filter does not know is not filtered by. `about`: an id; `day`: the last one, UTC."""
    until = _end_of(day)
    chosen = Search(
        kind=_known(kind, get_args(Kind)),
        actor=_known(actor, tuple(Actor)),
        outcome=_known(outcome, get_args(Outcome)),
        operation=operation or None,
        about=about.strip() or None,
        until=until,
    )
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.find(connection, chosen, BY_ID.after_or_start(before), PAGE_ROWS + 1)
        shown = [(one, one.act) for one in found[:PAGE_ROWS]]
        people = await people_by_ids(connection, {int(act.person_id) for _, act in shown if act.person_id})
        keys = {one.id: one.name for one in await list_api_keys(connection)}
        operations = await reading.operations(connection)
        head = await last_head(connection)
    filters = {"kind": kind, "actor": actor, "outcome": outcome, "operation": operation, "about": about, "day": day}
    following = BY_ID.next(found, PAGE_ROWS, lambda one: one.act.id)
    return page(
        "trail.html",
        viewer,
        nav="operator",
        acts=[(kept, act, _details(act)) for kept, act in shown],
        people=people,
        keys=keys,
        operations=operations,
        kinds=get_args(Kind),
        actors=[one.value for one in Actor],
        outcomes=get_args(Outcome),
        chosen=filters,
        is_filtered=any(filters.values()),
        today=clock.now().date().isoformat(),
        next=f"/operator/acts?{urlencode(filters | {'before': following})}" if following else None,
        first=before is None,
        head=head,
    )


def _details(act: ActRecord) -> str:
    """What was said and changed, laid out to be read; empty: nothing."""
    command = act.command.arguments if act.command else None
    told = {name: one for name, one in (("said", act.said), ("changes", act.changes), ("with", command)) if one}
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() if told else ""


def _known(word: str, words: tuple[W, ...]) -> W | None:
    return next((one for one in words if one == word), None)


def _end_of(day: str) -> datetime | None:
    try:
        last = date.fromisoformat(day)
        return datetime(last.year, last.month, last.day, tzinfo=UTC) + _DAY
    except (ValueError, OverflowError):
        return None


router = Router("/", route_handlers=[acts])
