"""Providers by name: the one registry, of those who take payments and of those who pay out."""

from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

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
