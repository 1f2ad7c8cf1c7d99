"""In which amounts money of an order can go back: what its currency and its provider can pay."""

import math
from typing import NamedTuple

from plaudit.money import payable_step
from plaudit.selling.orders.model import Order
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals.amounts import Amounts


class Granularity(NamedTuple):
    """What can be asked of the provider that took the money."""

    step_minor: int
    """All that goes back is a multiple of it."""
    parts: bool
    """Whether it gives back less than all that is left."""

    def allows(self, part: Amounts, left: Amounts) -> bool:
        """Whether a part can be paid. Of a whole only, no coins stay either."""
        whole = part.minor == left.minor and part.coins == left.coins
        return part.minor > 0 and part.minor % self.step_minor == 0 and (whole or self.parts)

    def most(self, left: Amounts) -> int:
        """The most of what is left that can be paid, in minor units."""
        return left.minor // self.step_minor * self.step_minor


def granularity_of(providers: PaymentProviders, order: Order) -> Granularity:
    """What can go back of an order. Of a provider that is here no more, what its currency says."""
    step, provider = payable_step(order.currency), providers.get(order.provider)
    if provider is None:
        return Granularity(step, True)
    return Granularity(math.lcm(step, provider.step_minor(order.currency)), provider.capabilities.gives_back_parts)
