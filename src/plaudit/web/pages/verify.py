"""Whether a document is genuine, for anybody who holds it; and the note of a payout, which can be asked about."""

from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import later
from plaudit.limits import CHECK_NAME_LENGTH_MAX, CHECK_NUMBER_LENGTH_MAX
from plaudit.official.checking import check_document, payout_note
from plaudit.official.description import check_name, describe
from plaudit.official.model import DocumentKind
from plaudit.official.public_api import OFFICIAL
from plaudit.official.strangers import Strangers
from plaudit.payouts import actions as payouts
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.problems import TooBusy
from plaudit.trail.signing import signing_key
from plaudit.web.pages.frame import page, viewer_of

KINDS = {
    DocumentKind.RECEIPT: later("Receipt"),
    DocumentKind.CONFIRMATION: later("Purchase confirmation"),
    DocumentKind.CREDIT: later("Credit note"),
    DocumentKind.CANCELLATION: later("Cancellation of a credit note"),
    DocumentKind.PAYOUT: later("Payout note"),
}


@get("/verify", access=Access.PUBLIC, include_in_schema=False)
async def verify(  # noqa: PLR0913, PLR0917 - one for each field of the forms, or a part of the house
    caller: CallerOrGuest,
    database: Database,
    settings: Settings,
    clock: Clock,
    strangers: NamedDependency[Strangers],
    network_address: NamedDependency[str | None],
    number: FromQuery[str] = "",
    code: FromQuery[str] = "",
    amount: FromQuery[str] = "",
    name: FromQuery[str] = "",
) -> Response[str]:
    """Two forms, and what is said of the document or the name they ask about."""
    number, code, amount = (text.strip()[:CHECK_NUMBER_LENGTH_MAX] for text in (number, code, amount))
    name = name.strip()[:CHECK_NAME_LENGTH_MAX]
    found, named, is_busy = None, None, False
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        ours = await describe(connection, settings, clock.now())
        try:
            if (number and code) or name:
                strangers.take("check", network_address, clock.now().timestamp())
            if number and code:
                found = await check_document(connection, number, code, amount or None)
            elif name:
                named = check_name(ours, name)
        except TooBusy:
            is_busy = True
    return page(
        "verify.html",
        viewer,
        status=429 if is_busy else 200,
        found=found,
        named=named,
        ours=ours,
        is_signed=signing_key(settings) is not None,
        official=OFFICIAL,
        is_busy=is_busy,
        name=name,
        number=number,
        code=code,
        amount=amount,
        kinds=KINDS,
        length_max=CHECK_NUMBER_LENGTH_MAX,
        name_length_max=CHECK_NAME_LENGTH_MAX,
    )


@get("/studio/payouts/{payout_id:uuid}/note", access=Access.CREATOR, include_in_schema=False)
async def note(payout_id: FromPath[UUID], caller: Caller, database: Database, settings: Settings) -> Response[str]:
    """What was paid, to print, with the code by which others can check it."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        document = await payout_note(connection, caller.person_id, payout_id)
        payout = await payouts.find(connection, payout_id, caller.person_id)
        events = await payouts.events_of(connection, caller.person_id, [payout_id])
    return page(
        "payout_note.html",
        viewer,
        nav="studio",
        payout=payout,
        document=document,
        sent_at=next((event.at for event in events if event.to_state == "sent"), payout.changed_at),
        seller_name=settings.seller_name,
        seller_address=settings.seller_address,
    )


router = Router("/", route_handlers=[verify, note])
