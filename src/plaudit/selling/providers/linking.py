"""What Plaudit asks of a store that counts what is bought by way of links out of its app."""

import enum
from datetime import datetime
from typing import Protocol, cast
from uuid import UUID

import msgspec

from plaudit.selling.providers.base import PaymentProvider, StoreProvider


class LinkToken(msgspec.Struct, frozen=True, kw_only=True):
    """A link out of an app, as the token says that its store gave the app for it."""

    id: str
    """The store's own."""
    begun_at: datetime | None = None
    """None: the token does not say."""


class LinkReportKind(enum.StrEnum):
    """What a store is told of a link out of its app."""

    SALE = "sale"
    REFUND = "refund"
    REFUND_UNDONE = "refund_undone"
    """Money that went back is here again: a dispute was won, or a refund failed."""
    NO_SALE = "no_sale"
    """Nothing was bought."""
    UNKNOWN_LINK = "unknown_link"
    """It never led here."""


class LinkedSale(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought by way of a link, and, of a refund, what went back of it; in minor units of its currency."""

    sale_id: UUID
    """The report of the sale."""
    refund_id: UUID | None = None
    """That of the refund, of one that is undone."""
    product_id: str
    region: str
    currency: str
    net_minor: int
    tax_minor: int
    net_left_minor: int
    """What is left of the sale, without tax."""


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a store is to be told of a link. `id` is the idempotency key."""

    id: UUID
    kind: LinkReportKind
    link_id: str
    token: str | None
    at: datetime
    sale: LinkedSale | None = None


class LinkingStore(StoreProvider, Protocol):
    """An app store that counts what is bought on the web by way of links out of its app."""

    def read_link(self, token: str) -> LinkToken:
        """The link a token of the app stands for.

        Raises:
            PurchaseNotValid: it is none, or of another app or environment.
        """
        ...

    async def report_link(self, report: LinkReport) -> None:
        """Tell the store what came of a link; once, however often it is called with the same id."""
        ...


def as_linking(provider: PaymentProvider | None) -> LinkingStore | None:
    """The provider as a store that takes links; None when it takes none."""
    return cast("LinkingStore", provider) if provider is not None and provider.capabilities.takes_links else None
