"""Tax returns and lists of papers as CSV (RFC 4180, UTF-8), with amounts as decimals of their currency."""

from collections.abc import AsyncIterator
from datetime import datetime

from plaudit.accounting.taxes.model import ListedPaper, TaxLine, TaxReturn
from plaudit.spreadsheets import csv_lines, decimal, text

_AMOUNTS = ("net", "tax", "gross")
RETURN_HEADER = (
    "from", "to", "zone", "is_over", "entity", "country", "subdivision", "tax_name", "rate_percent", "currency",
    "sold_by_store", "sales_count", "corrections_count",
    *(f"{part}_{name}" for part in ("sales", "corrections", "total") for name in _AMOUNTS),
    "reporting_currency", *(f"reported_{name}" for name in _AMOUNTS), "rate", "rate_day",
)  # fmt: skip
PAPERS_HEADER = (
    "number", "kind", "issued_at", "entity", "country", "subdivision", "evidence", "region_source", "tax_name",
    "rate_percent", "currency", *_AMOUNTS, "sign", "order_id", "corrected_number", "sold_by_store", "provider",
    "paid_at",
)  # fmt: skip


def tax_return_csv(found: TaxReturn) -> bytes:
    """A tax return; the total of each line as a decimal, negative where more went back than was sold."""
    return csv_lines([RETURN_HEADER, *(_line(found, line) for line in found.lines)])


async def papers_csv(pages: AsyncIterator[list[ListedPaper]]) -> AsyncIterator[bytes]:
    """A list of papers, a piece for each page."""
    yield csv_lines([PAPERS_HEADER])
    async for page in pages:
        yield csv_lines(map(_paper, page))


def _line(found: TaxReturn, line: TaxLine) -> tuple[object, ...]:
    sums, reported, period = line.sums, line.reported, found.period
    parts = (
        (sums.sales_net_minor, sums.sales_tax_minor),
        (sums.corrections_net_minor, sums.corrections_tax_minor),
        (sums.net_minor, sums.tax_minor),
    )
    return (
        *(period.first, period.last, text(period.zone), "yes" if found.is_over else "no"),
        *(
            sums.entity,
            sums.country,
            sums.subdivision or "",
            text(sums.tax_name),
            percent(sums.rate_bps),
            sums.currency,
        ),
        *(sums.sold_by_store or "", sums.sales, sums.corrections),
        *(cell for net, tax in parts for cell in _amounts(net, tax, sums.currency)),
        *(
            (
                reported.currency,
                *_amounts(reported.net_minor, reported.tax_minor, reported.currency),
                reported.rate,
                reported.rate_day,
            )
            if reported
            else ("", "", "", "", "", "")
        ),
    )


def _amounts(net_minor: int, tax_minor: int, currency: str) -> tuple[str, str, str]:
    return decimal(net_minor, currency), decimal(tax_minor, currency), decimal(net_minor + tax_minor, currency)


def _paper(paper: ListedPaper) -> tuple[object, ...]:
    return (
        *(paper.number or "", paper.kind, _moment(paper.at), paper.entity, paper.country, paper.subdivision or ""),
        *(" ".join(paper.evidence), paper.region_source, text(paper.tax_name), percent(paper.rate_bps), paper.currency),
        *(decimal(minor, paper.currency) for minor in (paper.net_minor, paper.tax_minor, paper.gross_minor)),
        *(paper.sign, paper.order_id, paper.corrected_number or "", paper.sold_by_store or ""),
        *(text(paper.provider), _moment(paper.paid_at)),
    )


def percent(rate_bps: int) -> str:
    """A rate as a decimal: 1900 basis points are 19.00."""
    return f"{rate_bps // 100}.{rate_bps % 100:02d}"


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
