"""What buyers' money leaves of coins, held against what creators can be paid for the same coins."""

from datetime import datetime
from typing import Any

import msgspec

from plaudit.connections import Connection
from plaudit.limits import LOSSES_SHOWN_MAX
from plaudit.problems import Moment, Problem
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """A way to buy coins that brings no more than can be paid out for them. Amounts are minor units of `currency`."""

    from_at: Moment
    """From when."""
    book_version: int
    """0: a book that is not published."""
    region: str
    channel: str
    coins: int
    is_package: bool
    """False: an amount that the buyer chooses."""
    place: int | None
    """Of the package, from 0."""
    currency: str
    net_minor: int
    """What is left of the price after tax and fees."""
    payout_minor: int
    """What creators can be paid for the coins, before the fee of a payout."""
    payout_currency: str
    """The currency in which they can be paid as much."""
    rule_version: int
    """0: a rule that is proposed."""
    rate_version: int
    """0: a rate that is proposed."""

    @property
    def words(self) -> str:
        """What is wrong, for an operator."""
        how = f"{self.coins} coins" if self.is_package else f"{self.coins} coins, as an amount of the buyer's choice,"
        rule = f"reward rule {self.rule_version}" if self.rule_version else "the reward rule proposed"
        rate = f"payout rate {self.rate_version}" if self.rate_version else "the payout rate proposed"
        return (
            f"{how} on {self.channel} in {self.region} leave {self.net_minor} minor units of {self.currency} after tax "
            f"and fees, and creators can be paid {self.payout_minor} for them, in {self.payout_currency} ({rule}, "
            f"{rate}): whoever buys and cashes out would gain."
        )


class SoldBelowPayout(Problem):
    """Coins would be sold for no more than can be paid out for them; `losses` are the first places of it."""

    code = "sold_below_payout"
    status = 422
    title = "Coins would bring no more than can be paid out for them."

    class Fields(msgspec.Struct, frozen=True):
        losses: list[Loss]

    def __init__(self, losses: list[Loss]) -> None:
        self.losses = losses
        super().__init__(
            " ".join(loss.words for loss in losses[:3]), losses=[msgspec.to_builtins(loss) for loss in losses]
        )


async def losses_from(connection: Connection, at: datetime, draft: dict[str, Any] | None = None) -> list[Loss]:
    """The first ways to buy coins, at a moment or later, that bring no more than can be paid out for them.

    Args:
        draft: a book that is not published, as rows: `effective_at`, `rates`, `prices`, `packages`; a `rule` or a
            `rate` that is only proposed; each of version 0.
    """
    return await fetch_all(connection, SQL["sold_below_payout"], Loss, at, draft, LOSSES_SHOWN_MAX)


async def require_margin(
    connection: Connection, at: datetime, *, rule: int | None = None, rate: int | None = None
) -> None:
    """Refuse a reward rule or payout rate that was written just now and lets creators be paid more than coins bring.

    Raises:
        SoldBelowPayout: so it is, at some moment from now on.
    """
    await connection.execute(SQL["lock_margin"])
    if await connection.fetchval(SQL["pays_more"], at, rule, rate) and (found := await losses_from(connection, at)):
        raise SoldBelowPayout(found)


async def require_margin_of(connection: Connection, at: datetime, draft: dict[str, Any]) -> None:
    """Refuse a `rule` or a `rate` that is only proposed and would let creators be paid more than coins bring.

    Raises:
        SoldBelowPayout: so it would be, at some moment from its own on.
    """
    if await connection.fetchval(SQL["draft_pays_more"], at, draft) and (
        found := await losses_from(connection, at, draft)
    ):
        raise SoldBelowPayout(found)


async def is_worth_known(connection: Connection, currency: str, at: datetime) -> bool:
    """Whether a currency can be held against others."""
    known: bool = await connection.fetchval(SQL["is_worth_known"], currency, at)
    return known
