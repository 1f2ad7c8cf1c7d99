"""Mails over HTTP: for operators who look after them, for who handles bounces, and for their readers."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post, put
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter
from msgspec import Meta

from plaudit.injected import Clock, Database, Settings
from plaudit.limits import EMAIL_ADDRESS_LENGTH_MAX, PAGE_LENGTH_DEFAULT
from plaudit.mail import bounces, outbox
from plaudit.mail.model import Mail, MailEnded, MailKind, MailNotSent, MailState
from plaudit.mail.trying import send_test
from plaudit.pages import BY_ID, Cursor, Limit, Page
from plaudit.people import mailboxes
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.mailboxes import Mailbox
from plaudit.people.model import Scope
from plaudit.problems import BodyTooLarge, NotFound
from plaudit.providers import SignatureNotValid

TAGS = ["Mail"]
OPERATOR_TAGS = ["Operator"]


class MailAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to a buyer, and what became of it."""

    id: Annotated[UUID, Meta(description="Also the first part of its `Message-ID`.")]
    kind: MailKind
    person_id: str
    order_id: UUID
    reversal_id: UUID | None
    state: MailState
    reason: Annotated[str, Meta(description="Why it was dropped, or the mail server's or the host's word.")]
    tries: int
    error: Annotated[str | None, Meta(description="What its last try failed with.")]
    created_at: datetime
    ended_at: datetime | None


class MailTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to mail."""

    address: Annotated[str, Meta(max_length=EMAIL_ADDRESS_LENGTH_MAX, examples=["ada@example.org"])]


class MailTested(msgspec.Struct, frozen=True):
    """The mail server took it."""

    address: str


class BounceNoted(msgspec.Struct, frozen=True):
    """What the mail is now."""

    state: MailState


class MailboxAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where I am mailed to."""

    address: Annotated[str | None, Meta(description="As my platform told it; null: none is kept.")]
    wanted: Annotated[bool, Meta(description="False: I want no mail, and no address is kept.")]
    bounced_at: Annotated[datetime | None, Meta(description="Mail to it came back then; nothing more is sent there.")]


class MailWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether I want receipts and the like by mail."""

    wanted: bool


def mail_answer(mail: Mail) -> MailAnswer:
    return MailAnswer(
        id=mail.mail_id,
        kind=mail.kind,
        person_id=str(mail.person_id),
        order_id=mail.order_id,
        reversal_id=mail.reversal_id,
        state=mail.state,
        reason=mail.reason,
        tries=mail.tries,
        error=mail.error,
        created_at=mail.created_at,
        ended_at=mail.ended_at,
    )


def mailbox_answer(mailbox: Mailbox | None) -> MailboxAnswer:
    if mailbox is None:
        return MailboxAnswer(address=None, wanted=True, bounced_at=None)
    wanted = mailbox.removed_at is None
    return MailboxAnswer(address=mailbox.address, wanted=wanted, bounced_at=mailbox.bounced_at)


@get(
    "/v1/operator/mails",
    access=Access.SUPPORT,
    operation_id="ListMails",
    personal=True,
    tags=OPERATOR_TAGS,
    summary="Mails to buyers",
)
async def list_mails(
    database: Database,
    mail_state: Annotated[MailState | None, QueryParameter(name="state", description="Only those in it.")] = None,
    person_id: Annotated[
        str | None, Parameter(pattern=r"^[0-9]{1,18}$(?!\n)", description="Only those to this person.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[MailAnswer]:
    """Newest first, with what became of them. Their words are made when they are sent, and not kept."""
    person = None if person_id is None else int(person_id)
    async with database.read() as connection:
        found = await outbox.list_mails(connection, mail_state, person, BY_ID.after(cursor), limit + 1)
    return BY_ID.page(found, limit, lambda one: one.mail_id, mail_answer)


@post(
    "/v1/operator/mails/{mail_id:uuid}/repeat",
    access=Access.SUPPORT,
    operation_id="RepeatMail",
    tags=OPERATOR_TAGS,
    problems=(NotFound, MailEnded),
    status_code=200,
    summary="Send a mail that did not arrive once more",
)
async def repeat_mail(mail_id: FromPath[UUID], database: Database, clock: Clock) -> MailAnswer:
    """One that was dropped, refused or came back."""
    async with database.transaction() as connection:
        return mail_answer(await outbox.repeat(connection, mail_id, clock))


@post(
    "/v1/operator/mails:test",
    access=Access.SUPPORT,
    operation_id="TestMail",
    tags=OPERATOR_TAGS,
    problems=(MailNotSent,),
    status_code=200,
    summary="Send a test mail",
)
async def test_mail(data: JSONBody[MailTest], settings: Settings, clock: Clock) -> MailTested:
    """Now, by the mail server of the settings. That it took the mail does not say that it arrives."""
    await send_test(data.address, settings, clock)
    return MailTested(data.address)


@post(
    "/v1/webhooks/mail-bounces",
    access=Access.PUBLIC,
    foreign_credentials=True,
    operation_id="ReceiveMailBounce",
    tags=["Webhooks"],
    problems=(BodyTooLarge, SignatureNotValid, NotFound),
    status_code=200,
    summary="A mail that came back",
)
async def receive_bounce(
    request: Request[Any, Any, Any], database: Database, settings: Settings, clock: Clock
) -> BounceNoted:
    """Told by whoever reads the mailbox that mails come back to: `message_id`, and in `detail` the server's words,
    signed after Standard Webhooks with PLAUDIT_MAIL_BOUNCE_SECRET. Its address is mailed no more. Repeating it changes
    nothing."""
    bounce = bounces.verify(request.headers, await request.body(), settings)
    async with database.transaction() as connection:
        return BounceNoted((await bounces.note(connection, bounce, clock)).state)


@get(
    "/v1/me/mailbox",
    access=Access.VIEWER,
    scope=Scope.PEOPLE,
    operation_id="GetMailbox",
    personal=True,
    tags=TAGS,
    summary="Where I am mailed to",
)
async def get_mailbox(caller: Caller, database: Database) -> MailboxAnswer:
    """What my platform said, unless I want no mail."""
    async with database.read() as connection:
        return mailbox_answer(await mailboxes.mailbox_of(connection, caller.person_id))


@put(
    "/v1/me/mailbox",
    access=Access.VIEWER,
    scope=Scope.PEOPLE,
    operation_id="SetMailbox",
    tags=TAGS,
    summary="Want mail, or none",
)
async def set_mailbox(data: JSONBody[MailWish], caller: Caller, database: Database, clock: Clock) -> MailboxAnswer:
    """Who wants none has their address removed; it is kept again when they want mail and their platform says it."""
    async with database.transaction() as connection:
        await mailboxes.wish(connection, caller.person_id, clock, wanted=data.wanted)
        return mailbox_answer(await mailboxes.mailbox_of(connection, caller.person_id))


router = Router("/", route_handlers=[list_mails, repeat_mail, test_mail, receive_bounce, get_mailbox, set_mailbox])
