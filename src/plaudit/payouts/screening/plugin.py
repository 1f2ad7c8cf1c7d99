"""What a plug-in of a screening source is."""

from collections.abc import Callable
from dataclasses import dataclass

from plaudit.payouts.screening.base import ScreeningSource
from plaudit.plugins import Plugin
from plaudit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class ScreeningPlugin(Plugin):
    """Brings a source that is asked about whom is paid: its settings and the source."""

    make: Callable[[Settings], ScreeningSource | None]
    """The source of settings that describe it; None when they do not.

    Raises:
        SettingsError: it is described in part only.
    """
