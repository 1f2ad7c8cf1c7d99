"""What a plug-in of a tax provider is."""

from collections.abc import Callable
from dataclasses import dataclass

from plaudit.plugins import Plugin
from plaudit.selling.tax_providers.base import TaxProvider
from plaudit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class TaxPlugin(Plugin):
    """Brings somebody who knows the tax of places: its settings and the provider."""

    make: Callable[[Settings], TaxProvider | None]
    """The provider of settings that describe it.

    Raises:
        SettingsError: it is described in part only.
    """
