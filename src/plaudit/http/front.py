"""The front door: every request and socket comes through here, and most go on to the framework.

A hot path goes straight to its own ASGI callable: the same authentication and the same problems, three times as fast.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.types import ASGIApp

from plaudit.http.errors import placed, problem_from
from plaudit.http.headers import with_headers
from plaudit.wire import send_problem


class Front:
    """An ASGI application. `scope["plaudit"]` holds the parts of the house by name."""

    def __init__(
        self,
        framework: ASGIApp,
        parts: Mapping[str, Any],
        *,
        hot_paths: Mapping[tuple[str, str], ASGIApp],
        sockets: Sequence[tuple[str, ASGIApp]],
    ) -> None:
        self.framework = framework
        self.parts = parts
        self._hot_paths = dict(hot_paths)
        self._sockets = tuple(sockets)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["plaudit"] = self.parts
        if scope["type"] == "http":
            if hot := self._hot_paths.get((scope["method"], scope["path"])):
                await _answer(hot, scope, receive, send)
            else:
                await self.framework(scope, receive, with_headers(scope, send))
        elif scope["type"] == "websocket":
            await self._socket(scope["path"])(scope, receive, send)
        else:
            await self.framework(scope, receive, send)

    def _socket(self, path: str) -> ASGIApp:
        """The callable of a socket's address, given as `(start, end)` patterns with one id between."""
        for pattern, application in self._sockets:
            start, _, end = pattern.partition("{}")
            if path.startswith(start) and path.endswith(end) and "/" not in path[len(start) : -len(end)]:
                return application
        return _no_such_socket


async def _answer(application: ASGIApp, scope: Any, receive: Any, send: Any) -> None:
    """Run a hot path; its errors become problem documents unless the answer has begun."""
    begun = False

    async def observed(message: Any) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        await application(scope, receive, observed)
    except Exception as error:
        if begun:
            raise
        await send_problem(send, placed(problem_from(error, f"{scope['method']} {scope['path']}"), "body"))


async def _no_such_socket(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 4404, "reason": "there is no socket at this address"})
