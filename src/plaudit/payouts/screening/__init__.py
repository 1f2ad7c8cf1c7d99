"""Sources that say whom sanctions name, and whether somebody is who they say: each a plug-in, asked from a queue."""

from typing import TypeAlias

from plaudit.payouts.screening.base import ScreeningSource
from plaudit.payouts.screening.plugin import ScreeningPlugin
from plaudit.plugins import plugins
from plaudit.providers import Providers
from plaudit.settings import Settings, SettingsError

ScreeningSources: TypeAlias = Providers[ScreeningSource]


def screening_sources(settings: Settings) -> ScreeningSources:
    """The source the settings choose, or none.

    Raises:
        SettingsError: it is described in part only, or there is none of this name.
    """
    if not settings.screening_source:
        return Providers(())
    known = {one.name: one for one in plugins(ScreeningPlugin)}
    if settings.screening_source not in known:
        raise SettingsError(f"PLAUDIT_SCREENING_SOURCE must be one of {', '.join(known)}")
    chosen = [known[settings.screening_source]]
    return Providers.of_settings(settings, [one.make for one in chosen])
