"""Who says how old people are, and whether a guardian agrees: each a plug-in that reads the words of one company."""

from typing import TypeAlias

from plaudit.ages.sources.base import AgeSource
from plaudit.ages.sources.plugin import AgePlugin
from plaudit.plugins import plugins
from plaudit.providers import Providers
from plaudit.settings import Settings

AgeSources: TypeAlias = Providers[AgeSource]


def age_sources(settings: Settings) -> AgeSources:
    """The sources the settings describe.

    Raises:
        SettingsError: a source is described in part only.
    """
    described = [one for one in plugins(AgePlugin) if settings.describe(one)]
    return Providers.of_settings(settings, [one.make for one in described])
