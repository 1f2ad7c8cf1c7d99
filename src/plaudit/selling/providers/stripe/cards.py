"""Cards that Stripe keeps: its customers, the page where one is left, and what may be shown of each."""

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import msgspec

from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers.cards import CardRequest, CustomerRequest, ProviderCard
from plaudit.selling.providers.news import CardsChanged
from plaudit.selling.providers.stripe import webhooks
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.selling.providers.stripe.limits import STRIPE_PAGE_LENGTH
from plaudit.selling.providers.stripe.locales import stripe_locale
from plaudit.selling.providers.stripe.objects import PERSON_MARK

if TYPE_CHECKING:
    from stripe.params import CustomerCreateParams
    from stripe.params.checkout import SessionCreateParams


class Customer(msgspec.Struct, frozen=True):
    id: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str | None = None
    """The same for the same number, however often it was saved."""


class CardMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A PaymentMethod of a card, newest first in Stripe's lists."""

    id: str
    card: Card

    @property
    def shown(self) -> ProviderCard:
        year, month = self.card.exp_year, self.card.exp_month
        last_day = date(year, month, monthrange(year, month)[1])
        return ProviderCard(id=self.id, brand=self.card.brand, last_four=self.card.last4, expires_on=last_day)


class CardPage(msgspec.Struct, frozen=True):
    """A Checkout Session that takes a card and no money."""

    id: str
    url: str | None = None


class StripeCards:
    """A part of StripeCheckout: what a CardKeeper does."""

    _gateway: StripeGateway

    async def make_customer(self, request: CustomerRequest) -> str:
        parameters: CustomerCreateParams = {"metadata": {PERSON_MARK: str(request.person_id)}}
        if request.country:
            parameters["address"] = {"country": request.country}
        made = await self._gateway.ask(
            Customer,
            lambda client: client.v1.customers.create(
                parameters, options={"idempotency_key": f"customer:{request.key}:{request.country}"}
            ),
        )
        return made.id

    async def ask_for_card(self, request: CardRequest) -> str:
        parameters: SessionCreateParams = {
            "mode": "setup",
            "customer": request.customer_id,
            "currency": request.currency.lower(),
            "allowed_payment_method_types": cast("Any", ["card"]),
            "success_url": request.return_url,
            "cancel_url": request.return_url,
            "locale": stripe_locale(request.locale),
        }
        page = await self._gateway.ask(
            CardPage,
            lambda client: client.v1.checkout.sessions.create(
                parameters, options={"idempotency_key": f"card:{request.key}"}
            ),
        )
        if page.url is None:
            raise ProviderUnavailable(self._gateway.provider)
        return page.url

    async def cards_of(self, customer_id: str, limit: int) -> list[ProviderCard] | None:
        try:
            kept = await self._kept(customer_id)
        except ProviderRefused as error:
            if is_missing(error):
                return None
            raise
        newest: dict[str, CardMethod] = {}
        for one in kept:  # a number that was saved twice is one card
            newest.setdefault(one.card.fingerprint or one.id, one)
        return [one.shown for one in newest.values()][:limit]

    async def forget_card(self, customer_id: str, card_id: str) -> None:
        """With every other copy of its number, which would come to light in its place."""
        try:
            kept = await self._kept(customer_id)
        except ProviderRefused as error:
            if is_missing(error):
                return
            raise
        prints = {one.card.fingerprint for one in kept if one.id == card_id and one.card.fingerprint}
        for one in kept:
            if one.id == card_id or one.card.fingerprint in prints:
                await self._detach(one.id)

    async def forget_customer(self, customer_id: str) -> None:
        try:
            await self._gateway.ask(Customer, lambda client: client.v1.customers.delete(customer_id))
        except ProviderRefused as error:
            if not is_missing(error):
                raise

    async def _detach(self, method_id: str) -> None:
        try:
            await self._gateway.ask(CardMethod, lambda client: client.v1.payment_methods.detach(method_id))
        except ProviderRefused as error:
            if not is_missing(error) and "payment_method_unexpected_state" not in error.reason:
                raise

    async def _kept(self, customer_id: str) -> list[CardMethod]:
        """The newest page of a customer's cards: nobody is let save more."""
        found = self._gateway.pages(
            CardMethod,
            lambda client, asked: client.v1.customers.payment_methods.list(customer_id, asked),
            {"type": "card"},
        )
        kept = []
        async for one in found:
            kept.append(one)
            if len(kept) == STRIPE_PAGE_LENGTH:
                break
        return kept


def cards_news(event: webhooks.Event) -> CardsChanged | None:
    """Whose cards an event speaks of; None: nobody's."""
    subject = event.type.rpartition(".")[0]
    about, before = event.data.object, event.data.previous_attributes or {}
    if event.type == "customer.deleted":
        return CardsChanged(customer_id=about.id)
    if subject not in {"payment_method", "setup_intent"}:
        return None
    customer_id = about.customer or before.get("customer")
    return CardsChanged(customer_id=customer_id) if isinstance(customer_id, str) else None


def is_missing(error: ProviderRefused) -> bool:
    """Whether Stripe has no such object, or not any more."""
    return "resource_missing" in error.reason
