"""The payment providers this server offers."""

from collections.abc import Iterable

from plaudit.recharge.providers.base import PaymentProvider
from plaudit.recharge.providers.sandbox import SandboxProvider
from plaudit.settings import Settings, SettingsError


class PaymentProviders:
    """Providers by name. Whoever makes this closes it."""

    def __init__(self, providers: Iterable[PaymentProvider]) -> None:
        self._by_name = {provider.name: provider for provider in providers}

    @property
    def names(self) -> list[str]:
        return sorted(self._by_name)

    def get(self, name: str) -> PaymentProvider | None:
        return self._by_name.get(name)

    async def close(self) -> None:
        for provider in self._by_name.values():
            await provider.close()


def payment_providers(settings: Settings) -> PaymentProviders:
    """The providers the settings describe.

    Raises:
        SettingsError: a provider is described in part only.
    """
    providers: list[PaymentProvider] = []
    if settings.sandbox_url:
        if not settings.sandbox_api_key or not settings.sandbox_webhook_secret:
            raise SettingsError("PLAUDIT_SANDBOX_URL needs PLAUDIT_SANDBOX_API_KEY and PLAUDIT_SANDBOX_WEBHOOK_SECRET")
        providers.append(
            SandboxProvider(
                url=settings.sandbox_url,
                api_key=settings.sandbox_api_key,
                webhook_secret=settings.sandbox_webhook_secret,
                webhook_url=f"{settings.public_url}/v1/webhooks/sandbox",
            )
        )
    return PaymentProviders(providers)
