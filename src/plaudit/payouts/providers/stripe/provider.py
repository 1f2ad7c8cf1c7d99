"""Stripe Connect: money goes to a creator's account by a transfer, and on to their bank by a payout of that account."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from plaudit.clock import Clock, SystemClock
from plaudit.limits import PAYOUT_WEBHOOK_BYTES_MAX
from plaudit.money import Money
from plaudit.payouts.kinds import MethodKind, ProviderWait
from plaudit.payouts.providers.base import (
    Accounts,
    AccountSignal,
    NothingToRecall,
    PayoutOrder,
    PayoutSignal,
    PayoutStatus,
    ProviderPayout,
    payout_id_in,
)
from plaudit.payouts.providers.stripe.accounts import StripeAccounts
from plaudit.payouts.providers.stripe.limits import STRIPE_TRANSFERS_OF_PAYOUT_MAX
from plaudit.payouts.providers.stripe.objects import PAYOUT_MARK, Balance, BankPayout, Reversal, Transfer
from plaudit.payouts.providers.stripe.settings import StripeConnectSettings
from plaudit.providers import ProviderRefused, ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.stripe import webhooks
from plaudit.selling.providers.stripe.amounts import from_stripe, to_stripe
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.selling.providers.stripe.settings import StripeSettings
from plaudit.settings import Secret, Settings, SettingsError

NAME = "stripe"
log = logging.getLogger(__name__)

# What payments and payouts write alike; in others a payout must be whole, or is of another unit.
_CURRENCIES = frozenset(
    {
        "AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "IDR", "ILS", "INR", "JPY", "KRW",
        "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "USD", "VND", "ZAR",
    }
)  # fmt: skip
_ACCOUNT_EVENTS = frozenset({"account.updated", "account.application.deauthorized", "capability.updated"})
_PAYOUT_EVENTS = ("payout.", "transfer.")
_UNDER_WAY = frozenset({"pending", "in_transit"})
_PAID = "paid"


class StripeConnect:
    """Pays to creators' accounts at Stripe.

    A payout here is a transfer, marked with its id, and a payout of the creator's account, marked with it, too. Keys
    keep Stripe from doing either twice for a day; so whatever was told before is looked up by its mark first. What goes
    on of itself is carried on by whoever asks: the payout once the money is there, and the reversal of a transfer whose
    payout failed.
    """

    name = NAME
    by_hand = False
    kinds = frozenset({MethodKind.STRIPE_ACCOUNT})

    def __init__(
        self,
        gateway: StripeGateway,
        webhook_secrets: Secret,
        clock: Clock,
        *,
        country: str = "",
        currencies: frozenset[str] = frozenset(),
    ) -> None:
        """Without currencies it takes all that it can write."""
        self._gateway = gateway
        self._webhook_secrets = webhook_secrets
        self._clock = clock
        self._currencies = currencies or _CURRENCIES
        self.accounts: Accounts | None = StripeAccounts(gateway, country)

    def takes(self, currency: str) -> bool:
        return currency in self._currencies & _CURRENCIES

    async def send(self, order: PayoutOrder) -> ProviderPayout:
        if order.account is None:
            raise self._unavailable(f"the account of payout {order.payout_id} is not there")
        amount = to_stripe(order.money)
        await self._require_funds(amount, order.money.currency)
        asked: dict[str, Any] = {
            "amount": amount,
            "currency": order.money.currency.lower(),
            "destination": order.account,
            "transfer_group": str(order.payout_id),
            "metadata": {PAYOUT_MARK: str(order.payout_id)},
        }
        options: Any = {"idempotency_key": f"transfer-{order.payout_id}"}
        try:
            transfer = await self._gateway.ask(
                Transfer,
                lambda client: client.v1.transfers.create(asked, options),  # type: ignore[arg-type]
            )
        except ProviderRefused as refused:  # about the platform, or the account for now: the payout is still to be made
            raise self._unavailable(f"payout {order.payout_id}: {refused.reason}") from refused
        return await self._carry_on(order.payout_id, transfer)

    async def _require_funds(self, amount: int, currency: str) -> None:
        """What Stripe refused for want of money it would refuse for a day under the same key: so it is asked before."""
        balance = await self._gateway.ask(Balance, lambda client: client.v1.balance.retrieve())
        if (there := balance.of(currency)) < amount:
            raise self._unavailable(f"the balance at Stripe is {there} {currency} (of its units), and {amount} is due")

    async def fetch(self, payout_id: UUID, reference: str | None = None) -> ProviderPayout | None:
        transfer = await self._transfer_of(payout_id)
        return None if transfer is None else await self._carry_on(payout_id, transfer)

    async def _transfer_of(self, payout_id: UUID) -> Transfer | None:
        asked = {"transfer_group": str(payout_id)}
        found: list[Transfer] = []
        async for one in self._gateway.pages(Transfer, lambda client, page: client.v1.transfers.list(page), asked):
            if one.metadata.get(PAYOUT_MARK) == str(payout_id):
                found.append(one)
            if len(found) > STRIPE_TRANSFERS_OF_PAYOUT_MAX:
                break
        if len(found) > 1:
            raise self._unavailable(f"payout {payout_id} has {len(found)} transfers: look at {found[0].id}")
        return found[0] if found else None

    async def _carry_on(self, payout_id: UUID, transfer: Transfer) -> ProviderPayout:
        """Bring a payout as far as it goes now, and say how far that is."""
        if transfer.amount_reversed >= transfer.amount:
            return self._said(payout_id, transfer, PayoutStatus.UNDONE, reason="the transfer was reversed")
        payout = await self._payout_of(payout_id, transfer) or await self._pay_out(payout_id, transfer)
        if isinstance(payout, ProviderWait):
            return self._said(payout_id, transfer, PayoutStatus.PROCESSING, wait=payout)
        if payout.status in _UNDER_WAY:
            return self._said(payout_id, transfer, PayoutStatus.PROCESSING, payout)
        if payout.status == _PAID:
            return self._said(payout_id, transfer, PayoutStatus.PAID, payout)
        await self._reverse(payout_id, transfer)
        reason = f"{payout.status} {payout.failure_code or ''}".strip()
        return self._said(payout_id, transfer, PayoutStatus.UNDONE, payout, reason=reason)

    async def _payout_of(self, payout_id: UUID, transfer: Transfer) -> BankPayout | None:
        asked = {"created": {"gte": transfer.created}}
        on: Any = {"stripe_account": transfer.destination}
        async for one in self._gateway.pages(BankPayout, lambda client, page: client.v1.payouts.list(page, on), asked):
            if (one.metadata or {}).get(PAYOUT_MARK) == str(payout_id):
                return one
        return None

    async def _pay_out(self, payout_id: UUID, transfer: Transfer) -> BankPayout | ProviderWait:
        """The payout of the creator's account, once the money is there; else what it waits for."""
        on: Any = {"stripe_account": transfer.destination}
        balance = await self._gateway.ask(Balance, lambda client: client.v1.balance.retrieve(options=on))
        if balance.of(transfer.currency) < transfer.amount:
            return ProviderWait.FUNDS
        asked: Any = {
            "amount": transfer.amount,
            "currency": transfer.currency,
            "metadata": {PAYOUT_MARK: str(payout_id)},
        }
        options: Any = on | {"idempotency_key": f"payout-{payout_id}"}
        try:
            return await self._gateway.ask(BankPayout, lambda client: client.v1.payouts.create(asked, options))
        except ProviderRefused as refused:  # its bank is gone, or Stripe wants to know more
            log.info("Stripe makes no payout %s yet: %s", payout_id, refused.reason)
            return ProviderWait.ACCOUNT

    async def _reverse(self, payout_id: UUID, transfer: Transfer) -> None:
        """Take back what is left of a transfer.

        Raises:
            ProviderUnavailable: it is not back.
        """
        asked: Any = {"amount": transfer.amount - transfer.amount_reversed, "metadata": {PAYOUT_MARK: str(payout_id)}}
        options: Any = {"idempotency_key": f"reversal-{payout_id}-{transfer.amount_reversed}"}
        try:
            await self._gateway.ask(
                Reversal, lambda client: client.v1.transfers.reversals.create(transfer.id, asked, options)
            )
        except ProviderRefused as refused:
            detail = f"the payout of {transfer.id} came to nothing, and it cannot be reversed: {refused.reason}"
            raise self._unavailable(detail) from refused

    async def recall(self, payout_id: UUID, reference: str | None) -> ProviderPayout:
        transfer = await self._transfer_of(payout_id)
        if transfer is None:
            raise NothingToRecall
        payout = await self._payout_of(payout_id, transfer)
        if payout is None:
            await self._reverse(payout_id, transfer)
        elif payout.status == "pending":
            on: Any = {"stripe_account": transfer.destination}
            try:
                await self._gateway.ask(BankPayout, lambda client: client.v1.payouts.cancel(payout.id, None, on))
            except ProviderRefused as refused:  # it left at this moment
                raise NothingToRecall from refused
        elif payout.status in {"in_transit", _PAID}:
            raise NothingToRecall
        now = await self.fetch(payout_id)
        assert now is not None, "Stripe forgets no transfer"
        return now

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        if len(body) > PAYOUT_WEBHOOK_BYTES_MAX:
            raise SignatureNotValid
        secrets = self._webhook_secrets.reveal().split()
        return webhooks.verified(headers, body, secrets, self._clock, live=self._gateway.live).id

    def read_event(self, body: bytes) -> PayoutSignal | AccountSignal | None:
        event = webhooks.read(body)
        if event.type in _ACCOUNT_EVENTS:
            return AccountSignal(account=event.account or event.data.object.id)
        if event.type.startswith(_PAYOUT_EVENTS):
            payout_id = payout_id_in((event.data.object.metadata or {}).get(PAYOUT_MARK))
            return None if payout_id is None else PayoutSignal(payout_id=payout_id)
        return None

    async def close(self) -> None:
        await self._gateway.close()

    def _said(
        self,
        payout_id: UUID,
        transfer: Transfer,
        status: PayoutStatus,
        payout: BankPayout | None = None,
        *,
        reason: str | None = None,
        wait: ProviderWait | None = None,
    ) -> ProviderPayout:
        """`money` is what of the transfer is not reversed by anybody else, so that a part taken back by hand shows."""
        left = transfer.amount if status is PayoutStatus.UNDONE else transfer.amount - transfer.amount_reversed
        return ProviderPayout(
            payout_id=payout_id,
            reference=transfer.id,
            status=status,
            money=self._money(left, transfer.currency),
            reason=reason,
            wait=wait,
            arrives_on=payout.arrives_on if payout and status is PayoutStatus.PROCESSING else None,
        )

    def _money(self, amount: int, currency: str) -> Money:
        try:
            return from_stripe(amount, currency)
        except ProviderRefused as refused:
            raise self._unavailable(refused.reason) from refused

    def _unavailable(self, detail: str) -> ProviderUnavailable:
        return ProviderUnavailable(self.name, detail=detail)


def from_settings(settings: Settings) -> StripeConnect:
    """Stripe Connect as the settings describe it.

    Raises:
        SettingsError: it is described in part only.
    """
    own = settings.of(StripeConnectSettings)
    if not (own.secret_key and own.webhook_secrets):
        raise SettingsError("Stripe Connect needs PLAUDIT_STRIPE_CONNECT_SECRET_KEY and …_WEBHOOK_SECRETS")
    gateway = StripeGateway(provider=NAME, key=own.secret_key, url=settings.of(StripeSettings).url)
    return StripeConnect(
        gateway,
        own.webhook_secrets,
        SystemClock(),
        country=own.country,
        currencies=frozenset(own.currencies.split()),
    )
