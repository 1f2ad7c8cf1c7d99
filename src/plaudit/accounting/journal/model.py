"""The general ledger: accounts with the numbers an accountant gives them, lines of its journal, and balances."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.limits import NOTE_LENGTH_MAX

AccountKind = Literal[
    "provider",
    "reversals_pending",
    "tax",
    "deferred_revenue",
    "revenue",
    "breakage",
    "refunds",
    "channel_fees",
    "dispute_fees",
    "losses",
    "creator_rewards",
    "creators_owed",
    "payout_funds",
    "payout_fees",
    "exchange",
]

WORDS = {
    "receipt": "Coins sold",
    "confirmation": "Coins sold by an app store",
    "credit_note": "Credit note",
    "cancellation": "Credit note cancelled",
    "sale_fee": "Fee of a sale",
    "sale_fee_more": "Fee of a sale, beyond the estimate",
    "sale_fee_less": "Fee of a sale, less than the estimate",
    "refund_fee": "Fee given back",
    "refund_fee_undone": "Fee kept after all",
    "dispute_fee": "Fee of a dispute",
    "dispute_fee_undone": "Fee of a dispute given back",
    "refund": "Money went back",
    "refund_undone": "Money came again",
    "refund_excess": "Money went back beyond what was paid",
    "refund_excess_undone": "Money beyond what was paid came again",
    "used": "Coins used",
    "expired": "Coins expired",
    "refunded": "Unspent coins taken back",
    "earned": "Diamonds earned",
    "revalued": "Diamonds at another rate",
    "diamonds_paid": "Diamonds paid out",
    "payout_money": "Payout",
    "payout_fee": "Fee of a payout",
    "payout_money_returned": "Payout came back",
    "payout_fee_returned": "Fee of a payout came back",
}
"""What an entry is about, as an accountant reads it."""


class JournalLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an entry. `amount`: in minor units, above zero a debit, below a credit."""

    shard: int
    at: datetime
    day: date
    entry: str
    reference: UUID
    line: int
    entity: str
    currency: str
    account: AccountKind
    party: str
    amount: int
    paper: str | None
    tax_code: str | None
    order_id: UUID | None
    number: str
    name: str

    @property
    def entry_id(self) -> str:
        """The same for all lines of an entry, and for no other."""
        return f"{self.day:%Y%m%d}-{self.shard}-{self.entry}-{self.reference}"

    @property
    def place(self) -> "LinePlace":
        """Where it stands in the journal."""
        return LinePlace(self.at, self.shard, self.entry, self.reference, self.line)


class LinePlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a line stands in the journal."""

    at: Annotated[datetime, Meta(tz=True)]
    shard: Annotated[int, Meta(ge=0, le=2**15 - 1)] = 0
    entry: Annotated[str, Meta(pattern=r"^[a-z_]{0,30}$(?!\n)")] = ""
    reference: UUID = UUID(int=0)
    line: Annotated[int, Meta(ge=0, le=9)] = 0


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """An account over a period, in minor units: opening + debit − credit = closing; above zero, debits are more."""

    entity: str
    account: AccountKind
    party: str
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int
    number: str
    name: str

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.debit_minor - self.credit_minor


class GeneralAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A decision how an account is numbered and called from a day on, in the books of one seller or of all."""

    general_account_id: int
    account: AccountKind
    entity: str
    party: str
    number: str
    name: str
    valid_from: date
    recorded_at: datetime
    recorded_by: int | None
    request_id: UUID | None


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How an account is to be numbered and called. Of the decisions that hold, the one that names entity and party goes
    first."""

    id: Annotated[
        UUID,
        Meta(description="UUID of version 7, made by the caller; repeating it with the same body repeats the answer."),
    ]
    account: AccountKind
    number: Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$(?!\n)")]
    name: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S")]
    valid_from: Annotated[
        date, Meta(description="The first day; it may be a closed one, whose lines then have the new number.")
    ]
    entity: Annotated[
        str, Meta(pattern=r"^[A-Z0-9]{0,20}$(?!\n)", description="The seller of record; empty: every seller.")
    ] = ""
    party: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_.-]{0,40}$(?!\n)", description="The provider, or the country of a tax; empty: each."
        ),
    ] = ""
