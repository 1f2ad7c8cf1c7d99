"""Gifts of many people in one request, and what became of each."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from plaudit.gifts.model import DECIMAL_ID, REFUSED, Gift, GiftRequest, SenderUnknown
from plaudit.gifts.places import brought_refusals
from plaudit.limits import GIFT_MESSAGE_LENGTH_MAX, GIFTS_PER_REQUEST_MAX
from plaudit.problems import InvalidField, Problem

NOT_SENT: tuple[type[Problem], ...] = (*REFUSED, *brought_refusals(), SenderUnknown, InvalidField)
"""What can be wrong with one gift of a batch."""

_PROBLEM_SCHEMAS = (*sorted(problem.__name__ for problem in NOT_SENT), "ProblemDocument")


class BatchedGift(GiftRequest, forbid_unknown_fields=True, kw_only=True):
    """A gift a server sends for one of its people, named by exactly one of the two. Words that are too long are refused
    with their gift, not with the batch."""

    sender_id: Annotated[str, msgspec.Meta(pattern=DECIMAL_ID, description="The sender, by our id.")] | None = None
    sender_subject: (
        Annotated[
            str,
            msgspec.Meta(min_length=1, max_length=255, description="The sender, by the platform's own id."),
        ]
        | None
    ) = None
    message: (
        Annotated[
            str,
            msgspec.Meta(
                description="Words with a gift on a video, if its creator takes any: plain text of at most"
                f" {GIFT_MESSAGE_LENGTH_MAX} characters."
            ),
        ]
        | None
    ) = None


class GiftBatchRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Gifts of many senders; each has an outcome of its own."""

    gifts: Annotated[list[BatchedGift], msgspec.Meta(min_length=1, max_length=GIFTS_PER_REQUEST_MAX)]


class BatchedOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one gift of a batch; `gift` or `problem` is present, never both."""

    id: UUID
    outcome: Literal["posted", "repeated", "conflict", "refused", "insufficient"]
    gift: Gift | None = None
    problem: (
        Annotated[
            dict[str, Any],
            msgspec.Meta(
                description="As the gift alone would have been answered.",
                extra_json_schema={"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in _PROBLEM_SCHEMAS]},
            ),
        ]
        | None
    ) = None


class GiftBatchAnswer(msgspec.Struct, frozen=True):
    """Outcomes in the order of the request."""

    items: list[BatchedOutcome]
