"""How a peer serves: on a port of its own, whose address is the first line it prints."""

import socket
from collections.abc import Callable
from typing import Any

import uvicorn


def serve(create: Callable[[str], Any], *, port: int = 0, **options: Any) -> None:
    """Serve the application of an address, until killed. Whoever connects from the first line on is answered."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(create(url), **{"log_level": "error"} | options))
        print(url, flush=True)  # noqa: T201 - whoever started it waits for this line
        server.run(sockets=[listening])
