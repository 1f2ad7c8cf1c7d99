"""What the sandbox remembers: one SQLite file, written before anything is answered, so that a restart loses nothing."""

import hashlib
import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from plaudit.limits import SANDBOX_WAITING_MESSAGES_MAX
from plaudit.problems import IdempotencyConflict, TooBusy
from plaudit.statements import statements

SQL = statements(__file__)
T = TypeVar("T", bound=msgspec.Struct)


class Message(msgspec.Struct, frozen=True):
    """A webhook to be sent."""

    id: int
    event_id: str
    url: str
    body: str
    attempts: int


class Timer(msgspec.Struct, frozen=True):
    """Something that is to happen to an object."""

    id: int
    action: str
    object_id: str


class Store:
    """Objects as JSON, idempotency keys, webhooks to send and timers.

    Calls are synchronous and short: the sandbox serves one machine, and one thread makes every change whole.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(
            "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;"
        )
        self._connection.executescript(files("plaudit.sandbox").joinpath("schema.sql").read_text())

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside, or none. Do not await inside."""
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def read(self, kind: type[T], object_id: str) -> T | None:
        """An object of that kind, None when there is none."""
        row = self._one("find_object", id=object_id, kind=kind.__name__)
        return msgspec.json.decode(row[0], type=kind) if row else None

    def write(self, object_id: str, value: msgspec.Struct) -> None:
        """Keep an object, replacing what it was."""
        self._do("write_object", id=object_id, kind=type(value).__name__, body=msgspec.json.encode(value).decode())

    def make(self, object_id: str, value: msgspec.Struct, made_ms: int, about: str | None = None) -> None:
        """Keep a new object with its time; `about`: the checkout it concerns."""
        self.write(object_id, value)
        kind = type(value).__name__
        self._do("write_made", object_id=object_id, kind=kind, made_ms=made_ms)
        if about:
            self._do("write_about", checkout_id=about, kind=kind, object_id=object_id)

    def list_made(
        self, kind: type[T], since_ms: int, until_ms: int, after: tuple[int, str], limit: int
    ) -> list[tuple[T, tuple[int, str]]]:
        """Objects of a time, oldest first, those after a place; each with its place."""
        values = {"since_ms": since_ms, "until_ms": until_ms, "after_ms": after[0], "after_id": after[1]}
        rows = self._connection.execute(SQL["list_made"], values | {"kind": kind.__name__, "limit": limit})
        return [(msgspec.json.decode(body, type=kind), (ms, object_id)) for body, ms, object_id in rows]

    def newest(self, kind: type[T], limit: int) -> list[T]:
        rows = self._connection.execute(SQL["newest_made"], {"kind": kind.__name__, "limit": limit})
        return [msgspec.json.decode(row[0], type=kind) for row in rows]

    def list_about(self, kind: type[T], checkout_id: str) -> list[T]:
        """Objects of a kind that concern a checkout."""
        rows = self._connection.execute(SQL["list_about"], {"checkout_id": checkout_id, "kind": kind.__name__})
        return [msgspec.json.decode(row[0], type=kind) for row in rows]

    def find_key(self, key: str, request: bytes) -> str | None:
        """The id of the object a request with this key made before.

        Raises:
            IdempotencyConflict: the key came with another request.
        """
        row = self._one("find_key", key=key)
        if row is None:
            return None
        if not hmac.compare_digest(row[0], hashlib.sha256(request).digest()):
            raise IdempotencyConflict
        return str(row[1])

    def write_key(self, key: str, request: bytes, object_id: str) -> None:
        self._do("write_key", key=key, request_hash=hashlib.sha256(request).digest(), object_id=object_id)

    def write_message(self, event_id: str, url: str, body: str, due_ms: int) -> None:
        """Queue a webhook.

        Raises:
            TooBusy: too many are waiting; the receiver has been away for long.
        """
        row = self._one("count_waiting")
        if row and row[0] >= SANDBOX_WAITING_MESSAGES_MAX:
            raise TooBusy(retry_after_s=5)
        self._do("write_message", event_id=event_id, url=url, body=body, due_ms=due_ms)

    def due_messages(self, now_ms: int, limit: int) -> list[Message]:
        return [
            Message(*row) for row in self._connection.execute(SQL["due_messages"], {"now_ms": now_ms, "limit": limit})
        ]

    def message_sent(self, message: Message) -> None:
        self._do("message_sent", id=message.id)

    def message_failed(self, message: Message, due_ms: int | None) -> None:
        """Try again at that time; None: give up."""
        state = "given_up" if due_ms is None else "waiting"
        self._do("message_failed", id=message.id, due_ms=due_ms or 0, state=state)

    def write_timer(self, due_ms: int, action: str, object_id: str) -> None:
        self._do("write_timer", due_ms=due_ms, action=action, object_id=object_id)

    def due_timers(self, now_ms: int, limit: int) -> list[Timer]:
        return [Timer(*row) for row in self._connection.execute(SQL["due_timers"], {"now_ms": now_ms, "limit": limit})]

    def remove_timer(self, timer: Timer) -> None:
        self._do("remove_timer", id=timer.id)

    def _do(self, statement: str, **values: object) -> None:
        self._connection.execute(SQL[statement], values)

    def _one(self, statement: str, **values: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(SQL[statement], values).fetchone()
        return row
