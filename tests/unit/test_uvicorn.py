"""uvicorn's private parts that the sockets lean on: a release without one of them fails here, not in a room."""

import ast
import asyncio
import inspect
from typing import Any

from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from plaudit.live import protocol

OURS = {"on_text"}
WITH_A_REQUEST = {"scope"}
"""Not there before one came; that it comes then is seen by every test of a socket."""


def leaned_on() -> set[str]:
    """What the shortcut asks of the protocol: `self.x` in the class, `protocol.x` in its outlet."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(protocol))):
        if isinstance(node, ast.ClassDef):
            names = {"SocketProtocol": "self", "SocketOutlet": "protocol"}
            found |= {
                part.attr
                for part in ast.walk(node)
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)
                and part.value.id == names[node.name]
            }  # fmt: skip
    return found - OURS - WITH_A_REQUEST


async def test_what_the_sockets_lean_on_is_there() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None: ...

    config = Config(application, log_config=None)
    config.load()
    made = WebSocketsSansIOProtocol(config, ServerState(), {}, asyncio.get_running_loop())
    declared = set(WebSocketsSansIOProtocol.__annotations__)
    assert {"queue", "close_sent", "frames"} <= leaned_on()
    assert {name for name in leaned_on() if not hasattr(made, name) and name not in declared} == set()
