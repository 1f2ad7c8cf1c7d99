"""Creators' accounts at Stripe: made once per method, and finished by the creators on Stripe's own pages."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from plaudit.payouts.providers.base import AccountState, ProviderAccount
from plaudit.payouts.providers.stripe.objects import METHOD_MARK, Account, Link
from plaudit.providers import ProviderRefused
from plaudit.selling.providers.stripe.gateway import StripeGateway

_GONE = (str(HTTPStatus.FORBIDDEN.value), str(HTTPStatus.NOT_FOUND.value))


class StripeAccounts:
    """Express accounts that only receive. They are paid out when we say so, so that each payout there is one here."""

    def __init__(self, gateway: StripeGateway, country: str) -> None:
        """`country`: the platform's; elsewhere creators are recipients. Empty: not known, all are as at home."""
        self._gateway = gateway
        self._country = country

    async def open(self, method_id: UUID, country: str, currency: str) -> ProviderAccount:
        asked: dict[str, Any] = {
            "type": "express",
            "country": country,
            "capabilities": {"transfers": {"requested": True}},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            "metadata": {METHOD_MARK: str(method_id)},
        }
        if self._country not in {"", country}:
            asked["tos_acceptance"] = {"service_agreement": "recipient"}
        options: Any = {"idempotency_key": f"account-{method_id}"}
        made = await self._gateway.ask(Account, lambda client: client.v1.accounts.create(asked, options))  # type: ignore[arg-type]
        return made.stands(currency)

    async def fetch(self, account: str, currency: str) -> ProviderAccount:
        try:
            found = await self._gateway.ask(Account, lambda client: client.v1.accounts.retrieve(account))
        except ProviderRefused as refused:
            if refused.reason.startswith(_GONE):  # it withdrew from this platform, or was deleted
                return ProviderAccount(account=account, state=AccountState.CLOSED)
            raise
        return found.stands(currency)

    async def link(self, account: str, return_url: str) -> str:
        asked: Any = {
            "account": account,
            "type": "account_onboarding",
            "return_url": return_url,
            "refresh_url": return_url,
        }
        return (await self._gateway.ask(Link, lambda client: client.v1.account_links.create(asked))).url
