"""Acts as they are kept and sealed, heads as they are signed, deliveries as others prove them."""

from datetime import datetime
from typing import Annotated

import msgspec

from plaudit.acts import ActRecord


class KeptAct(msgspec.Struct, frozen=True):
    """An act, and its place in the chain; None: it waits for one."""

    record: str
    position: int | None
    hash: str | None

    @property
    def act(self) -> ActRecord:
        return msgspec.json.decode(self.record, type=ActRecord)


class ChainedAct(msgspec.Struct, frozen=True):
    """A line of an export of the trail. `record` is the text whose bytes the hash is of."""

    position: int
    previous: str
    hash: str
    record: str


class ChainedDelivery(msgspec.Struct, frozen=True):
    """A line of an export of the books: a delivery with what its hash is of. Numbers of 64 bits are decimal strings."""

    shard: int
    source_shard: int
    from_batch: int
    through_batch: int
    previous: str
    hash: str
    gifts: list[tuple[str, str, str, str]]
    """Of each line its gift, viewer, creator and coins."""


class ChainEnd(msgspec.Struct, frozen=True):
    """How far the trail goes."""

    position: int
    hash: str


class StreamEnd(msgspec.Struct, frozen=True):
    """How far a stream of deliveries goes."""

    shard: int
    source_shard: int
    through: int
    hash: str


class HeadDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed: how far all chains went at a moment, after the document before."""

    format: str
    installation: str
    """The public address."""
    number: int
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    previous: str
    """SHA-256 of the document before; 64 zeros before the first."""
    trail: ChainEnd
    books: list[StreamEnd]


class Head(msgspec.Struct, frozen=True):
    """A document as it was signed."""

    number: int
    document: str
    signature: bytes
    key_id: str

    @property
    def at(self) -> datetime:
        return msgspec.json.decode(self.document, type=HeadDocument).at


class HeadKey(msgspec.Struct, frozen=True):
    """The public half of a key that signed heads."""

    key_id: str
    public_key: bytes
    first_used_at: datetime
