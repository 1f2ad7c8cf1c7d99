"""Mails: what they tell, where they are, and what can go wrong."""

import enum
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from plaudit.problems import Conflict, Problem


class MailKind(enum.StrEnum):
    """What a mail tells its buyer."""

    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"
    WITHDRAWAL = "withdrawal"
    """That their withdrawal has arrived, with day and time."""
    VOUCHER = "voucher"
    """The numbers to pay with elsewhere, and until when."""
    VOUCHER_REMINDER = "voucher_reminder"


class MailState(enum.StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    """The mail server took it."""
    HANDED_OVER = "handed_over"
    """The host was told, and mails it."""
    DROPPED = "dropped"
    """There was nothing to mail, or nowhere to; `reason` says which."""
    REFUSED = "refused"
    """The mail server will not take it, however often it is asked."""
    BOUNCED = "bounced"
    """It came back."""


class Drop(enum.StrEnum):
    """Why a mail was not sent."""

    NOBODY_MAILS = "nobody_mails"
    """The setting says so."""
    NOT_WANTED = "not_wanted"
    """Its reader wants no mail."""
    NO_ADDRESS = "no_address"
    ADDRESS_BOUNCED = "address_bounced"
    OVERTAKEN = "overtaken"
    """What it would tell is no longer so."""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to the buyer of an order."""

    mail_id: UUID
    kind: MailKind
    shard: int
    person_id: int
    order_id: UUID
    reversal_id: UUID | None
    edition: str
    created_at: datetime
    state: MailState
    reason: str
    """A `Drop`, or what the mail server or the host said."""
    ended_at: datetime | None
    due_at: datetime | None
    tries: int
    leased_until: datetime | None
    failed_with: str | None
    error: str | None


class NewMail(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be mailed, once for each of these."""

    kind: MailKind
    shard: int
    person_id: int
    order_id: UUID
    reversal_id: UUID | None = None
    edition: str = ""
    """Of several of one kind: the act of a credit note, the numbers of a voucher."""


class Attachment(msgspec.Struct, frozen=True):
    """A PDF that goes with a mail, and where its reader finds it here."""

    name: str
    address: str
    """Its path."""
    content: bytes


class Link(msgspec.Struct, frozen=True):
    """Words that lead somewhere, by an absolute address."""

    words: str
    address: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail in words, in its reader's language."""

    language: str
    """Its tag."""
    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    """Labels and what they say."""
    link: Link | None = None
    closing: tuple[str, ...] = ()
    """Who writes, line by line."""
    links: tuple[Link, ...] = ()
    """Below them: terms, privacy and the like."""
    attachment: Attachment | None = None


class MailEnded(Conflict):
    """`state` is where it is."""

    code: ClassVar[str] = "mail_not_repeatable"
    title: ClassVar[str] = "This mail is under way, or has arrived: there is nothing to repeat."

    class Fields(msgspec.Struct, frozen=True):
        state: MailState

    def __init__(self, state: MailState) -> None:
        super().__init__(state=state)


class MailNotSent(Problem):
    """`reason` is the mail server's word."""

    code: ClassVar[str] = "mail_not_sent"
    status: ClassVar[int] = 502
    title: ClassVar[str] = "The mail was not sent."

    class Fields(msgspec.Struct, frozen=True):
        reason: str

    def __init__(self, reason: str) -> None:
        super().__init__(f"The mail was not sent: {reason}", reason=reason)
