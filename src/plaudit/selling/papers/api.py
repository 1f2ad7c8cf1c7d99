"""Receipts and credit notes over HTTP, as data and as PDF."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery, Parameter

from plaudit.connections import Connection
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.model import LANGUAGES, Voice, voice_of_buyer
from plaudit.languages.speaking import speaking
from plaudit.pages import Page
from plaudit.people.access import Access
from plaudit.people.actions import require_person
from plaudit.people.allowances import TooOften, take
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import NotFound
from plaudit.selling.papers import reading
from plaudit.selling.papers.answers import (
    CreditNoteAnswer,
    ReceiptAnswer,
    credit_note_answer,
    receipt_answer,
)
from plaudit.selling.papers.document import Document, credit_note_document, receipt_document
from plaudit.selling.papers.model import Act, Receipt
from plaudit.selling.papers.press import printed

TAGS = ["Receipts"]
OWNER = frozenset({Access.VIEWER, Access.SUPPORT, Access.FINANCE})
PDF_MEDIA_TYPE = "application/pdf"
PaperLanguage = Annotated[
    str | None,
    Parameter(
        pattern=rf"^({'|'.join(language.tag for language in LANGUAGES)})$(?!\n)",
        description="Without it: what the buyer reads, else the language of the country of the sale, else English.",
        examples=[],
    ),
]


@get(
    "/receipts/{order_id:uuid}",
    access=OWNER,
    scope=Scope.MONEY_READ,
    operation_id="GetReceipt",
    personal=True,
    tags=TAGS,
    problems=(NotFound,),
    summary="The receipt of an order",
)
async def get_receipt(order_id: FromPath[UUID], caller: Caller, database: Database) -> ReceiptAnswer:
    """For its buyer, and for operators. Of what an app store sold it is a confirmation, which names no tax."""
    async with database.read() as connection:
        return receipt_answer(await reading.receipt_for(connection, caller, order_id))


@get(
    "/receipts/{order_id:uuid}/pdf",
    access=OWNER,
    scope=Scope.MONEY_READ,
    operation_id="GetReceiptPdf",
    personal=True,
    tags=TAGS,
    problems=(NotFound, TooOften),
    media_type=PDF_MEDIA_TYPE,
    summary="The receipt of an order as PDF",
)
async def get_receipt_pdf(
    order_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    language: PaperLanguage = None,
) -> Response[bytes]:
    """One page of A4. The same paper in the same language has the same bytes."""
    async with database.transaction() as connection:
        await take(connection, caller.person_id, "paper", settings.papers_per_hour, clock)
        receipt = await reading.receipt_for(connection, caller, order_id)
        chosen = await _voice(connection, receipt, language)
    with speaking(chosen):
        return await _pdf(receipt_document(receipt), settings)


@get(
    "/receipts/{order_id:uuid}/credit-notes",
    access=OWNER,
    scope=Scope.MONEY_READ,
    operation_id="ListCreditNotes",
    personal=True,
    tags=TAGS,
    problems=(NotFound,),
    summary="What was credited of a receipt",
)
async def list_credit_notes(order_id: FromPath[UUID], caller: Caller, database: Database) -> Page[CreditNoteAnswer]:
    """All of it, cancellations included, in the order of the numbers."""
    async with database.snapshot() as connection:
        receipt = await reading.receipt_for(connection, caller, order_id)
        notes = await reading.credit_notes_of(connection, receipt)
    return Page([credit_note_answer(note, receipt) for note in notes], None)


@get(
    "/credit-notes/{reversal_id:uuid}",
    access=OWNER,
    scope=Scope.MONEY_READ,
    operation_id="GetCreditNote",
    personal=True,
    tags=TAGS,
    problems=(NotFound,),
    summary="The credit note of a reversal",
)
async def get_credit_note(
    reversal_id: FromPath[UUID], caller: Caller, database: Database, act: FromQuery[Act] = Act.CREDIT
) -> CreditNoteAnswer:
    """There is one as soon as the money is with the buyer; its cancellation, when the money came back after that."""
    async with database.read() as connection:
        return credit_note_answer(*await reading.credit_note_for(connection, caller, reversal_id, act))


@get(
    "/credit-notes/{reversal_id:uuid}/pdf",
    access=OWNER,
    scope=Scope.MONEY_READ,
    operation_id="GetCreditNotePdf",
    personal=True,
    tags=TAGS,
    problems=(NotFound, TooOften),
    media_type=PDF_MEDIA_TYPE,
    summary="The credit note of a reversal as PDF",
)
async def get_credit_note_pdf(
    reversal_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    act: FromQuery[Act] = Act.CREDIT,
    language: PaperLanguage = None,
) -> Response[bytes]:
    """One page of A4. The same paper in the same language has the same bytes."""
    async with database.transaction() as connection:
        await take(connection, caller.person_id, "paper", settings.papers_per_hour, clock)
        note, receipt = await reading.credit_note_for(connection, caller, reversal_id, act)
        chosen = await _voice(connection, receipt, language)
    with speaking(chosen):
        return await _pdf(credit_note_document(note, receipt), settings)


async def _voice(connection: Connection, receipt: Receipt, asked: str | None) -> Voice:
    buyer = await require_person(connection, receipt.person_id)
    return voice_of_buyer(asked or buyer.language, receipt.region)


async def _pdf(document: Document, settings: Settings) -> Response[bytes]:
    body = await printed(document, settings)
    headers = {"Content-Disposition": f'inline; filename="{document.number}.pdf"', "Cache-Control": "private, no-store"}
    return Response(body, media_type=PDF_MEDIA_TYPE, headers=headers)


HANDLERS = (get_receipt, get_receipt_pdf, list_credit_notes, get_credit_note, get_credit_note_pdf)
