"""What operators who pay by hand do: export what is to be paid, fetch the file, mark what the bank did."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import Meta

from plaudit.decisions.model import OwnBenefit, SecondPersonNeeded
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import (
    PAGE_LENGTH_DEFAULT,
    PAYOUT_BANK_REFERENCE_LENGTH_MAX,
    PAYOUT_OUTCOME_FILE_LENGTH_MAX,
    PAYOUT_REASON_LENGTH_MAX,
)
from plaudit.pages import BY_NUMBER, Cursor, Limit, Page
from plaudit.payouts import bank, exports, outcome_files
from plaudit.payouts.answers import OperatorPayout, operator_payout
from plaudit.payouts.bank import BankOutcome, KnownOutcome, Marking
from plaudit.payouts.exports import Download, Export
from plaudit.payouts.model import (
    NothingToExport,
    PayoutNotExported,
    PayoutOutcomeConflict,
    PayoutStateConflict,
    PayoutsWait,
)
from plaudit.payouts.outcome_files import CheckedFile, OutcomeFileRefused
from plaudit.payouts.vault import AccountVault
from plaudit.people.access import Access
from plaudit.people.injected import Caller

_TAGS = ["Payouts by hand"]
CSV = "text/csv"

Number = Annotated[int, Parameter(ge=1, le=2**31 - 1)]


class NewExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to export."""

    id: Annotated[UUID, Meta(description="UUID of version 7, made by the caller; repeating it repeats the answer.")]
    currency: (
        Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="Only what is paid in this; null: in any.")] | None
    ) = None


class ExportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Payouts that went out together to be paid by hand."""

    number: int
    id: UUID
    currency: str | None
    exported_at: datetime
    exported_by: Annotated[str, Meta(description="The operator.")]
    payouts: Annotated[int, Meta(description="How many are in it.")]
    waiting: Annotated[int, Meta(description="Of how many nothing is marked yet.")]


class DownloadAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody read the account numbers of the export."""

    downloaded_at: datetime
    downloaded_by: str


class OutcomeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator marked."""

    payout_id: UUID
    outcome: Literal["paid", "failed", "returned"]
    reference: str
    reason: str | None
    recorded_at: datetime
    recorded_by: str


class ExportDetail(ExportAnswer, frozen=True, kw_only=True):
    """An export with its payouts, accounts masked, and who fetched its file."""

    items: list[OperatorPayout]
    outcomes: list[OutcomeAnswer]
    downloads: Annotated[list[DownloadAnswer], Meta(description="The latest first.")]


class NewOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the bank says of a payout."""

    outcome: Literal["paid", "failed", "returned"]
    reference: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=PAYOUT_BANK_REFERENCE_LENGTH_MAX,
            pattern=r"\S",
            description="The bank's own name of the transfer.",
        ),
    ]
    reason: (
        Annotated[
            str,
            Meta(
                max_length=PAYOUT_REASON_LENGTH_MAX,
                description="Why it did not arrive, or came back; the creator reads it. Not for `paid`.",
            ),
        ]
        | None
    ) = None


class OutcomeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file of outcomes."""

    csv: Annotated[
        str,
        Meta(
            max_length=PAYOUT_OUTCOME_FILE_LENGTH_MAX,
            description="Lines with the columns payout_id, outcome, reference and reason; others are left alone.",
        ),
    ]


def _answer(export: Export) -> ExportAnswer:
    return ExportAnswer(
        number=export.number,
        id=export.id,
        currency=export.currency,
        exported_at=export.exported_at,
        exported_by=str(export.exported_by),
        payouts=export.payouts,
        waiting=export.waiting,
    )


def _download(download: Download) -> DownloadAnswer:
    return DownloadAnswer(downloaded_at=download.downloaded_at, downloaded_by=str(download.downloaded_by))


def _outcome(known: KnownOutcome) -> OutcomeAnswer:
    return OutcomeAnswer(
        payout_id=known.payout_id,
        outcome=known.outcome,
        reference=known.reference,
        reason=known.reason,
        recorded_at=known.recorded_at,
        recorded_by=str(known.recorded_by),
    )


@post(
    "/v1/operator/payouts/exports",
    access=Access.FINANCE,
    operation_id="ExportPayouts",
    tags=_TAGS,
    problems=(NothingToExport, PayoutsWait),
    summary="Export what is to be paid by hand",
)
async def export(data: JSONBody[NewExport], caller: Caller, database: Database, clock: Clock) -> ExportAnswer:
    """Approved payouts that wait to be paid by hand, the oldest first; each goes into one export only and counts as
    sent from then on. Idempotent by `id`."""
    async with database.transaction() as connection:
        return _answer(
            await exports.export(
                connection, clock, export_id=data.id, currency=data.currency, operator_id=caller.person_id
            )
        )


@get(
    "/v1/operator/payouts/exports",
    access=Access.FINANCE,
    operation_id="ListPayoutExports",
    tags=_TAGS,
    summary="What was exported",
)
async def list_exports(
    database: Database,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ExportAnswer]:
    """Newest first."""
    async with database.read() as connection:
        found = await exports.find_all(connection, BY_NUMBER.after(cursor), limit + 1)
    return BY_NUMBER.page(found, limit, lambda one: one.number, _answer)


@get(
    "/v1/operator/payouts/exports/{number:int}",
    access=Access.FINANCE,
    operation_id="GetPayoutExport",
    personal=True,
    tags=_TAGS,
    summary="An export and who fetched it",
)
async def get_export(number: Number, database: Database) -> ExportDetail:
    """Accounts are masked here; the file has them whole."""
    async with database.snapshot() as connection:
        found = await exports.find(connection, number)
        payouts = await exports.payouts_of(connection, number)
        outcomes = await bank.outcomes_of(connection, number)
        downloads = await exports.downloads_of(connection, number, PAGE_LENGTH_DEFAULT)
    return ExportDetail(
        **msgspec.structs.asdict(_answer(found)),
        items=[operator_payout(payout) for payout in payouts],
        outcomes=[_outcome(known) for known in outcomes],
        downloads=[_download(one) for one in downloads],
    )


@get(
    "/v1/operator/payouts/exports/{number:int}/file",
    access=Access.FINANCE,
    acts=True,
    operation_id="GetPayoutExportFile",
    personal=True,
    tags=_TAGS,
    also_media_types=(CSV,),
    summary="The file to pay by",
)
async def get_file(
    number: Number, caller: Caller, database: Database, clock: Clock, account_vault: NamedDependency[AccountVault]
) -> Response[bytes]:
    """CSV with whole account numbers. Who fetched it and when is kept before it is answered."""
    async with database.transaction() as connection:
        file = await exports.download(connection, clock, account_vault, number, caller.person_id)
    headers = {"Content-Disposition": f'attachment; filename="payouts-{number}.csv"', "Cache-Control": "no-store"}
    return Response(file, media_type=CSV, headers=headers)


@post(
    "/v1/payouts/{payout_id:uuid}/outcome",
    access=Access.FINANCE,
    operation_id="MarkPayout",
    tags=_TAGS,
    status_code=200,
    problems=(PayoutNotExported, PayoutOutcomeConflict, PayoutStateConflict, OwnBenefit, SecondPersonNeeded),
    summary="Mark what the bank did",
)
async def mark(
    payout_id: FromPath[UUID],
    data: JSONBody[NewOutcome],
    caller: Caller,
    database: Database,
    clock: Clock,
    settings: Settings,
) -> OperatorPayout:
    """Of an exported payout: paid, failed, or paid and later returned. Repeating it changes nothing; something else is
    a conflict. What failed or came back is available to the creator again: another says so than who approved it alone,
    and nobody of a payout of their own."""
    by = Marking(caller.person_id, settings.one_operator)
    told = BankOutcome(outcome=data.outcome, reference=data.reference, reason=data.reason)
    async with database.transaction() as connection:
        return operator_payout(await bank.mark(connection, clock, by, payout_id, told))


@post(
    "/v1/operator/payouts/outcomes:check",
    access=Access.FINANCE,
    operation_id="CheckPayoutOutcomes",
    tags=_TAGS,
    status_code=200,
    summary="What a file of outcomes would do",
)
async def check_file(data: JSONBody[OutcomeFile], database: Database) -> CheckedFile:
    """Nothing is changed. With any error nothing of the file would be applied."""
    async with database.snapshot() as connection:
        return await outcome_files.check(connection, data.csv)


@post(
    "/v1/operator/payouts/outcomes",
    access=Access.FINANCE,
    operation_id="ApplyPayoutOutcomes",
    tags=_TAGS,
    status_code=200,
    problems=(OutcomeFileRefused, OwnBenefit, SecondPersonNeeded),
    summary="Mark what the bank did, by a file",
)
async def apply_file(
    data: JSONBody[OutcomeFile], caller: Caller, database: Database, clock: Clock, settings: Settings
) -> CheckedFile:
    """Whole or not at all. A line that was applied before is fine, so that a file can be sent again."""
    async with database.transaction() as connection:
        by = Marking(caller.person_id, settings.one_operator)
        return await outcome_files.apply(connection, clock, by, data.csv)


HANDLERS: list[Any] = [export, list_exports, get_export, get_file, mark, check_file, apply_file]
