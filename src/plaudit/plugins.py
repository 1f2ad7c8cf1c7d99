"""Plug-ins: what brings a provider. Some come with Plaudit, others are packages installed beside it."""

import importlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TypeVar

from plaudit.environment import SetupError
from plaudit.setting_sections import Section

GROUP = "plaudit.providers"
"""The group of entry points under which a package names its plug-ins."""

BUILT_IN = (
    "plaudit.selling.providers.stripe:CHECKOUT",
    "plaudit.selling.providers.paypal:PAYPAL",
    "plaudit.selling.providers.stripe:INTENTS",
    "plaudit.selling.providers.apple:APP_STORE",
    "plaudit.selling.providers.google:GOOGLE_PLAY",
    "plaudit.selling.providers.sandbox:SANDBOX",
    "plaudit.selling.tax_providers.service:SERVICE",
    "plaudit.selling.providers.google:AGE_SIGNALS",
    "plaudit.selling.providers.apple:DECLARED_AGE",
    "plaudit.payouts.providers.stripe:STRIPE",
    "plaudit.payouts.providers.paypal:PAYPAL",
    "plaudit.payouts.providers.manual:MANUAL",
    "plaudit.payouts.providers.sandbox:SANDBOX",
    "plaudit.payouts.screening.sandbox:SANDBOX",
)
"""In the order in which their providers are offered; those of other packages follow, by the names of the entries."""


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """What brings one provider. It is loaded with the settings of every command, so it imports what is heavy late."""

    name: str
    """The provider's, and of its webhooks' address. Orders remember it: it stays."""
    settings: type[Section] | None = None
    """The section that describes it; several plug-ins may share one."""


P = TypeVar("P", bound=Plugin)


def plugins(kind: type[P]) -> tuple[P, ...]:
    """All plug-ins of a kind.

    Raises:
        SetupError: one cannot be loaded, is none, or has a name that is taken.
    """
    found = tuple(one for one in _installed() if isinstance(one, kind))
    names = [one.name for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SetupError(f"two plug-ins are called {', '.join(twice)}")
    return found


def sections() -> tuple[type[Section], ...]:
    """The sections of settings that plug-ins bring, each once."""
    return tuple(dict.fromkeys(one.settings for one in _installed() if one.settings))


@cache
def _installed() -> tuple[Plugin, ...]:
    beside = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return tuple(_loaded(place) for place in (*BUILT_IN, *(entry.value for entry in beside)))


def _loaded(place: str) -> Plugin:
    module, _, name = place.partition(":")
    try:
        plugin = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SetupError(f"the plug-in {place} cannot be loaded: {error}") from error
    if not isinstance(plugin, Plugin):
        raise SetupError(f"{place} is no plug-in of Plaudit")
    return plugin
