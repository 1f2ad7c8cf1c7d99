"""A viewer's coins: what they are worth, the lots they lie in, and where they came from and went."""

from contextlib import suppress
from uuid import UUID

from litestar import Response, Router, get

from plaudit.clock import Clock
from plaudit.db import Connection, Database
from plaudit.limits import PAGE_ROWS
from plaudit.money import Money, round_half_up
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.model import Caller
from plaudit.problems import NotFound
from plaudit.selling.orders import actions
from plaudit.selling.orders.model import OrderState
from plaudit.selling.prices.pricing import NoPrices
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import asking
from plaudit.selling.reversals.model import Withdrawable
from plaudit.selling.stores import consumption
from plaudit.selling.stores.actions import asks_consent
from plaudit.selling.wallet import reading as coins
from plaudit.selling.wallet.model import OpenLot
from plaudit.settings import Settings
from plaudit.web.pages.frame import page, viewer_of


@get("/wallet", access=Access.VIEWER, include_in_schema=False)
async def wallet(
    caller: Caller,
    database: Database,
    payment_providers: PaymentProviders,
    settings: Settings,
    clock: Clock,
    before: UUID | None = None,
) -> Response[str]:
    """Coins, lots and history; `before` shows the history from there on."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await coins.read_wallet(connection, caller.person_id)
        lots = await coins.open_lots(connection, caller.person_id, found.spent, PAGE_ROWS)
        promotional = await coins.promotional_coins(connection, caller.person_id, found)
        expiring = await coins.expiring_coins(connection, caller.person_id, found)
        worth = None
        with suppress(NoPrices):  # the wallet is there all the same
            worth = await coins.worth(connection, caller.person_id, found.coins, settings, clock)
        history = await coins.history(connection, caller.person_id, before, PAGE_ROWS)
        people = await people_by_ids(
            connection, {entry.creator_id for entry in history.entries if isinstance(entry, coins.GiftEntry)}
        )
        orders = await actions.list_orders(connection, caller.person_id, None, PAGE_ROWS)
        withdrawable = await _withdrawable(connection, caller.person_id, lots, settings, clock)
        consent = await consumption.consent_of(connection, caller.person_id)
    return page(
        "wallet.html",
        viewer,
        nav="wallet",
        wallet=found,
        promotional=promotional,
        expiring=expiring,
        worth=worth,
        worth_money=Money(round_half_up(worth.minor), worth.currency) if worth else None,
        lots=lots,
        history=history,
        people=people,
        paid=coins.cost_of,
        withdrawable=withdrawable,
        store_consent=consent is not None and consent.given if asks_consent(payment_providers) else None,
        lot_cost=lambda lot: Money(round_half_up(lot.worth), lot.currency) if lot.currency else None,
        under_way=[order for order in orders if order.state is OrderState.PENDING],
        first=before is None,
    )


async def _withdrawable(
    connection: Connection, person_id: int, lots: list[OpenLot], settings: Settings, clock: Clock
) -> dict[UUID, Withdrawable]:
    """What can be taken back of the lots that are shown, by lot; promotional ones have nothing."""
    found = {}
    for lot_id in dict.fromkeys(lot.lot_id for lot in lots if lot.kind == "paid"):
        with suppress(NotFound):  # a lot that did not come from an order
            order = await actions.find_order(connection, person_id, lot_id)
            found[lot_id] = await asking.withdrawable(connection, order, settings, clock.now())
    return found


router = Router("/", route_handlers=[wallet])
