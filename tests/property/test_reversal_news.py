"""News of refunds and disputes in any order, with any repeats: what is held in the end follows from how each ended."""

import random
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from plaudit.money import Money
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from tests.support.returns import Returns, payment_of
from tests.support.shop import Shop, open_shop

OPENED, DONE, UNDONE = ReversalState.OPENED, ReversalState.DONE, ReversalState.UNDONE
PRICE, COINS = 96, 100


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


def stories(order: dict[str, Any], draw: random.Random) -> list[list[ReversalNews]]:
    """What happens to some reversals of an order, each from its beginning to its end."""
    found = []
    for number in range(draw.randint(1, 3)):
        kind = draw.choice([ReversalKind.REFUND, ReversalKind.CHARGEBACK])
        states = [OPENED, *draw.choice([[], [DONE], [UNDONE], [DONE, UNDONE]])]
        if kind is ReversalKind.REFUND and draw.random() < 0.5:
            states = [DONE]
        first = ReversalNews(
            id=f"{kind}-{number}-{order['id']}",
            kind=kind,
            payment_id=payment_of(order),
            state=states[0],
            amount=Money(draw.choice([PRICE, draw.randint(1, PRICE)]), "GBP"),
            fee_minor=15 if kind is ReversalKind.CHARGEBACK else 0,
        )
        found.append([
            msgspec.structs.replace(first, state=state, fee_minor=0 if state is UNDONE else first.fee_minor)
            for state in states
        ])  # fmt: skip
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_the_end_follows_from_the_ends(shop: Shop, seed: int) -> None:
    draw = random.Random(seed)
    ada = await Returns.of(shop)
    for _ in range(8):
        shop.clock.advance(timedelta(seconds=1))
        order = await ada.buy(coins=COINS)
        told = stories(order, draw)
        ends = [story[-1] for story in told]
        news = [one for story in told for one in story for _ in range(draw.randint(1, 2))]
        draw.shuffle(news)
        for one in news:
            if draw.random() < 0.3:
                await ada.give(draw.randint(1, 40))
            await ada.apply(order, one)
        await _check(ada, order, [end for end in ends if end.state is not UNDONE])
        assert await ada.apply(order, draw.choice(news)) in {"repeated", "ignored", "problem"}
        await _check(ada, order, [end for end in ends if end.state is not UNDONE])


async def _check(ada: Returns, order: dict[str, Any], standing: list[ReversalNews]) -> None:
    claimed = sum(end.amount.amount_minor for end in standing if end.amount)
    held = min(PRICE, claimed)
    async with ada.shop.desk.house.database.read() as connection:
        row = await connection.fetchrow(
            "select coalesce(sum(amount_minor) filter (where state <> 'undone'), 0)::bigint as minor, "
            "coalesce(sum(coins) filter (where state <> 'undone'), 0)::bigint as coins, "
            "coalesce(sum(excess_minor) filter (where state <> 'undone' and not excess_returned), 0)::bigint as lost, "
            "coalesce(sum(dispute_fee_minor) filter (where not dispute_fee_returned), 0)::bigint as fees, "
            "count(*) filter (where state in ('opened', 'sent') and claimed_minor > 0) as open "
            "from reversal where order_id = $1",
            uuid.UUID(order["id"]),
        )
        lot = await connection.fetchrow("select * from lot_state where lot_id = $1", uuid.UUID(order["id"]))
    assert row is not None
    assert lot is not None
    assert (row["minor"], row["lost"]) == (held, claimed - held)
    assert abs(row["coins"] - held * COINS / PRICE) <= len(standing) + 1
    assert row["coins"] == lot["reversed_unspent"] + lot["reversed_spent"]
    assert (row["minor"] == PRICE) == (row["coins"] == COINS)
    assert row["fees"] == sum(end.fee_minor for end in standing)
    assert bool(row["open"]) == any(end.state is OPENED for end in standing)
