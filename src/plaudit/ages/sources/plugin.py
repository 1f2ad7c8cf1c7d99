"""What a plug-in of a source of ages is."""

from collections.abc import Callable
from dataclasses import dataclass

from plaudit.ages.sources.base import AgeSource
from plaudit.plugins import Plugin
from plaudit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class AgePlugin(Plugin):
    """Brings somebody who says how old people are: its settings and the source."""

    make: Callable[[Settings], AgeSource | None]
    """The source of settings that describe it; None when its way is not chosen in them.

    Raises:
        SettingsError: it is described in part only, or in a way that would let forgeries pass.
    """
