"""What can go wrong with those who take the money."""

from datetime import timedelta
from typing import ClassVar

import msgspec

from plaudit.problems import Problem


class ProviderUnavailable(Problem):
    code: ClassVar[str] = "provider_unavailable"
    status: ClassVar[int] = 503
    title: ClassVar[str] = (
        "The payment provider does not answer just now. Nothing was taken; try again with the same id."
    )

    class Fields(msgspec.Struct, frozen=True):
        provider: str

    def __init__(self, provider: str, retry_after: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(provider=provider)
        self._retry_after_s = int(retry_after.total_seconds())

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self._retry_after_s)}


class ProviderRefused(Problem):
    code: ClassVar[str] = "provider_refused"
    status: ClassVar[int] = 502
    title: ClassVar[str] = "The payment provider refused the request. Nothing was taken."

    class Fields(msgspec.Struct, frozen=True):
        provider: str
        reason: str

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(provider=provider, reason=reason)


class CurrencyNotTaken(ProviderRefused):
    code: ClassVar[str] = "currency_not_taken"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "This provider does not take this currency, or not this amount of it. Pay in another way."


class SignatureNotValid(Problem):
    code: ClassVar[str] = "signature_not_valid"
    status: ClassVar[int] = 401
    title: ClassVar[str] = "The signature of the webhook is not valid."


class PurchaseNotValid(Problem):
    """`reason` is a stable word."""

    code: ClassVar[str] = "purchase_not_valid"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The app store's proof of this purchase is not valid here."

    class Fields(msgspec.Struct, frozen=True):
        reason: str

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
