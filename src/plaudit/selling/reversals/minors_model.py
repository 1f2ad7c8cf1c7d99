"""Cases of minors: what is asked, what it comes to, and what can go wrong."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ids import IdMeta
from plaudit.limits import REVERSAL_REASON_LENGTH_MAX
from plaudit.money import Money
from plaudit.problems import Conflict, Moment
from plaudit.selling.reversals.model import State

PersonNumber = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="The minor here.")]


class MinorPeriod(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose purchases, paid when."""

    person_id: PersonNumber
    since: Annotated[Moment, Meta(description="The first moment.")]
    until: Annotated[Moment, Meta(description="The first moment that is too late.")]


class NewMinorRefund(MinorPeriod, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A case: all that a minor paid in a period goes back."""

    id: Annotated[UUID, IdMeta]
    reason: Annotated[
        str, Meta(min_length=1, max_length=REVERSAL_REASON_LENGTH_MAX, pattern=r"\S", description="Kept, and shown.")
    ]


class OrderShare(msgspec.Struct, frozen=True):
    """What goes back of an order: all that is left of it."""

    order_id: UUID
    amount_minor: int
    currency: str
    coins: int


class CreatorLoss(msgspec.Struct, frozen=True):
    """What a creator loses: coins of gifts they received."""

    creator_id: str
    coins: int


class Elsewhere(msgspec.Struct, frozen=True):
    """Something paid that cannot go back from here."""

    order_id: UUID
    channel: str
    amount: Money
    why: Annotated[
        Literal["at_the_store", "not_payable"],
        Meta(description="Only the app store gives it back, or no way of paying takes this amount."),
    ]


class MinorRefundPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would go back of all that was paid in a period, and who would lose what."""

    person_id: str
    since: datetime
    until: datetime
    orders: list[OrderShare]
    totals: Annotated[list[Money], Meta(description="By currency.")]
    coins_unspent: Annotated[int, Meta(description="Coins out of the wallet.")]
    coins_given: Annotated[int, Meta(description="Coins of gifts, from creators.")]
    creators: Annotated[list[CreatorLoss], Meta(description="Who loses most comes first.")]
    elsewhere: Annotated[list[Elsewhere], Meta(description="What has to be asked for in another place.")]


class MinorRefundApproval(msgspec.Struct, frozen=True, kw_only=True):
    """A case that is agreed to, as it was seen."""

    id: UUID
    person_id: str
    since: datetime
    until: datetime
    reason: str
    orders: list[OrderShare]
    creators: list[CreatorLoss]


class MinorRefund(msgspec.Struct, frozen=True, kw_only=True):
    """A case in which all that a minor paid in a period goes back."""

    id: UUID
    person_id: int
    since: datetime
    until: datetime
    reason: str
    requested_by: int
    decided_at: datetime
    decision_id: UUID | None


class CaseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order of a case, with its reversal that stands, or the last that a provider refused."""

    order_id: UUID
    amount_minor: int
    currency: str
    reversal_id: UUID
    state: State
    coins: int
    send_error: str | None
    failed_with: str | None
    outcome: str

    @property
    def stands(self) -> bool:
        return self.state is not State.UNDONE

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class NothingToGiveBack(Conflict):
    code: ClassVar[str] = "nothing_to_give_back"
    title: ClassVar[str] = "Nothing was paid in this time that can go back from here."
