"""A name that leads to one PostgreSQL and then to another, and over which connections can fall silent. It runs beside
the test, in a thread of its own."""

import asyncio
import contextlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.support.waiting import WAIT_S


def _socket_of(url: str) -> str:
    options = parse_qs(urlsplit(url).query)
    return f"{options['host'][0]}/.s.PGSQL.{options.get('port', ['5432'])[0]}"


class Switchboard:
    """Listens in a folder of its own; `url` is the server's with that folder."""

    def __init__(self, url: str, folder: Path) -> None:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        user = parts.username or options.get("user", ["postgres"])[0]
        self.url = f"postgresql://{parts.path}?host={folder}&user={user}"
        self._own = str(folder / ".s.PGSQL.5432")
        self._target = _socket_of(url)
        self._silenced = 0
        self._connected = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="switchboard", daemon=True)

    def lead_to(self, url: str) -> None:
        """From now on new connections go there; those that are open stay."""
        self._target = _socket_of(url)

    def swallow(self) -> None:
        """Connections that are open stay so, and nothing comes through any more."""
        self._silenced = self._connected

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(WAIT_S)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_unix_server(self._connect, self._own))
        self._ready.set()
        self._loop.run_forever()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connected += 1
        number = self._connected
        with contextlib.suppress(OSError):
            beyond_reader, beyond_writer = await asyncio.open_unix_connection(self._target)
            await asyncio.gather(self._carry(number, reader, beyond_writer), self._carry(number, beyond_reader, writer))
        writer.transport.abort()

    async def _carry(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if number > self._silenced:
                    writer.write(data)
                    await writer.drain()
        writer.transport.abort()
