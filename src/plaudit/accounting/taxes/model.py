"""What tax offices are told: periods, sums by seller, country and rate, and papers in a list."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

PaperKind = Literal["receipt", "confirmation", "credit_note", "cancellation", "store_refund", "store_refund_undone"]


class TaxPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """Days from the first to the last, both included, in a time zone; of all sellers or of one."""

    first: date
    last: date
    zone: str
    begins_at: datetime
    ends_at: datetime
    """Excluded."""
    entity: str | None = None


class TaxSums(msgspec.Struct, frozen=True, kw_only=True):
    """Papers of one seller, country, tax and currency. Corrections are negative where they take from what was sold."""

    entity: str
    country: str
    subdivision: str | None
    tax_name: str
    rate_bps: int
    currency: str
    sold_by_store: str | None
    sales: int
    corrections: int
    sales_net_minor: int
    sales_tax_minor: int
    corrections_net_minor: int
    corrections_tax_minor: int

    @property
    def net_minor(self) -> int:
        return self.sales_net_minor + self.corrections_net_minor

    @property
    def tax_minor(self) -> int:
        return self.sales_tax_minor + self.corrections_tax_minor


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """A line in the currency its seller reports in. `rate`: how many units of the line's are one of it."""

    currency: str
    net_minor: int
    tax_minor: int
    rate: str
    rate_day: date


class TaxLine(msgspec.Struct, frozen=True):
    """Sums, and what is reported of them; None: no rate of the two currencies is known."""

    sums: TaxSums
    reported: Reported | None


class TaxReturn(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a period: those of the sellers, then those of app stores."""

    period: TaxPeriod
    is_over: bool
    """Whether all papers of the period are there."""
    lines: list[TaxLine]


class ListedPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper in a list. Amounts are as on the paper; `sign` says whether they add to what was sold or take from it."""

    shard: int
    at: datetime
    kind: PaperKind
    paper_id: UUID
    order_id: UUID
    number: str | None
    corrected_number: str | None
    entity: str
    country: str
    subdivision: str | None
    tax_name: str
    rate_bps: int
    currency: str
    sold_by_store: str | None
    provider: str
    paid_at: datetime
    sign: int
    net_minor: int
    tax_minor: int
    gross_minor: int
    region_source: str
    evidence: list[str]

    @property
    def place(self) -> "PaperPlace":
        """Where it stands in a list."""
        return PaperPlace(self.at, self.shard, self.kind, self.paper_id)


class PaperPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a paper stands in a list."""

    at: Annotated[datetime, Meta(tz=True)]
    shard: Annotated[int, Meta(ge=0, le=2**15 - 1)] = 0
    kind: Annotated[str, Meta(pattern=r"^[a-z_]{0,30}$(?!\n)")] = ""
    paper_id: UUID = UUID(int=0)


class PaperFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of papers is narrowed to; None: not narrowed."""

    country: str | None = None
    currency: str | None = None
    kind: PaperKind | None = None
