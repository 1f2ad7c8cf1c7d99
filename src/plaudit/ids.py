"""Identifiers: UUIDv7, made by whoever asks for something; they are the idempotency key and sort by time (RFC 9562)."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Meta

from plaudit.clock import Clock
from plaudit.limits import ID_CLOCK_AHEAD_HOURS_MAX
from plaudit.problems import InvalidField

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62


def new_id(clock: Clock, random_bits: Callable[[int], int] = secrets.randbits) -> UUID:
    """A UUIDv7 of the clock's time, with 74 random bits."""
    return id_at(clock.now(), random_bits)


def id_at(moment: datetime, random_bits: Callable[[int], int] = secrets.randbits) -> UUID:
    """A UUIDv7 of a moment, with 74 random bits."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | _VERSION_7 | random_bits(12) << 64 | _VARIANT_RFC | random_bits(62))


def id_text(number: int | None) -> str | None:
    """A number of a person, room or video as it stands in JSON."""
    return None if number is None else str(number)


def require_uuid7(value: UUID, field: str, clock: Clock) -> UUID:
    """The id itself, if it is a UUIDv7 whose maker's clock is not far ahead.

    Ids choose the month a row is kept in, so one from the far future has no place to go.

    Raises:
        InvalidField: another version, or made more than ID_CLOCK_AHEAD_HOURS_MAX ahead of our clock.
    """
    if value.version != 7:
        raise InvalidField(field=field, reason="must be a UUID of version 7")
    if (value.int >> 80) / 1000 > (clock.now() + timedelta(hours=ID_CLOCK_AHEAD_HOURS_MAX)).timestamp():
        raise InvalidField(field=field, reason="was made by a clock that is far ahead; set the clock of the device")
    return value


IdMeta = Meta(description="UUID of version 7, made by the caller; repeating it with the same body repeats the answer.")
