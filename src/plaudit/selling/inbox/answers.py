"""What the inbox answers to operators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.inbox.model import Message, MessageState, Replay, Side, StoredMessage
from plaudit.money import Money
from plaudit.selling.orders.model import PaymentProblem, PaymentProblemKind

Words = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\S", description="What was done about it.")]


class MessageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a provider, whose sender was proved when it came."""

    id: UUID
    side: Annotated[Side, Meta(description="Whom it is for.")]
    provider: str
    event_id: Annotated[str, Meta(description="The provider's own id, the same in every copy.")]
    kind: str
    received_at: datetime
    state: MessageState
    detail: Annotated[str, Meta(description="What was done, or why not.")]
    tries: int
    tried_at: datetime | None
    due_at: Annotated[datetime | None, Meta(description="When it is tried again; null: it is done with.")]


class ReplayAnswer(msgspec.Struct, frozen=True):
    """That somebody had it applied again. `outcome` null: it was left to the job."""

    at: datetime
    person_id: str
    outcome: str | None


class RawMessageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A message with what it said."""

    message: MessageAnswer
    body: Annotated[str, Meta(description="As it came; bytes that are no text are shown as �.")]
    replays: list[ReplayAnswer]


class ReplayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which messages are to be applied again: those received from `since` until before `until`."""

    since: Annotated[datetime, Meta(tz=True)]
    until: Annotated[datetime, Meta(tz=True)]
    provider: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,30}$(?!\n)")] | None = None
    state: MessageState | None = None


class Replayed(msgspec.Struct, frozen=True):
    """What came of it at once; waiting: it is tried again by itself."""

    outcome: MessageState
    message: MessageAnswer


class ReplaysQueued(msgspec.Struct, frozen=True):
    """How many messages will be applied again, the oldest first. Ask again when it is the most one request takes."""

    queued: int


class ProblemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that was otherwise than ordered."""

    id: UUID
    order_id: UUID
    person_id: str
    kind: str
    payment_id: str
    expected: Money
    paid: Money
    credited: Annotated[bool, Meta(description="The buyer has the coins all the same.")]
    detail: str
    noticed_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None


class Resolution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How something was settled."""

    resolution: Words


def message_answer(message: Message) -> MessageAnswer:
    return MessageAnswer(
        id=message.message_id,
        side=message.side,
        provider=message.provider,
        event_id=message.event_id,
        kind=message.kind,
        received_at=message.received_at,
        state=message.state,
        detail=message.detail,
        tries=message.tries,
        tried_at=message.tried_at,
        due_at=message.due_at,
    )


def raw_answer(message: StoredMessage, replays: list[Replay]) -> RawMessageAnswer:
    return RawMessageAnswer(
        message=message_answer(message),
        body=message.body.decode(errors="replace"),
        replays=[ReplayAnswer(one.at, str(one.person_id), one.outcome) for one in replays],
    )


def problem_answer(problem: PaymentProblem) -> ProblemAnswer:
    return ProblemAnswer(
        id=problem.problem_id,
        order_id=problem.order_id,
        person_id=str(problem.person_id),
        kind=PaymentProblemKind(problem.kind),
        payment_id=problem.payment_id,
        expected=Money(problem.expected_minor, problem.expected_currency),
        paid=Money(problem.paid_minor, problem.paid_currency),
        credited=problem.credited,
        detail=problem.detail,
        noticed_at=problem.noticed_at,
        resolved_at=problem.resolved_at,
        resolved_by=None if problem.resolved_by is None else str(problem.resolved_by),
        resolution=problem.resolution,
    )
