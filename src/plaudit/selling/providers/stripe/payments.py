"""What Stripe's payments have in common, whichever way the buyer pays: taking, letting go, giving back, and news."""

import abc
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from plaudit.clock import Clock, SystemClock
from plaudit.limits import ORDER_VALID_MINUTES
from plaudit.money import Money
from plaudit.providers import ProviderRefused
from plaudit.selling.providers.base import (
    AmountRange,
    Capabilities,
    CheckoutRequest,
    NamedMethod,
    RefundRequest,
)
from plaudit.selling.providers.errors import MethodNotOffered
from plaudit.selling.providers.news import (
    FraudWarning,
    News,
    Payment,
    PaymentNews,
    PaymentState,
    ReversalNews,
    WebhookMessage,
)
from plaudit.selling.providers.stripe import webhooks
from plaudit.selling.providers.stripe.amounts import is_taken, range_of, step_minor, to_stripe
from plaudit.selling.providers.stripe.cards import cards_news
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.selling.providers.stripe.methods import HELD, METHODS, offered
from plaudit.selling.providers.stripe.objects import (
    ACCOUNT_DAYS_MARK,
    ORDER_MARK,
    PROVIDER_MARK,
    REASON_MARK,
    REFERENCE_MARK,
    REVERSAL_MARK,
    BankPayout,
    Booking,
    Charge,
    Dispute,
    EarlyFraudWarning,
    Intent,
    Refund,
    Review,
    dispute_news,
    is_inquiry,
    payout_notice,
    refund_news,
    review_news,
)
from plaudit.selling.providers.stripe.settings import StripeSettings
from plaudit.settings import Secret, SettingsError

INTENT_DETAILS = "latest_charge.balance_transaction"
_WITH_INTENT: Any = {"expand": ["payment_intent"]}
_LIST_WITH_INTENT: Any = {"expand": ["data.payment_intent"]}


class StripePayments(abc.ABC):
    """A way to pay by Stripe. The subclasses say what a payment is there: a Checkout Session or a PaymentIntent.

    What makes something new carries a key of our own. What moves a payment on carries none that lasts: its state keeps
    it from happening twice, and Stripe repeats the answer to a known key for a day, failures too.
    """

    name: str
    title: str
    in_app = False
    can_save = False

    def __init__(
        self,
        gateway: StripeGateway,
        webhook_secrets: Secret,
        clock: Clock | None = None,
        *,
        methods: Sequence[str] = (),
    ) -> None:
        """`methods`: those that buyers choose among by name."""
        named = [
            NamedMethod(
                code=code, title=one.title, currencies=one.currencies, is_judged_first=one.is_held, home=one.home
            )
            for code, one in ((code, METHODS[code]) for code in methods)
        ]
        self.capabilities = Capabilities(
            title=self.title, in_app=self.in_app, can_save=self.can_save, methods=tuple(named)
        )
        self._gateway = gateway
        self._webhook_secrets = webhook_secrets
        self._clock = clock or SystemClock()

    def takes(self, price: Money) -> bool:
        return is_taken(price)

    def step_minor(self, currency: str) -> int:
        return step_minor(currency)

    def range_of(self, currency: str) -> AmountRange | None:
        return range_of(currency)

    @abc.abstractmethod
    async def fetch(self, payment_id: str) -> Payment:
        """The payment as it is now."""

    @abc.abstractmethod
    async def cancel(self, payment_id: str) -> Payment:
        """Let go of a payment that is open or authorised; any other stays as it is, and is answered."""

    @abc.abstractmethod
    async def _intent_id(self, payment_id: str) -> str | None:
        """The PaymentIntent of a payment; None before the buyer has done anything."""

    @abc.abstractmethod
    async def _payment_id(self, intent_id: str) -> str | None:
        """The payment of a PaymentIntent with our mark."""

    @abc.abstractmethod
    def _payments(self, created: Mapping[str, int]) -> AsyncIterator[Payment]:
        """Our payments made in a time."""

    @abc.abstractmethod
    async def _payment_of_event(self, event: webhooks.Event) -> Payment | None:
        """The payment that an event about a session or PaymentIntent with our mark speaks of, as it is now."""

    async def capture(self, payment_id: str) -> Payment:
        """Take the money of an authorised payment.

        Raises:
            ProviderRefused: it is still authorised, and the bank does not let it be taken.
        """
        payment = await self.fetch(payment_id)
        if payment.state is not PaymentState.AUTHORISED:
            return payment
        intent_id = await self._require_intent(payment_id)
        try:
            await self._gateway.ask(Intent, lambda client: client.v1.payment_intents.capture(intent_id))
        except ProviderRefused:
            payment = await self.fetch(payment_id)
            if payment.state is PaymentState.AUTHORISED:
                raise
            return payment  # somebody else was quicker, or the authorisation has lapsed
        return await self.fetch(payment_id)

    async def refund(self, request: RefundRequest) -> ReversalNews:
        """Give money back. Stripe forgets idempotency keys after a day, so what is there already is looked for first.

        Raises:
            ProviderRefused: more than is left of the payment, or nothing was paid.
        """
        intent_id = await self._require_intent(request.payment_id)
        amount = to_stripe(request.amount)
        marks = {
            PROVIDER_MARK: self.name,
            REFERENCE_MARK: request.reference,
            REVERSAL_MARK: str(request.reversal_id),
            REASON_MARK: request.reason[:500],
        }
        refunds = self._gateway.pages(
            Refund, lambda client, asked: client.v1.refunds.list(asked), {"payment_intent": intent_id}
        )
        async for known in refunds:
            if (known.metadata or {}).get(REVERSAL_MARK) == str(request.reversal_id):
                return refund_news(known, request.payment_id)
        made = await self._gateway.ask(
            Refund,
            lambda client: client.v1.refunds.create(
                {"payment_intent": intent_id, "amount": amount, "metadata": marks},
                options={"idempotency_key": f"refund:{request.reversal_id}"},
            ),
        )
        return refund_news(made, request.payment_id)

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookMessage:
        """Whether a message is from Stripe, fresh, and of the mode of our key.

        Raises:
            SignatureNotValid: it is not.
        """
        secrets = self._webhook_secrets.reveal().split()
        event = webhooks.verified(headers, body, secrets, self._clock, live=self._gateway.live)
        return WebhookMessage(id=event.id, kind=event.type)

    async def read_webhook(self, body: bytes) -> list[News]:
        """What has become of what a verified message is about; what is not ours is of no concern."""
        event = webhooks.read(body)
        if event.account is not None:
            return []
        if self.can_save and (changed := cards_news(event)):
            return [changed]
        subject, about = event.type.rpartition(".")[0], event.data.object.id
        if subject in {"checkout.session", "payment_intent"}:
            marked = (event.data.object.metadata or {}).get(PROVIDER_MARK) == self.name
            payment = await self._payment_of_event(event) if marked else None
            return [PaymentNews(payment=payment)] if payment else []
        if event.type == "charge.refunded":
            return [news async for news in self._refunds({"charge": about})]
        if event.type == "charge.updated":  # what Stripe keeps may be known some time after the payment
            marked = (event.data.object.metadata or {}).get(PROVIDER_MARK) == self.name
            return await self._news_of_charge(about) if marked else []
        readers = {
            "review": self._news_of_review,
            "payout": self._news_of_payout,
            "refund": self._news_of_refund,
            "charge.refund": self._news_of_refund,
            "charge.dispute": self._news_of_dispute,
            "radar.early_fraud_warning": self._news_of_warning,
        }
        reader = readers.get(subject)
        return await reader(about) if reader else []

    async def list_news(self, since: datetime, until: datetime) -> AsyncIterator[PaymentNews | ReversalNews]:
        """Refunds and disputes made from `since` until before `until`, and payments whose money may have come then:
        those made little earlier too, and those of delayed methods that arrived. As they are now, each once."""
        created = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        listed: set[str] = set()
        async for payment in self._payments({**created, "gte": created["gte"] - ORDER_VALID_MINUTES * 60}):
            listed.add(payment.id)
            yield PaymentNews(payment=payment)
        async for arrived in self._arrived(created):
            if arrived not in listed:
                yield PaymentNews(payment=await self.fetch(arrived))
        async for news in self._refunds({"created": created}):
            yield news
        disputes = self._gateway.pages(
            Dispute, lambda client, asked: client.v1.disputes.list(asked), {"created": created, **_LIST_WITH_INTENT}
        )
        async for dispute in disputes:
            if not is_inquiry(dispute) and (payment_id := await self._ours(dispute.payment_intent)):
                yield dispute_news(dispute, payment_id)

    async def close(self) -> None:
        await self._gateway.close()

    async def _let_go(self, intent_id: str) -> None:
        """Cancel a PaymentIntent; one that cannot be cancelled any more stays as it is."""
        try:
            await self._gateway.ask(Intent, lambda client: client.v1.payment_intents.cancel(intent_id))
        except ProviderRefused as error:
            if "payment_intent_unexpected_state" not in error.reason:
                raise

    async def _require_intent(self, payment_id: str) -> str:
        intent_id = await self._intent_id(payment_id)
        if intent_id is None:
            raise ProviderRefused(self.name, "nothing was paid yet")
        return intent_id

    async def _ours(self, intent: Intent | str | None) -> str | None:
        """The id of our payment that a PaymentIntent belongs to; None when it is somebody else's."""
        if not isinstance(intent, Intent) or intent.metadata.get(PROVIDER_MARK) != self.name:
            return None
        return await self._payment_id(intent.id)

    async def _news_of_refund(self, refund_id: str) -> list[News]:
        refund = await self._gateway.ask(Refund, lambda client: client.v1.refunds.retrieve(refund_id, _WITH_INTENT))
        payment_id = await self._ours(refund.payment_intent)
        return [refund_news(refund, payment_id)] if payment_id else []

    async def _arrived(self, created: Mapping[str, int]) -> AsyncIterator[str]:
        """Our payments by methods other than cards of which the money was booked in a time."""
        bookings = self._gateway.pages(
            Booking,
            lambda client, asked: client.v1.balance_transactions.list(asked),
            {"type": "payment", "created": created, "expand": ["data.source"]},
        )
        async for booking in bookings:
            charge = booking.source
            if not isinstance(charge, Charge) or (charge.metadata or {}).get(PROVIDER_MARK) != self.name:
                continue
            if charge.payment_intent and (found := await self._payment_id(charge.payment_intent)):
                yield found

    async def _refunds(self, of: Mapping[str, Any]) -> AsyncIterator[ReversalNews]:
        refunds = self._gateway.pages(
            Refund, lambda client, asked: client.v1.refunds.list(asked), {**of, **_LIST_WITH_INTENT}
        )
        async for refund in refunds:
            if payment_id := await self._ours(refund.payment_intent):
                yield refund_news(refund, payment_id)

    async def _news_of_dispute(self, dispute_id: str) -> list[News]:
        dispute = await self._gateway.ask(Dispute, lambda client: client.v1.disputes.retrieve(dispute_id, _WITH_INTENT))
        payment_id = await self._ours(dispute.payment_intent)
        if payment_id is None:
            return []
        if is_inquiry(dispute):
            return [FraudWarning(id=dispute.id, payment_id=payment_id, reason=f"inquiry: {dispute.reason}")]
        return [dispute_news(dispute, payment_id)]

    async def _news_of_charge(self, charge_id: str) -> list[News]:
        charge = await self._gateway.ask(Charge, lambda client: client.v1.charges.retrieve(charge_id))
        payment_id = await self._payment_id(charge.payment_intent) if charge.payment_intent else None
        return [PaymentNews(payment=await self.fetch(payment_id))] if payment_id else []

    async def _news_of_review(self, review_id: str) -> list[News]:
        review = await self._gateway.ask(Review, lambda client: client.v1.reviews.retrieve(review_id, _WITH_INTENT))
        payment_id = await self._ours(review.payment_intent)
        news = review_news(review, payment_id) if payment_id else None
        return [news] if news else []

    async def _news_of_payout(self, payout_id: str) -> list[News]:
        return [
            payout_notice(await self._gateway.ask(BankPayout, lambda client: client.v1.payouts.retrieve(payout_id)))
        ]

    async def _news_of_warning(self, warning_id: str) -> list[News]:
        warning = await self._gateway.ask(
            EarlyFraudWarning, lambda client: client.v1.radar.early_fraud_warnings.retrieve(warning_id, _WITH_INTENT)
        )
        payment_id = await self._ours(warning.payment_intent)
        if payment_id is None or not warning.actionable:  # refunded or disputed already
            return []
        reason = warning.fraud_type
        return [FraudWarning(id=warning.id, payment_id=payment_id, reason=reason, is_of_network=True)]


def marks(provider: str, request: CheckoutRequest) -> dict[str, str]:
    """What Plaudit writes beside a payment at Stripe, to know it again."""
    return {
        PROVIDER_MARK: provider,
        REFERENCE_MARK: request.reference,
        ORDER_MARK: str(request.order_id),
        ACCOUNT_DAYS_MARK: str(request.account_days),
    }


def options_of(request: CheckoutRequest) -> dict[str, dict[str, str]]:
    """How each method is to pay: reserved first; a card kept, or its holder asked by the bank, where that is wanted."""
    card = dict(HELD["card"])
    if request.saves_card:
        card["setup_future_usage"] = "on_session"
    if request.authenticates:
        card["request_three_d_secure"] = "any"
    return HELD | {"card": card}


def allowed_methods(provider: str, request: CheckoutRequest) -> list[str] | None:
    """What Stripe may offer for a payment; None: whatever the account has.

    Raises:
        MethodNotOffered: not what was chosen by name.
    """
    allowed = offered(request.unseen, request.method)
    if not allowed and allowed is not None:
        raise MethodNotOffered(provider, f"{request.method} does not show where its payer is")
    return allowed


def methods_of(own: StripeSettings) -> list[str]:
    """The methods of the settings that buyers choose among by name.

    Raises:
        SettingsError: one is none of Stripe's.
    """
    named = own.methods.split()
    if unknown := [code for code in named if code not in METHODS]:
        raise SettingsError(f"PLAUDIT_STRIPE_METHODS: {unknown[0]} is none of Stripe's methods")
    return named


def gateway_of(own: StripeSettings, provider: str) -> StripeGateway:
    """The way to the account of the settings.

    Raises:
        SettingsError: the key or the secrets of the webhooks cannot be ones of Stripe.
    """
    key, secrets = own.secret_key.reveal(), own.webhook_secrets.reveal().split()
    if not key.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        raise SettingsError("PLAUDIT_STRIPE_SECRET_KEY must be a secret or restricted key (sk_… or rk_…)")
    if not secrets or not all(secret.startswith("whsec_") for secret in secrets):
        raise SettingsError("PLAUDIT_STRIPE_WEBHOOK_SECRETS must hold the signing secrets of the webhooks (whsec_…)")
    return StripeGateway(provider=provider, key=own.secret_key, url=own.url)
