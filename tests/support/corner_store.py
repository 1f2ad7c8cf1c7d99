"""A third app store, the Corner Store, as a package beside Plaudit brings one: all there is of it stands here."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from plaudit.money import Money
from plaudit.providers import ProviderRefused, SignatureNotValid
from plaudit.selling.prices.channels import ChannelInfo, RefundDesk
from plaudit.selling.providers.base import AmountRange, Capabilities, CheckoutRequest, RefundRequest
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.news import (
    News,
    Payment,
    PaymentNews,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
    StorePayment,
    WebhookMessage,
)
from plaudit.selling.providers.plugin import PaymentPlugin
from plaudit.selling.providers.products import coins_of_product
from plaudit.setting_kinds import NOT_SET, Secret, key
from plaudit.setting_sections import Section
from plaudit.settings import Settings, SettingsError

NAME = "corner"
PROOF_BYTES_MAX = 2_000


@dataclass(frozen=True, kw_only=True)
class CornerSettings(Section):
    """One app in the Corner Store."""

    prefix: ClassVar[str] = "corner_"

    app: str = ""
    """The app that sells coins in the Corner Store. Empty: it is not offered."""

    secret: Annotated[Secret, key(16)] = NOT_SET
    """What the Corner Store signs with; at least 16 characters."""

    @property
    def is_described(self) -> bool:
        return bool(self.app)


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What the store says of a purchase."""

    id: str
    order_id: str
    product_id: str
    amount_minor: int
    currency: str
    paid_at: datetime
    is_taken_back: bool = False

    def signed(self, secret: Secret) -> str:
        """The proof an app gets, and the body of a message."""
        body = msgspec.json.encode(self).decode()
        return f"{_seal(body, secret)} {body}"


class CornerStore:
    """Believes what is signed with the secret."""

    name = NAME
    capabilities = Capabilities(channel=NAME)

    def __init__(self, secret: Secret, product_prefix: str) -> None:
        self._secret = secret
        self._prefix = product_prefix
        self.finished: list[str] = []
        """Purchases it was told to be done with."""
        self._known: dict[str, StorePayment] = {}

    def takes(self, price: Money) -> bool:
        return True

    def step_minor(self, currency: str) -> int:
        return 1

    def range_of(self, currency: str) -> AmountRange | None:
        return AmountRange()

    async def verify_purchase(self, proof: str) -> StorePayment:
        purchase = self._read(proof)
        if purchase is None or purchase.is_taken_back:
            raise PurchaseNotValid("signature_not_valid" if purchase is None else "revoked")
        return self._payment(purchase)

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        raise ProviderRefused(NAME, "the app buys in the Corner Store and brings the proof")

    async def fetch(self, payment_id: str) -> Payment:
        if payment_id not in self._known:
            raise ProviderRefused(NAME, "no such purchase")
        return self._known[payment_id]

    async def capture(self, payment_id: str) -> Payment:
        return await self.fetch(payment_id)

    async def cancel(self, payment_id: str) -> Payment:
        raise ProviderRefused(NAME, "only the store can")

    async def refund(self, request: RefundRequest) -> ReversalNews:
        raise ProviderRefused(NAME, "only the store can")

    async def finish(self, payment_id: str) -> None:
        self.finished.append(payment_id)

    async def answer_consumption(self, request_id: str, payment_id: str, consumed_ppm: int) -> None:
        raise ProviderRefused(NAME, "it never asks")

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookMessage:
        purchase = self._read(body.decode("latin-1"))
        if purchase is None:
            raise SignatureNotValid
        kind = "taken_back" if purchase.is_taken_back else "bought"
        return WebhookMessage(id=f"{purchase.id}-{kind}", kind=kind)

    async def read_webhook(self, body: bytes) -> list[News]:
        purchase = self._read(body.decode())
        assert purchase is not None  # it was verified
        if not purchase.is_taken_back:
            return [PaymentNews(payment=self._payment(purchase))]
        gone = ReversalNews(
            id=f"void-{purchase.id}",
            kind=ReversalKind.VOID,
            payment_id=purchase.id,
            state=ReversalState.DONE,
            share_ppm=1_000_000,
            at=purchase.paid_at,
        )
        return [gone]

    async def list_news(self, since: datetime, until: datetime) -> AsyncIterator[PaymentNews | ReversalNews]:
        for payment in self._known.values():
            if payment.paid_at and since <= payment.paid_at < until:
                yield PaymentNews(payment=payment)

    async def close(self) -> None: ...

    def _read(self, proof: str) -> Purchase | None:
        seal, _, body = proof.partition(" ")
        if len(proof) > PROOF_BYTES_MAX or not hmac.compare_digest(seal.encode(), _seal(body, self._secret).encode()):
            return None
        return msgspec.json.decode(body, type=Purchase)

    def _payment(self, purchase: Purchase) -> StorePayment:
        coins = coins_of_product(purchase.product_id, self._prefix)
        if coins is None:
            raise PurchaseNotValid("product")
        self._known[purchase.id] = StorePayment(
            id=purchase.id,
            reference=purchase.order_id,
            state=PaymentState.PAID,
            amount=Money(purchase.amount_minor, purchase.currency),
            paid_at=purchase.paid_at,
            coins=coins,
            environment="Corner",
            product_id=purchase.product_id,
        )
        return self._known[purchase.id]


def _seal(body: str, secret: Secret) -> str:
    return hmac.new(secret.reveal().encode(), body.encode(), hashlib.sha256).hexdigest()


def _make(settings: Settings) -> CornerStore:
    own = settings.of(CornerSettings)
    if not own.secret:
        raise SettingsError("PLAUDIT_CORNER_APP needs PLAUDIT_CORNER_SECRET")
    return CornerStore(own.secret, settings.store_product_prefix)


CORNER_STORE = PaymentPlugin(
    name=NAME,
    settings=CornerSettings,
    make=_make,
    channel=ChannelInfo(
        code=NAME,
        title="Corner app",
        place="in the Corner app",
        fee_bps=1_500,
        seller="Corner Inc. (Corner Store)",
        refund_desk=RefundDesk("Corner Store", "https://corner.example/refunds", "Choose the purchase and say why."),
        is_refunded_here=False,
    ),
)
