"""Endpoints of hosts, what they are told, and what became of it."""

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from plaudit.limits import (
    WEBHOOK_DESCRIPTION_LENGTH_MAX,
    WEBHOOK_ENDPOINTS_MAX,
    WEBHOOK_SECRET_OLD_H,
    WEBHOOK_SECRET_OLD_H_MAX,
    WEBHOOK_URL_LENGTH_MAX,
)
from plaudit.problems import Conflict, NotFound

TEST_KIND = "webhook.test"


class PauseReason(enum.StrEnum):
    """Why an endpoint is told nothing."""

    OPERATOR = "operator"
    """An operator said so."""
    FAILING = "failing"
    """It failed for days, without a success."""
    GONE = "gone"
    """It answered 410 Gone: it wants nothing any more."""


class DeliveryState(enum.StrEnum):
    """What became of an event at an endpoint."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"
    """It was tried for days, and is not tried any more unless somebody says so."""


Url = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=WEBHOOK_URL_LENGTH_MAX,
        description="Where events are posted to.",
        examples=["https://platform.example/plaudit"],
    ),
]
Description = Annotated[str, Meta(max_length=WEBHOOK_DESCRIPTION_LENGTH_MAX, description="For who looks here later.")]
Kinds = Annotated[
    list[str],
    Meta(
        max_length=50,
        description="Types of events. Empty: all but those of gifts and combos, which must be named.",
        examples=[["order.paid", "gift.delivered"]],
    ),
]


class NewEndpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An endpoint to be told."""

    id: Annotated[UUID, Meta(description="Made by the caller; the same id again answers the same endpoint.")]
    url: Url
    description: Description = ""
    kinds: Kinds = []
    platform: Annotated[
        Annotated[str, Meta(max_length=500)] | None, Meta(description="Only of people of this issuer; null: of all.")
    ] = None


class EndpointChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be another; what is left out stays."""

    url: Url | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    kinds: Kinds | UnsetType = UNSET


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new secret; the one before is signed with too for some hours."""

    old_valid_hours: Annotated[
        int,
        Meta(ge=0, le=WEBHOOK_SECRET_OLD_H_MAX, description="How long the secret before is still signed with."),
    ] = WEBHOOK_SECRET_OLD_H


class ReplayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From where on events are told again."""

    after: Annotated[int, Meta(ge=0, description="The `sequence` of the last event that is not told again.")]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint, and how it fares."""

    id: UUID
    url: str
    description: str
    kinds: list[str]
    platform: str | None
    created_at: datetime
    told_through: int
    lost_through: int
    failures_in_a_row: int
    failing_since: datetime | None
    rest_until: datetime | None
    paused_at: datetime | None
    pause_reason: PauseReason | None
    waiting: int
    parked: int
    last_try_at: datetime | None
    last_status: int | None


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """An event this process has to bring to an endpoint; `tries` counts this one."""

    endpoint_id: UUID
    position: int
    tries: int
    url: str
    id: UUID
    type: str
    at: datetime
    subject: str
    platform: str
    data: dict[str, object]
    key_id: int | None
    epoch: int


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One request to an endpoint, and its answer."""

    id: UUID
    endpoint_id: UUID
    position: int | None
    event_id: UUID
    type: str
    at: datetime
    duration_ms: int
    status: int | None
    error: str
    answer: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event for an endpoint, and what became of it."""

    position: int
    event_id: UUID
    type: str
    at: datetime
    subject: str
    state: DeliveryState
    tries: int
    due_at: datetime
    settled_at: datetime | None


class EndpointUnknown(NotFound):
    code = "webhook_endpoint_unknown"
    title = "There is no such endpoint."

    class Fields(msgspec.Struct, frozen=True):
        id: UUID


class TooManyEndpoints(Conflict):
    code = "too_many_webhook_endpoints"
    title = "There are as many endpoints as there may be. Remove one first."

    class Fields(msgspec.Struct, frozen=True):
        endpoints_max: int

    def __init__(self) -> None:
        super().__init__(endpoints_max=WEBHOOK_ENDPOINTS_MAX)
