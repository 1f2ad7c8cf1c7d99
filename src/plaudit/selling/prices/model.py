"""Versions, drafts, findings and tax decisions of price books: their types, and what can go wrong with them."""

import enum
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.countries import Country
from plaudit.limits import NOTE_LENGTH_MAX, PRICE_BOOK_TEXT_MAX
from plaudit.moments import Moment
from plaudit.problems import Conflict, FieldError, Problem

IdMeta = Meta(description="UUID of version 7, made by the caller; repeating it with the same body repeats the answer.")
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S", description="For those who work on it.")]
Toml = Annotated[str, Meta(max_length=PRICE_BOOK_TEXT_MAX, description="A price book as a TOML file.")]
Reason = Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S", description="Kept for good.")]
Revision = Annotated[int, Meta(ge=1, le=2**31 - 1, description="Of the draft that was seen.")]
VersionNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Severity(enum.StrEnum):
    """What a finding means for a price book."""

    REFUSE = "refuse"
    """It cannot be published."""
    WARN = "warn"
    """Somebody should look."""


class Finding(msgspec.Struct, frozen=True):
    """Something a look at a price book found. `path` is the place in its file."""

    code: str
    path: str
    text: str
    severity: Severity


class BookState(enum.StrEnum):
    """Where a published version is. A draft is no version yet."""

    SCHEDULED = "scheduled"
    CURRENT = "current"
    PAST = "past"
    WITHDRAWN = "withdrawn"


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A published version of the price book."""

    version: int
    state: BookState
    effective_at: datetime
    published_at: datetime
    published_by: int | None
    copied_from: int | None
    note: str
    regions: int
    prices: int
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A price book somebody works on."""

    draft_id: UUID
    name: str
    request: str
    toml: str
    revision: int
    created_at: datetime
    created_by: int | None
    changed_at: datetime
    changed_by: int | None
    published_version: int | None


class DraftLine(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in a list."""

    draft_id: UUID
    name: str
    revision: int
    changed_at: datetime
    changed_by: int | None
    characters: int


class NewDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a draft begins with: a text, a version, or, with neither, what holds now."""

    id: Annotated[UUID, IdMeta]
    name: Name
    toml: Toml | None = None
    version: VersionNumber | None = None


class DraftChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A draft as it is to be."""

    name: Name
    toml: Toml
    revision: Revision


class PublishRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From when a draft is to hold."""

    revision: Revision
    effective_at: Annotated[Moment, Meta(description="Not in the past; at once when it is left out.")] | None = None


class ProposedVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A version that is to be. The book it is of is kept under its hash, so that no other can be published for it."""

    book_sha256: str
    note: str
    prices: int
    """How many regions and channels it has."""
    effective_at: datetime | None = None
    copied_from: int | None = None
    draft_id: UUID | None = None
    revision: int | None = None


class BookInForce(msgspec.Struct, frozen=True, kw_only=True):
    """The version that holds."""

    version: int
    note: str
    prices: int


class Because(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why something is done."""

    reason: Reason


class TomlText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A price book to look at."""

    toml: Toml
    effective_at: Annotated[Moment, Meta(description="From when it would hold; now when it is left out.")] | None = None


class NewTaxRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tax rate an operator decides."""

    id: Annotated[UUID, IdMeta]
    country: Country
    name: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\S", description="As receipts show it.")]
    rate_bps: Annotated[int, Meta(ge=0, le=10_000, description="In basis points: 1900 is 19 %.")]
    valid_from: Annotated[date, Meta(description="The first day, UTC; not in the past.")]
    valid_until: Annotated[date, Meta(description="The first day it holds no more.")] | None = None
    reason: Reason


class BookNotReadable(Problem):
    """The text is no price book; `errors` names each place."""

    code: ClassVar[str] = "price_book_not_readable"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The text is not a price book."

    class Fields(msgspec.Struct, frozen=True):
        errors: list[FieldError]

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        self.errors = list(errors)
        super().__init__(
            "; ".join(f"{path} {reason}" for path, reason in errors),
            errors=[{"field": path, "reason": reason} for path, reason in errors],
        )


class BookRefused(Problem):
    """The linter refuses the price book; `findings` says why."""

    code: ClassVar[str] = "price_book_refused"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The price book says something that is not true or not allowed."

    class Fields(msgspec.Struct, frozen=True):
        findings: list[Finding]

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        fields: list[dict[str, Any]] = [msgspec.to_builtins(finding) for finding in findings]
        super().__init__("; ".join(f"{finding.path}: {finding.text}" for finding in findings[:3]), findings=fields)


class DraftChanged(Conflict):
    code: ClassVar[str] = "price_draft_changed"
    title: ClassVar[str] = "Somebody changed the draft meanwhile; look at it again."

    class Fields(msgspec.Struct, frozen=True):
        revision: int

    def __init__(self, revision: int) -> None:
        super().__init__(revision=revision)


class DraftPublished(Conflict):
    code: ClassVar[str] = "price_draft_published"
    title: ClassVar[str] = "The draft is published and cannot be changed any more."

    class Fields(msgspec.Struct, frozen=True):
        version: int

    def __init__(self, version: int) -> None:
        super().__init__(version=version)


class VersionNotScheduled(Conflict):
    code: ClassVar[str] = "price_book_not_scheduled"
    title: ClassVar[str] = "Only a version that does not hold yet can be withdrawn; go back to an earlier one instead."

    class Fields(msgspec.Struct, frozen=True):
        version: int
        state: BookState


class VersionNotPast(Conflict):
    code: ClassVar[str] = "price_book_not_past"
    title: ClassVar[str] = "Only a version that held before can be gone back to."

    class Fields(msgspec.Struct, frozen=True):
        version: int
        state: BookState
