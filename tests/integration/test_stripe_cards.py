"""Cards that Stripe keeps, as the provider speaks of them: kept, listed, paid with, forgotten."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from plaudit.money import Money
from plaudit.selling.providers.base import CheckoutRequest
from plaudit.selling.providers.cards import CardRequest, CustomerRequest, ProviderCard
from plaudit.selling.providers.news import CardsChanged, Decline, PaymentNews, PaymentState
from plaudit.selling.providers.stripe.checkout import StripeCheckout
from tests.support.stripe import ASKS_BANK, GERMAN, GOOD, StripeWorld
from tests.support.waiting import WAIT_S

ASKS_BY_PAGE, POOR_LATER = "4000002760003184", "4000000000009979"
RETURN_URL = "https://shop.example/back"


@pytest.fixture
async def stripe(world: StripeWorld) -> AsyncIterator[StripeCheckout]:
    provider = world.checkout()
    yield provider
    await provider.close()


async def customer(stripe: StripeCheckout, key: UUID | None = None) -> str:
    request = CustomerRequest(key=key or new_id(SystemClock()), person_id=7, country="US")
    return await stripe.make_customer(request)


async def kept(stripe: StripeCheckout, world: StripeWorld, customer_id: str, number: str = GOOD) -> ProviderCard:
    """A card that its holder left on Stripe's page."""
    asked = CardRequest(
        key=new_id(SystemClock()), customer_id=customer_id, currency="USD", return_url=RETURN_URL, locale="en"
    )
    answer = world.pay(await stripe.ask_for_card(asked), number)
    assert answer.headers["location"] == RETURN_URL
    cards = await stripe.cards_of(customer_id, 10)
    assert cards
    return cards[0]


def one_tap(customer_id: str, card: str | None, **changed: object) -> CheckoutRequest:
    order_id = new_id(SystemClock())
    asked: dict[str, object] = {
        "reference": f"7-{order_id}", "order_id": order_id, "coins": 350, "price": Money(500, "USD"),
        "description": "350 coins", "return_url": RETURN_URL, "customer_id": customer_id, "card": card,
        "expires_at": datetime.now(UTC) + timedelta(hours=1),
    }  # fmt: skip
    return CheckoutRequest(**(asked | changed))  # type: ignore[arg-type]  # the fields are as above


async def test_one_customer_for_a_key(stripe: StripeCheckout, world: StripeWorld) -> None:
    key = new_id(SystemClock())
    assert await customer(stripe, key) == await customer(stripe, key)
    assert len(world.control("object", kind="customer")) == 1


async def test_what_is_shown_of_a_card(stripe: StripeCheckout, world: StripeWorld) -> None:
    card = await kept(stripe, world, await customer(stripe), GERMAN)
    assert (card.brand, card.last_four) == ("visa", GERMAN[-4:])
    assert (card.expires_on.month, card.expires_on.day) == (12, 31)


async def test_a_number_saved_twice_is_one_card_and_goes_with_all_its_copies(
    stripe: StripeCheckout, world: StripeWorld
) -> None:
    customer_id = await customer(stripe)
    _, card = [await kept(stripe, world, customer_id) for _ in range(2)]
    other = await kept(stripe, world, customer_id, GERMAN)
    assert {one.id for one in await stripe.cards_of(customer_id, 10) or []} == {card.id, other.id}
    assert len(await stripe.cards_of(customer_id, 1) or []) == 1
    for _ in range(2):  # what is gone already is no fault
        await stripe.forget_card(customer_id, card.id)
        assert await stripe.cards_of(customer_id, 10) == [other]


async def test_a_customer_is_forgotten_with_all_cards(stripe: StripeCheckout, world: StripeWorld) -> None:
    customer_id = await customer(stripe)
    card = await kept(stripe, world, customer_id)
    for _ in range(2):
        await stripe.forget_customer(customer_id)
    assert await stripe.cards_of(customer_id, 10) is None
    await stripe.forget_card(customer_id, card.id)


async def test_a_card_is_kept_when_its_payment_says_so(stripe: StripeCheckout, world: StripeWorld) -> None:
    for saves in (False, True):
        customer_id = await customer(stripe)
        asked = one_tap(customer_id, None, saves_card=saves)
        payment = await stripe.create_checkout(asked)
        world.pay(payment.checkout_url)
        assert len(await stripe.cards_of(customer_id, 10) or []) == saves


async def test_one_tap_reserves_and_is_repeated_without_harm(stripe: StripeCheckout, world: StripeWorld) -> None:
    customer_id = await customer(stripe)
    asked = one_tap(customer_id, (await kept(stripe, world, customer_id, GERMAN)).id)
    first, again = [await stripe.create_checkout(asked) for _ in range(2)]
    assert first == again
    assert (first.state, first.amount, first.reference) == (PaymentState.AUTHORISED, asked.price, asked.reference)
    assert [sign.country for sign in first.evidence] == ["DE"]
    assert len(world.control("object", kind="charge")) == 1
    assert (await stripe.capture(first.id)).state is PaymentState.PAID
    assert (await stripe.create_checkout(asked)).state is PaymentState.PAID


@pytest.mark.parametrize(("number", "wanted"), [(ASKS_BANK, False), (GOOD, True), (ASKS_BY_PAGE, False)])
@pytest.mark.parametrize("success", [True, False])
async def test_the_bank_asks_by_its_page_and_the_amount_stays(
    stripe: StripeCheckout, world: StripeWorld, number: str, *, wanted: bool, success: bool
) -> None:
    customer_id = await customer(stripe)
    card = await kept(stripe, world, customer_id, number)
    asked = one_tap(customer_id, card.id, authenticates=wanted)
    payment = await stripe.create_checkout(asked)
    assert (payment.state, payment.amount) == (PaymentState.OPEN, asked.price)
    assert payment.checkout_url is not None
    assert await stripe.create_checkout(asked) == payment
    answer = httpx2.post(payment.checkout_url, data={"success": str(success).lower()}, timeout=WAIT_S)
    assert answer.headers["location"] == RETURN_URL
    after = await stripe.fetch(payment.id)
    assert after.amount == asked.price
    expected = (PaymentState.AUTHORISED, None) if success else (PaymentState.DECLINED, Decline.NOT_AUTHENTICATED)
    assert (after.state, after.decline) == expected


async def test_a_decline_has_its_reason_and_is_the_end(stripe: StripeCheckout, world: StripeWorld) -> None:
    customer_id = await customer(stripe)
    asked = one_tap(customer_id, (await kept(stripe, world, customer_id, POOR_LATER)).id)
    for _ in range(2):
        payment = await stripe.create_checkout(asked)
        assert (payment.state, payment.decline) == (PaymentState.DECLINED, Decline.INSUFFICIENT_FUNDS)
    assert len(world.control("object", kind="charge")) == 1


async def test_what_nobody_answered_is_let_go(stripe: StripeCheckout, world: StripeWorld) -> None:
    customer_id = await customer(stripe)
    payment = await stripe.create_checkout(one_tap(customer_id, (await kept(stripe, world, customer_id, ASKS_BANK)).id))
    for _ in range(2):
        assert (await stripe.cancel(payment.id)).state is PaymentState.DECLINED


async def test_payments_by_kept_cards_are_told_of_and_listed(stripe: StripeCheckout, world: StripeWorld) -> None:
    customer_id = await customer(stripe)
    card = await kept(stripe, world, customer_id)
    by_page = await stripe.create_checkout(one_tap(customer_id, None))
    payment = await stripe.create_checkout(one_tap(customer_id, card.id))
    paid = await stripe.capture(payment.id)
    world.pay(by_page.checkout_url)
    told = [news for _, body in world.messages("payment_intent.succeeded") for news in await stripe.read_webhook(body)]
    assert told == [PaymentNews(payment=paid)]
    since = datetime.now(UTC) - timedelta(hours=1)
    listed = {
        news.payment.id: news.payment.state
        async for news in stripe.list_news(since, since + timedelta(hours=2))
        if isinstance(news, PaymentNews)
    }
    assert listed == {payment.id: PaymentState.PAID, by_page.id: PaymentState.AUTHORISED}


async def test_changes_of_kept_cards_are_told(stripe: StripeCheckout, world: StripeWorld) -> None:
    customer_id = await customer(stripe)
    card = await kept(stripe, world, customer_id)
    await stripe.forget_card(customer_id, card.id)
    await stripe.forget_customer(customer_id)
    kinds = ("payment_method.attached", "setup_intent.succeeded", "payment_method.detached", "customer.deleted")
    for kind in kinds:
        [(_, body)] = world.messages(kind)
        assert await stripe.read_webhook(body) == [CardsChanged(customer_id=customer_id)], kind
