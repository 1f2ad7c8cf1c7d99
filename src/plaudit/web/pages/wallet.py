"""A viewer's coins: what they are worth, the lots they lie in, where they came from and went; and one gift."""

from contextlib import suppress
from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from plaudit.freezes.reading import told
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import gettext as _
from plaudit.limits import PAGE_ROWS, VOUCHERS_REMINDED_MAX, WALLET_LOTS_MAX
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.selling.orders import actions
from plaudit.selling.orders.model import OrderState
from plaudit.selling.orders.reminders import unpaid_vouchers
from plaudit.selling.prices.channels import channels
from plaudit.selling.prices.pricing import NoPrices
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.cards import as_card_keeper
from plaudit.selling.reversals import asking
from plaudit.selling.stores import consumption
from plaudit.selling.stores.actions import asks_consent
from plaudit.selling.wallet import reading as coins
from plaudit.selling.wallet.model import OpenLot
from plaudit.selling.wallet.worth import Valuation
from plaudit.web.pages.frame import meter_for, page, viewer_of


@get("/wallet", access=Access.VIEWER, include_in_schema=False)
async def wallet(
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """Coins, lots and history; `before` shows the history from there on."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = viewer.wallet
        lots = await coins.open_lots(connection, caller.person_id, found.spent, WALLET_LOTS_MAX)
        unspent = await coins.unspent(connection, caller.person_id, found)
        holds = await coins.held(connection, caller.person_id, found)
        freezes = await told(connection, caller.person_id, clock.now())
        worth = None
        with suppress(NoPrices):  # the wallet is there all the same
            web = await coins.web_price(connection, caller.person_id, settings, clock)
            worth = Valuation(lots, web).of(found.coins)
        lots = lots[:PAGE_ROWS]
        place = coins.HISTORY.after_or_start(before)
        history = await coins.history(connection, caller.person_id, place, PAGE_ROWS, clock)
        creators = {entry.creator_id for entry in history.entries if isinstance(entry, coins.GiftEntry)}
        people = await people_by_ids(connection, creators)
        paid = _paid_lots(lots)
        orders = await actions.orders_to_show(
            connection, caller.person_id, paid, recent=PAGE_ROWS, vouchers=VOUCHERS_REMINDED_MAX
        )
        bought = [order for order in orders if order.order_id in paid]
        withdrawable = await asking.withdrawables(connection, payment_providers, bought, settings, clock.now())
        consent = None
        if asks := asks_consent(payment_providers):
            consent = await consumption.consent_of(connection, caller.person_id)
        meter = await meter_for(connection, viewer)
    unpaid = unpaid_vouchers(orders, clock.now())
    reminded = {order.order_id for order in unpaid}
    return page(
        "wallet.html",
        viewer,
        nav="wallet",
        wallet=found,
        promotional=unspent.promotional,
        expiring=unspent.expiring,
        holds=holds,
        freezes=freezes,
        meter=meter,
        worth=worth,
        lots=lots,
        history=history,
        next=history.next,
        people=people,
        paid=coins.cost_of,
        withdrawable=withdrawable,
        store_consent=consent is not None and consent.given if asks else None,
        store_steps={desk.store: _(desk.steps) for one in channels().values() if (desk := one.refund_desk)},
        under_way=[one for one in orders if one.state is OrderState.PENDING and one.order_id not in reminded],
        unpaid=[(order, Money(order.voucher.missing_minor, order.currency)) for order in unpaid if order.voucher],
        first=before is None,
        keeps_cards=any(as_card_keeper(payment_providers.get(name)) for name in payment_providers.names),
    )


@get("/wallet/gifts/{gift_id:uuid}", access=Access.VIEWER, include_in_schema=False)
async def gift(gift_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> Response[str]:
    """Where a gift went, and what paid for it."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        sent = await coins.gift_entry(connection, caller.person_id, gift_id, clock)
        people = await people_by_ids(connection, [sent.creator_id])
        parts = await coins.lots_of_gift(connection, caller.person_id, gift_id)
    return page(
        "gift.html",
        viewer,
        nav="wallet",
        gift=sent,
        creator=people.get(sent.creator_id),
        parts=parts,
        paid=coins.cost_of,
        gone=sum(part.coins_reversed for part in parts),
    )


def _paid_lots(lots: list[OpenLot]) -> list[UUID]:
    return list(dict.fromkeys(lot.lot_id for lot in lots if lot.kind == "paid"))


router = Router("/", route_handlers=[wallet, gift])
