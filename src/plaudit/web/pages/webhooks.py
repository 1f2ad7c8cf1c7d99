"""Endpoints of hosts, for operators: how each fares, its last tries, and what waits or was given up."""

from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery

from plaudit.events.log import log_state
from plaudit.events.model import CATALOGUE
from plaudit.feeds.webhooks import actions
from plaudit.feeds.webhooks.model import DeliveryState
from plaudit.injected import Database
from plaudit.limits import (
    PAGE_ROWS,
    WEBHOOK_DESCRIPTION_LENGTH_MAX,
    WEBHOOK_ENDPOINTS_MAX,
    WEBHOOK_SECRET_OLD_H,
    WEBHOOK_URL_LENGTH_MAX,
)
from plaudit.pages import BY_TIME, Number, Places
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of

_EVENTS: Places[int] = Places(Number, 2**63 - 1)


@get("/operator/webhooks", access=Access.OWNER, include_in_schema=False)
async def webhooks(caller: Caller, database: Database) -> Response[str]:
    """All endpoints, and a form for another."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await actions.list_endpoints(connection, BY_TIME.after(None), WEBHOOK_ENDPOINTS_MAX)
    return page(
        "webhooks.html",
        viewer,
        nav="operator",
        endpoints=found,
        kinds=CATALOGUE.values(),
        url_length_max=WEBHOOK_URL_LENGTH_MAX,
        description_length_max=WEBHOOK_DESCRIPTION_LENGTH_MAX,
    )


@get("/operator/webhooks/{endpoint_id:uuid}", access=Access.OWNER, include_in_schema=False)
async def webhook(
    endpoint_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    show: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`show`: `parked` or `waiting` events instead of the last tries."""
    shown = DeliveryState(show) if show in {DeliveryState.WAITING, DeliveryState.PARKED} else None
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        endpoint = await actions.require(connection, endpoint_id)
        log = await log_state(connection)
        tries = await actions.list_tries(connection, endpoint_id, None, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        events = await actions.list_deliveries(
            connection, endpoint_id, shown, _EVENTS.after_or_start(before), PAGE_ROWS + 1
        )
    more_events = _EVENTS.next(events, PAGE_ROWS, lambda event: event.position)
    more_tries = BY_TIME.next(tries, PAGE_ROWS, lambda one: (one.at, one.id))
    return page(
        "webhook.html",
        viewer,
        nav="operator",
        endpoint=endpoint,
        log=log,
        tries=tries[:PAGE_ROWS],
        events=events[:PAGE_ROWS] if shown else [],
        show=shown.value if shown else "",
        next=more_events if shown else more_tries,
        first=before is None,
        old_valid_hours=WEBHOOK_SECRET_OLD_H,
    )


router = Router("/", route_handlers=[webhooks, webhook])
