"""Grants and what can go wrong with one."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ids import IdMeta
from plaudit.limits import GRANT_COINS_MAX, GRANT_REASON_LENGTH_MAX
from plaudit.moments import Moment
from plaudit.problems import Conflict

PersonIdMeta = Meta(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Who gets them.", examples=["12"])


class NewGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Coins to be given away. They are spent before bought ones and never refunded. Creators receive them as any
    others, and can never convert them."""

    id: Annotated[UUID, IdMeta]
    person_id: Annotated[str, PersonIdMeta]
    coins: Annotated[int, Meta(ge=1, le=GRANT_COINS_MAX)]
    reason: Annotated[
        str,
        Meta(min_length=1, max_length=GRANT_REASON_LENGTH_MAX, pattern=r"\S", description="Why; operators read it."),
    ]
    expires_at: Annotated[Moment, Meta(description="Until when they can be spent; null: without end.")] | None = None


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A grant, and where its coins are now."""

    grant_id: UUID
    person_id: int
    coins: int
    reason: str
    expires_at: datetime | None
    granted_by: int
    granted_at: datetime
    unspent: int
    expired: int


class GrantToOneself(Conflict):
    code: ClassVar[str] = "grant_to_oneself"
    title: ClassVar[str] = "Another operator must give coins to you."


class GrantLimitReached(Conflict):
    """`limit` says whose; `coins_max` is of a day (UTC), `coins_left` of today."""

    code: ClassVar[str] = "grant_limit_reached"
    title: ClassVar[str] = "That is more than may be given in one day."

    class Fields(msgspec.Struct, frozen=True):
        limit: Literal["operator", "person"]
        coins_max: int
        coins_left: int
