"""What tax returns and lists of papers answer to operators."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.accounting.taxes.model import ListedPaper, PaperKind, PaperPlace, Reported, TaxLine, TaxReturn
from plaudit.money import Money
from plaudit.pages import Places

ROWS: Places[PaperPlace | None] = Places(PaperPlace, None)
"""The places of papers, the oldest first."""


class TaxAmounts(msgspec.Struct, frozen=True, kw_only=True):
    """net + tax = gross, in minor units."""

    net_minor: int
    tax_minor: int
    gross_minor: int


class ReportedAnswer(TaxAmounts, frozen=True, kw_only=True):
    """The same in the currency the seller reports in."""

    currency: str
    rate: Annotated[
        str, Meta(description="How many units of the line's currency are one of this.", examples=["0.86733"])
    ]
    rate_day: Annotated[
        date, Meta(description="The last day of the period or, where the ECB published nothing for it, the next.")
    ]


class TaxLineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Papers of one seller, country, rate and currency: sales + corrections = total."""

    entity: Annotated[str, Meta(description="The seller of record, as on the papers.")]
    country: str
    subdivision: Annotated[str | None, Meta(description="The state or province; null: the tax is that of the country.")]
    tax_name: str
    rate_bps: int
    currency: str
    sold_by_store: Annotated[
        str | None,
        Meta(description="The app store that was the seller and owes the tax itself; null: the entity owes it."),
    ]
    sales_count: int
    corrections_count: Annotated[
        int, Meta(description="Credit notes, and those that cancel one; of app stores: what they took back or left.")
    ]
    sales: TaxAmounts
    corrections: Annotated[TaxAmounts, Meta(description="Negative where they take from what was sold.")]
    total: TaxAmounts
    reported: Annotated[ReportedAnswer | None, Meta(description="The total; null: there is no rate of its currency.")]


class TaxReturnAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Tax by seller, country, rate and currency, each paper in the period of its issue; app stores' sales come last."""

    first_day: date
    last_day: date
    zone: str
    is_over: Annotated[bool, Meta(description="Whether all papers of these days are there: nothing changes any more.")]
    lines: list[TaxLineAnswer]


class PaperAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt, a confirmation of what a store sold, or what corrects one."""

    number: Annotated[str | None, Meta(description="Null: what a store took back has no paper of ours.")]
    kind: PaperKind
    issued_at: datetime
    entity: str
    country: str
    subdivision: Annotated[str | None, Meta(description="The state or province; null: the tax is that of the country.")]
    evidence: Annotated[
        list[str], Meta(description="What showed the country: signs and what they named.", examples=[["ip=DE"]])
    ]
    region_source: Annotated[str, Meta(description="What the country was decided by at the quote.")]
    tax_name: str
    rate_bps: int
    net: Money
    tax: Money
    gross: Money
    sign: Annotated[int, Meta(description="1: adds to what was sold; -1: takes from it.")]
    order_id: UUID
    corrected_number: Annotated[str | None, Meta(description="The paper that this one corrects.")]
    sold_by_store: Annotated[str | None, Meta(description="The app store that sold, and owes the tax itself.")]
    provider: str
    paid_at: datetime


def tax_return_answer(found: TaxReturn) -> TaxReturnAnswer:
    return TaxReturnAnswer(
        first_day=found.period.first,
        last_day=found.period.last,
        zone=found.period.zone,
        is_over=found.is_over,
        lines=[_line(line) for line in found.lines],
    )


def _line(line: TaxLine) -> TaxLineAnswer:
    sums, reported = line.sums, line.reported
    return TaxLineAnswer(
        entity=sums.entity,
        country=sums.country,
        subdivision=sums.subdivision,
        tax_name=sums.tax_name,
        rate_bps=sums.rate_bps,
        currency=sums.currency,
        sold_by_store=sums.sold_by_store,
        sales_count=sums.sales,
        corrections_count=sums.corrections,
        sales=_amounts(sums.sales_net_minor, sums.sales_tax_minor),
        corrections=_amounts(sums.corrections_net_minor, sums.corrections_tax_minor),
        total=_amounts(sums.net_minor, sums.tax_minor),
        reported=None if reported is None else _reported(reported),
    )


def _reported(reported: Reported) -> ReportedAnswer:
    return ReportedAnswer(
        currency=reported.currency,
        net_minor=reported.net_minor,
        tax_minor=reported.tax_minor,
        gross_minor=reported.net_minor + reported.tax_minor,
        rate=reported.rate,
        rate_day=reported.rate_day,
    )


def _amounts(net_minor: int, tax_minor: int) -> TaxAmounts:
    return TaxAmounts(net_minor=net_minor, tax_minor=tax_minor, gross_minor=net_minor + tax_minor)


def paper_answer(paper: ListedPaper) -> PaperAnswer:
    return PaperAnswer(
        number=paper.number,
        kind=paper.kind,
        issued_at=paper.at,
        entity=paper.entity,
        country=paper.country,
        subdivision=paper.subdivision,
        evidence=paper.evidence,
        region_source=paper.region_source,
        tax_name=paper.tax_name,
        rate_bps=paper.rate_bps,
        net=Money(paper.net_minor, paper.currency),
        tax=Money(paper.tax_minor, paper.currency),
        gross=Money(paper.gross_minor, paper.currency),
        sign=paper.sign,
        order_id=paper.order_id,
        corrected_number=paper.corrected_number,
        sold_by_store=paper.sold_by_store,
        provider=paper.provider,
        paid_at=paper.paid_at,
    )
