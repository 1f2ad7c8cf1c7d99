"""A viewer's wallet over HTTP: coins, what they cost, and where they went."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath, Parameter
from msgspec import Meta

from plaudit.ids import id_text
from plaudit.injected import Clock, Database, Settings
from plaudit.ledger.messages import RemovedBy
from plaudit.limits import PAGE_LENGTH_DEFAULT, WALLET_LOTS_MAX
from plaudit.money import Money, round_half_up
from plaudit.pages import Cursor, Limit, Number, Page, Places
from plaudit.people.access import Access
from plaudit.people.actions import card_of, people_by_ids
from plaudit.people.injected import Caller
from plaudit.people.model import Person, PersonCard, Scope
from plaudit.selling.prices.pricing import NoPrices
from plaudit.selling.reversals.model import Kind, Reversal, State
from plaudit.selling.wallet import reading as wallet
from plaudit.selling.wallet.model import OpenLot, PriceView, Worth
from plaudit.selling.wallet.worth import Valuation

TAGS = ["Wallet"]


class LotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of unspent coins and the lot they belong to. `price` is that of the whole lot; null: promotional."""

    lot_id: UUID
    kind: Literal["paid", "promotional"]
    unspent: int
    coins: Annotated[int, Meta(description="Coins of the whole lot.")]
    price: Money | None
    cost: Annotated[Money | None, Meta(description="What the unspent coins cost, rounded to the minor unit.")]
    created_at: datetime
    expires_at: Annotated[datetime | None, Meta(description="Until when they can be spent; null: without end.")]


class ExpiringAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Unspent coins that can be spent until one moment."""

    coins: int
    expires_at: datetime


class HoldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Coins that are set aside for a purpose, and come back at `ends_at` unless they are spent on it before."""

    id: UUID
    purpose: str
    coins: int
    ends_at: datetime


class WalletAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller has."""

    coins: Annotated[int, Meta(description="Coins to spend.")]
    promotional_coins: Annotated[
        int, Meta(description="Those of them that were a present: spent before bought ones, never refunded.")
    ]
    expiring: Annotated[list[ExpiringAnswer], Meta(description="Those of them that expire, the soonest first.")]
    held: Annotated[int, Meta(description="Coins that are set aside, beside those to spend.")]
    holds: Annotated[list[HoldAnswer], Meta(description="What they are set aside for, what ends soonest first.")]
    spent: Annotated[int, Meta(description="Coins spent so far.")]
    worth: Annotated[Worth | None, Meta(description="The coins in money; null without a price book.")]
    paid: Annotated[list[Money], Meta(description="What the unspent coins cost, one amount for each currency.")]
    per_coin: Annotated[PriceView | None, Meta(description="What the next coin is worth, exactly, and why.")]
    lots: Page[LotAnswer]


class ItemAnswer(msgspec.Struct, frozen=True):
    """A catalogue item as it was when it was given."""

    id: int
    name: str | None
    art: str | None


class RoomAnswer(msgspec.Struct, frozen=True):
    """Where it was given."""

    id: str
    title: str | None


class HistoryRecharge(msgspec.Struct, frozen=True, kw_only=True, tag="recharge", tag_field="kind"):
    """Coins that were bought. The id is that of the order and the receipt."""

    id: UUID
    at: datetime
    coins: int
    price: Money


class HistoryPromotion(msgspec.Struct, frozen=True, kw_only=True, tag="promotion", tag_field="kind"):
    """Coins that were given away."""

    id: UUID
    at: datetime
    coins: int
    coins_expired: Annotated[int, Meta(description="Those of them that were not spent in time.")]


class HistoryGift(msgspec.Struct, frozen=True, kw_only=True, tag="gift", tag_field="kind"):
    """A gift that was sent."""

    id: UUID
    at: datetime
    coins: int
    count: int
    item: ItemAnswer
    creator: PersonCard
    room: Annotated[RoomAnswer | None, Meta(description="Null: it is on a video.")]
    video_id: str | None
    video_title: Annotated[
        str | None,
        Meta(description="As it was called when everybody could look at it last, also when it is gone or private."),
    ]
    video_gone: Annotated[bool, Meta(description="Its platform took the video away; the gift stays.")]
    position_ms: Annotated[int | None, Meta(description="Where in the video.")]
    message: str | None
    message_removed_by: Annotated[
        RemovedBy | None, Meta(description="Who took its words away, for whatever reason; null: nobody did.")
    ]
    paid: Annotated[list[Money], Meta(description="What its coins cost, from the lots that paid; per currency.")]
    coins_reversed: Annotated[
        int, Meta(description="Of its coins, those whose money went back: the gift was taken back that far.")
    ]


class HistoryReversal(msgspec.Struct, frozen=True, kw_only=True, tag="reversal", tag_field="kind"):
    """Money of an order that went back. Undone, it is there no more."""

    id: UUID
    at: datetime
    order_id: UUID
    reversal_kind: Kind
    state: State
    coins: Annotated[int, Meta(description="Coins that went with it, spent or not.")]
    coins_unspent: Annotated[int, Meta(description="Those of them that left the wallet.")]
    amount: Money
    credited: Annotated[bool, Meta(description="There is a credit note under this id.")]


HistoryEntry: TypeAlias = HistoryRecharge | HistoryPromotion | HistoryGift | HistoryReversal


class HistoryPage(Page[HistoryEntry], frozen=True):
    """Recharges, gifts and reversals, newest first."""


LOTS: Places[int | None] = Places(Number, None)
"""The places of lots: the coin of the strip behind each."""


class GiftLot(msgspec.Struct, frozen=True, kw_only=True):
    """The coins of one lot that paid for a gift. A paid lot's id is that of its order and receipt."""

    lot_id: UUID
    kind: Literal["paid", "promotional"]
    coins: int
    coins_reversed: Annotated[
        int, Meta(description="Of these coins, those whose money went back to whoever paid: the gift lost them.")
    ]
    paid: Annotated[Money | None, Meta(description="What these coins cost, rounded to the minor unit.")]


class GiftLots(msgspec.Struct, frozen=True):
    """The trail of a gift, in the order in which the coins were spent."""

    items: list[GiftLot]


@get("/wallet", access=Access.VIEWER, scope=Scope.MONEY_READ, operation_id="GetWallet", tags=TAGS, summary="My coins")
async def get_wallet(
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    cursor: Cursor = None,
    limit: Annotated[int, Parameter(ge=1, le=WALLET_LOTS_MAX, description="The most lots to answer with.")] = 50,
) -> WalletAnswer:
    """Coins, what they are worth in money, and the lots they belong to."""
    async with database.snapshot() as connection:
        holding = await wallet.read_holding(connection, caller.person_id)
        found, lots = holding.wallet, holding.lots[: limit + 1]
        if (start := LOTS.after(cursor)) is not None and start > found.spent:
            lots = await wallet.open_lots(connection, caller.person_id, start, limit + 1)
        unspent = await wallet.unspent(connection, caller.person_id, found)
        value = None
        holds = await wallet.held(connection, caller.person_id, found)
        with suppress(NoPrices):  # the wallet is there all the same
            value = Valuation(holding.lots, await wallet.web_price(connection, caller.person_id, settings, clock))
    return WalletAnswer(
        coins=found.coins,
        promotional_coins=unspent.promotional,
        expiring=[ExpiringAnswer(coins=one.coins, expires_at=one.expires_at) for one in unspent.expiring],
        held=found.held,
        holds=[HoldAnswer(id=one.hold_id, purpose=one.purpose, coins=one.coins, ends_at=one.ends_at) for one in holds],
        spent=found.spent,
        worth=value.of(found.coins) if value else None,
        paid=unspent.paid,
        per_coin=value.per_coin if value else None,
        lots=LOTS.page(lots, limit, lambda lot: lot.start_coin + lot.unspent, _lot),
    )


def _lot(lot: OpenLot) -> LotAnswer:
    price = Money(lot.price_minor, lot.currency) if lot.price_minor is not None and lot.currency else None
    return LotAnswer(
        lot_id=lot.lot_id,
        kind=lot.kind,
        unspent=lot.unspent,
        coins=lot.coins,
        price=price,
        cost=lot.cost,
        created_at=lot.created_at,
        expires_at=lot.expires_at,
    )


@get(
    "/wallet/history",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="GetWalletHistory",
    tags=TAGS,
    summary="My recharges, gifts and reversals",
)
async def get_history(
    caller: Caller,
    database: Database,
    clock: Clock,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> HistoryPage:
    """Where coins came from and went, each gift with what it cost in money."""
    async with database.snapshot() as connection:
        page = await wallet.history(connection, caller.person_id, wallet.HISTORY.after(cursor), limit, clock)
        creators = {entry.creator_id for entry in page.entries if isinstance(entry, wallet.GiftEntry)}
        people = await people_by_ids(connection, creators)
    items = [_entry(entry, page, people) for entry in page.entries]
    return HistoryPage(items, page.next)


def _entry(
    entry: wallet.LotEntry | wallet.GiftEntry | Reversal, page: wallet.History, people: dict[int, Person]
) -> HistoryEntry:
    if isinstance(entry, Reversal):
        return HistoryReversal(
            id=entry.reversal_id,
            at=entry.created_at,
            order_id=entry.order_id,
            reversal_kind=entry.kind,
            state=entry.state,
            coins=entry.coins,
            coins_unspent=entry.coins_unspent,
            amount=entry.amount,
            credited=entry.reversal_id in page.credited,
        )
    if isinstance(entry, wallet.GiftEntry):
        creator = people.get(entry.creator_id)
        return HistoryGift(
            id=entry.id,
            at=entry.charged_at,
            coins=entry.coins,
            count=entry.count,
            item=ItemAnswer(entry.item_id, entry.item_name, entry.item_art),
            creator=card_of(creator) if creator else PersonCard(str(entry.creator_id), "", ""),
            room=RoomAnswer(str(entry.room_id), entry.room_title) if entry.room_id else None,
            video_id=id_text(entry.video_id),
            video_title=entry.video_title,
            video_gone=entry.video_gone,
            position_ms=entry.position_ms,
            message=entry.message,
            message_removed_by=entry.message_removed_by,
            paid=wallet.cost_of(page.parts.get(entry.id, [])),
            coins_reversed=page.reversed.get(entry.id, 0),
        )
    if entry.price_minor is None or entry.currency is None:
        return HistoryPromotion(
            id=entry.lot_id, at=entry.created_at, coins=entry.coins, coins_expired=entry.coins_expired
        )
    price = Money(entry.price_minor, entry.currency)
    return HistoryRecharge(id=entry.lot_id, at=entry.created_at, coins=entry.coins, price=price)


@get(
    "/wallet/gifts/{gift_id:uuid}/lots",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="GetGiftLots",
    tags=TAGS,
    summary="Which lots paid for a gift of mine",
)
async def get_gift_lots(gift_id: FromPath[UUID], caller: Caller, database: Database) -> GiftLots:
    """The trail of a gift back to the orders and receipts."""
    async with database.read() as connection:
        parts = await wallet.lots_of_gift(connection, caller.person_id, gift_id)
    return GiftLots(
        [
            GiftLot(
                lot_id=part.lot_id,
                kind=part.kind,
                coins=part.coins,
                coins_reversed=part.coins_reversed,
                paid=Money(round_half_up(part.cost_minor), part.currency) if part.currency else None,
            )
            for part in parts
        ]
    )


HANDLERS = (get_wallet, get_history, get_gift_lots)
