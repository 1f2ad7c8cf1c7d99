"""HTTP connections of one process: how large a request's head may be, how long it may take to arrive, how slowly an
answer may be taken, and who is let go when there are too many connections.

A request that arrives whole, as nearly all do, costs no timer.
"""

import asyncio
from asyncio import TimerHandle
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from plaudit.http.short_way import ShortWay
from plaudit.limits import ANSWER_STALLED_S, REQUEST_BYTES_MAX


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """What the connections of one process are held to, and those whose next request has not arrived whole."""

    connections_max: int
    """Of HTTP and of sockets together."""
    head_bytes_max: int
    """Of a request's first line and headers."""
    head_s_max: int
    """For these to arrive."""
    body_s_max: int
    """For the body to arrive."""
    short_way: ShortWay | None = None
    """Takes what needs no task."""
    waiting: "dict[ArrivingProtocol, None]" = field(default_factory=dict)
    """Longest first."""

    def make(self, **given: Any) -> "ArrivingProtocol":
        """The protocol of one connection, for the server library."""
        return ArrivingProtocol(self, **given)


class ArrivingProtocol(HttpToolsProtocol):
    """A connection that must say in time what it wants."""

    def __init__(self, arrivals: Arrivals, **given: Any) -> None:
        super().__init__(**given)
        self._arrivals = arrivals
        self._is_in_head = True
        self._bytes = 0  # of the request that has not arrived whole
        self._refused: HTTPStatus | None = None
        self._is_reading = False
        self._begins: RequestResponseCycle | None = None
        self._due: TimerHandle | None = None
        self._stalled: TimerHandle | None = None

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        waiting = self._arrivals.waiting
        if len(self.connections) > self._arrivals.connections_max:
            longest = next(iter(waiting), self)  # who has said nothing for longest is missed least
            waiting.pop(longest, None)
            longest.transport.abort()
        if not transport.is_closing():
            waiting[self] = None
            self._expect(self._arrivals.head_s_max)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._leave()
        if self._stalled:
            self._stalled.cancel()

    def handle_websocket_upgrade(self) -> None:
        self._leave()
        super().handle_websocket_upgrade()

    def _leave(self) -> None:
        self._arrivals.waiting.pop(self, None)
        self._expect(None)

    # What arrives

    def data_received(self, data: bytes) -> None:
        self._bytes += len(data)
        self._is_reading = True
        super().data_received(data)
        self._is_reading = False
        if cycle := self._begins:
            self._begins = None
            self._begin(cycle)
        if self.transport.is_closing():
            return
        if self not in self._arrivals.waiting or not self._bytes:
            if self._due:
                self._expect(None)
        elif self._is_in_head and self._bytes > self._arrivals.head_bytes_max:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._bytes > REQUEST_BYTES_MAX + self._arrivals.head_bytes_max:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif self._due is None:
            self._expect(self._arrivals.head_s_max if self._is_in_head else self._arrivals.body_s_max)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._arrivals.waiting[self] = None

    def on_headers_complete(self) -> None:
        if self._bytes > self._arrivals.head_bytes_max and self._head_bytes() > self._arrivals.head_bytes_max:
            self._refused = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise ValueError("the head is too large")  # the parser gives up; `send_400_response` says why
        self._is_in_head = False
        self._expect(None)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head, self._bytes = True, 0
        self._leave()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._arrivals.waiting.setdefault(self, None)

    # What is made of it

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self._is_reading:
            self._begins = cycle  # when all that has come is read: it may have arrived whole
        else:
            self._begin(cycle)

    def _begin(self, cycle: RequestResponseCycle) -> None:
        way = self._arrivals.short_way
        if way is None or cycle.more_body or not way.takes(cycle, super()._start_asgi_task):
            super()._start_asgi_task(cycle, self.app)

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    # Who is too slow or too large

    def _expect(self, seconds: int | None) -> None:
        """What must arrive within so many seconds; None: nothing."""
        if self._due:
            self._due.cancel()
            self._due = None
        if seconds is not None:
            self._due = self.loop.call_later(seconds, self._overdue)

    def _overdue(self) -> None:
        self._due = None
        if self._bytes and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.abort()

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why, unless that would fall into another answer, and let go."""
        answer = cast("RequestResponseCycle | None", self.cycle)
        if answer is None or (answer.response_complete if self._is_in_head else not answer.response_started):
            self._refused = status
            self.send_400_response(status.phrase)
        else:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        status, self._refused = self._refused, None
        if status is None:
            super().send_400_response(msg)
            return
        head = [STATUS_LINE[status], b"content-length: 0\r\nconnection: close\r\n\r\n"]
        self.transport.write(b"".join(head))
        self.transport.close()

    # Who does not take what was asked for

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(ANSWER_STALLED_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None
