"""A viewer's coins: what they are worth, the lots they lie in, and where they came from and went."""

from contextlib import suppress
from uuid import UUID

from litestar import Response, Router, get

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.limits import PAGE_ROWS
from plaudit.money import Money, round_half_up
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.model import Caller
from plaudit.recharge import actions
from plaudit.recharge import wallet as coins
from plaudit.recharge.model import NoPrices, OrderState
from plaudit.settings import Settings
from plaudit.web.pages.frame import page, viewer_of


@get("/wallet", access=Access.VIEWER, include_in_schema=False)
async def wallet(
    caller: Caller, database: Database, settings: Settings, clock: Clock, before: UUID | None = None
) -> Response[str]:
    """Coins, lots and history; `before` shows the history from there on."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await coins.read_wallet(connection, caller.person_id)
        lots = await coins.open_lots(connection, caller.person_id, found.spent, PAGE_ROWS)
        worth = None
        with suppress(NoPrices):  # the wallet is there all the same
            worth = await coins.worth(connection, caller.person_id, found.coins, settings, clock)
        history = await coins.history(connection, caller.person_id, before, PAGE_ROWS)
        people = await people_by_ids(
            connection, {entry.creator_id for entry in history.entries if isinstance(entry, coins.GiftEntry)}
        )
        orders = await actions.list_orders(connection, caller.person_id, None, PAGE_ROWS)
    return page(
        "wallet.html",
        viewer,
        nav="wallet",
        wallet=found,
        worth=worth,
        worth_money=Money(round_half_up(worth.minor), worth.currency) if worth else None,
        lots=lots,
        history=history,
        people=people,
        paid=coins.cost_of,
        lot_cost=lambda lot: Money(round_half_up(lot.worth), lot.currency) if lot.currency else None,
        under_way=[order for order in orders if order.state is OrderState.PENDING],
        first=before is None,
    )


router = Router("/", route_handlers=[wallet])
