"""The way out to one screen: bounded, so that a slow reader is noticed, and apart, so that it harms nobody else."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Protocol

from plaudit.limits import SOCKET_BUFFER_BYTES_MAX
from plaudit.live.message import Message

NORMAL = 1000
GOING_AWAY = 1001
NOT_VALID = 4401
NO_SUCH_ROOM = 4404
TOO_SLOW = 4408
TOO_MANY = 4429


class Outlet(Protocol):
    """Where a subscriber's messages go."""

    def send(self, message: Message) -> bool:
        """Take a message without waiting; False: so much is waiting already that the reader must go."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Say farewell and let go, whether or not the reader still listens."""
        ...

    async def drained(self) -> bool:
        """Wait until little is waiting, or the reader is gone; then true."""
        ...


class QueueOutlet:
    """A queue of messages for a writer of its own, which iterates over it."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()
        self._waiting_bytes = 0
        self._changed = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self.closed = asyncio.Event()

    def send(self, message: Message) -> bool:
        if self.closed.is_set():
            return True
        if self._waiting_bytes > SOCKET_BUFFER_BYTES_MAX:
            return False
        self._waiting.append(message)
        self._waiting_bytes += len(message.json)
        self._drained.clear()
        self._changed.set()
        return True

    def close(self, code: int, reason: str) -> None:
        self.closed.set()
        self._changed.set()
        self._drained.set()

    async def drained(self) -> bool:
        return await self._drained.wait()

    async def messages(self, sign_of_life_s: float) -> AsyncIterator[Message | None]:
        """Messages as they come, until the outlet is closed; None when nothing came for so many seconds."""
        while not self.closed.is_set():
            if not self._waiting:
                self._drained.set()
                self._changed.clear()
                try:
                    async with asyncio.timeout(sign_of_life_s):
                        await self._changed.wait()
                except TimeoutError:
                    yield None
                continue
            message = self._waiting.popleft()
            self._waiting_bytes -= len(message.json)
            yield message
