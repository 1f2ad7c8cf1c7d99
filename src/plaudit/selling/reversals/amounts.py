"""What part of an order a reversal holds: exact proportions, rounded so that all parts together are the whole."""

from fractions import Fraction

import msgspec

from plaudit.money import round_down, round_half_up, round_to_step


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """An order, or a part of it: what it costs, the tax inside, what of the channel's fee goes with it, its coins."""

    minor: int = 0
    tax_minor: int = 0
    fee_minor: int = 0
    coins: int = 0

    @property
    def net_minor(self) -> int:
        return self.minor - self.tax_minor

    def without(self, other: "Amounts") -> "Amounts":
        return Amounts(
            minor=self.minor - other.minor,
            tax_minor=self.tax_minor - other.tax_minor,
            fee_minor=self.fee_minor - other.fee_minor,
            coins=self.coins - other.coins,
        )


def part_of_money(paid: Amounts, held: Amounts, minor: int, step_minor: int = 1) -> Amounts:
    """The part of an order that goes back with an amount of money, when `held` went back before.

    Its tax is in steps, as the money is, so that its net is.

    Proportions are those of all that went back, not of this part alone: rounding loses nothing, and the last part is
    whatever is left.

    Raises:
        ValueError: more than is left.
    """
    left = paid.without(held)
    if not 0 <= minor <= left.minor:
        raise ValueError(f"{minor} is not from 0 to {left.minor}")
    share = Fraction(held.minor + minor, paid.minor)
    # What was undone in between may have left the parts a little off the proportion: they stay within what is left.
    tax = (paid.tax_minor if share == 1 else round_to_step(paid.tax_minor * share, step_minor)) - held.tax_minor
    fee = round_half_up(paid.fee_minor * share) - held.fee_minor
    coins = round_down(paid.coins * share) - held.coins
    return Amounts(
        minor=minor,
        tax_minor=_within(tax, max(0, minor - left.net_minor), min(minor, left.tax_minor)),
        fee_minor=_within(fee, 0, left.fee_minor),
        coins=_within(coins, 0, left.coins),
    )


def part_of_coins(paid: Amounts, held: Amounts, coins: int, step_minor: int = 1) -> Amounts:
    """The part of an order that goes back with a number of its coins, when `held` went back before.

    Args:
        paid: all of the order.
        held: what went back of it.
        coins: how many.
        step_minor: what the money must be a multiple of. The last part takes what is left, as far as it can be paid.

    Raises:
        ValueError: more than are left.
    """
    left = paid.without(held)
    if not 0 <= coins <= left.coins:
        raise ValueError(f"{coins} is not from 0 to {left.coins}")
    exact = Fraction(paid.minor * (held.coins + coins), paid.coins) - held.minor
    minor = round_to_step(exact, step_minor)
    part = part_of_money(paid, held, _within(minor, 0, left.minor // step_minor * step_minor), step_minor)
    return msgspec.structs.replace(part, coins=coins)


def _within(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))
