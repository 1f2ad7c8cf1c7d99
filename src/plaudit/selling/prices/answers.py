"""What price books answer over HTTP, and how it is made."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.selling.prices.channel_answers import ChannelAnswer, channel_answer
from plaudit.selling.prices.model import BookNotReadable, BookState, Draft, DraftLine, Finding, Severity, Version
from plaudit.selling.prices.pricing import PriceBook
from plaudit.selling.prices.taxes import TaxRate

Text = Annotated[str, Meta(description="The price book as a TOML file.")]


class VersionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A published version of the price book. It never changes; its state does, as time goes by."""

    version: int
    state: BookState
    effective_at: datetime
    published_at: datetime
    published_by: Annotated[str | None, Meta(description="Null: on the command line.")]
    copied_from: Annotated[int | None, Meta(description="The earlier version it goes back to.")]
    note: str
    regions: int
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


class VersionDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A version with all it says."""

    version: VersionAnswer
    toml: Text


class DraftLineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in a list."""

    id: UUID
    name: str
    revision: int
    changed_at: datetime
    characters: int


class DraftAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A draft, and what the linter says of it if it were published now."""

    id: UUID
    name: str
    toml: Text
    revision: int
    created_at: datetime
    changed_at: datetime
    published_version: int | None
    findings: list[Finding]
    publishable: Annotated[bool, Meta(description="Nothing is refused.")]


class LintAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the linter says of a price book."""

    findings: list[Finding]
    publishable: Annotated[bool, Meta(description="Nothing is refused.")]


class PreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The prices of a region as buyers would see them."""

    region: str
    at: datetime
    channels: list[ChannelAnswer]


class TaxRateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A tax rate, for the days there from `valid_from` until before `valid_until`."""

    id: Annotated[str, Meta(description="Rises with each decision.")]
    country: str
    name: str
    rate_bps: int
    valid_from: date
    valid_until: date | None
    source: Annotated[str, Meta(description="The data it comes from, or why an operator decided it.")]
    is_override: Annotated[bool, Meta(description="Decided by an operator.")]
    recorded_at: datetime
    recorded_by: str | None


def version_answer(version: Version) -> VersionAnswer:
    return VersionAnswer(
        version=version.version,
        state=version.state,
        effective_at=version.effective_at,
        published_at=version.published_at,
        published_by=_person(version.published_by),
        copied_from=version.copied_from,
        note=version.note,
        regions=version.regions,
        withdrawn_at=version.withdrawn_at,
        withdrawal_reason=version.withdrawal_reason,
    )


def draft_line_answer(draft: DraftLine) -> DraftLineAnswer:
    return DraftLineAnswer(
        id=draft.draft_id,
        name=draft.name,
        revision=draft.revision,
        changed_at=draft.changed_at,
        characters=draft.characters,
    )


def draft_answer(draft: Draft, findings: list[Finding]) -> DraftAnswer:
    return DraftAnswer(
        id=draft.draft_id,
        name=draft.name,
        toml=draft.toml,
        revision=draft.revision,
        created_at=draft.created_at,
        changed_at=draft.changed_at,
        published_version=draft.published_version,
        findings=findings,
        publishable=is_publishable(findings),
    )


def is_publishable(findings: list[Finding]) -> bool:
    return not any(finding.severity is Severity.REFUSE for finding in findings)


def unreadable(error: BookNotReadable) -> list[Finding]:
    """What keeps a text from being a price book, as findings."""
    return [Finding("not_readable", path, f"{path} {reason}.", Severity.REFUSE) for path, reason in error.errors]


def preview_answer(book: PriceBook, region: str, at: datetime) -> PreviewAnswer | None:
    """None when the book has no web prices of the region, which others are held against."""
    prices = [price.at(at) for price in book.prices if price.region == region]
    web = next((price for price in prices if price.channel == "web"), None)
    if web is None:
        return None
    return PreviewAnswer(region=region, at=at, channels=[channel_answer(price, web) for price in prices])


def tax_answer(rate: TaxRate) -> TaxRateAnswer:
    return TaxRateAnswer(
        id=str(rate.tax_rate_id),
        country=rate.country,
        name=rate.name,
        rate_bps=rate.rate_bps,
        valid_from=rate.valid_from,
        valid_until=rate.valid_until,
        source=rate.source,
        is_override=rate.is_override,
        recorded_at=rate.recorded_at,
        recorded_by=_person(rate.recorded_by),
    )


def _person(person_id: int | None) -> str | None:
    return None if person_id is None else str(person_id)
