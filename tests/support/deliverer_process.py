"""A process that delivers until it is killed. Usage: python -m tests.support.deliverer_process URL"""

import asyncio
import sys

from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.ledger.deliverer import Deliverer
from plaudit.ledger.shards import read_shards


async def main(url: str) -> None:
    connection = await connect(url)
    shards = await read_shards(connection)
    await connection.close()
    deliverer = Deliverer(lambda: connect(url), shards, SystemClock(), lambda _: None)
    await deliverer.start()
    print("delivering", flush=True)  # noqa: T201 - the test waits for this line
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
