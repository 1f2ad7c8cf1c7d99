"""Gifts whose money went back, as far as creators are concerned: clawbacks that wait to be applied."""

from collections.abc import Sequence
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.ledger.shards import Shards, read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.statements import statements

VIEWER = 10_001
"""The first of the viewers who pay and get their money back."""
_LEDGER = statements("plaudit.ledger")
_FUND = "select fund(shard_of($1), $1, $2, 'paid', 'recharge', $3, 100, 'USD', $4)"
_TAKE_BACK = "select take_back(shard_of($1), $1, $2, $3, $4, false, $5)"
_WAITING = "select exists (select from gift_batch where shard = $1 and creator_shard = $2)"


async def take_from_one(database: Database, clock: Clock, creator_id: int, times: int) -> list[UUID]:
    """So many viewers give a creator one coin each and get their money back, one after the other; the reversals."""
    lots = {viewer_id: new_id(clock) for viewer_id in range(VIEWER, VIEWER + times)}
    async with database.read() as connection:
        for viewer_id, lot_id in lots.items():
            await connection.execute(_FUND, viewer_id, lot_id, 1, clock.now())
    await _give(database, clock, [(viewer_id, creator_id) for viewer_id in lots])
    return [await _take_back(database, clock, viewer_id, lot_id, 1) for viewer_id, lot_id in lots.items()]


async def take_from_many(database: Database, clock: Clock, creator_ids: Sequence[int]) -> UUID:
    """One viewer gives each of them a coin and gets the money of all back at once; the reversal."""
    lot_id, coins = new_id(clock), len(creator_ids)
    async with database.read() as connection:
        await connection.execute(_FUND, VIEWER, lot_id, coins, clock.now())
    await _give(database, clock, [(VIEWER, creator_id) for creator_id in creator_ids])
    return await _take_back(database, clock, VIEWER, lot_id, coins)


async def _give(database: Database, clock: Clock, pairs: Sequence[tuple[int, int]]) -> None:
    """A delivered gift of one coin from each viewer to each creator."""
    async with database.read() as connection:
        shards = await read_shards(connection)
        writer = GiftWriter(database.connect, shards, clock)
        await writer.start()
        gifts = [GiftOrder(new_id(clock), viewer_id, creator, creator, 1, 1, 1) for viewer_id, creator in pairs]
        outcomes = await writer.charge_many(gifts)
        await writer.stop()
        assert {outcome.outcome for outcome in outcomes} == {"posted"}
        await _deliver(connection, shards, clock)


async def _deliver(connection: Connection, shards: Shards, clock: Clock) -> None:
    for shard in shards.all():
        for source in shards.all():
            while await connection.fetchval(_WAITING, source, shard):
                await connection.fetch(_LEDGER["deliver"], shard, source, clock.now(), 100, [])


async def _take_back(database: Database, clock: Clock, viewer_id: int, lot_id: UUID, coins: int) -> UUID:
    reversal_id = new_id(clock)
    async with database.read() as connection:
        await connection.execute(_TAKE_BACK, viewer_id, reversal_id, lot_id, coins, clock.now())
    return reversal_id
