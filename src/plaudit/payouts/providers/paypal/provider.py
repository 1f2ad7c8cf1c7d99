"""PayPal Payouts: each payout a batch of its own, which PayPal takes once; unclaimed ones can be taken back."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec

from plaudit import foreign
from plaudit.clock import Clock, SystemClock
from plaudit.limits import PAYOUT_WEBHOOK_BYTES_MAX
from plaudit.payouts.kinds import MethodKind, ProviderWait
from plaudit.payouts.providers.base import (
    Accounts,
    NothingToRecall,
    PayoutOrder,
    PayoutSignal,
    PayoutStatus,
    ProviderPayout,
    payout_id_in,
)
from plaudit.payouts.providers.paypal.batches import Batch, batch_in, body_of
from plaudit.payouts.providers.paypal.limits import PAYPAL_BATCH_ID_DAYS, PAYPAL_BATCH_ID_SPARE_DAYS
from plaudit.payouts.providers.paypal.settings import PayPalPayoutSettings
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.paypal.client import PayPalClient, PayPalRefused
from plaudit.selling.providers.paypal.money import DECIMALS, NAME, step_minor
from plaudit.selling.providers.paypal.provider import certificates_of
from plaudit.selling.providers.paypal.settings import PayPalSettings
from plaudit.selling.providers.paypal.signature import SigningCertificates, check
from plaudit.settings import Settings, SettingsError

_PATH = "/v1/payments/payouts"
_EVENTS = "PAYMENT.PAYOUTS-ITEM."
_RECEIVER = "receiver"


class _EventItem(msgspec.Struct, frozen=True):
    sender_item_id: str = ""


class _EventResource(msgspec.Struct, frozen=True):
    payout_batch_id: str = ""
    payout_item: _EventItem = _EventItem()


class _Event(msgspec.Struct, frozen=True):
    id: str
    event_type: str
    resource: msgspec.Raw = msgspec.Raw(b"{}")


class _Anything(msgspec.Struct, frozen=True):
    pass


class PayPalPayouts:
    """Pays to mail addresses and accounts at PayPal.

    PayPal finds a batch by its own name only. Until that is known, sending again is how it is found: PayPal refuses an
    id that it had within PAYPAL_BATCH_ID_DAYS, and says which batch that was. After that it would pay twice; so what
    was told long ago is not sent again, and waits for a person.
    """

    name = NAME
    by_hand = False
    kinds = frozenset({MethodKind.PAYPAL})
    accounts: Accounts | None = None

    def __init__(
        self,
        *,
        client: PayPalClient,
        certificates: SigningCertificates,
        webhook_id: str,
        seller: str,
        clock: Clock,
        currencies: frozenset[str] = frozenset(),
    ) -> None:
        """Without currencies it takes all that PayPal takes."""
        self._client = client
        self._certificates = certificates
        self._webhook_id = webhook_id
        self._seller = seller
        self._clock = clock
        self._currencies = currencies

    def takes(self, currency: str) -> bool:
        """Not those of which PayPal writes fewer decimals than there are: a payout may be of any amount."""
        if self._currencies and currency not in self._currencies:
            return False
        return currency in DECIMALS and step_minor(currency) == 1

    async def send(self, order: PayoutOrder) -> ProviderPayout:
        if order.paypal is None:
            raise ProviderUnavailable(NAME, detail=f"payout {order.payout_id} is to no PayPal")
        self._require_remembered(order)
        try:
            body = body_of(order, order.paypal, self._seller)
            batch = await self._client.post(_PATH, Batch, request_id=str(order.payout_id), body=body)
        except PayPalRefused as refused:
            known = batch_in(list(refused.links))
            if known is not None and known != str(order.payout_id):
                return await self._found(order.payout_id, known, order)
            return _refused(refused, order)
        return batch.payout(order.payout_id, order.money)

    def _require_remembered(self, order: PayoutOrder) -> None:
        """PayPal still refuses what it may have had.

        Raises:
            ProviderUnavailable: it may not.
        """
        remembered = timedelta(days=PAYPAL_BATCH_ID_DAYS - PAYPAL_BATCH_ID_SPARE_DAYS)
        if order.told_since is not None and self._clock.now() - order.told_since > remembered:
            detail = (
                f"payout {order.payout_id} may have reached PayPal on {order.told_since:%Y-%m-%d}, and PayPal forgets "
                f"such after {PAYPAL_BATCH_ID_DAYS} days: look for it in PayPal's activity; it is not sent again"
            )
            raise ProviderUnavailable(NAME, detail=detail)

    async def fetch(self, payout_id: UUID, reference: str | None = None) -> ProviderPayout | None:
        if reference is None:
            await self._client.ready()
            return None
        return await self._found(payout_id, reference, None)

    async def _found(self, payout_id: UUID, batch_id: str, order: PayoutOrder | None) -> ProviderPayout:
        batch = await self._batch(batch_id)
        return batch.payout(payout_id, order.money if order else None)

    async def _batch(self, batch_id: str) -> Batch:
        try:
            return await self._client.get(f"{_PATH}/{quote(batch_id, safe='')}", Batch)
        except PayPalRefused as refused:  # what it took it does not lose: this is about us, or about now
            raise ProviderUnavailable(NAME, detail=f"batch {batch_id}: {refused.reason}") from refused

    async def recall(self, payout_id: UUID, reference: str | None) -> ProviderPayout:
        if reference is None:
            raise NothingToRecall
        batch = await self._batch(reference)
        item, now = batch.item_of(payout_id), batch.payout(payout_id, None)
        if item is None or now.wait is not ProviderWait.UNCLAIMED:
            if now.status is PayoutStatus.UNDONE:
                return now
            raise NothingToRecall
        path = f"/v1/payments/payouts-item/{quote(item.payout_item_id, safe='')}/cancel"
        try:
            await self._client.post(path, _Anything, request_id=f"cancel-{payout_id}")
        except PayPalRefused as refused:  # claimed or returned at this moment
            if refused.http_status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
                raise ProviderUnavailable(NAME, detail=refused.reason) from refused
        return await self._found(payout_id, reference, None)

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        if len(body) > PAYOUT_WEBHOOK_BYTES_MAX:
            raise SignatureNotValid
        try:
            event = foreign.decode(body, kind=_Event)
        except msgspec.MsgspecError as error:
            raise SignatureNotValid from error
        await check(headers, body, webhook_id=self._webhook_id, certificates=self._certificates, now=self._clock.now())
        return event.id

    def read_event(self, body: bytes) -> PayoutSignal | None:
        event = foreign.decode(body, kind=_Event)
        if not event.event_type.startswith(_EVENTS):
            return None
        resource = foreign.decode(event.resource, kind=_EventResource)
        payout_id = payout_id_in(resource.payout_item.sender_item_id)
        if payout_id is None or not resource.payout_batch_id:
            return None  # of what others pay through the same account
        return PayoutSignal(payout_id=payout_id, reference=resource.payout_batch_id)

    async def close(self) -> None:
        await self._client.close()
        await self._certificates.close()


def _refused(refused: PayPalRefused, order: PayoutOrder) -> ProviderPayout:
    """A refusal that is about the receiver is for good; any other is about us, and the payout is still to be made.

    Raises:
        ProviderUnavailable: it is about us.
    """
    if not refused.field.rpartition(".")[2].casefold().startswith(_RECEIVER):
        raise ProviderUnavailable(NAME, detail=refused.reason) from refused
    return ProviderPayout(
        payout_id=order.payout_id,
        reference="",
        status=PayoutStatus.UNDONE,
        money=order.money,
        reason=refused.reason,
    )


def from_settings(settings: Settings) -> PayPalPayouts:
    """PayPal Payouts as the settings describe it.

    Raises:
        SettingsError: it is described in part, or an address in it is not safe.
    """
    own, shared = settings.of(PayPalPayoutSettings), settings.of(PayPalSettings)
    if not (own.client_id and own.client_secret and own.webhook_id):
        raise SettingsError(
            "PayPal Payouts needs PLAUDIT_PAYPAL_PAYOUTS_CLIENT_ID, PLAUDIT_PAYPAL_PAYOUTS_CLIENT_SECRET and "
            "PLAUDIT_PAYPAL_PAYOUTS_WEBHOOK_ID"
        )
    clock = SystemClock()
    access: dict[str, Any] = {"client_id": own.client_id, "client_secret": own.client_secret}
    return PayPalPayouts(
        client=PayPalClient(url=shared.url, clock=clock, **access),
        certificates=certificates_of(shared, clock),
        webhook_id=own.webhook_id,
        seller=settings.seller_name,
        clock=clock,
        currencies=frozenset(own.currencies.split()),
    )
