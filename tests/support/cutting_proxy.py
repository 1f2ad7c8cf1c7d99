"""A way to a PostgreSQL socket that can be cut: what was asked arrives, the answer does not."""

import asyncio
import contextlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class CuttingProxy:
    """Listens in a folder of its own; `url` is the server's with that folder. `cut_next_answer` cuts one."""

    def __init__(self, url: str, folder: Path) -> None:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        host, port = options["host"][0], options.get("port", ["5432"])[0]
        self._server = f"{host}/.s.PGSQL.{port}"
        self._own = str(folder / f".s.PGSQL.{port}")
        self.url = f"postgresql:///{parts.path.removeprefix('/')}?host={folder}&port={port}&user={self._user(url)}"
        self.cut_next_answer = asyncio.Event()
        self.cuts = 0

    @staticmethod
    def _user(url: str) -> str:
        parts = urlsplit(url)
        return parts.username or parse_qs(parts.query).get("user", ["postgres"])[0]

    async def __aenter__(self) -> "CuttingProxy":
        self._listener = await asyncio.start_unix_server(self._serve, self._own)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()

    async def _serve(self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter) -> None:
        reader, writer = await asyncio.open_unix_connection(self._server)
        forth = asyncio.create_task(self._forward(client_reader, writer))
        try:
            while data := await reader.read(65536):
                # 'C' 'Z': the command is complete and, outside a transaction, committed.
                if self.cut_next_answer.is_set() and data.endswith(b"Z\x00\x00\x00\x05I"):
                    self.cut_next_answer.clear()
                    self.cuts += 1
                    break
                client_writer.write(data)
                await client_writer.drain()
        finally:
            forth.cancel()
            for side in (writer, client_writer):
                side.transport.abort()

    @staticmethod
    async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
