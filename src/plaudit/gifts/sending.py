"""Sending gifts: from what was asked to what the books answered. One way for HTTP, batches and sockets."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

from msgspec import UNSET, UnsetType

from plaudit.brakes.model import refusal_of
from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.freezes.reading import SPENDING, open_of, refusal
from plaudit.gifts.attempts import Attempt, Attempts, WantedGift
from plaudit.gifts.model import (
    Combo,
    Gift,
    GiftConflict,
    GiftRow,
    GivenSoFar,
    InsufficientCoins,
    ReceiverStandsStill,
    combo_end,
    given_so_far,
    moment,
)
from plaudit.ids import id_text
from plaudit.ledger.model import GiftOrder, GiftOutcome
from plaudit.ledger.shards import Shards
from plaudit.ledger.writer import GiftWriter
from plaudit.problems import NotFound, Problem
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


class ShortagePrices(Protocol):
    """What a sender's money is asked for."""

    async def of_shortage(self, person_id: int, coins_short: int) -> dict[str, Any]:
        """What a person would pay for missing coins, as fields of a problem."""
        ...


Settled = tuple[Gift, bool]
"""A charged gift, and whether it was charged just now."""


class GiftSender:
    """Checks gifts, has them charged, and says what became of them."""

    def __init__(
        self,
        database: Database,
        shards: Shards,
        attempts: Attempts,
        writer: GiftWriter,
        on_wallet: Callable[[int, int], None],
        prices: ShortagePrices,
        clock: Clock,
    ) -> None:
        self._database = database
        self._shards = shards
        self._attempts = attempts
        self._writer = writer
        self._on_wallet = on_wallet
        self._prices = prices
        self._clock = clock

    async def send(self, wanted: WantedGift) -> Settled:
        """Send one gift; the answer is of after the commit.

        Raises:
            InvalidField: the id is no UUIDv7, or of the future; or what the token of a video says cannot be kept.
            NotFound, TooDear: it could never be sent.
            InsufficientCoins, GiftConflict, StandsStill, ReceiverStandsStill, OwnLimitReached, ConfirmationNeeded,
                those of REFUSALS, and what its place refuses it by: it was not sent.
            TooBusy, OutcomeUnknown: send it again with the same id.
        """
        attempt = await self._attempts.make(wanted)
        return await self.finish(attempt, await self._writer.charge(attempt.order))

    async def send_many(self, many: Sequence[WantedGift]) -> list[Settled | Problem]:
        """Send gifts, each with an outcome of its own, in the order given.

        Raises:
            TooBusy, OutcomeUnknown: as `send`, for all of them.
        """
        prepared = await self._attempts.make_many(many)
        outcomes = iter(await self._writer.charge_many([one.order for one in prepared if isinstance(one, Attempt)]))
        settled: list[Settled | Problem] = []
        for one in prepared:
            if isinstance(one, Problem):
                settled.append(one)
                continue
            try:
                settled.append(await self.finish(one, next(outcomes)))
            except Problem as problem:
                settled.append(problem)
        return settled

    def begin(self, wanted: WantedGift) -> "tuple[Attempt, asyncio.Future[list[GiftOutcome]]] | None":
        """The first half of `send`, without a task of its own: thousands may be under way in one process.

        None: something has to be looked up first, use `send`. The outcome goes to `posted`, and to `finish` if that has
        no gift.

        Raises:
            As `send`, but for what the books decide.
        """
        attempt = self._attempts.at_once(wanted)
        return (attempt, self._writer.submit((attempt.order,))) if attempt else None

    def posted(self, attempt: Attempt, outcome: GiftOutcome) -> Settled | None:
        """The gift, if it was charged now or before."""
        order = attempt.order
        if outcome.outcome == "posted":
            self._on_wallet(order.viewer_id, outcome.coins_after)
            return _gift(order, outcome), True
        return (_gift(order, outcome), False) if outcome.outcome == "repeated" else None

    async def finish(self, attempt: Attempt, outcome: GiftOutcome) -> Settled:
        """What became of a gift that was begun; raises as `send`."""
        return self.posted(attempt, outcome) or await self._not_posted(attempt, outcome)

    async def _not_posted(self, attempt: Attempt, outcome: GiftOutcome) -> Settled:
        order = attempt.order
        if outcome.outcome == "insufficient":
            raise await self._shortage(order, outcome.coins_short)
        if outcome.outcome == "conflict":
            if first := await self._first_answer(attempt.wanted):
                return first, False
            raise GiftConflict(id=str(order.id))
        if outcome.outcome == "braked":
            assert outcome.brake is not None, "it says why"
            raise refusal_of(outcome.brake)
        if outcome.outcome == "frozen":
            raise await self._frozen(order)
        assert attempt.refusal is not None
        raise attempt.refusal

    async def _frozen(self, order: GiftOrder) -> Problem:
        async with self._database.read() as connection:
            found = await open_of(connection, order.viewer_id, SPENDING, self._clock.now())
        return refusal(found) if found else ReceiverStandsStill()

    async def _shortage(self, order: GiftOrder, coins_short: int) -> InsufficientCoins:
        priced = await self._prices.of_shortage(order.viewer_id, coins_short)
        return InsufficientCoins(coins=order.coins, coins_short=coins_short, **priced)

    async def _first_answer(self, wanted: WantedGift) -> Gift | None:
        """The gift of that id, when it differs in nothing that was said: price and receiver may be others by now."""
        row = await self._row(wanted.viewer_id, wanted.id)
        return _gift(row, row) if row and _is_of(row, wanted) else None

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


def _is_of(gift: GiftRow, wanted: WantedGift) -> bool:
    """Whether a gift is what somebody asks for, as far as they said it."""
    said = wanted.room_id, wanted.video_id, wanted.position_ms, wanted.item_id, wanted.count, wanted.message
    kept = gift.room_id, gift.video_id, gift.position_ms, gift.item_id, gift.count, gift.message
    return (
        said == kept
        and not gift.anonymous
        and wanted.coins in {None, gift.coins}
        and wanted.creator_id in {None, gift.creator_id}
    )


def _gift(gift: GiftOrder | GiftRow, charged: GiftOutcome | GiftRow) -> Gift:
    assert charged.charged_at is not None
    assert charged.combo_id is not None
    given: GivenSoFar | UnsetType = UNSET
    if isinstance(charged, GiftOutcome) and charged.session_given is not None:
        reminds = charged.brake is not None and charged.brake.reminds
        given = given_so_far(charged.session_given, charged.period_given, reminds=reminds)
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
        given,
    )
