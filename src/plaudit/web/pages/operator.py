"""The operator's desk: do the books balance, what moves, orders, payouts to decide, and what needs a person."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from plaudit.accounting import turnover
from plaudit.connections import Connection
from plaudit.feeds.webhooks import actions as webhooks
from plaudit.injected import Clock, Database
from plaudit.ledger.deliverer import count_undelivered
from plaudit.limits import PAGE_ROWS, STUCK_AFTER_S
from plaudit.pages import BY_TIME
from plaudit.payouts import actions as payouts
from plaudit.payouts.controls import controls_of
from plaudit.payouts.model import Payout, PayoutFilter, PayoutState
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.stuck import count_stuck
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.problems import NotFound
from plaudit.schema import audit_runs
from plaudit.selling.orders import actions as order_actions
from plaudit.selling.orders.model import Order, OrderState
from plaudit.selling.orders.operator_api import ORDERS
from plaudit.web.pages.frame import page, viewer_of


class Found(msgspec.Struct, frozen=True):
    """Orders that fit a search."""

    orders: list[Order]
    next: str | None = None


@get("/operator", access=Access.OPERATOR, include_in_schema=False)
async def operator(
    caller: Caller,
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
    q: FromQuery[str] = "",
    order_state: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """All of it on one page."""
    now = clock.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        volumes = await turnover.volumes_since(connection, midnight)
        proceeds = await turnover.proceeds_since(connection, midnight)
        hours = await turnover.hours_until(connection, now)
        found = await _orders(connection, q.strip(), order_state, before)
        waiting = await _payouts(connection, PayoutFilter(state=PayoutState.REQUESTED))
        doubtful = await _payouts(connection, PayoutFilter(attention=True))
        approved = await _payouts(connection, PayoutFilter(state=PayoutState.APPROVED))
        problems = await order_actions.payment_problems(connection, PAGE_ROWS)
        stuck = await count_undelivered(connection, now - timedelta(seconds=STUCK_AFTER_S))
        failed = await count_stuck(connection)
        untold = await webhooks.count_in_trouble(connection)
        report = await audit_runs.last(connection)
        controls = await controls_of(connection, [payout.id for payout in [*waiting, *approved]], now)
        people = await people_by_ids(connection, _named(found.orders, [*waiting, *doubtful, *approved], problems))
    return page(
        "operator.html",
        viewer,
        nav="operator",
        now=now,
        report=report,
        volumes=volumes,
        proceeds=proceeds,
        hours=hours,
        peak=max([1, *(max(hour.coins_sold, hour.coins_delivered) for hour in hours)]),
        found=found,
        q=q.strip(),
        order_state=order_state,
        order_states=[state.value for state in OrderState],
        first=before is None,
        waiting=waiting,
        held=[payout for payout in approved if any(not one.passed for one in controls.get(payout.id, []))],
        controls=controls,
        doubtful=doubtful,
        failing=[payout for payout in approved if payout.send_error],
        problems=problems,
        stuck=stuck,
        untold=untold,
        failed=failed,
        providers=payout_providers.names,
        people=people,
    )


def _named(orders: list[Order], cashed: list[Payout], problems: list[Any]) -> set[int]:
    return {order.person_id for order in [*orders, *problems]} | {payout.creator_id for payout in cashed}


async def _payouts(connection: Connection, wanted: PayoutFilter) -> list[Payout]:
    return await payouts.find_all(connection, wanted, BY_TIME.after(None), PAGE_ROWS)


async def _orders(connection: Connection, q: str, order_state: str, before: str | None) -> Found:
    """One order by its id, or a page of those in a state."""
    if q:
        try:
            return Found([await order_actions.find_order_of_anybody(connection, UUID(q))])
        except (ValueError, NotFound):
            return Found([])
    state = OrderState(order_state) if order_state in set(OrderState) else None
    orders = await order_actions.list_all_orders(connection, state, ORDERS.after_or_start(before), PAGE_ROWS + 1)
    return Found(orders[:PAGE_ROWS], ORDERS.next(orders, PAGE_ROWS, lambda order: (order.order_id, order.shard)))


@post("/operator/audit", access=Access.FINANCE, include_in_schema=False, status_code=200)
async def run_audit(database: Database) -> Response[str]:
    """Try every law of the books now, keep what was found, and answer with it."""
    return page("_audit.html", report=await audit_runs.run_and_keep(database))


router = Router("/", route_handlers=[operator, run_audit])
