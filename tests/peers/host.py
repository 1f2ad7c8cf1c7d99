"""A host's endpoint for webhooks: verifies what comes with a library that others wrote, and misbehaves on request.

It speaks HTTP itself, over real sockets, so that it can cut connections, dawdle and go on for ever.
"""

import asyncio
import contextlib
import enum
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Mood(enum.Enum):
    """How the endpoint takes a message."""

    WELL = b"HTTP/1.1 204 No Content\r\n\r\n"
    FAILING = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 6\r\n\r\nbroken"
    GONE = b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"
    REDIRECTING = b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
    ENDLESS = b"HTTP/1.1 200 OK\r\n\r\n"
    """Says that it is well, and never stops talking."""
    CUTTING = b""
    """Closes the connection without a word."""
    SILENT = b" "
    """Takes the message and never answers."""


@dataclass
class Received:
    """A message that came."""

    path: str
    headers: dict[str, str]
    message: dict[str, Any]
    verified: list[str]
    """The secrets it verifies with."""


@dataclass
class Host:
    """An endpoint that listens."""

    port: int = 0
    secrets: list[str] = field(default_factory=list)
    mood: Mood = Mood.WELL
    moods: deque[Mood] = field(default_factory=deque)
    """Of the next messages, before `mood` counts."""
    held: asyncio.Event | None = None
    """While it is there and not set, answers wait for it."""
    received: list[Received] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def sequences(self) -> list[int]:
        return [one.message["sequence"] for one in self.received]

    @property
    def types(self) -> list[str]:
        return [one.message["type"] for one in self.received]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            self.at_once -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        verified = [secret for secret in self.secrets if _verifies(secret, body, headers)]
        self.received.append(Received(head[0].split()[1], headers, json.loads(body), verified))
        mood = self.moods.popleft() if self.moods else self.mood
        if self.held is not None:
            await self.held.wait()
        if mood is Mood.SILENT:
            await reader.read()  # until the other side gives up
            return
        writer.write(mood.value)
        await writer.drain()
        while mood is Mood.ENDLESS:
            writer.write(b"so much to tell " * 1_000)
            await writer.drain()


def _verifies(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


@contextlib.asynccontextmanager
async def open_host() -> AsyncIterator[Host]:
    """An endpoint on a port of its own, in this event loop."""
    host = Host()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
