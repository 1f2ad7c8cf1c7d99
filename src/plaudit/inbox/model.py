"""Messages of providers as they are kept, and what came of them."""

import enum
from datetime import datetime
from uuid import UUID

import msgspec


class Side(enum.StrEnum):
    """Whom a message is for. Providers of both may have the same name."""

    PAYMENTS = "payments"
    PAYOUTS = "payouts"


class NewsOutcome(enum.StrEnum):
    """What came of a piece of news."""

    APPLIED = "applied"
    REPEATED = "repeated"
    """Known already."""
    IGNORED = "ignored"
    """Nothing to do: what it is about is further, or it is of no concern."""
    PROBLEM = "problem"
    """Recorded for the operator."""
    WAITING = "waiting"
    """It is about something that is not known yet; to be tried again."""


class MessageState(enum.StrEnum):
    """What became of a message. What may follow what is in the table webhook_transition."""

    WAITING = "waiting"
    """Kept, and to be applied or tried again."""
    APPLIED = "applied"
    REPEATED = "repeated"
    """What it says was known already."""
    IGNORED = "ignored"
    """Of no concern, or older than what is known."""
    PROBLEM = "problem"
    """For a person to look at: `detail` says why."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose sender was proved when it came."""

    message_id: UUID
    side: Side
    provider: str
    event_id: str
    kind: str
    received_at: datetime
    state: MessageState
    detail: str
    tries: int
    errors: int
    tried_at: datetime | None
    due_at: datetime | None


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A message that somebody had applied again."""

    at: datetime
    person_id: int
    outcome: str | None
    """None: it was left to the job."""


class MessageFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages are wanted; filters add up."""

    provider: str | None = None
    state: MessageState | None = None
    since: datetime | None = None
    until: datetime | None = None


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages are not done with: those that wait for their next try, and those for a person to look at."""

    waiting: int
    doubtful: int


class StoredMessage(Message, frozen=True, kw_only=True):
    """A message with its bytes as they came; while they are sealed, `body` is empty."""

    leased_until: datetime | None
    body: bytes
    sealed_body: bytes | None
