"""What can go wrong with those who take the money, beside what can with every provider."""

from typing import ClassVar

import msgspec

from plaudit.problems import Problem
from plaudit.providers import ProviderRefused


class CurrencyNotTaken(ProviderRefused):
    code: ClassVar[str] = "currency_not_taken"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "This provider does not take this currency, or not this amount of it. Pay in another way."


class MethodNotOffered(ProviderRefused):
    code: ClassVar[str] = "method_not_offered"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "At this price only ways to pay are offered that show where you are. Pay in another way."


class PurchaseNotValid(Problem):
    """`reason` is a stable word."""

    code: ClassVar[str] = "purchase_not_valid"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The app store's proof of this purchase is not valid here."

    class Fields(msgspec.Struct, frozen=True):
        reason: str

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
