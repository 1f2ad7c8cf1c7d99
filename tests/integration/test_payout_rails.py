"""PayPal Payouts and Stripe Connect as plug-ins: how a server pays through them, whose messages it believes, what it
says of what waits, and what is about us and not about the payout."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.creators import actions as creators
from plaudit.creators.jobs import mature_due
from plaudit.creators.model import NewRewardRule
from plaudit.ids import new_id
from plaudit.money import Money
from plaudit.payouts.jobs import poll_due, send_due
from plaudit.payouts.kinds import MethodKind, ProviderWait
from plaudit.payouts.providers import payout_providers, ways
from plaudit.payouts.providers.base import NothingToRecall, PayoutOrder, PayoutStatus
from plaudit.payouts.providers.paypal.limits import PAYPAL_BATCH_ID_DAYS, PAYPAL_CLAIM_DAYS
from plaudit.people.model import Role
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.settings import Secret, Settings
from tests.support.databases import owner_of
from tests.support.deciding import of_house
from tests.support.desk import SELLER, Desk, open_desk
from tests.support.earnings import give
from tests.support.rails import PayPalRail, StripeRail, paypal_rail, stripe_rail

pytestmark = pytest.mark.unsold
NOW = datetime.now(UTC)  # signatures are checked against the machine's clock
TEN = Money(1_000, "USD")


@pytest.fixture(scope="module")
def paypal_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayPalRail]:
    with paypal_rail(tmp_path_factory.mktemp("paypal-payouts")) as rail:
        yield rail


@pytest.fixture
def paypal(paypal_running: PayPalRail) -> PayPalRail:
    paypal_running.reset()
    return paypal_running


@pytest.fixture(scope="module")
def stripe_running() -> Iterator[StripeRail]:
    with stripe_rail() as rail:
        yield rail


@pytest.fixture
def stripe(stripe_running: StripeRail) -> StripeRail:
    stripe_running.reset()
    return stripe_running


def order(clock: ManualClock, **changed: Any) -> PayoutOrder:
    asked: dict[str, Any] = {
        "payout_id": new_id(clock), "money": TEN, "holder_name": "Ada", "country": "US", "kind": MethodKind.PAYPAL,
        "paypal": "ada@example.com",
    }  # fmt: skip
    return PayoutOrder(**(asked | changed))


@asynccontextmanager
async def provided(rail: Any, clock: ManualClock) -> AsyncIterator[Any]:
    made = rail.provider(clock)
    yield made
    await made.close()


async def test_a_duplicate_leads_to_the_first_batch(paypal: PayPalRail) -> None:
    clock = ManualClock(NOW)
    async with provided(paypal, clock) as provider:
        one = order(clock)
        paypal.fail("lost")
        with pytest.raises(ProviderUnavailable):
            await provider.send(one)
        assert await provider.fetch(one.payout_id) is None, "PayPal finds nothing by our id"
        found = await provider.send(one)
        assert (found.status, found.money) == (PayoutStatus.PROCESSING, TEN)
        assert paypal.held() == {one.payout_id: ["PENDING"]}
        assert await provider.fetch(one.payout_id, found.reference) == found


async def test_what_paypal_may_have_forgotten_is_not_sent_again(paypal: PayPalRail) -> None:
    clock = ManualClock(NOW)
    async with provided(paypal, clock) as provider:
        one = order(clock, told_since=NOW)
        clock.advance(timedelta(days=PAYPAL_BATCH_ID_DAYS - 3))
        await provider.send(one)
        clock.advance(timedelta(days=3))
        paypal.control("forget-batch-ids")
        with pytest.raises(ProviderUnavailable):
            await provider.send(one)
        assert paypal.held()[one.payout_id] == ["PENDING"]


@pytest.mark.parametrize(
    ("changed", "about_us"), [({"paypal": "invalid@example.com"}, False), ({"money": Money(2 * 10**9, "USD")}, True)]
)
async def test_only_a_wrong_receiver_ends_a_payout(paypal: PayPalRail, changed: dict[str, Any], about_us: bool) -> None:
    clock = ManualClock(NOW)
    async with provided(paypal, clock) as provider:
        one = order(clock, **changed)
        if about_us:
            with pytest.raises(ProviderUnavailable):
                await provider.send(one)
        else:
            assert (await provider.send(one)).status is PayoutStatus.UNDONE
        assert paypal.held() == {}


async def test_what_nobody_claims_says_until_when_and_can_be_recalled(paypal: PayPalRail) -> None:
    clock = ManualClock(NOW)
    async with provided(paypal, clock) as provider:
        one = order(clock)
        sent = await provider.send(one)
        with pytest.raises(NothingToRecall):
            await provider.recall(one.payout_id, sent.reference)
        paypal.move(one.payout_id, "UNCLAIMED")
        now = await provider.fetch(one.payout_id, sent.reference)
        assert now.wait is ProviderWait.UNCLAIMED
        left = now.wait_until - datetime.now(UTC)
        assert timedelta(days=PAYPAL_CLAIM_DAYS - 1) < left <= timedelta(days=PAYPAL_CLAIM_DAYS)
        assert (await provider.recall(one.payout_id, sent.reference)).status is PayoutStatus.UNDONE
        assert (await provider.recall(one.payout_id, sent.reference)).status is PayoutStatus.UNDONE
        assert paypal.held()[one.payout_id] == ["RETURNED"]


@pytest.mark.parametrize("batch", ["DENIED"])
async def test_a_batch_that_is_denied_pays_nobody(paypal: PayPalRail, batch: str) -> None:
    clock = ManualClock(NOW)
    async with provided(paypal, clock) as provider:
        one = order(clock)
        sent = await provider.send(one)
        paypal.control("deny", batch_id=sent.reference)
        assert (await provider.fetch(one.payout_id, sent.reference)).status is PayoutStatus.UNDONE


async def test_messages_of_paypal_are_believed_by_their_signature(paypal: PayPalRail) -> None:
    clock = ManualClock(datetime.now(UTC))
    async with provided(paypal, clock) as provider:
        one = order(clock)
        sent = await provider.send(one)
        paypal.move(one.payout_id, "SUCCESS")
        (event,) = paypal.control("events")
        headers, body = paypal.message(event)
        assert await provider.verify_webhook(headers, body) == event["id"]
        signal = provider.read_event(body)
        assert (signal.payout_id, signal.reference) == (one.payout_id, sent.reference)
        for wrong in ({"certificate": "foreign"}, {"webhook_id": "another"}):
            with pytest.raises(SignatureNotValid):
                await provider.verify_webhook(*paypal.message(event, **wrong))
        with pytest.raises(SignatureNotValid):
            await provider.verify_webhook(headers, body.replace(b"SUCCESS", b"PENDING"))
        others = json.dumps(event | {"event_type": "PAYMENT.CAPTURE.COMPLETED"}).encode()
        foreign = json.dumps(event | {"resource": {"payout_batch_id": "B1", "payout_item": {"sender_item_id": "7"}}})
        assert (provider.read_event(others), provider.read_event(foreign.encode())) == (None, None)


async def connected(stripe: StripeRail, provider: Any, clock: ManualClock) -> str:
    account: str = (await provider.accounts.open(new_id(clock), "US", "USD")).account
    stripe.control("onboard", account_id=account)
    return account


async def test_an_account_is_made_once_and_says_what_stripe_asks_for(stripe: StripeRail) -> None:
    clock = ManualClock(NOW)
    async with provided(stripe, clock) as provider:
        method_id = new_id(clock)
        first = await provider.accounts.open(method_id, "DE", "EUR")
        assert (first.state, first.needs) == ("onboarding", ("external_account", "individual.dob.day"))
        assert (await provider.accounts.open(method_id, "DE", "EUR")).account == first.account
        (made,) = stripe.control("all", kind="account")
        assert made["settings"]["payouts"]["schedule"]["interval"] == "manual"
        url = await provider.accounts.link(first.account, "https://live.example/back")
        assert url.startswith(stripe.url)
        stripe.control("onboard", account_id=first.account)
        assert (await provider.accounts.fetch(first.account, "EUR")).state == "ready"
        assert (await provider.accounts.fetch(first.account, "USD")).needs == ("default_currency",)
        until = int((NOW + timedelta(days=9)).timestamp())
        due = {"currently_due": ["individual.verification.document"], "past_due": [], "current_deadline": until}
        stripe.control("move_account", account_id=first.account, payouts_enabled=False, requirements=due)
        asks = await provider.accounts.fetch(first.account, "EUR")
        assert (asks.state, asks.needs) == ("needs_information", ("individual.verification.document",))
        assert int(asks.needs_by.timestamp()) == until
        stripe.control("deauthorise", account_id=first.account)
        assert (await provider.accounts.fetch(first.account, "EUR")).state == "closed"


async def test_money_that_is_not_there_yet_is_paid_out_when_it_is(stripe: StripeRail) -> None:
    clock = ManualClock(NOW)
    async with provided(stripe, clock) as provider:
        stripe.control("hold", holds=True)
        one = order(clock, kind=MethodKind.STRIPE_ACCOUNT, account=await connected(stripe, provider, clock))
        sent = await provider.send(one)
        assert (sent.status, sent.wait) == (PayoutStatus.PROCESSING, ProviderWait.FUNDS)
        stripe.control("release")
        now = await provider.fetch(one.payout_id)
        assert (now.wait, now.arrives_on) == (None, (datetime.now(UTC) + timedelta(days=2)).date())
        assert stripe.held()[one.payout_id] == ["pending"]


async def test_stripe_without_money_is_asked_again_and_pays_once(stripe: StripeRail) -> None:
    """A refusal would be repeated under its key for a day; so nothing is asked for that cannot be."""
    clock = ManualClock(NOW)
    async with provided(stripe, clock) as provider:
        one = order(clock, kind=MethodKind.STRIPE_ACCOUNT, account=await connected(stripe, provider, clock))
        stripe.control("fund", currency="usd", amount=999)
        with pytest.raises(ProviderUnavailable):
            await provider.send(one)
        stripe.control("fund", currency="usd", amount=1_000)
        first = await provider.send(one)
        assert first.status is PayoutStatus.PROCESSING
        stripe.control("fund", currency="usd", amount=1_000)
        assert await provider.send(one) == first, "one key, one transfer"
        assert stripe.held() == {one.payout_id: ["pending"]}


async def test_keys_that_stripe_forgot_pay_nothing_twice(stripe: StripeRail) -> None:
    clock = ManualClock(NOW)
    async with provided(stripe, clock) as provider:
        one = order(clock, kind=MethodKind.STRIPE_ACCOUNT, account=await connected(stripe, provider, clock))
        stripe.control("fault", path="/v1/transfers", lose_answer=True)
        with pytest.raises(ProviderUnavailable):
            await provider.send(one)
        stripe.control("forget_keys")
        assert (await provider.fetch(one.payout_id)).status is PayoutStatus.PROCESSING
        assert stripe.held() == {one.payout_id: ["pending"]}


async def test_a_payout_that_fails_late_reverses_its_transfer(stripe: StripeRail) -> None:
    clock = ManualClock(NOW)
    async with provided(stripe, clock) as provider:
        account = await connected(stripe, provider, clock)
        one = order(clock, kind=MethodKind.STRIPE_ACCOUNT, account=account)
        await provider.send(one)
        stripe.move(one.payout_id, "paid")
        assert (await provider.fetch(one.payout_id)).status is PayoutStatus.PAID
        with pytest.raises(NothingToRecall):
            await provider.recall(one.payout_id, None)
        stripe.move(one.payout_id, "failed")
        assert (await provider.fetch(one.payout_id)).status is PayoutStatus.UNDONE
        assert stripe.control("balance", currency="usd", account=account) == 0
        assert stripe.funds() == 10**9
        assert (await provider.fetch(one.payout_id)).status is PayoutStatus.UNDONE


async def test_a_part_that_somebody_reversed_shows_as_another_amount(stripe: StripeRail) -> None:
    clock = ManualClock(NOW)
    async with provided(stripe, clock) as provider:
        stripe.control("hold", holds=True)
        one = order(clock, kind=MethodKind.STRIPE_ACCOUNT, account=await connected(stripe, provider, clock))
        sent = await provider.send(one)
        stripe.control("reverse", transfer=sent.reference, amount=400)
        assert (await provider.fetch(one.payout_id)).money == Money(600, "USD")


async def test_messages_of_stripe_are_believed_by_their_signature(stripe: StripeRail) -> None:
    clock = ManualClock(datetime.now(UTC))
    async with provided(stripe, clock) as provider:
        account = await connected(stripe, provider, clock)
        one = order(clock, kind=MethodKind.STRIPE_ACCOUNT, account=account)
        await provider.send(one)
        read = [provider.read_event(body) for _, body in stripe.message()]
        assert [getattr(signal, "account", None) for signal in read] == [account, account, None, None]
        assert [getattr(signal, "payout_id", None) for signal in read] == [None, None, one.payout_id, one.payout_id]
        headers, body = stripe.message()[0]
        assert await provider.verify_webhook(headers, body) == json.loads(body)["id"]
        for wrong in (stripe.message(secret="whsec_forged")[0], stripe.message(age_s=4_000)[0], (headers, body + b" ")):
            with pytest.raises(SignatureNotValid):
                await provider.verify_webhook(*wrong)


@dataclass
class Studio:
    """A creator with diamonds and an operator, at a server that pays by both."""

    desk: Desk
    clock: ManualClock
    creator: httpx2.AsyncClient
    operator: httpx2.AsyncClient

    def id(self) -> str:
        return str(new_id(self.clock))

    async def method(self, kind: str, **changed: Any) -> dict[str, Any]:
        body = {"id": self.id(), "kind": kind, "holder_name": "Ada", "country": "US", "currency": "USD"} | changed
        answer = await self.creator.post("/v1/payout-methods", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def quote(self, method_id: str) -> httpx2.Response:
        body = {"id": self.id(), "diamonds": 2_000, "method_id": method_id}
        return await self.creator.post("/v1/payout-quotes", json=body)

    async def cash_out(self, method_id: str) -> str:
        quote = await self.quote(method_id)
        assert quote.status_code == 201, quote.text
        asked: dict[str, str] = {"id": self.id(), "quote_id": quote.json()["id"]}
        assert (await self.creator.post("/v1/payouts", json=asked)).status_code == 201
        approved = await self.operator.post(f"/v1/payouts/{asked['id']}/approve")
        assert approved.status_code == 200, approved.text
        await self.work(send_due, self.desk.house.account_vault)
        return asked["id"]

    async def work(self, job: Any, *more: Any) -> int:
        house = self.desk.house
        done: int = await job(house.database, house.clock, house.payout_providers, *more)
        return done

    async def payout(self, payout_id: str) -> dict[str, Any]:
        return dict((await self.creator.get(f"/v1/payouts/{payout_id}")).json())

    async def pass_time(self, by: timedelta) -> None:
        """Whoever was signed in is so again."""
        self.clock.advance(by)
        self.creator, self.operator = await self.desk.person("ada"), await self.desk.person("olga")


@pytest.fixture
async def studio(database_url: str, paypal: PayPalRail, stripe: StripeRail) -> AsyncIterator[Studio]:
    clock = ManualClock(datetime.now(UTC))
    values: dict[str, Any] = {
        **SELLER, **paypal.settings(), **stripe.settings(),
        "vault_keys": Secret("a-key-that-is-as-long-as-it-has-to-be"),
        "payout_method_hold_hours": 0, "public_url": "http://plaudit.test",
    }  # fmt: skip
    owner = await asyncpg.connect(owner_of(database_url))
    await owner.execute("update decision_bound set value = 1000000000 where name = 'payout_unnamed_diamonds'")
    await owner.close()
    async with open_desk(database_url, clock, Settings.of_values(**values)) as desk:
        creator = await desk.person("ada", Role.CREATOR)
        operator = await desk.person("olga", Role.OPERATOR)
        creator_id = await desk.person_id("ada")
        rule = NewRewardRule(numerator=1, denominator=1, maturity_s=0, note="of the test")
        await of_house(desk.house.database, clock, creators.record_rule, rule)
        await give(desk.house.database, creator_id, 20_000)
        body = {"id": str(new_id(clock)), "all": True}
        assert (await creator.post("/v1/conversions", json=body)).status_code == 201
        await mature_due(desk.house.database, clock)
        yield Studio(desk, clock, creator, operator)


async def test_a_mail_address_is_sealed_and_shown_by_where_it_is(studio: Studio) -> None:
    method = await studio.method("paypal", paypal="Ada.Lovelace@Example.com")
    assert (method["account_ending"], method["connection"]) == ("A…@Example.com", None)
    async with studio.desk.house.database.read() as connection:
        kept = str(await connection.fetch("select * from payout_method"))
    assert "Lovelace" not in kept


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("paypal", {}, "paypal"),
        ("paypal", {"paypal": "ada@nowhere"}, "paypal"),
        ("paypal", {"paypal": "TOOSHORT"}, "paypal"),
        ("paypal", {"paypal": "a@b.example", "iban": "DE89370400440532013000"}, "kind"),
        ("stripe_account", {"paypal": "a@b.example"}, "paypal"),
        ("bank_account", {"iban": "DE89370400440532013000"}, "body.currency"),
    ],
)
async def test_each_kind_has_what_it_needs(studio: Studio, kind: str, given: dict[str, str], field: str) -> None:
    body = {"id": studio.id(), "kind": kind, "holder_name": "Ada", "country": "DE", "currency": "USD"} | given
    answer = await studio.creator.post("/v1/payout-methods", json=body)
    assert (answer.status_code, answer.json()["field"].removeprefix("body.")) == (
        400, field.removeprefix("body."),
    )  # fmt: skip


async def test_an_unclaimed_payout_says_what_it_waits_for_and_is_recalled_once(
    studio: Studio, paypal: PayPalRail
) -> None:
    method = await studio.method("paypal", paypal="ada@example.com")
    payout_id = await studio.cash_out(method["id"])
    assert (await studio.payout(payout_id))["next"]["step"] == "arrival"
    paypal.move(next(iter(paypal.held())), "UNCLAIMED")
    client = await studio.desk.client()
    headers, body = paypal.message(paypal.control("events")[0])
    told = await client.post("/v1/webhooks/payouts/paypal", headers=headers, content=body)
    assert told.status_code == 204
    waiting = (await studio.payout(payout_id))["next"]
    assert waiting["step"] == "unclaimed"
    assert datetime.fromisoformat(waiting["by"]) > datetime.now(UTC) + timedelta(days=PAYPAL_CLAIM_DAYS - 1)
    before = (await studio.creator.get("/v1/creators/me/balance")).json()["available"]["diamonds"]
    recalled = await studio.operator.post(f"/v1/payouts/{payout_id}/recall")
    assert (recalled.status_code, recalled.json()["state"]) == (200, "failed")
    again = await studio.operator.post(f"/v1/payouts/{payout_id}/recall")
    assert again.json()["code"] == "payout_state_conflict"
    after = (await studio.creator.get("/v1/creators/me/balance")).json()["available"]["diamonds"]
    assert after == before + 2_000
    assert (await studio.payout(payout_id))["next"] is None


async def test_nothing_goes_to_an_account_before_stripe_is_told_who_it_is(studio: Studio, stripe: StripeRail) -> None:
    method = await studio.method("stripe_account")
    assert method["connection"]["state"] == "opening"
    refused = await studio.quote(method["id"])
    assert refused.json()["code"] == "account_not_ready"
    where = f"/v1/payout-methods/{method['id']}/connection"
    link = await studio.creator.post(where)
    assert link.json()["url"].startswith(stripe.url)
    assert (await studio.creator.get(where)).json()["needs"] == ["bank", "birth"]
    (account,) = stripe.control("all", kind="account")
    stripe.control("onboard", account_id=account["id"])
    client = await studio.desk.client()
    for headers, body in stripe.message():
        assert (await client.post("/v1/webhooks/payouts/stripe", headers=headers, content=body)).status_code == 204
    (shown,) = (await studio.creator.get("/v1/payout-methods")).json()["items"]
    assert (shown["connection"]["state"], shown["connection"]["needs"]) == ("ready", [])
    assert (await studio.quote(method["id"])).status_code == 201


async def test_an_account_that_needs_more_later_holds_what_was_not_sent(studio: Studio, stripe: StripeRail) -> None:
    method = await studio.method("stripe_account")
    where = f"/v1/payout-methods/{method['id']}/connection"
    await studio.creator.post(where)
    (account,) = stripe.control("all", kind="account")
    stripe.control("onboard", account_id=account["id"])
    await studio.creator.get(where)
    quote = (await studio.quote(method["id"])).json()
    due = {"currently_due": ["individual.verification.document"], "past_due": [], "current_deadline": None}
    stripe.control("move_account", account_id=account["id"], payouts_enabled=False, requirements=due)
    await studio.creator.get(where)
    late = await studio.creator.post("/v1/payouts", json={"id": studio.id(), "quote_id": quote["id"]})
    assert (late.status_code, late.json()["code"]) == (409, "account_not_ready")
    stripe.control("onboard", account_id=account["id"])
    await studio.creator.get(where)
    asked = {"id": studio.id(), "quote_id": quote["id"]}
    assert (await studio.creator.post("/v1/payouts", json=asked)).status_code == 201
    stripe.control("move_account", account_id=account["id"], payouts_enabled=False, requirements=due)
    await studio.creator.get(where)
    assert (await studio.operator.post(f"/v1/payouts/{asked['id']}/approve")).status_code == 200
    assert await studio.work(send_due, studio.desk.house.account_vault) == 0
    assert [one["reason"] for one in (await studio.payout(asked["id"]))["waits_for"]] == ["account"]
    assert stripe.held() == {}
    stripe.control("onboard", account_id=account["id"])
    await studio.creator.get(where)
    await studio.work(send_due, studio.desk.house.account_vault)
    assert list(stripe.held().values()) == [["pending"]]


async def test_a_late_failure_gives_the_diamonds_back_once(studio: Studio, stripe: StripeRail) -> None:
    method = await studio.method("stripe_account")
    where = f"/v1/payout-methods/{method['id']}/connection"
    await studio.creator.post(where)
    stripe.control("onboard", account_id=stripe.control("all", kind="account")[0]["id"])
    await studio.creator.get(where)
    payout_id = await studio.cash_out(method["id"])
    (ours,) = stripe.held()
    stripe.move(ours, "paid")
    await studio.pass_time(timedelta(hours=1))
    await studio.work(poll_due)
    assert (await studio.payout(payout_id))["state"] == "paid"
    stripe.move(ours, "failed")
    client = await studio.desk.client()
    messages = stripe.message()[-1:] * 2
    for headers, body in messages:
        assert (await client.post("/v1/webhooks/payouts/stripe", headers=headers, content=body)).status_code == 204
    await studio.pass_time(timedelta(days=2))
    await studio.work(poll_due)
    assert (await studio.payout(payout_id))["state"] == "returned"
    assert (await studio.creator.get("/v1/creators/me/balance")).json()["available"]["diamonds"] == 20_000


async def test_who_waits_too_long_is_shown_to_operators(studio: Studio) -> None:
    method = await studio.method("paypal", paypal="ada@example.com")
    payout_id = await studio.cash_out(method["id"])
    assert (await studio.operator.get("/v1/operator/payouts/overdue")).json()["items"] == []
    by = datetime.fromisoformat((await studio.payout(payout_id))["next"]["by"])
    await studio.pass_time(by + timedelta(seconds=1) - studio.clock.now())
    late = (await studio.operator.get("/v1/operator/payouts/overdue")).json()["items"]
    assert [one["id"] for one in late] == [payout_id]
    page = (await studio.operator.get("/operator/payouts")).text
    assert f'data-recall="{payout_id}"' in page


async def test_a_quote_says_from_when_to_when_it_arrives(studio: Studio) -> None:
    method = await studio.method("paypal", paypal="ada@example.com")
    quoted = (await studio.quote(method["id"])).json()
    today = studio.clock.now().date()
    assert quoted["arrives_from"] == today.isoformat(), "PayPal is there at once, when somebody decides at once"
    days = (datetime.fromisoformat(quoted["arrives_to"]).date() - today).days
    assert 4 <= days <= 8, "four working days with one or two weekends at most"


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        ("2026-12-03", 1, "2026-12-04"),  # Thursday to Friday
        ("2026-12-04", 1, "2026-12-07"),  # Friday to Monday
        ("2026-12-05", 1, "2026-12-07"),  # Saturday to Monday
        ("2026-12-05", 0, "2026-12-05"),
        ("2026-12-03", 5, "2026-12-10"),
    ],
)
async def test_working_days_leave_out_weekends(prepared_on: Any, day: str, days: int, expected: str) -> None:
    found = await prepared_on.fetchval("select working_days_after($1, $2)", date.fromisoformat(day), days)
    assert found == date.fromisoformat(expected)


async def test_each_kind_is_paid_by_who_takes_it(paypal: PayPalRail, stripe: StripeRail) -> None:
    settings = Settings.of_values(**SELLER, **paypal.settings(), **stripe.settings(), manual_payouts=True)
    providers = payout_providers(settings)
    assert ways(providers, ["USD", "HUF", "KWD"]) == {
        MethodKind.BANK_ACCOUNT: ["USD", "HUF", "KWD"], MethodKind.STRIPE_ACCOUNT: ["USD"], MethodKind.PAYPAL: ["USD"],
    }  # fmt: skip
    await providers.close()


async def test_the_page_says_what_is_next_and_how_to_go_on(
    studio: Studio, paypal: PayPalRail, stripe: StripeRail
) -> None:
    mail, account = await studio.method("paypal", paypal="ada@example.com"), await studio.method("stripe_account")
    await studio.cash_out(mail["id"])
    paypal.move(next(iter(paypal.held())), "UNCLAIMED")
    await studio.pass_time(timedelta(hours=1))
    await studio.work(poll_due)
    page = (await studio.creator.get("/studio/payouts")).text
    assert 'data-next="unclaimed"' in page
    assert f'data-connect-method="{account["id"]}"' in page
    await studio.creator.post(f"/v1/payout-methods/{account['id']}/connection")
    stripe.control("onboard", account_id=stripe.control("all", kind="account")[0]["id"])
    back = await studio.creator.get(f"/studio/payouts/connected/{account['id']}")
    assert (back.status_code, back.headers["location"]) == (303, "/studio/payouts#methods")
    assert "data-connect-method" not in (await studio.creator.get("/studio/payouts")).text
