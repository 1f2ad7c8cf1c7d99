"""Sending gifts: from what was asked to what the books answered. One way for HTTP, batches and sockets."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec
from msgspec import UNSET

from plaudit.clock import Clock
from plaudit.db import Database, fetch_one, statements
from plaudit.gifts.actions import check
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.model import (
    REFUSALS,
    Combo,
    Gift,
    GiftConflict,
    GiftRoom,
    GiftRow,
    InsufficientCoins,
    Item,
    ItemUnknown,
    PriceChanged,
    Rooms,
    RoomUnknown,
    TooDear,
    combo_end,
    moment,
)
from plaudit.ids import id_text, require_uuid7
from plaudit.ledger.model import GiftOrder, GiftOutcome
from plaudit.ledger.shards import Shards
from plaudit.ledger.writer import GiftWriter
from plaudit.limits import GIFT_COINS_MAX
from plaudit.problems import NotFound, Problem

SQL = statements(__file__)


class BuyerPrices(Protocol):
    """What a sender's money is asked for."""

    async def of_shortage(self, person_id: int, coins_short: int) -> dict[str, Any]:
        """What a person would pay for missing coins, as fields of a problem."""
        ...

    async def region_of(self, person_id: int) -> str | None:
        """Whose prices somebody sees; None while there are none."""
        ...


class WantedGift(msgspec.Struct, frozen=True):
    """A gift as it arrives from any side. `coins` is the total that was shown, if any was."""

    id: UUID
    viewer_id: int
    room_id: int
    item_id: int
    count: int
    coins: int | None = None
    creator_id: int | None = None


Settled = tuple[Gift, bool]
"""A charged gift, and whether it was charged just now."""


class GiftSender:
    """Checks gifts, has them charged, and says what became of them."""

    def __init__(
        self,
        database: Database,
        shards: Shards,
        clock: Clock,
        catalogue: Catalogue,
        rooms: Rooms,
        writer: GiftWriter,
        on_wallet: Callable[[int, int], None],
        prices: BuyerPrices,
    ) -> None:
        self._database = database
        self._shards = shards
        self._clock = clock
        self._catalogue = catalogue
        self._rooms = rooms
        self._writer = writer
        self._on_wallet = on_wallet
        self._prices = prices

    async def send(self, wanted: WantedGift) -> Settled:
        """Send one gift; the answer is of after the commit.

        Raises:
            InvalidField: the id is no UUIDv7, or of the future.
            RoomUnknown, ItemUnknown, TooDear: it could never be sent.
            InsufficientCoins, GiftConflict, and those of REFUSALS: it was not sent.
            TooBusy, OutcomeUnknown: send it again with the same id.
        """
        order = await self._order(wanted)
        return await self.finish(wanted, order, await self._writer.charge(order))

    async def send_many(self, many: Sequence[WantedGift]) -> list[Settled | Problem]:
        """Send gifts, each with an outcome of its own, in the order given.

        Raises:
            TooBusy, OutcomeUnknown: as `send`, for all of them.
        """
        prepared: list[GiftOrder | Problem] = []
        for wanted in many:
            try:
                prepared.append(await self._order(wanted))
            except Problem as problem:
                prepared.append(problem)
        outcomes = iter(await self._writer.charge_many([one for one in prepared if isinstance(one, GiftOrder)]))
        settled: list[Settled | Problem] = []
        for wanted, one in zip(many, prepared, strict=True):
            if isinstance(one, Problem):
                settled.append(one)
                continue
            try:
                settled.append(await self.finish(wanted, one, next(outcomes)))
            except Problem as problem:
                settled.append(problem)
        return settled

    def begin(self, wanted: WantedGift) -> "tuple[GiftOrder, asyncio.Future[list[GiftOutcome]]] | None":
        """The first half of `send`, without a task of its own: thousands may be under way in one process.

        None: something has to be looked up first, use `send`. The outcome goes to `posted`, and to `finish` if that has
        no gift.

        Raises:
            As `send`, but for what the books decide.
        """
        room, item = self._rooms.at_hand(wanted.room_id), self._item(wanted)
        if room is None or item.regions:
            return None
        order = self._order_in(room, item, wanted)
        if order.refusal == PriceChanged.code:
            return None
        return order, self._writer.submit((order,))

    def posted(self, order: GiftOrder, outcome: GiftOutcome) -> Settled | None:
        """The gift, if it was charged now or before."""
        if outcome.outcome == "posted":
            self._on_wallet(order.viewer_id, outcome.coins_after)
            return _gift(order, outcome), True
        return (_gift(order, outcome), False) if outcome.outcome == "repeated" else None

    async def finish(self, wanted: WantedGift, order: GiftOrder, outcome: GiftOutcome) -> Settled:
        """What became of a gift that was begun; raises as `send`."""
        return self.posted(order, outcome) or await self._not_posted(wanted, order, outcome)

    async def _order(self, wanted: WantedGift) -> GiftOrder:
        room = self._rooms.at_hand(wanted.room_id) or await self._rooms.find(wanted.room_id)
        if room is None:
            raise RoomUnknown(room_id=str(wanted.room_id))
        order = await self._order_now(room, wanted)
        if order.refusal == PriceChanged.code:
            # Another process may have learned of a new price before this one did.
            await self._catalogue.refresh()
            order = await self._order_now(room, wanted)
        return order

    async def _order_now(self, room: GiftRoom, wanted: WantedGift) -> GiftOrder:
        item = self._item(wanted)
        region = await self._prices.region_of(wanted.viewer_id) if item.regions else None
        return self._order_in(room, item, wanted, region)

    def _item(self, wanted: WantedGift) -> Item:
        item = self._catalogue.item(wanted.item_id)
        if item is None:
            raise ItemUnknown(item_id=wanted.item_id)
        return item

    def _order_in(self, room: GiftRoom, item: Item, wanted: WantedGift, region: str | None = None) -> GiftOrder:
        require_uuid7(wanted.id, "id", self._clock)
        coins = item.coins * wanted.count
        if coins > GIFT_COINS_MAX:
            raise TooDear(coins=coins, coins_max=GIFT_COINS_MAX)
        order = GiftOrder(
            wanted.id,
            wanted.viewer_id,
            wanted.creator_id or room.creator_id,
            wanted.room_id,
            wanted.item_id,
            wanted.count,
            wanted.coins or coins,
            shown_shard=room.shard,
        )
        unit_coins, rest = divmod(order.coins, order.count)
        is_honoured = rest == 0 and self._catalogue.is_honoured(item, unit_coins)
        refusal = check(order, item, room, self._clock.now(), region=region, is_honoured=is_honoured)
        return msgspec.structs.replace(order, refusal=refusal) if refusal else order

    async def _not_posted(self, wanted: WantedGift, order: GiftOrder, outcome: GiftOutcome) -> Settled:
        if outcome.outcome == "insufficient":
            raise await self._shortage(order, outcome.coins_short)
        if outcome.outcome == "conflict":
            if wanted.coins is None and (first := await self._first_answer(order)):
                return first, False
            raise GiftConflict(id=str(order.id))
        assert order.refusal is not None
        raise self._refused(order)

    def _refused(self, order: GiftOrder) -> Problem:
        refusal = REFUSALS[order.refusal or ""]
        if refusal is PriceChanged:
            item = self._catalogue.item(order.item_id)
            return PriceChanged(coins=item.coins * order.count if item else None)
        return refusal()

    async def _shortage(self, order: GiftOrder, coins_short: int) -> InsufficientCoins:
        priced = await self._prices.of_shortage(order.viewer_id, coins_short)
        return InsufficientCoins(coins=order.coins, coins_short=coins_short, **priced)

    async def _first_answer(self, order: GiftOrder) -> Gift | None:
        """The gift of that id, when only its price differs and nobody named one."""
        row = await self._row(order.viewer_id, order.id)
        return _gift(row, row) if row and _body(row) == _body(order) else None

    async def find(self, viewer_id: int, gift_id: UUID) -> Gift:
        """A gift by its sender and id.

        Raises:
            NotFound: this person sent no such gift.
        """
        row = await self._row(viewer_id, gift_id)
        if row is None:
            raise NotFound("You sent no gift of this id.")
        return _gift(row, row)

    async def _row(self, viewer_id: int, gift_id: UUID) -> GiftRow | None:
        async with self._database.read() as connection:
            shard = self._shards.of(viewer_id)
            return await fetch_one(connection, SQL["gift_of_viewer"], GiftRow, shard, viewer_id, gift_id)


def _body(gift: GiftOrder | GiftRow) -> tuple[object, ...]:
    """What a gift is, but for its price."""
    target = gift.room_id, gift.video_id, gift.position_ms
    return gift.creator_id, target, gift.item_id, gift.count, gift.message, gift.anonymous


def _gift(gift: GiftOrder | GiftRow, charged: GiftOutcome | GiftRow) -> Gift:
    assert charged.charged_at is not None
    assert charged.combo_id is not None
    return Gift(
        gift.id,
        id_text(gift.room_id),
        str(gift.creator_id),
        gift.item_id,
        gift.count,
        gift.coins,
        charged.coins_after,
        Combo(charged.combo_id, charged.combo_count, combo_end(charged.charged_at)),
        moment(charged.charged_at),
        id_text(gift.video_id) or UNSET,
        UNSET if gift.position_ms is None else gift.position_ms,
        gift.message or UNSET,
        gift.anonymous or UNSET,
    )
