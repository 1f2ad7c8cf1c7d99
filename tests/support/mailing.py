"""Shops that mail their buyers; and, run as a program, a worker that sends what is due on a database."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from plaudit.clock import Clock, SystemClock
from plaudit.connections import connect
from plaudit.db import Database
from plaudit.mail.sending import send_due
from plaudit.outgoing import tls_context
from plaudit.readiness.checks import CHECKS
from plaudit.readiness.model import CheckResult, Grounds
from plaudit.readiness.running import look
from plaudit.selling.letters.composing import composer
from plaudit.settings import Settings
from tests.peers.mail import MailServer
from tests.support.databases import owner_of
from tests.support.desk import SELLER
from tests.support.shop import Shop, open_shop
from tests.support.waiting import WAIT_S

FROM = "coins@shop.example"
ADDRESS = "ada@buyers.example"


def by(peer: MailServer, **more: Any) -> dict[str, Any]:
    """The settings of who mails by a server on this machine."""
    plain = {"mail_by": "smtp", "mail_host": "127.0.0.1", "mail_port": peer.port, "mail_from": FROM}
    return plain | {"mail_security": "none"} | more


@asynccontextmanager
async def open_mailing_shop(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[Shop]:
    """A shop whose platform says where its people are mailed to."""
    async with open_shop(database_url, folder, **settings) as shop:
        owner = await connect(owner_of(database_url))
        try:
            await owner.execute("update issuer set claims = $1", {"email": "email"})
        finally:
            await owner.close()
        yield shop


async def ada_of(shop: Shop, *, address: str | None = ADDRESS, locale: str = "de-GB") -> httpx2.AsyncClient:
    """A buyer whose platform has proved her address."""
    proved = {"email": address, "email_verified": "true"} if address else {}
    buyer = await shop.desk.person("ada", locale=locale, **proved)
    await buyer.get("/v1/me")
    return buyer


async def send(shop: Shop) -> int:
    """What the job does now."""
    house = shop.desk.house
    return await send_due(
        house.database, house.settings, shop.clock, composer(house.database, house.settings, shop.clock)
    )


async def mails(shop: Shop) -> list[dict[str, Any]]:
    """All mails, as kept, the oldest first."""
    async with shop.desk.house.database.read() as connection:
        return [dict(row) for row in await connection.fetch("select * from mail order by mail_id")]


async def check(check_id: str, settings: Settings, database: Database, clock: Clock | None = None) -> CheckResult:
    """What one check of `plaudit check` says."""
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        grounds = Grounds(settings=settings, clock=clock or SystemClock(), client=client, database=database)
        report = await look(grounds, checks=[one for one in CHECKS if one.id == check_id])
    return report.results[0]


async def _work(url: str, public_url: str, port: int) -> None:
    plain = {"mail_by": "smtp", "mail_host": "127.0.0.1", "mail_port": port, "mail_from": FROM, "mail_security": "none"}
    settings = Settings.of_values(public_url=public_url, **plain, **SELLER)
    async with Database(url) as database:
        await send_due(database, settings, SystemClock(), composer(database, settings, SystemClock()))


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], sys.argv[2], int(sys.argv[3])))
