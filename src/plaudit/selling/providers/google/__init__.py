"""Google Play, as a plug-in: what it brings."""

from plaudit.ages.sources.base import AgeSource
from plaudit.ages.sources.plugin import AgePlugin
from plaudit.languages.speaking import later
from plaudit.selling.prices.channels import ChannelInfo, RefundDesk
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.google.settings import GoogleSettings
from plaudit.selling.providers.plugin import PaymentPlugin
from plaudit.settings import Settings


def _make(settings: Settings) -> PaymentProvider | None:
    from plaudit.selling.providers.google.provider import from_settings

    return from_settings(settings)


def _make_ages(settings: Settings) -> AgeSource | None:
    from plaudit.selling.providers.google.age_signals import from_settings

    return from_settings(settings)


AGE_SIGNALS = AgePlugin(name="google", settings=GoogleSettings, make=_make_ages)
GOOGLE_PLAY = PaymentPlugin(
    name="google",
    settings=GoogleSettings,
    make=_make,
    channel=ChannelInfo(
        code="google",
        title="Google app",
        place=later("in the Google app"),
        fee_bps=3_000,
        seller="Google (Google Play)",
        refund_desk=RefundDesk(
            "Google Play",
            "https://play.google.com/store/account/orderhistory",
            later("Open the order, choose “Report a problem” and say that you want a refund."),
        ),
    ),
)
