"""The payout providers this server offers."""

from collections.abc import Iterable

from plaudit.payouts.providers.base import PayoutProvider
from plaudit.payouts.providers.sandbox import SandboxPayoutProvider
from plaudit.settings import Settings, SettingsError


class PayoutProviders:
    """Providers by name; the first one takes new payout methods. Whoever makes this closes it."""

    def __init__(self, providers: Iterable[PayoutProvider]) -> None:
        self._by_name = {provider.name: provider for provider in providers}

    @property
    def names(self) -> list[str]:
        return list(self._by_name)

    def get(self, name: str) -> PayoutProvider | None:
        return self._by_name.get(name)

    async def close(self) -> None:
        for provider in self._by_name.values():
            await provider.close()


def payout_providers(settings: Settings) -> PayoutProviders:
    """The providers the settings describe.

    Raises:
        SettingsError: a provider is described in part only.
    """
    providers: list[PayoutProvider] = []
    if settings.sandbox_url:
        if not settings.sandbox_api_key or not settings.sandbox_webhook_secret:
            raise SettingsError("PLAUDIT_SANDBOX_URL needs PLAUDIT_SANDBOX_API_KEY and PLAUDIT_SANDBOX_WEBHOOK_SECRET")
        providers.append(
            SandboxPayoutProvider(
                url=settings.sandbox_url,
                api_key=settings.sandbox_api_key,
                webhook_secret=settings.sandbox_webhook_secret,
                webhook_url=f"{settings.public_url}/v1/webhooks/payouts/sandbox",
            )
        )
    return PayoutProviders(providers)
