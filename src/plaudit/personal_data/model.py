"""Exports and erasures: what they are, and what can be wrong with asking for one."""

import enum
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.personal_data.limits import REASON_LENGTH_MAX
from plaudit.problems import Conflict, Problem

Reason = Annotated[
    str, Meta(min_length=1, max_length=REASON_LENGTH_MAX, pattern=r"\S", description="Why, for those who look later.")
]


class AskedBy(enum.StrEnum):
    """Who asked for something about a person."""

    PERSON = "person"
    PLATFORM = "platform"
    """Its server, by a key."""
    OPERATOR = "operator"
    RESTORE = "restore"
    """Nobody: who was erased before the database went back to an earlier moment."""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: the person, their platform's server, or an operator, with why."""

    by: AskedBy
    operator_id: int | None = None
    reason: str | None = None


class ExportState(enum.StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    READY = "ready"
    DELETED = "deleted"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of all that is held of somebody."""

    id: UUID
    person_id: int
    asked_by: AskedBy
    operator_id: int | None
    reason: str | None
    language: str
    asked_at: datetime
    state: ExportState
    ready_at: datetime | None
    delete_at: datetime | None
    bytes: int | None
    downloaded_at: datetime | None
    tries: int
    leased_until: datetime | None


class NewExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A copy that is asked for."""

    id: Annotated[UUID, Meta(description="A UUIDv7 of yours; asking again with it changes nothing.")]


class NewExportOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A copy that an operator asks for in somebody's stead."""

    id: Annotated[UUID, Meta(description="A UUIDv7 of yours; asking again with it changes nothing.")]
    reason: Reason


class ExportUnderWay(Conflict):
    """`export_id` is the one that is being made."""

    code: ClassVar[str] = "export_under_way"
    title: ClassVar[str] = "A copy of your data is being made already."

    class Fields(msgspec.Struct, frozen=True):
        export_id: UUID


class ExportNotReady(Problem):
    """`state` is `waiting` or `deleted`."""

    code: ClassVar[str] = "export_not_ready"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "This copy is not there yet, or no longer."

    class Fields(msgspec.Struct, frozen=True):
        state: str


class Obstacle(msgspec.Struct, frozen=True):
    """What stands in the way of erasing somebody."""

    code: str
    amount: int

    @property
    def is_theirs(self) -> bool:
        """Whether they can give it up; anything else has to end."""
        return self.code in GIVEN_UP


GIVEN_UP = {"coins": "gives_up_coins", "gift_balance": "gives_up_earnings", "diamonds": "gives_up_earnings"}
"""What somebody can give up, and the field that says so."""


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is to be nobody here, or is."""

    id: UUID
    person_id: int
    asked_by: AskedBy
    operator_id: int | None
    reason: str | None
    gives_up_coins: bool
    gives_up_earnings: bool
    asked_at: datetime
    begins_at: datetime
    withdrawn_at: datetime | None
    begun_at: datetime | None
    erased_at: datetime | None
    tries: int
    leased_until: datetime | None


class NewErasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That somebody is to be erased."""

    id: Annotated[UUID, Meta(description="A UUIDv7 of yours; asking again with it changes nothing.")]
    gives_up_coins: Annotated[bool, Meta(description="Coins that are unspent then are lost to them.")] = False
    gives_up_earnings: Annotated[bool, Meta(description="Gift balance and diamonds that are not paid out, too.")] = (
        False
    )


class NewErasureOf(NewErasure, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That an operator has somebody erased."""

    reason: Reason


class ErasureObstructed(Conflict):
    """`obstacles`: codes of what stands in the way, and how much of it; what can be given up is said in the request."""

    code: ClassVar[str] = "erasure_obstructed"
    title: ClassVar[str] = "Something has to end first, or be given up."

    class Fields(msgspec.Struct, frozen=True):
        obstacles: dict[str, int]


class ErasureUnderWay(Conflict):
    """`erasure_id` is the one that was asked for."""

    code: ClassVar[str] = "erasure_under_way"
    title: ClassVar[str] = "Somebody asked for that already."

    class Fields(msgspec.Struct, frozen=True):
        erasure_id: UUID


class ErasureBegun(Conflict):
    code: ClassVar[str] = "erasure_begun"
    title: ClassVar[str] = "The data is being erased by now; that cannot be taken back."


class LegalHold(msgspec.Struct, frozen=True, kw_only=True):
    """That what is kept of somebody is kept on, whatever its period."""

    id: UUID
    person_id: int
    reason: str
    placed_by: int
    placed_at: datetime
    lifted_by: int | None
    lifted_at: datetime | None
    lifted_because: str | None


class NewHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose data is to be kept on."""

    id: Annotated[UUID, Meta(description="A UUIDv7 of yours; placing it again with it changes nothing.")]
    person_id: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", examples=["12"])]
    reason: Reason


class LiftedHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it may go again."""

    reason: Reason


class OwnHold(Problem):
    code: ClassVar[str] = "own_hold"
    status: ClassVar[int] = 403
    title: ClassVar[str] = "Somebody else decides how long data of yours is kept."


class HoldIsOver(Conflict):
    code: ClassVar[str] = "hold_is_over"
    title: ClassVar[str] = "This hold was lifted already."
