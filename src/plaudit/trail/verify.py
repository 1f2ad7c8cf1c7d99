"""Proving heads and exports from their bytes alone: no database, no server, nothing of Plaudit's own word.

The format, byte by byte, is docs/trail-format.md.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_BEFORE_THE_FIRST = "0" * 64
_INT8_OID, _UUID_OID = 20, 2950
HEAD_FORMAT = "plaudit-head-1"


class Broken(Exception):
    """The first thing that does not hold, in words."""


@dataclass
class Proof:
    """What was proved so far. Heads first, then exports: `add_head` of each in their order, then lines."""

    keys: Mapping[str, bytes]
    """Public keys that are trusted, by their ids."""
    heads: int = 0
    acts: int = 0
    deliveries: int = 0
    signed_acts: int = 0
    """Position of the last act that a head which was proved reaches, as far as acts were shown."""
    _documents: list[dict[str, Any]] = field(default_factory=list)
    _numbers: dict[int, str] = field(default_factory=dict)
    _last_document: str | None = None
    _trail_anchors: dict[int, tuple[str, int]] = field(default_factory=dict)
    _book_anchors: dict[tuple[int, int, int], tuple[str, int]] = field(default_factory=dict)
    _act: tuple[int, str] | None = None
    _streams: dict[tuple[int, int], tuple[int, str]] = field(default_factory=dict)

    @property
    def first_day(self) -> str:
        return str(self._documents[0]["at"])[:10] if self._documents else ""

    @property
    def last_day(self) -> str:
        return str(self._documents[-1]["at"])[:10] if self._documents else ""

    @property
    def last_head(self) -> int:
        """The number of the last head; 0: none was shown."""
        return max(self._numbers, default=0)

    # Heads

    def add_head(self, head: Mapping[str, Any]) -> None:
        """The same head may be shown again, by whoever kept it.

        Raises:
            Broken: its signature is not of a trusted key, or it contradicts the head before, or another of its number.
        """
        where = f"head {head.get('number')}"
        text, key = str(head["document"]), self.keys.get(str(head["key_id"]))
        if key is None:
            raise Broken(f"{where}: it is signed with key {head['key_id']}, which is not trusted")
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(head["signature"]), text.encode())
        except (InvalidSignature, ValueError):
            raise Broken(f"{where}: the signature is not that of key {head['key_id']}") from None
        document = json.loads(text)
        if document.get("format") != HEAD_FORMAT or document["number"] != head["number"]:
            raise Broken(f"{where}: the document is of another number or format")
        if document["number"] in self._numbers:
            if self._numbers[document["number"]] != text:
                raise Broken(f"{where}: two were signed, which say different things")
            return
        self._follow(where, document)
        self._documents.append(document)
        self._numbers[document["number"]] = text
        self._last_document = text
        self.heads += 1

    def _follow(self, where: str, document: Mapping[str, Any]) -> None:
        if document["number"] == 1 and document["previous"] != _BEFORE_THE_FIRST:
            raise Broken(f"{where}: the first has none before it")
        if self._last_document is not None:
            before = self._documents[-1]
            if document["number"] != before["number"] + 1:
                raise Broken(f"{where}: it comes after head {before['number']}")
            if document["previous"] != hashlib.sha256(self._last_document.encode()).hexdigest():
                raise Broken(f"{where}: it does not follow head {before['number']} as that was shown")
            if document["at"] < before["at"]:
                raise Broken(f"{where}: it is of a time before head {before['number']}")
        number = document["number"]
        trail = document["trail"]
        _reached(self._trail_anchors, where, "the trail", trail["position"], trail["hash"], number)
        for one in document["books"]:
            stream = (one["shard"], one["source_shard"])
            anchors = {place[2]: known for place, known in self._book_anchors.items() if place[:2] == stream}
            _reached(anchors, where, f"stream {stream[1]} → {stream[0]}", one["through"], one["hash"], number)
            self._book_anchors[*stream, one["through"]] = (one["hash"], number)
        self._stays(where, document)

    def _stays(self, where: str, document: Mapping[str, Any]) -> None:
        """No stream of an earlier head is missing in a later one."""
        if self._documents:
            named = {(one["shard"], one["source_shard"]) for one in document["books"]}
            for one in self._documents[-1]["books"]:
                if (one["shard"], one["source_shard"]) not in named:
                    raise Broken(f"{where}: stream {one['source_shard']} → {one['shard']} is gone")

    # The trail

    def add_act(self, line: Mapping[str, Any]) -> None:
        """
        Raises:
            Broken: the line does not follow the one before, or is not what a head says.
        """
        position, where = int(line["position"]), f"act {line['position']}"
        if self._act is None:
            if position == 1 and line["previous"] != _BEFORE_THE_FIRST:
                raise Broken(f"{where}: the first has none before it")
            self._meet(self._trail_anchors, position - 1, line["previous"], where)
        elif (position - 1, line["previous"]) != self._act:
            raise Broken(f"{where}: it does not follow act {self._act[0]}")
        record = str(line["record"]).encode()
        if hashlib.sha256(bytes.fromhex(line["previous"]) + record).hexdigest() != line["hash"]:
            raise Broken(f"{where}: the hash is not that of its record")
        self._meet(self._trail_anchors, position, line["hash"], where)
        self._act = (position, line["hash"])
        self.acts += 1

    def _meet(self, anchors: Mapping[Any, tuple[str, int]], place: Any, found: str, where: str) -> None:
        if place not in anchors:
            return
        said, number = anchors[place]
        if said != found:
            raise Broken(f"{where}: head {number} has signed another hash")
        if anchors is self._trail_anchors:
            self.signed_acts = max(self.signed_acts, int(place))

    # The books

    def add_delivery(self, line: Mapping[str, Any]) -> None:
        """The same of a line of the books."""
        stream = (int(line["shard"]), int(line["source_shard"]))
        where = f"stream {stream[1]} → {stream[0]}, batches {line['from_batch']}–{line['through_batch']}"
        before = self._streams.get(stream)
        if before is None:
            if int(line["from_batch"]) == 1 and line["previous"]:
                raise Broken(f"{where}: the first has none before it")
            self._meet(self._book_anchors, (*stream, int(line["from_batch"]) - 1), line["previous"], where)
        if before is not None and (int(line["from_batch"]) - 1, line["previous"]) != before:
            raise Broken(f"{where}: they do not follow batch {before[0]}")
        if delivery_hash(line) != line["hash"]:
            raise Broken(f"{where}: the hash is not that of their gifts")
        self._meet(self._book_anchors, (*stream, int(line["through_batch"])), line["hash"], where)
        self._streams[stream] = (int(line["through_batch"]), line["hash"])
        self.deliveries += 1

    # The end

    def finish(self) -> None:
        """
        Raises:
            Broken: an export ends before what a head has signed, or no head says anything of it.
        """
        if self._act is None and not self._streams:
            return
        if not self.heads:
            raise Broken("no head was shown: an export without one proves only that it agrees with itself")
        last = self._documents[-1]
        if self._act is not None and self._act[0] < last["trail"]["position"]:
            signed = last["trail"]["position"]
            raise Broken(f"the trail ends with act {self._act[0]}, and head {last['number']} has signed {signed}")
        if self._act is not None and not self.signed_acts and last["trail"]["position"]:
            raise Broken("the acts that were shown all came after the last head")
        for one in last["books"] if self._streams else ():
            reached = self._streams.get((one["shard"], one["source_shard"]), (0, ""))[0]
            if reached < one["through"]:
                raise Broken(
                    f"stream {one['source_shard']} → {one['shard']} ends with batch {reached}, "
                    f"and head {last['number']} has signed {one['through']}"
                )

    def summary(self) -> str:
        """One line."""
        parts = []
        if self.heads:
            parts.append(f"{self.heads} heads, {self.first_day} to {self.last_day}")
        if self.acts and self._act:
            after = self._act[0] - self.signed_acts
            first = self._act[0] - self.acts + 1
            parts.append(
                f"acts {first} to {self._act[0]}" + (f", the last {after} not signed yet" if after > 0 else "")
            )
        if self.deliveries:
            parts.append(f"{self.deliveries} deliveries of {len(self._streams)} streams")
        return "holds: " + "; ".join(parts)


def delivery_hash(line: Mapping[str, Any]) -> str:
    """What the books seal: SHA-256 of the hash before, the first and last batch, and four arrays as PostgreSQL sends
    them."""
    gifts = [list(one) for one in line["gifts"]]
    arrays = [_array(_UUID_OID, [UUID(str(one[0])).bytes for one in gifts])]
    arrays += [_array(_INT8_OID, [struct.pack(">q", int(one[column])) for one in gifts]) for column in (1, 2, 3)]
    batches = struct.pack(">qq", int(line["from_batch"]), int(line["through_batch"]))
    return hashlib.sha256(bytes.fromhex(line["previous"]) + batches + b"".join(arrays)).hexdigest()


def _array(oid: int, values: Iterable[bytes]) -> bytes:
    """An array of one dimension in PostgreSQL's binary form."""
    entries = [struct.pack(">i", len(value)) + value for value in values]
    return struct.pack(">iiiii", 1, 0, oid, len(entries), 1) + b"".join(entries)


def _reached(anchors: dict[int, tuple[str, int]], where: str, what: str, place: int, found: str, number: int) -> None:
    """That a chain in a head goes no less far than in those before, and says the same at the same place."""
    last = max(anchors, default=0)
    if place < last:
        raise Broken(f"{where}: {what} ends at {place}, and head {anchors[last][1]} has signed {last}")
    if place in anchors and anchors[place][0] != found:
        raise Broken(f"{where}: {what} has another hash at {place} than in head {anchors[place][1]}")
    anchors[place] = (found, number)
