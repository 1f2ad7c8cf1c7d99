"""What a viewer has, what it cost, and where it went. Only reads."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from heapq import merge
from itertools import islice
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ledger.holds import Hold, open_holds
from plaudit.ledger.messages import RemovedBy
from plaudit.ledger.shards import shard_of
from plaudit.limits import WALLET_EXPIRING_MAX, WALLET_LOTS_MAX
from plaudit.money import Money, round_half_up
from plaudit.pages import Places
from plaudit.problems import NotFound
from plaudit.selling.orders.regions import usual_prices
from plaudit.selling.papers.actions import credited
from plaudit.selling.prices.current import current_book
from plaudit.selling.prices.pricing import Price
from plaudit.selling.reversals import reading
from plaudit.selling.reversals.model import Reversal
from plaudit.selling.wallet.model import (
    Expiring,
    Holding,
    LotPart,
    OpenLot,
    Unspent,
    UnspentKind,
    Wallet,
)
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class LotEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A lot in the history. Its id is that of the order that paid for it."""

    lot_id: UUID
    kind: Literal["paid", "promotional"]
    coins: int
    price_minor: int | None
    currency: str | None
    created_at: datetime
    coins_expired: int


class GiftEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A gift in the history. Names are missing when the room, video or item was never described here."""

    id: UUID
    creator_id: int
    room_id: int | None
    room_title: str | None
    video_id: int | None
    video_title: str | None
    """As it was called when everybody could look at it last, also when it is gone."""
    video_gone: bool
    position_ms: int | None
    message: str | None
    message_removed_by: RemovedBy | None
    """Who took its words away; None: nobody."""
    item_id: int
    item_name: str | None
    item_art: str | None
    count: int
    coins: int
    charged_at: datetime


Entry: TypeAlias = LotEntry | GiftEntry | Reversal
HistoryPlace: TypeAlias = tuple[UUID | None, UUID | None, UUID | None]
"""The gift, the lot and the reversal that come next; None: no more of them."""
HISTORY: Places[HistoryPlace | None] = Places(HistoryPlace, None)
"""The places of the history, which is three lists laid into one."""


class History(msgspec.Struct, frozen=True):
    """A page of the history, newest first, with the lots that paid for its gifts, how many coins of each gift were
    taken back because their money was, and which of its reversals have a credit note."""

    entries: list[Entry]
    parts: dict[UUID, list[LotPart]]
    reversed: dict[UUID, int]
    credited: frozenset[UUID]
    next: str | None
    """The cursor of the next page."""


async def read_wallet(connection: Connection, person_id: int) -> Wallet:
    """Coins and how far the strip is spent; zeros for somebody who never had any."""
    shard = await shard_of(connection, person_id)
    return await fetch_one(connection, SQL["find_wallet"], Wallet, shard, person_id) or Wallet(0, 0)


async def held(connection: Connection, person_id: int, wallet: Wallet) -> list[Hold]:
    """What coins of a wallet are held for, those that are free first before others."""
    return await open_holds(connection, person_id) if wallet.held else []


async def open_lots(connection: Connection, person_id: int, after: int, limit: int) -> list[OpenLot]:
    """The intervals of the strip behind a coin, in the order in which they will be spent."""
    shard = await shard_of(connection, person_id)
    return await fetch_all(connection, SQL["open_lots"], OpenLot, shard, person_id, after, limit)


async def read_holding(connection: Connection, person_id: int) -> Holding:
    """The wallet of somebody with its next WALLET_LOTS_MAX lots, and one more if there is one."""
    wallet = await read_wallet(connection, person_id)
    return Holding(wallet, await open_lots(connection, person_id, wallet.spent, WALLET_LOTS_MAX + 1))


async def unspent(connection: Connection, person_id: int, wallet: Wallet) -> Unspent:
    """What the unspent coins cost, which were presents, and which expire. Promotional coins are never refundable, and
    spent before those that were bought."""
    shard = await shard_of(connection, person_id)
    kinds = await fetch_all(connection, SQL["unspent_kinds"], UnspentKind, shard, person_id, wallet.spent)
    paid: dict[str, Fraction] = {}
    expiring: dict[datetime, int] = {}
    for one in kinds:
        if one.price_minor is not None and one.currency:
            part = Fraction(one.price_minor * one.unspent, one.coins)
            paid[one.currency] = paid.get(one.currency, Fraction(0)) + part
        if one.expires_at:
            expiring[one.expires_at] = expiring.get(one.expires_at, 0) + one.unspent
    return Unspent(
        [Money(round_half_up(total), currency) for currency, total in sorted(paid.items())],
        sum(one.unspent for one in kinds if one.kind == "promotional"),
        [Expiring(coins=coins, expires_at=at) for at, coins in sorted(expiring.items())[:WALLET_EXPIRING_MAX]],
    )


async def web_price(connection: Connection, person_id: int | None, settings: Settings, clock: Clock) -> Price:
    """Today's web price in the region of somebody, a guest's (None) in the default region.

    Raises:
        NoPrices: no price book has been published.
    """
    return (await usual_prices(connection, await current_book(connection, clock), person_id, settings, clock))[0]


async def history(
    connection: Connection, person_id: int, place: HistoryPlace | None, limit: int, clock: Clock
) -> History:
    """Recharges, gifts and reversals, newest first, from a place on. Gifts are in the order in which they were charged,
    the others in that of their ids; of these lists the entry that happened last comes next."""
    shard = await shard_of(connection, person_id)
    gift_id, lot_id, reversal_id = place or (None, None, None)
    gifts, lots, reversals = list[GiftEntry](), list[LotEntry](), list[Reversal]()
    if gift_id or not place:
        wanted = (shard, person_id, gift_id, clock.now(), limit + 1)
        gifts = await fetch_all(connection, SQL["history_gifts"], GiftEntry, *wanted)
    if lot_id or not place:
        lots = await fetch_all(connection, SQL["history_lots"], LotEntry, shard, person_id, lot_id, limit + 1)
    if reversal_id or not place:
        reversals = await reading.list_of_person(connection, person_id, _behind(reversal_id), limit + 1)
    lists: tuple[Sequence[Entry], ...] = gifts, lots, reversals
    page = list(islice(merge(*lists, key=_happened, reverse=True), limit))
    gift_ids = [entry.id for entry in page if isinstance(entry, GiftEntry)]
    parts = await gift_lots(connection, person_id, gift_ids)
    taken_back = {gift_id: sum(part.coins_reversed for part in paid) for gift_id, paid in parts.items()}
    noted = await credited(connection, shard, [entry.reversal_id for entry in page if isinstance(entry, Reversal)])
    return History(page, parts, taken_back, noted, _cursor_behind(page, lists))


def _happened(entry: Entry) -> tuple[datetime, UUID]:
    return entry.charged_at if isinstance(entry, GiftEntry) else entry.created_at, entry_id(entry)


def _behind(entry_id: UUID | None) -> UUID | None:
    """The id that the entry itself is the first before."""
    return entry_id and UUID(int=min(entry_id.int + 1, 2**128 - 1))


def _cursor_behind(page: list[Entry], lists: tuple[Sequence[Entry], ...]) -> str | None:
    """The cursor of what a page leaves of the lists; None: nothing."""
    shown = set(map(id, page))  # a gift and an order may have the same id: people make them
    left = (next((entry_id(one) for one in found if id(one) not in shown), None) for found in lists)
    gift_id, lot_id, reversal_id = left
    return HISTORY.cursor((gift_id, lot_id, reversal_id)) if gift_id or lot_id or reversal_id else None


async def gift_entry(connection: Connection, person_id: int, gift_id: UUID, clock: Clock) -> GiftEntry:
    """One gift of a person, as the history has it.

    Raises:
        NotFound: the person sent no such gift.
    """
    shard = await shard_of(connection, person_id)
    found = await fetch_one(connection, SQL["gift_entry"], GiftEntry, shard, person_id, gift_id, clock.now())
    if found is None:
        raise NotFound("You sent no such gift.", gift_id=gift_id)
    return found


async def last_gifts(connection: Connection, person_id: int, limit: int, clock: Clock) -> list[GiftEntry]:
    """The last gifts of a person, newest first."""
    shard = await shard_of(connection, person_id)
    return await fetch_all(connection, SQL["history_gifts"], GiftEntry, shard, person_id, None, clock.now(), limit)


async def gifts_paid_by(
    connection: Connection, person_id: int, lot_id: UUID, limit: int, clock: Clock
) -> list[GiftEntry]:
    """Gifts of a person that coins of a lot paid for, in whole or in part, newest first."""
    wanted = (await shard_of(connection, person_id), person_id, lot_id, clock.now(), limit)
    return await fetch_all(connection, SQL["gifts_of_lot"], GiftEntry, *wanted)


def entry_id(entry: Entry) -> UUID:
    """What an entry is told from others by."""
    if isinstance(entry, LotEntry):
        return entry.lot_id
    return entry.id if isinstance(entry, GiftEntry) else entry.reversal_id


async def gift_lots(connection: Connection, person_id: int, gift_ids: list[UUID]) -> dict[UUID, list[LotPart]]:
    """Which lots paid for each gift of a person, in the order in which they were spent."""
    if not gift_ids:
        return {}
    shard = await shard_of(connection, person_id)
    found: dict[UUID, list[LotPart]] = {}
    for part in await fetch_all(connection, SQL["gift_lots"], LotPart, shard, person_id, gift_ids):
        found.setdefault(part.gift_id, []).append(part)
    return found


async def lots_of_gift(connection: Connection, person_id: int, gift_id: UUID) -> list[LotPart]:
    """The trail of one gift back to what was paid.

    Raises:
        NotFound: the person sent no such gift.
    """
    parts = (await gift_lots(connection, person_id, [gift_id])).get(gift_id)
    if not parts:
        raise NotFound("You sent no such gift.", gift_id=gift_id)
    return parts


def cost_of(parts: list[LotPart]) -> list[Money]:
    """What the coins of these parts cost, one amount for each currency."""
    totals: dict[str, Fraction] = {}
    for part in parts:
        if part.currency:
            totals[part.currency] = totals.get(part.currency, Fraction(0)) + part.cost_minor
    return [Money(round_half_up(total), currency) for currency, total in totals.items()]
