"""Charge and delivery with a million wallets and four million gifts, against books that are empty."""

from contextlib import AsyncExitStack
from typing import Any

from plaudit.bench.charge import VIEWERS, Round
from plaudit.bench.world import COINS_EACH, machine, middle, scratch_database
from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.embedded import Logins
from plaudit.statements import statements

MANY_VIEWERS = 1_000_000
MANY_GIFTS = 4_000_000
GIFTS_AT_ONCE = 250_000  # of one statement that fills
ROUNDS = 9

SQL = statements(__file__)
_clock = SystemClock()


async def _filled(stack: AsyncExitStack, server: Logins, viewers: int, gifts: int) -> Round:
    logins = await stack.enter_async_context(scratch_database(server))
    owner = await connect(logins.owner, statement_timeout_ms=0)
    stack.push_async_callback(owner.close)
    await owner.execute(SQL["fill_wallets"], viewers, COINS_EACH)
    for first in range(0, gifts, GIFTS_AT_ONCE):
        await owner.execute(SQL["fill_gifts"], first, GIFTS_AT_ONCE, gifts, viewers, _clock.now())
    await owner.execute("vacuum analyze")
    return Round(logins, owner, viewers)


async def run(server: Logins) -> dict[str, Any]:
    """Measure. Empty and grown books take turns, from just after a checkpoint on."""
    async with AsyncExitStack() as stack:
        grown = await _filled(stack, server, MANY_VIEWERS, MANY_GIFTS)
        empty = await _filled(stack, server, VIEWERS, 0)
        administrator = await connect(server.owner, statement_timeout_ms=0)
        stack.push_async_callback(administrator.close)
        await administrator.execute("checkpoint")
        rounds = [(await empty.engine(hot=False), await grown.engine(hot=False)) for _ in range(ROUNDS)]
    return {
        "empty_gifts_per_s": round(middle([one for one, _ in rounds])),
        "grown_gifts_per_s": round(middle([one for _, one in rounds])),
        "grown_to_empty": round(middle([after / before for before, after in rounds]), 3),
        "grown_to_empty_rounds": " ".join(f"{after / before:.2f}" for before, after in rounds),
        "how": f"{MANY_VIEWERS:,} wallets and {MANY_GIFTS:,} gifts of this hour, against {VIEWERS:,} and none; fsync, "
        f"client and database on this machine; medians of {ROUNDS} rounds, the first just after a checkpoint",
        "machine": machine(),
    }
