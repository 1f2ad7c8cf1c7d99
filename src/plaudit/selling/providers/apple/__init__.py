"""The App Store, as a plug-in: what it brings."""

from plaudit.ages.sources.base import AgeSource
from plaudit.ages.sources.plugin import AgePlugin
from plaudit.languages.speaking import later
from plaudit.selling.prices.channels import ChannelInfo, RefundDesk
from plaudit.selling.providers.apple.price_points import apple_ladder
from plaudit.selling.providers.apple.settings import AppleSettings
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.plugin import PaymentPlugin
from plaudit.settings import Settings


def _make(settings: Settings) -> PaymentProvider | None:
    from plaudit.selling.providers.apple.provider import from_settings

    return from_settings(settings)


def _make_ages(settings: Settings) -> AgeSource | None:
    from plaudit.selling.providers.apple.age_range import from_settings

    return from_settings(settings)


DECLARED_AGE = AgePlugin(name="apple", settings=AppleSettings, make=_make_ages)
APP_STORE = PaymentPlugin(
    name="apple",
    settings=AppleSettings,
    make=_make,
    channel=ChannelInfo(
        code="apple",
        title="Apple app",
        place=later("in the Apple app"),
        fee_bps=3_000,
        seller="Apple (App Store)",
        refund_desk=RefundDesk(
            "Apple",
            "https://reportaproblem.apple.com",
            later("Sign in, choose “Request a refund” and the purchase."),
        ),
        ladder_of=apple_ladder,
        is_refunded_here=False,
    ),
)
