"""Those who take payments and those who pay out: the one registry, and what can go wrong with every one of them."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import ClassVar, Generic, Protocol, TypeVar

import msgspec

from plaudit.problems import Problem
from plaudit.settings import Settings


class Provider(Protocol):
    """What every provider has."""

    name: str

    async def close(self) -> None:
        """Give back connections."""
        ...


P = TypeVar("P", bound=Provider)


class Providers(Generic[P]):
    """Providers by name, in the order in which they are offered. Whoever makes this closes it."""

    def __init__(self, providers: Iterable[P]) -> None:
        self._by_name: dict[str, P] = {}
        for provider in providers:
            if provider.name in self._by_name:
                raise ValueError(f"two providers are called {provider.name!r}")
            self._by_name[provider.name] = provider

    @classmethod
    def of_settings(cls, settings: Settings, makers: Iterable[Callable[[Settings], P | None]]) -> "Providers[P]":
        """Those the settings describe; a maker answers None when its provider is not described.

        Raises:
            SettingsError: a provider is described in part only.
        """
        made = [maker(settings) for maker in makers]
        return Providers(provider for provider in made if provider is not None)

    @property
    def names(self) -> list[str]:
        return list(self._by_name)

    def get(self, name: str) -> P | None:
        return self._by_name.get(name)

    async def close(self) -> None:
        for provider in self._by_name.values():
            await provider.close()


class ProviderUnavailable(Problem):
    """No answer, or none that says what became of the request: it may or may not have been carried out. `detail` is for
    operators."""

    code: ClassVar[str] = "provider_unavailable"
    status: ClassVar[int] = 503
    title: ClassVar[str] = (
        "The payment provider does not answer just now. Nothing was taken; try again with the same id."
    )

    class Fields(msgspec.Struct, frozen=True):
        provider: str

    def __init__(
        self, provider: str, retry_after: timedelta = timedelta(seconds=5), *, detail: str | None = None
    ) -> None:
        super().__init__(detail, provider=provider)
        self._retry_after_s = int(retry_after.total_seconds())

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self._retry_after_s)}


class ProviderRefused(Problem):
    """It will not, whatever the number of tries. `reason`, in its words or ours, is for logs and operators: whoever
    asked is answered with our title alone."""

    code: ClassVar[str] = "provider_refused"
    status: ClassVar[int] = 502
    title: ClassVar[str] = "The payment provider refused the request. Nothing was taken."

    class Fields(msgspec.Struct, frozen=True):
        provider: str

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(provider=provider)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.fields['provider']}: {self.reason}"


class SignatureNotValid(Problem):
    code: ClassVar[str] = "signature_not_valid"
    status: ClassVar[int] = 401
    title: ClassVar[str] = "The signature of the webhook is not valid."
