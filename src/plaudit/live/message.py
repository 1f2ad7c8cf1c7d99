"""What is sent to screens: encoded once, shared by all of them, as a WebSocket frame or as a server-sent event."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from plaudit.limits import FRAMES_MESSAGE_BYTES_MAX
from plaudit.live.conversation import Pong, Resync, ServerMessage

_TEXT_FRAME = 0x81
_encoder = msgspec.json.Encoder()


class Message:
    """One message in JSON. Its forms on the wire are made when first asked for, and then shared."""

    __slots__ = ("_event", "_socket_frame", "cursor", "json", "last_seq", "type")

    def __init__(self, type_: str, json: bytes, cursor: str | None = None, last_seq: int = 0) -> None:
        self.type = type_
        self.json = json
        self.cursor = cursor
        self.last_seq = last_seq
        self._socket_frame: bytes | None = None
        self._event: bytes | None = None

    @property
    def socket_frame(self) -> bytes:
        """A whole, unmasked WebSocket text frame (RFC 6455, 5.2)."""
        if self._socket_frame is None:
            self._socket_frame = _header(len(self.json)) + self.json
        return self._socket_frame

    @property
    def event(self) -> bytes:
        """A server-sent event; the cursor is its id. JSON holds no line breaks of its own."""
        if self._event is None:
            identity = f"id: {self.cursor}\n" if self.cursor else ""
            self._event = f"event: {self.type}\n{identity}data: ".encode() + self.json + b"\n\n"
        return self._event


def _header(length: int) -> bytes:
    if length < 126:
        return bytes((_TEXT_FRAME, length))
    if length < 65_536:
        return bytes((_TEXT_FRAME, 126)) + length.to_bytes(2, "big")
    return bytes((_TEXT_FRAME, 127)) + length.to_bytes(8, "big")


def message(said: ServerMessage, cursor: str | None = None) -> Message:
    """A message of any type but frames, which are encoded one by one."""
    return Message(str(said.__struct_config__.tag), _encoder.encode(said), cursor)


def frames_messages(epoch: int, frames: Sequence[tuple[int, bytes]], *, backlog: bool) -> list[Message]:
    """Numbered frames, already encoded and in order, as messages of a bounded length."""
    messages: list[Message] = []
    start = length = 0
    for place, (_, encoded) in enumerate(frames):
        if place > start and length + len(encoded) > FRAMES_MESSAGE_BYTES_MAX:
            messages.append(frames_message(epoch, frames[start:place], backlog=backlog))
            start, length = place, 0
        length += len(encoded)
    if frames:
        messages.append(frames_message(epoch, frames[start:], backlog=backlog))
    return messages


def frames_message(epoch: int, frames: Sequence[tuple[int, bytes]], *, backlog: bool) -> Message:
    """Numbered frames, already encoded and in order, as one message. There must be at least one."""
    cursor = cursor_of(epoch, frames[-1][0])
    said = b"true" if backlog else b"false"
    json = b'{"type":"frames","cursor":"%b","backlog":%b,"frames":[%b]}' % (
        cursor.encode(),
        said,
        b",".join([encoded for _, encoded in frames]),
    )
    return Message("frames", json, cursor, frames[-1][0])


def resync_message(epoch: int, seq: int, reason: Literal["epoch", "too_far"]) -> Message:
    """The reader's cursor is void; what follows begins after this one."""
    cursor = cursor_of(epoch, seq)
    return message(Resync(cursor=cursor, reason=reason), cursor)


def cursor_of(epoch: int, seq: int) -> str:
    return f"{epoch}:{seq}"


def read_cursor(text: str) -> tuple[int, int] | None:
    """Epoch and number of a cursor; None when it is none."""
    epoch, colon, seq = text.partition(":")
    if not colon or not epoch.isdecimal() or not seq.isdecimal() or len(text) > 40 or not text.isascii():
        return None
    return int(epoch), int(seq)


PONG = message(Pong())
