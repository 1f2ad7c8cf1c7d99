"""What is written of who did something with power over others: an act, in the transaction of what it did.

A request or a command begins an `Act` and works on a database that it witnesses: the first transaction that writes
anything ends with the act, so that no handler can forget it and none leaves one that was rolled back.
"""

import enum
import hashlib
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection, notes
from plaudit.ids import new_id
from plaudit.limits import (
    ACT_ABOUT_MAX,
    ACT_ADDRESS_PART_LENGTH_MAX,
    ACT_SAID_BYTES_MAX,
    ACT_SAID_ENTRIES_MAX,
    ACT_SAID_LENGTH_MAX,
)

Kind = Literal["act", "read", "refused"]
Outcome = Literal["done", "answered", "refused", "failed"]

PRIVATE = frozenset(
    {
        # secrets, and what opens something
        "token", "vp_token", "video_token", "proof", "secret", "code", "password", "hls_url", "return_url", "jwks",
        # of a person
        "name", "handle", "picture", "email", "address", "born_on", "postal_code", "message", "text",
        "about", "words", "reply",
        "at_least", "under", "level", "source", "said", "account",
        "subject", "creator_subject", "owner_subject", "sender_subject",  # nobody could be taken out of the chain
        "into",
        "title", "label", "cover_url", "cover_alt", "stage_url", "external_id", "next",
        "holder_name", "instrument", "iban", "bank_code", "account_number", "paypal", "csv",
    }
)  # fmt: skip
"""Fields of bodies, and options of commands, whose values no act keeps. `tests/unit/test_acts.py` has all others."""
LEFT_OUT = "(left out)"

_WRITE = "select write_act($1, $2, $3)"
_UTF8_MARK = "…"


class Actor(enum.StrEnum):
    """Who acts."""

    OPERATOR = "operator"
    """A person, by a role over others."""
    PERSON = "person"
    """Somebody who is signed in, and tried what their roles do not allow."""
    KEY = "key"
    """A server, by its API key; for somebody, where a person is named too."""
    COMMAND = "command"
    """Whoever ran a command on a machine of ours."""
    HOUSE = "house"
    """Periodic work."""
    NOBODY = "nobody"
    """Somebody who did not say who they are, or could not show it."""


class Command(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who ran a command, where, and with which arguments."""

    user: str
    host: str
    arguments: Mapping[str, Any] = {}


class ActRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An act as it is kept, JSON whose bytes the chain seals. What is not known is not in it."""

    id: UUID
    at: datetime
    kind: Kind
    actor: Actor
    operation: str
    """Of the API (`ApprovePayout`), a page (`GET /operator/mails`), or a command (`plaudit key create`)."""
    outcome: Outcome
    person_id: str | None = None
    key_id: str | None = None
    session_id: str | None = None
    command: Command | None = None
    address: str | None = None
    """The network it came from: /24 of IPv4, /48 of IPv6."""
    about: str | None = None
    """Ids, one blank between: of the address, then of the body."""
    said: Any = None
    """The body, without what is private."""
    said_sha256: str | None = None
    """Of the whole body as it came."""
    changes: Mapping[str, Any] | None = None
    """What an action says of it, such as what was there before."""
    problem: str | None = None
    """The code of the problem it was answered with."""
    times: int = 1
    """Of tries that were refused alike within a minute."""
    request_id: str | None = None
    of: UUID | None = None
    """The act that the same request had written before."""


class Act:
    """What a request or a command does; the witness of its transactions."""

    def __init__(self, clock: Clock, kind: Kind, actor: Actor, operation: str, **known: Any) -> None:
        """`known`: further fields of the record."""
        self._clock = clock
        self._kind = kind
        self._actor = actor
        self._operation = operation
        self._known = known
        self._body: bytes | None = None
        self._wrote: UUID | None = None
        self.id: UUID | None = None
        """Of what is written and committed; None: nothing is."""

    def hear(self, body: bytes) -> None:
        """What was said."""
        self._body = body

    async def write(self, connection: Connection) -> None:
        """At the end of a transaction: what it did, unless it only looked."""
        if self.id is None:
            await self._write(connection, "done", always=False)

    def committed(self) -> None:
        self.id, self._wrote = self.id or self._wrote, None

    async def answer(self, connection: Connection) -> None:
        """Of a request none of whose transactions wrote anything, before its answer is heard."""
        await self._write(connection, "answered" if self._kind == "act" else "done", always=True)

    async def done(self, connection: Connection) -> None:
        """Of what has been done and committed before."""
        await self._write(connection, "done", always=True)

    def refused(self, code: str, outcome: Outcome) -> ActRecord:
        """A try that came to nothing, without what was said."""
        kind: Kind = "refused" if outcome == "refused" else self._kind
        known = {**self._known, "problem": code, "of": self.id}
        return self._record(kind, outcome, known)

    async def _write(self, connection: Connection, outcome: Outcome, *, always: bool) -> None:
        known = dict(self._known)
        if changes := notes(connection):
            known["changes"] = kept(changes)
        if self._body:
            known |= _said(self._body, str(known.get("about") or ""))
        record = self._record(self._kind, outcome, known)
        if await write_record(connection, record, always=always):
            self._wrote = record.id

    def _record(self, kind: Kind, outcome: Outcome, known: Mapping[str, Any]) -> ActRecord:
        return ActRecord(
            id=new_id(self._clock),
            at=self._clock.now(),
            kind=kind,
            actor=self._actor,
            operation=self._operation,
            outcome=outcome,
            **known,
        )


async def write_record(connection: Connection, record: ActRecord, *, always: bool = True) -> bool:
    """Keep a record in the caller's transaction; unless `always`, only if that has written something."""
    written: bool = await connection.fetchval(_WRITE, record.id, msgspec.json.encode(record).decode(), always)
    return written


def changed(connection: Connection, **details: Any) -> None:
    """Say of the act under way what it changes, such as what was there before. Without an act nobody hears it."""
    notes(connection).update(details)


def about(values: Sequence[object]) -> str | None:
    """Ids as one text, each found by itself."""
    parts = [quote(str(value)[:ACT_ADDRESS_PART_LENGTH_MAX], safe=":@/+=,;~") for value in values if value is not None]
    return " ".join(dict.fromkeys(parts[:ACT_ABOUT_MAX])) or None


def kept(value: Any, private: Container[str] = PRIVATE) -> Any:
    """A value of JSON as an act may keep it: without what is private, no longer than anybody reads."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        entries = list(value.items())[:ACT_SAID_ENTRIES_MAX]
        return {
            _text(str(name)): LEFT_OUT if name in private and one is not None else kept(one, private)
            for name, one in entries
        }
    if isinstance(value, list | tuple):
        more = len(value) - ACT_SAID_ENTRIES_MAX
        shown = [kept(one, private) for one in value[:ACT_SAID_ENTRIES_MAX]]
        return [*shown, f"… {more} more"] if more > 0 else shown
    return value


def _text(text: str) -> str:
    proper = text.encode("utf-8", "replace").decode().replace("\0", "?")
    return proper if len(proper) <= ACT_SAID_LENGTH_MAX else proper[:ACT_SAID_LENGTH_MAX] + _UTF8_MARK


def _said(body: bytes, known_about: str) -> dict[str, Any]:
    """What a body adds to a record."""
    found: dict[str, Any] = {"said_sha256": hashlib.sha256(body).hexdigest()}
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return found  # a picture, say
    if isinstance(said, dict):
        ids = [
            one
            for name, one in said.items()
            if (name == "id" or name.endswith("_id")) and name not in PRIVATE and isinstance(one, str | int)
        ]
        found["about"] = " ".join(part for part in (known_about, about(ids)) if part) or None
    shown = kept(said)
    if len(msgspec.json.encode(shown)) <= ACT_SAID_BYTES_MAX:
        found["said"] = shown
    return found
