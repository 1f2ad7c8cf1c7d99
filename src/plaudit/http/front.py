"""The front door: every request and socket comes through here, and most go on to the framework.

A hot handler is called without the framework around it, three times as fast: the same function, the same guard.
"""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp
from litestar.utils import normalize_path

from plaudit.db import acting_key
from plaudit.http.errors import placed, problem_from
from plaudit.http.guard import address_of, admit
from plaudit.http.headers import with_headers
from plaudit.http.origins import preflight_headers
from plaudit.policy.networks import is_from_proxy
from plaudit.problems import InvalidField, WrongMediaType
from plaudit.settings import Settings
from plaudit.tracing import begin_request
from plaudit.trail.keeping import recorded
from plaudit.wire import decode_body, read_body, send_json, send_problem


class Front:
    """An ASGI application. `scope["plaudit"]` holds the parts of the house by name.

    Args:
        framework: answers everything else.
        parts: of the house, by name.
        hot_handlers: by method and path. Each takes `data`, `caller`, `network_address` and parts of the house, and
            returns a response.
        sockets: address, with one id as `{}`, and callable of each.
    """

    def __init__(
        self,
        framework: ASGIApp,
        parts: Mapping[str, Any],
        *,
        hot_handlers: Mapping[tuple[str, str], HTTPRouteHandler],
        sockets: Sequence[tuple[str, ASGIApp]],
    ) -> None:
        self.framework = framework
        self.parts = parts
        self._hot_handlers = dict(hot_handlers)
        self._sockets = tuple(sockets)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        acting = acting_key.set(None)  # until the guard knows who asks
        try:
            await self._let_in(scope, receive, send)
        finally:
            acting_key.reset(acting)

    async def _let_in(self, scope: Any, receive: Any, send: Any) -> None:
        scope["plaudit"] = self.parts
        if scope["type"] == "lifespan":
            await self.framework(scope, receive, send)
            return
        begin_request(given_id(scope, self.parts["settings"]))
        scope["path"] = normalize_path(scope["path"])  # as the framework reads it: a slash more is the same address
        if scope["type"] == "websocket":
            await self._socket(scope["path"])(scope, receive, send)
        elif not names_one_host(scope):
            problem = InvalidField(field="header.host", reason="must be sent once")
            await send_problem(with_headers(scope, send), problem)
        elif (allowed := preflight_headers(scope, self.parts["settings"])) is not None:
            await _answer_preflight(allowed, with_headers(scope, send))
        elif hot := self._hot_handlers.get((scope["method"], scope["path"])):
            scope["path_template"] = scope["path"]
            await answer(hot, scope, with_headers(scope, send), _called(hot, scope, receive))
        elif scope["method"] == "HEAD":
            asked = scope | {"method": "GET"}
            await self.framework(asked, receive, recorded(asked, with_headers(scope, _without_body(send))))
            scope["path_template"] = asked.get("path_template", "unmatched")
        else:
            await self.framework(scope, receive, recorded(scope, with_headers(scope, send)))

    def _socket(self, path: str) -> ASGIApp:
        """The callable of a socket's address, given as `(start, end)` patterns with one id between."""
        for pattern, application in self._sockets:
            start, _, end = pattern.partition("{}")
            if path.startswith(start) and path.endswith(end) and "/" not in path[len(start) : -len(end)]:
                return application
        return _no_such_socket


async def answer(handler: HTTPRouteHandler, scope: Any, send: Any, answering: Awaitable[tuple[Any, int]]) -> None:
    """Answer with what a hot handler says, and with which status; its errors become problem documents."""
    try:
        content, status = await answering
    except Exception as error:
        problem = placed(problem_from(error, f"{scope['method']} {scope['path']}"), "body")
        scope["plaudit"]["trail"].refused_at_the_door(scope, handler, problem)
        await send_problem(send, problem)
    else:
        await send_json(send, content, status)


async def _called(handler: HTTPRouteHandler, scope: Any, receive: Any) -> tuple[Any, int]:
    """What the handler answers, and with which status."""
    asking = await admit(scope, handler)
    given: dict[str, Any] = {
        "caller": asking,
        "network_address": address_of(asking, scope, scope["plaudit"]["settings"]),
    }
    if not is_json(scope["headers"]):
        raise WrongMediaType
    body = handler.parsed_data_field
    assert body is not None
    given["data"] = decode_body(await read_body(receive), body.annotation)
    wanted = handler.parsed_fn_signature.parameters
    response = await handler.fn(**{name: given[name] if name in given else scope["plaudit"][name] for name in wanted})
    return response.content, response.status_code


def given_id(scope: Any, settings: Settings) -> str:
    """The id of a request as a proxy of ours names it; what others say is not believed."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return value.decode("latin-1") if is_from_proxy(scope, settings) else ""
    return ""


def _without_body(send: Any) -> Any:
    """A `send` for HEAD, which is GET without a body (RFC 9110, 9.3.2): the answer is over with its headers, even
    that of a stream without an end."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return sending


def names_one_host(scope: Any) -> bool:
    """As RFC 9112, 3.2, has it: of two, whoever stands before us may have gone by the other. HTTP/1.0 knows none."""
    hosts = [name for name, _ in scope["headers"]].count(b"host")
    return hosts == 1 or (hosts == 0 and str(scope["http_version"]) == "1.0")


def is_json(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether a body is said to be JSON."""
    for name, value in headers:
        if name == b"content-type":
            return value.partition(b";")[0].strip().lower() == b"application/json"
    return False


async def _answer_preflight(allowed: list[tuple[bytes, bytes]], send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": allowed})
    await send({"type": "http.response.body", "body": b""})


async def _no_such_socket(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 4404, "reason": "there is no socket at this address"})
