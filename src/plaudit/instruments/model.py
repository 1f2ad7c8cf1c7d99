"""Instruments: what they are, and what is told of one."""

import enum
from typing import Annotated

import msgspec
from msgspec import Meta

from plaudit.instruments.limits import INSTRUMENT_LENGTH_MAX


class InstrumentKind(enum.StrEnum):
    """What several accounts may share; kept hashed only."""

    CARD = "card"
    DEVICE = "device"
    ADDRESS = "address"
    ACCOUNT = "account"
    """A bank account that payouts go to."""


class Source(enum.StrEnum):
    """Who tells of one."""

    PROVIDER = "provider"
    HOST = "host"


class ToldKind(enum.StrEnum):
    """What a platform may tell of."""

    DEVICE = "device"
    ADDRESS = "address"


class SeenInstrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A device or an address that somebody was seen with."""

    kind: ToldKind
    instrument: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=INSTRUMENT_LENGTH_MAX,
            pattern=r"\S",
            description="Your own id of the device, or the address as one line. It is hashed at once and kept nowhere.",
        ),
    ]


class KeptInstrument(msgspec.Struct, frozen=True):
    """Whether it was kept: `PLAUDIT_INSTRUMENTS` says which kinds are."""

    kept: bool
