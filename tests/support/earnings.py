"""Creators with gifts, and a pretend bank that does what a test says."""

import enum
from collections.abc import Mapping
from uuid import UUID

import msgspec

from plaudit.clock import SystemClock
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.ledger.shards import read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.providers.base import Accounts, NothingToRecall, PayoutOrder, PayoutStatus, ProviderPayout
from plaudit.providers import ProviderUnavailable
from plaudit.statements import statements
from tests.support.waiting import eventually

_SQL = statements("plaudit.ledger")
_FUND = "select fund(shard_of($1), $1, $2, 'paid', 'recharge', $3, 100, 'USD', $4)"
VIEWER = 1


async def give(database: Database, creator_id: int, coins: int, viewer_id: int = VIEWER) -> None:
    """A viewer buys coins and gives them all to a creator, delivered; by the machine's clock."""
    clock = SystemClock()
    async with database.read() as connection:
        shards = await read_shards(connection)
        await connection.fetchval(_FUND, viewer_id, new_id(clock), coins, clock.now())
        writer = GiftWriter(database.connect, shards, clock)
        await writer.start()
        outcome = await writer.charge(GiftOrder(new_id(clock), viewer_id, creator_id, creator_id, 1, 1, coins))
        await writer.stop()
        assert outcome.outcome == "posted"

        async def delivered() -> bool:
            """Somebody else may have the stream, and deliver it."""
            for shard in shards.all():
                for source in shards.all():
                    await connection.fetch(_SQL["deliver"], shard, source, clock.now(), 100, [creator_id])
            return bool(await connection.fetchval("select not exists (select from gift_batch)"))

        await eventually(delivered, "the gift is delivered")


class Mood(enum.Enum):
    """How the bank takes the next order."""

    WELL = enum.auto()
    AWAY = enum.auto()
    """It does not get the order."""
    SILENT = enum.auto()
    """It takes the order, and its answer is lost."""
    REFUSING = enum.auto()


class PretendBank:
    """A payout provider in memory: once per id, with webhooks that the test delivers when and as often as it likes."""

    name = "sandbox"
    by_hand = False
    kinds = frozenset({MethodKind.BANK_ACCOUNT})
    accounts: Accounts | None = None

    def __init__(self) -> None:
        self.mood = Mood.WELL
        self.payouts: dict[UUID, ProviderPayout] = {}
        self.orders_taken: list[UUID] = []
        self.events: dict[str, bytes] = {}

    def takes(self, currency: str) -> bool:
        return True

    async def send(self, order: PayoutOrder) -> ProviderPayout:
        if self.mood is Mood.AWAY:
            raise ProviderUnavailable(self.name, detail="away")
        if order.payout_id not in self.payouts:
            refused = self.mood is Mood.REFUSING
            self.payouts[order.payout_id] = ProviderPayout(
                payout_id=order.payout_id,
                reference=f"bank-{order.payout_id}",
                status=PayoutStatus.FAILED if refused else PayoutStatus.PROCESSING,
                money=order.money,
                reason="no such account" if refused else None,
            )
            self.orders_taken.append(order.payout_id)
        if self.mood is Mood.SILENT:
            raise ProviderUnavailable(self.name, detail="silent")
        return self.payouts[order.payout_id]

    async def fetch(self, payout_id: UUID, reference: str | None = None) -> ProviderPayout | None:
        if self.mood is Mood.AWAY:
            raise ProviderUnavailable(self.name, detail="away")
        return self.payouts.get(payout_id)

    def settle(self, payout_id: UUID, status: PayoutStatus) -> str:
        """Move a payout on; the id of the event that tells it."""
        payout = msgspec.structs.replace(self.payouts[payout_id], status=status)
        self.payouts[payout_id] = payout
        return self.tell(payout)

    def tell(self, payout: ProviderPayout) -> str:
        """An event about a payout as it is now."""
        event_id = f"{len(self.events)}-{payout.payout_id}"
        self.events[event_id] = msgspec.json.encode(payout)
        return event_id

    async def recall(self, payout_id: UUID, reference: str | None) -> ProviderPayout:
        raise NothingToRecall

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        return headers["webhook-id"]

    def read_event(self, body: bytes) -> ProviderPayout:
        return msgspec.json.decode(body, type=ProviderPayout)

    async def close(self) -> None: ...
