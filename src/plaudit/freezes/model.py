"""Freezes, what is said of them, and what can go wrong with one."""

import enum
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ids import IdMeta
from plaudit.limits import FREEZE_TEXT_LENGTH_MAX
from plaudit.moments import Moment
from plaudit.problems import Conflict

NUMBER = r"^[1-9][0-9]{0,17}$(?!\n)"
Text = Annotated[str, Meta(min_length=1, max_length=FREEZE_TEXT_LENGTH_MAX, pattern=r"\S")]


class Frozen(enum.StrEnum):
    """What stands still, each alone. A person: all they could do with coins and money."""

    PERSON = "person"
    WALLET = "wallet"
    LOT = "lot"
    CREATOR = "creator"
    PAYOUT_METHOD = "payout_method"
    PAYOUT = "payout"
    ROOM = "room"
    GIFT = "gift"
    REWARD = "reward"


class NewFreeze(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something to stand still. `subject_id` names the lot, payout method, payout, room, gift or reward (a conversion);
    of a person, their wallet and what they do as a creator there is one."""

    id: Annotated[UUID, IdMeta]
    what: Frozen
    person_id: Annotated[
        str, Meta(pattern=NUMBER, description="Whose it is; of a gift, who earned it.", examples=["12"])
    ]
    subject_id: (
        Annotated[
            str,
            Meta(
                max_length=40,
                description="Of a lot, payout method, payout, gift or conversion its id, of a room its number.",
            ),
        ]
        | None
    ) = None
    reason: Annotated[Text, Meta(description="Why; operators read it.")]
    message: Annotated[Text, Meta(description="What the person reads of it; null: they are not told.")] | None = None
    ends_at: Annotated[Moment, Meta(description="Until when; null: until it is lifted. A lot needs one.")] | None = None


class Lifting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something stands still no longer."""

    reason: Annotated[Text, Meta(description="Why; operators read it.")]


class Freeze(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands still, or did. `frozen_by` and `lifted_by` None: the command line."""

    id: UUID
    what: Frozen
    person_id: int
    lot_id: UUID | None
    method_id: UUID | None
    payout_id: UUID | None
    room_id: int | None
    gift_id: UUID | None
    conversion_id: UUID | None
    reason: str
    message: str | None
    frozen_by: int | None
    frozen_at: datetime
    ends_at: datetime | None
    lifted_by: int | None
    lifted_at: datetime | None
    lifted_because: str | None

    @property
    def subject_id(self) -> str | None:
        """What it is of, beside its person."""
        named = self.lot_id or self.method_id or self.payout_id or self.room_id or self.gift_id or self.conversion_id
        return None if named is None else str(named)

    def is_open(self, now: datetime) -> bool:
        """Whether it still holds."""
        return self.lifted_at is None and (self.ends_at is None or self.ends_at > now)


class OwnFreeze(Conflict):
    code: ClassVar[str] = "own_freeze"
    title: ClassVar[str] = "Another operator must lift what stands still of yours, or of an account linked to yours."


class FreezeIsOver(Conflict):
    code: ClassVar[str] = "freeze_is_over"
    title: ClassVar[str] = "This was lifted before."
