"""The short way of a hot request that has arrived whole: nobody waits for it in a task, and its answer is one write.

It is for what nearly all are: whoever asks is known here, all that has to be known is at hand, nothing is amiss. Any
other request goes the long way, as if this one did not exist, and is told there what is wrong with it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextvars import copy_context
from functools import lru_cache, partial
from typing import Any, Protocol, TypeVar

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from plaudit.http import metrics
from plaudit.http.front import answer, given_id, is_json, names_one_host
from plaudit.http.guard import address_of, admit
from plaudit.http.headers import Headers, headers_around, with_headers
from plaudit.limits import BODY_BYTES_MAX
from plaudit.tracing import begin_request
from plaudit.wire import decode_body

T = TypeVar("T")
GoOn = Callable[[RequestResponseCycle, Any], None]
"""Has a request answered by an application, in a task after all."""
Answered = tuple[Any, int]
"""What is answered, and with which status."""


class UnderWay(Protocol):
    """What a hot handler has begun; it says so as `begins=`, beside itself."""

    @property
    def ending(self) -> "asyncio.Future[Any]":
        """Done when it is known what became of it."""
        ...

    def ended_well(self) -> Answered | None:
        """The answer, if it can be given without waiting for anything; asked when `ending` is done."""
        ...

    def explained(self) -> Awaitable[Answered]:
        """The answer, or the error that is one; asked when there is no other."""
        ...


class ShortWay:
    """Begins hot requests and answers them.

    Args:
        parts: of the house, by name.
        handlers: those that can be begun, by method and path.
    """

    def __init__(self, parts: Mapping[str, Any], handlers: Mapping[tuple[str, str], HTTPRouteHandler]) -> None:
        self._parts = parts
        self._handlers = {key: handler for key, handler in handlers.items() if "begins" in handler.opt}

    def takes(self, cycle: RequestResponseCycle, go_on: GoOn) -> bool:
        """Whether this request is answered here. If more has to be done in the end, `go_on` is called with what
        does it."""
        scope: Any = cycle.scope
        handler = self._handlers.get((scope["method"], scope["path"]))
        if handler is None or cycle.flow.write_paused or len(cycle.body) > BODY_BYTES_MAX:
            return False
        began = time.perf_counter()
        scope["plaudit"], scope["path_template"] = self._parts, scope["path"]
        try:
            # In a context of its own, as a task would have it: what the guard notes there is of this request alone.
            under_way = copy_context().run(_begun, handler, scope, bytes(cycle.body))
        except Exception:  # the long way comes upon it again, and says it
            return False
        if under_way is None:
            return False
        under_way.ending.add_done_callback(partial(_ended, handler, cycle, under_way, began, go_on))
        return True


def _begun(handler: HTTPRouteHandler, scope: Any, body: bytes) -> UnderWay | None:
    if not names_one_host(scope) or not is_json(scope["headers"]):
        return None
    scope["plaudit_request"] = begin_request(given_id(scope, scope["plaudit"]["settings"]))
    caller = _at_once(admit(scope, handler, at_hand=True))
    kind = handler.parsed_data_field
    assert kind is not None
    data = decode_body(body, kind.annotation)
    parts = scope["plaudit"]
    found: UnderWay | None = handler.opt["begins"](data, caller, address_of(caller, scope, parts["settings"]), parts)
    return found


def _at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as over:
        returned: T = over.value
        return returned
    coroutine.close()
    raise RuntimeError("it waits for something")


def _ended(
    handler: HTTPRouteHandler,
    cycle: RequestResponseCycle,
    under_way: UnderWay,
    began: float,
    go_on: GoOn,
    ending: "asyncio.Future[Any]",
) -> None:
    try:
        answered = None if ending.cancelled() or ending.exception() else under_way.ended_well()
    except Exception:  # comes again where it is explained
        answered = None
    if answered is None:
        go_on(cycle, metrics.measured(_explaining(handler, under_way)))
        return
    content, status = answered
    _write(cycle, status, msgspec.json.encode(content))
    metrics.count(cycle.scope["method"], cycle.scope["path"], status, time.perf_counter() - began)


def _explaining(handler: HTTPRouteHandler, under_way: UnderWay) -> ASGIApp:
    async def explaining(scope: Any, receive: Any, send: Any) -> None:
        begin_request(scope["plaudit_request"])
        await answer(handler, scope, with_headers(scope, send), under_way.explained())

    return explaining


def _write(cycle: RequestResponseCycle, status: int, body: bytes) -> None:
    """Answer a request, as the server library does in two writes."""
    if cycle.disconnected or cycle.transport.is_closing():
        return
    around = headers_around(cycle.scope)
    head = _head(status, tuple(cycle.default_headers), around)
    scope: Any = cycle.scope
    parts = [head, b"%d\r\nx-request-id: %s\r\n" % (len(body), scope["plaudit_request"].encode())]
    if not cycle.keep_alive:
        parts.append(b"connection: close\r\n")
    cycle.response_started = cycle.response_complete = True
    cycle.transport.write(b"".join((*parts, b"\r\n", body)))
    if not cycle.keep_alive:
        cycle.transport.close()
    over, cycle.on_response = cycle.on_response, _nothing  # which knows the connection, which knows this
    over()


@lru_cache(maxsize=64)
def _head(status: int, of_server: Headers, around: Headers) -> bytes:
    """A head, up to the length of what follows."""
    lines = [b"%s: %s\r\n" % header for header in (*of_server, (b"content-type", b"application/json"), *around)]
    return b"".join((STATUS_LINE[status], *lines, b"content-length: "))


def _nothing() -> None:
    pass
