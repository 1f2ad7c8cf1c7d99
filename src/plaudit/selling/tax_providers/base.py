"""What Plaudit asks of a tax provider."""

from datetime import datetime
from typing import ClassVar, Protocol

import msgspec

from plaudit.problems import Problem


class TaxPlace(msgspec.Struct, frozen=True):
    """Where a buyer is: a country and, as far as they are known, the part of it (ISO 3166-2 without the country) and
    the postal code; empty where they are not."""

    country: str
    subdivision: str = ""
    postal_code: str = ""


class TaxAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The tax of a place, as a provider says it: `rate_ppm` in millionths; `reference` is its name of the answer."""

    provider: str
    name: str
    rate_ppm: int
    reference: str
    answered_at: datetime


class TaxProvider(Protocol):
    """A service that knows the tax of a place."""

    name: str

    async def rate(self, place: TaxPlace, at: datetime) -> TaxAnswer | None:
        """The tax of coins that are sold to somebody there; None: it says nothing of this place.

        Raises:
            ProviderUnavailable: it does not answer, or not in a way that can be believed.
            ProviderRefused: it will not say.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


class TaxNotKnown(Problem):
    """The tax of a place is not known now, and nothing is sold without it."""

    code: ClassVar[str] = "tax_not_known"
    status: ClassVar[int] = 503
    title: ClassVar[str] = "The tax cannot be determined just now. Try again in a moment."

    class Fields(msgspec.Struct, frozen=True):
        country: str

    def __init__(self, country: str) -> None:
        super().__init__(country=country)

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}
