"""How a peer serves: on a port of its own, whose address is the first line it prints."""

import socket
from collections.abc import Callable
from typing import Any

import uvicorn

_KEEP_ALIVE_S = 3_600
"""No connection ends by itself: who asks on one at that moment gets no answer, on a busy machine now and then."""


class _Server(uvicorn.Server):
    """Says its address when requests are answered, not when connections are taken: starting is work too, and who is
    sent here by that line has limits on how long an answer may take."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._url, flush=True)  # noqa: T201 - whoever started it waits for this line


def serve(create: Callable[[str], Any], *, port: int = 0, **options: Any) -> None:
    """Serve the application of an address, until killed. Whoever connects from the first line on is answered."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        given: dict[str, Any] = {"log_level": "error", "timeout_keep_alive": _KEEP_ALIVE_S} | options
        config = uvicorn.Config(create(url), **given)
        _Server(config, url).run(sockets=[listening])
