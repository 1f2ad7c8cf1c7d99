"""Documents and names that somebody asks about: types."""

import enum
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta


class Genuine(enum.StrEnum):
    """What is said of something that somebody asks about."""

    GENUINE = "genuine"
    CORRECTED = "corrected"
    """It is genuine, and part of its money has gone back since."""
    WITHDRAWN = "withdrawn"
    """It was genuine, and counts no more: all of its money has gone back, or it was cancelled."""
    UNKNOWN = "unknown"
    """Nothing of ours, or its number and code do not belong together."""


class DocumentKind(enum.StrEnum):
    """What a document is."""

    RECEIPT = "receipt"
    CONFIRMATION = "confirmation"
    CREDIT = "credit"
    CANCELLATION = "cancellation"
    PAYOUT = "payout"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is kept, with its check code; `gone_minor` is what of its money has gone back."""

    kind: DocumentKind
    issued_at: datetime
    currency: str
    amount_minor: int
    gone_minor: int
    check_code: str


class DocumentCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody is told of a document; nothing of whom it is about. Of an unknown one all else is null."""

    outcome: Genuine
    kind: DocumentKind | None = None
    month: Annotated[str | None, Meta(description="In which it was issued, in UTC.", examples=["2026-11"])] = None
    amount_fits: Annotated[
        bool | None, Meta(description="Whether the amount asked about is its own; null: none was.")
    ] = None
