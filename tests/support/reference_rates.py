"""Documents of reference rates as the ECB publishes them, and a server that has one."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import uvicorn

from tests.support.ports import LOOPBACK, held_port
from tests.support.serving import running

DAY = date(2027, 3, 1)
QUOTED = {
    "USD": "1.25", "JPY": "160", "GBP": "0.8", "SEK": "11.1", "NOK": "11.6", "DKK": "7.46", "CHF": "0.94",
    "PLN": "4.25", "CZK": "24.3", "HUF": "385", "AUD": "1.71", "CAD": "1.62",
}  # fmt: skip


def document(days: Mapping[date, Mapping[str, str]]) -> bytes:
    """The document of some days."""
    cubes = "".join(
        f"<Cube time='{day}'>"
        + "".join(f"<Cube currency='{currency}' rate='{rate}'/>" for currency, rate in rates.items())
        + "</Cube>"
        for day, rates in days.items()
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        "<gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01' "
        "xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'>"
        "<gesmes:subject>Reference rates</gesmes:subject>"
        f"<Cube>{cubes}</Cube></gesmes:Envelope>"
    ).encode()


@dataclass
class RatesServer:
    """Answers every request with what a test puts into it."""

    url: str
    body: bytes = b""
    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.asked.append(dict(scope["headers"]).get(b"accept", b"").decode())
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"content-type", b"text/xml")]})
        await send({"type": "http.response.body", "body": self.body})


@asynccontextmanager
async def rates_server() -> AsyncIterator[RatesServer]:
    with held_port() as port:
        server = RatesServer(f"http://{LOOPBACK}:{port}/stats/eurofxref/eurofxref-daily.xml")
        async with running(uvicorn.Config(server, host=LOOPBACK, port=port, log_level="error", lifespan="off")):
            yield server
