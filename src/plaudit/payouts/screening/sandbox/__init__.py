"""The sandbox that screens, as a plug-in. Its settings are the house's: others speak to it, too."""

from plaudit.payouts.screening.base import ScreeningSource
from plaudit.payouts.screening.plugin import ScreeningPlugin
from plaudit.settings import Settings


def _make(settings: Settings) -> ScreeningSource | None:
    from plaudit.payouts.screening.sandbox.source import from_settings

    return from_settings(settings)


SANDBOX = ScreeningPlugin(name="sandbox-screening", make=_make)
