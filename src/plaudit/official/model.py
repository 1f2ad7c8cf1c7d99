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


class App(msgspec.Struct, frozen=True):
    """An app of this server, by its id in a store."""

    store: str
    id: str


class OfficialSeller(msgspec.Struct, frozen=True):
    """A seller of record; `tax_id` is empty without one."""

    code: str
    name: str
    address: str
    tax_id: str


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says of itself. The fields and their order are the format's."""

    format: str
    installation: str
    name: str
    domains: list[str]
    apps: list[App]
    sellers: list[OfficialSeller]
    support: str
    valid_from: datetime
    valid_until: datetime


class SignedDescription(msgspec.Struct, frozen=True):
    """What is published: `signature` is over the bytes of `document`."""

    document: str
    signature: str
    key_id: str
    public_key: str


class NameKind(enum.StrEnum):
    """What a name is."""

    DOMAIN = "domain"
    APP = "app"
    SUPPORT = "support"


class NameCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody is told of a domain, an address, the id of an app or a mail address."""

    is_ours: bool
    kind: Annotated[NameKind | None, Meta(description="Null: it is not ours.")] = None
