"""Creators and payouts over HTTP, with the sandbox as their bank, on real sockets."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import msgspec
import pytest

from plaudit.creators import actions as creators
from plaudit.creators.jobs import convert_due, mature_due
from plaudit.creators.model import NewRewardRule
from plaudit.ids import new_id
from plaudit.ledger import lives
from plaudit.payouts.jobs import poll_due, send_due, update_reference_rates
from plaudit.payouts.told import apply_due
from plaudit.people.model import Role
from tests.support.deciding import of_house
from tests.support.earnings import give
from tests.support.shop import Shop, open_shop, signed
from tests.support.waiting import eventually

pytestmark = pytest.mark.unsold

MATURITY_S = 10
ROUTING_NUMBER = "021000021"


@dataclass
class Studio:
    """A creator with gifts, an operator, and the shop they are at."""

    shop: Shop
    creator: httpx2.AsyncClient
    operator: httpx2.AsyncClient
    creator_id: int

    def id(self) -> str:
        return str(new_id(self.shop.clock))

    async def earn(self, diamonds: int) -> None:
        """Gifts, converted and matured."""
        await give(self.shop.desk.house.database, self.creator_id, diamonds)
        answer = await self.creator.post("/v1/conversions", json={"id": self.id(), "all": True})
        assert answer.status_code == 201, answer.text
        self.shop.clock.advance(timedelta(seconds=MATURITY_S))
        await mature_due(self.shop.desk.house.database, self.shop.clock)

    async def method(self, ending: str = "1234", **changed: str) -> str:
        """A bank account whose ending says what the sandbox does."""
        body = {
            "id": self.id(), "holder_name": "Ada Lovelace", "country": "US", "currency": "USD",
            "bank_code": ROUTING_NUMBER, "account_number": f"00012345{ending}",
        } | changed  # fmt: skip
        answer = await self.creator.post("/v1/payout-methods", json=body)
        assert answer.status_code == 201, answer.text
        method_id: str = answer.json()["id"]
        return method_id

    async def request(self, diamonds: int, ending: str = "1234") -> str:
        """A payout that waits for the operator."""
        body = {"id": self.id(), "diamonds": diamonds, "method_id": await self.method(ending)}
        quote = await self.creator.post("/v1/payout-quotes", json=body)
        assert quote.status_code == 201, quote.text
        answer = await self.creator.post("/v1/payouts", json={"id": self.id(), "quote_id": body["id"]})
        assert answer.status_code == 201, answer.text
        payout_id: str = answer.json()["id"]
        return payout_id

    async def approve(self, payout_id: str) -> None:
        """The operator agrees, and the job that sends runs."""
        answer = await self.operator.post(f"/v1/payouts/{payout_id}/approve")
        assert answer.status_code == 200, answer.text
        await self.work(send_due)

    async def payout(self, payout_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.creator.get(f"/v1/payouts/{payout_id}")).json()
        return found

    async def until(self, payout_id: str, state: str) -> dict[str, Any]:
        """Wait for a state that comes by itself."""

        async def reached() -> bool:
            return bool((await self.payout(payout_id))["state"] == state)

        await eventually(reached, f"the payout is {state}")
        return await self.payout(payout_id)

    async def balance(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.creator.get("/v1/creators/me/balance")).json()
        return found

    async def work(self, job: Callable[..., Awaitable[int]]) -> int:
        house = self.shop.desk.house
        vault = house.account_vault
        more = [vault] if job is send_due else [vault.vault] if job is apply_due else []
        return await job(house.database, house.clock, house.payout_providers, *more)


@asynccontextmanager
async def open_studio(database_url: str, folder: Path, **options: Any) -> AsyncIterator[Studio]:
    async with open_shop(database_url, folder, **options) as shop:
        house = shop.desk.house
        rule = NewRewardRule(numerator=1, denominator=1, maturity_s=MATURITY_S, note="of the test")
        await of_house(house.database, shop.clock, creators.record_rule, rule)
        creator = await shop.desk.person("ada", Role.CREATOR)
        operator = await shop.desk.person("olga", Role.OPERATOR)
        yield Studio(shop, creator, operator, await shop.desk.person_id("ada"))


@pytest.fixture
async def studio(database_url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    """Webhooks of the sandbox do not arrive by themselves."""
    async with open_studio(database_url, tmp_path) as opened:
        yield opened


async def test_after_a_restore_nothing_is_sent_until_somebody_compared(studio: Studio) -> None:
    database, clock = studio.shop.desk.house.database, studio.shop.clock
    async with database.transaction() as connection:
        await lives.begin(connection, clock.now(), anew=True)
    await studio.earn(10_000)
    payout_id = await studio.request(2_000)
    await studio.approve(payout_id)
    assert (await studio.payout(payout_id))["state"] == "approved"
    async with database.transaction() as connection:
        await lives.settle(connection, clock.now())
    assert await studio.work(send_due) == 1


async def test_from_gift_to_paid_payout(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, webhooks=True, chaos_seed=7) as studio:
        await studio.earn(10_000)
        balance = await studio.balance()
        assert balance["available"] == {"diamonds": 10_000, "estimate": {"amount_minor": 5_000, "currency": "USD"}}
        payout_id = await studio.request(10_000)
        assert (await studio.balance())["in_payout"]["diamonds"] == 10_000
        await studio.approve(payout_id)
        found = await studio.until(payout_id, "paid")
        assert found["gross"]["amount_minor"] == 5_000
        assert found["fee"]["amount_minor"] == 50
        assert found["arrives"] == {"amount_minor": 4_950, "currency": "USD"}
        assert [event["state"] for event in found["events"]] == ["requested", "approved", "sent", "paid"]
        assert [event["actor"] for event in found["events"]] == ["creator", "operator", "provider", "provider"]
        balance = await studio.balance()
        assert (balance["redeemed_diamonds"], balance["in_payout"]["diamonds"]) == (10_000, 0)


@pytest.mark.parametrize(
    ("ending", "state", "available"),
    [("0001", "failed", 5_000), ("0002", "returned", 5_000), ("0003", "paid", 0), ("0005", "paid", 0),
     ("0006", "paid", 0), ("0007", "failed", 5_000)],
)  # fmt: skip
async def test_what_the_bank_does(database_url: str, tmp_path: Path, ending: str, state: str, available: int) -> None:
    async with open_studio(database_url, tmp_path, webhooks=True, chaos_seed=1) as studio:
        await studio.earn(5_000)
        payout_id = await studio.request(5_000, ending)
        await studio.approve(payout_id)
        if ending in {"0005", "0006"}:  # the answer is lost, or the bank is away: it is tried again later
            seen = await operator_view(studio, payout_id)
            assert (seen["state"], seen["send_attempts"]) == ("approved", 1)
            assert "503" in seen["send_error"]
            studio.shop.clock.advance(timedelta(hours=1))
            await studio.work(send_due)
        found = await studio.until(payout_id, state)
        assert (await studio.balance())["available"]["diamonds"] == available
        if state != "failed":  # what was sent has a note, which counts no more when the money is back
            assert await note_of(studio, payout_id) == {"paid": "genuine", "returned": "withdrawn"}[state]
        assert found["reason"] is None, "what a provider says is for operators"
        assert {event["reason"] for event in found["events"]} == {None}
        assert ((await operator_view(studio, payout_id))["reason"] is None) == (state == "paid")


async def note_of(studio: Studio, payout_id: str) -> str:
    """What anybody is told who follows the address on the note of a payout."""
    page = await studio.creator.get(f"/studio/payouts/{payout_id}/note")
    assert page.status_code == 200, page.text
    found = re.search(r"/verify\?number=[^&]+&amp;code=([0-9A-Z-]+)", page.text)
    assert found
    guest = await studio.shop.desk.client()
    asked = {"number": payout_id, "code": found[1], "amount_minor": 5}
    told = (await guest.get("/v1/document-checks", params=asked)).json()
    assert (told["kind"], told["amount_fits"]) == ("payout", False)
    return str(told["outcome"])


async def operator_view(studio: Studio, payout_id: str) -> dict[str, Any]:
    page = (await studio.operator.get("/v1/operator/payouts")).json()
    found: dict[str, Any] = next(one for one in page["items"] if one["id"] == payout_id)
    return found


async def test_a_lost_webhook_is_made_up_for_by_asking(studio: Studio) -> None:
    await studio.earn(5_000)
    payout_id = await studio.request(5_000, "0004")
    await studio.approve(payout_id)
    await studio.until(payout_id, "sent")

    async def arrived() -> bool:
        return bool((await studio.shop.sandbox("GET", f"/payouts/{payout_id}")).json()["status"] == "paid")

    await eventually(arrived, "the sandbox has paid")
    studio.shop.clock.advance(timedelta(minutes=1))
    await studio.work(poll_due)
    assert (await studio.payout(payout_id))["state"] == "paid"


async def test_webhooks_are_checked_kept_and_applied_once(studio: Studio) -> None:
    await studio.earn(5_000)
    payout_id = await studio.request(5_000, "0004")
    await studio.approve(payout_id)
    sent = await studio.until(payout_id, "sent")
    guest = await studio.shop.desk.client()
    data = {"id": "po_1", "reference": payout_id, "amount_minor": sent["arrives"]["amount_minor"],
            "currency": "USD", "status": "paid"}  # fmt: skip

    async def tell(event: tuple[dict[str, str], bytes]) -> int:
        answer = await guest.post("/v1/webhooks/payouts/sandbox", headers=event[0], content=event[1])
        return answer.status_code

    forged = signed({"type": "payout.paid", "data": data}, secret="whsec_" + "Zm9yZ2VkLWZvcmdlZC1mb3JnZWQ=")
    assert await tell(forged) == 401
    assert (await studio.payout(payout_id))["state"] == "sent"

    paid = signed({"type": "payout.paid", "data": data})
    returned = signed({"type": "payout.returned", "data": data | {"status": "returned", "failure": "came back"}})
    assert [await tell(event) for event in (returned, paid, returned, paid)] == [204] * 4
    found = await studio.payout(payout_id)
    assert found["state"] == "returned"
    assert found["reason"] is None
    assert "came back" not in (await studio.creator.get("/studio/payouts")).text
    assert (await operator_view(studio, payout_id))["reason"] == "came back"
    assert (await studio.balance())["available"]["diamonds"] == 5_000

    assert await tell(signed({"type": "something.else", "data": {}})) == 204
    unknown = signed({"type": "payout.paid", "data": data | {"reference": studio.id()}})
    assert await tell(unknown) == 204
    assert await studio.work(apply_due) == 0


@pytest.mark.parametrize("changed", [{"status": "failed"}, {"amount_minor": 1}, {"currency": "EUR"}])
async def test_a_contradiction_moves_nothing_and_is_shown(studio: Studio, changed: dict[str, Any]) -> None:
    await studio.earn(5_000)
    payout_id = await studio.request(5_000, "0004")
    await studio.approve(payout_id)
    sent = await studio.until(payout_id, "sent")
    data = {"id": "po_1", "reference": payout_id, "amount_minor": sent["arrives"]["amount_minor"],
            "currency": "USD", "status": "paid"}  # fmt: skip
    guest = await studio.shop.desk.client()
    for event in (data, data | changed):
        headers, body = signed({"type": "payout.told", "data": event})
        assert (await guest.post("/v1/webhooks/payouts/sandbox", headers=headers, content=body)).status_code == 204
    assert (await studio.payout(payout_id))["state"] == "paid"
    assert (await studio.balance())["available"]["diamonds"] == 0
    page = (await studio.operator.get("/v1/operator/payouts?attention=true")).json()
    assert [one["id"] for one in page["items"]] == [payout_id]


async def test_an_event_that_cannot_be_read_is_kept(studio: Studio) -> None:
    guest = await studio.shop.desk.client()
    headers, body = signed({"type": "payout.paid", "data": {"reference": 7}})
    assert (await guest.post("/v1/webhooks/payouts/sandbox", headers=headers, content=body)).status_code == 204
    studio.shop.clock.advance(timedelta(minutes=5))
    assert await studio.work(apply_due) == 1
    [kept] = (await studio.operator.get("/v1/operator/messages?state=waiting")).json()["items"]
    assert (kept["side"], kept["provider"], kept["kind"], kept["tries"]) == ("payouts", "sandbox", "payout", 2)
    assert kept["detail"].startswith("ValidationError")
    replayed = await studio.operator.post(f"/v1/operator/messages/{kept['id']}/replay")
    assert (replayed.status_code, replayed.json()["outcome"]) == (200, "waiting")
    assert await studio.work(apply_due) == 1, "it is left to the job"


async def test_a_creator_takes_back_and_an_operator_refuses(studio: Studio) -> None:
    await studio.earn(9_000)
    first, second = await studio.request(4_000), await studio.request(5_000)
    assert (await studio.creator.post(f"/v1/payouts/{first}/cancel")).json()["state"] == "cancelled"
    refusal = {"reason": "The name does not match."}
    answer = await studio.operator.post(f"/v1/payouts/{second}/refuse", json=refusal)
    assert answer.json()["reason"] == refusal["reason"]
    assert (await studio.balance())["available"]["diamonds"] == 9_000
    for path in (f"/v1/payouts/{second}/approve", f"/v1/payouts/{first}/refuse"):
        answer = await studio.operator.post(path, json=refusal)
        assert answer.status_code == 409
        assert answer.json()["code"] == "payout_state_conflict"
    assert (await studio.creator.post(f"/v1/payouts/{second}/cancel")).status_code == 409


async def test_a_decision_that_is_repeated_is_the_first_one(studio: Studio) -> None:
    await studio.earn(9_000)
    for client, decision, state in (
        (studio.creator, "cancel", "cancelled"),
        (studio.operator, "refuse", "refused"),
        (studio.operator, "approve", "approved"),
    ):
        path = f"/v1/payouts/{await studio.request(4_000)}"
        first = await client.post(f"{path}/{decision}", json={"reason": "The first."} if decision == "refuse" else None)
        assert (first.status_code, first.json()["state"]) == (200, state), first.text
        again = await client.post(f"{path}/{decision}", json={"reason": "Another."} if decision == "refuse" else None)
        assert (again.status_code, again.json()) == (200, first.json())
        found = (await studio.operator.get(path)).json()
        assert [event["state"] for event in found["events"]] == ["requested", state]
    assert (await studio.balance())["available"]["diamonds"] == 5_000


async def test_nobody_touches_what_belongs_to_another(studio: Studio) -> None:
    await studio.earn(5_000)
    payout_id, method_id = await studio.request(3_000), await studio.method()
    other = await studio.shop.desk.person("bea", Role.CREATOR)
    viewer = await studio.shop.desk.person("vic")
    guest = await studio.shop.desk.client()
    assert (await other.get(f"/v1/payouts/{payout_id}")).status_code == 404
    assert (await other.post(f"/v1/payouts/{payout_id}/cancel")).status_code == 404
    assert (await other.delete(f"/v1/payout-methods/{method_id}")).status_code == 404
    body = {"id": studio.id(), "diamonds": 3_000, "method_id": method_id}
    assert (await other.post("/v1/payout-quotes", json=body)).status_code == 404
    quote = (await studio.creator.post("/v1/payout-quotes", json=body | {"diamonds": 2_000})).json()
    for name in ("bea", "cem", "dan", "eve", "fay", "gil"):  # some of them in the creator's own shard
        stranger = await studio.shop.desk.person(name, Role.CREATOR)
        wanted = {"id": studio.id(), "quote_id": quote["id"]}
        assert (await stranger.post("/v1/payouts", json=wanted)).status_code == 404
    assert (await other.get("/v1/payouts")).json() == {"items": [], "next": None}
    for path in ("/v1/creators/me/balance", "/v1/conversions", "/v1/payouts", "/v1/payout-methods"):
        assert (await viewer.get(path)).status_code == 403
        assert (await guest.get(path)).status_code == 401
    for path in ("approve", "refuse"):
        assert (await studio.creator.post(f"/v1/payouts/{payout_id}/{path}", json={"reason": "x"})).status_code == 403
    assert (await studio.creator.get("/v1/operator/payouts")).status_code == 403
    rule = {"numerator": 2, "denominator": 1, "maturity_s": 0, "note": "more for me"}
    assert (await studio.creator.post("/v1/reward-rules", json=rule)).status_code == 403


async def test_requests_are_idempotent_by_id_and_refused_with_reasons(studio: Studio) -> None:
    await studio.earn(250_000)
    method_id = await studio.method()
    quote = {"id": studio.id(), "diamonds": 150_000, "method_id": method_id}

    async def ask(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        answer = await studio.creator.post(path, json=body)
        return answer.status_code, answer.json().get("code") or answer.json()

    first = await ask("/v1/payout-quotes", quote)
    assert await ask("/v1/payout-quotes", quote) == first
    assert await ask("/v1/payout-quotes", quote | {"diamonds": 140_000}) == (409, "idempotency_conflict")
    payout = {"id": studio.id(), "quote_id": quote["id"]}
    first = await ask("/v1/payouts", payout)
    assert first[0] == 201
    assert await ask("/v1/payouts", payout) == first
    assert await ask("/v1/payouts", payout | {"id": studio.id()}) == (409, "payout_quote_used")
    more = {"id": studio.id(), "diamonds": 60_000, "method_id": method_id}
    assert await ask("/v1/payout-quotes", more) == (409, "daily_payout_limit")
    assert await ask("/v1/payout-quotes", more | {"diamonds": 10}) == (409, "below_payout_threshold")
    assert await ask("/v1/payout-quotes", more | {"diamonds": 200_000}) == (409, "insufficient_diamonds")
    assert (await ask("/v1/payout-quotes", more | {"diamonds": 2_000}))[0] == 201
    studio.shop.clock.advance(timedelta(minutes=11))
    late = {"id": studio.id(), "quote_id": more["id"]}
    assert await ask("/v1/payouts", late) == (409, "payout_quote_expired")
    assert (await studio.creator.delete(f"/v1/payout-methods/{method_id}")).json()["archived_at"]
    assert (await studio.creator.get("/v1/payout-methods")).json()["items"] == []
    more |= {"id": studio.id(), "diamonds": 2_000}
    assert await ask("/v1/payout-quotes", more) == (409, "payout_method_archived")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"bank_code": "021000022"}, "bank_code"),
        ({"account_number": "12"}, "account_number"),
        ({"country": "XX"}, "country"),
        ({"holder_name": "42"}, "holder_name"),
        ({"iban": "DE89370400440532013000"}, "iban"),
        ({"iban": "DE89370400440532013001", "bank_code": None, "account_number": None}, "iban"),
        ({"iban": "DE89370400440532013000", "bank_code": None, "account_number": None}, "iban"),
        ({"bank_code": None, "account_number": None}, "iban"),
    ],
)
async def test_a_bank_account_is_checked(studio: Studio, changed: dict[str, Any], field: str) -> None:
    body = {
        "id": studio.id(), "holder_name": "Ada Lovelace", "country": "US", "currency": "USD",
        "bank_code": ROUTING_NUMBER, "account_number": "000123456789",
    }  # fmt: skip
    answer = await studio.creator.post("/v1/payout-methods", json=body | changed)
    assert answer.status_code == 400
    assert answer.json()["field"] == f"body.{field}"


async def test_an_account_is_shown_by_its_end_only(studio: Studio) -> None:
    iban = {"country": "DE", "currency": "USD", "iban": "de89 3704 0044 0532 0130 00"}
    body = {"id": studio.id(), "holder_name": "  Ada   Lovelace ", **iban}
    answer = await studio.creator.post("/v1/payout-methods", json=body)
    assert answer.json()["account_ending"] == "3000"
    assert answer.json()["holder_name"] == "Ada Lovelace"
    assert "DE89" not in answer.text + (await studio.creator.get("/v1/payout-methods")).text
    assert (await studio.creator.post("/v1/payout-methods", json=body)).json() == answer.json()
    other = body | {"iban": "DE75512108001245126199"}
    assert (await studio.creator.post("/v1/payout-methods", json=other)).json()["code"] == "idempotency_conflict"
    no_rate = body | {"id": studio.id(), "currency": "KES"}
    assert (await studio.creator.post("/v1/payout-methods", json=no_rate)).json()["code"] == "no_payout_rate"


async def test_a_rate_that_nobody_decided_follows_the_house_whoever_writes_it(studio: Studio) -> None:
    house = studio.shop.desk.house
    await update_reference_rates(house.database, studio.shop.clock)
    again = """insert into payout_rate (version, currency, numerator, denominator, source, source_note, effective_at,
            recorded_at)
        select (select max(version) + 1 from payout_rate), currency, numerator * $1, denominator, source, source_note,
            effective_at, recorded_at from payout_rate where source = 'reference' and currency = any ($2) limit 1"""
    async with house.database.transaction() as connection:
        for currency in ("GBP", "EUR", "JPY"):
            with pytest.raises(asyncpg.CheckViolationError, match="that nobody decided"):
                async with connection.transaction():
                    await connection.execute(again, 2, [currency])
            assert await connection.execute(again, 1, [currency]) == "INSERT 0 1"


async def test_reference_rates_give_other_currencies_and_yield_to_the_operator(studio: Studio) -> None:
    house = studio.shop.desk.house
    await update_reference_rates(house.database, studio.shop.clock)  # whoever was first, the job or this
    assert await update_reference_rates(house.database, studio.shop.clock) == 0
    rates = {one["currency"]: one for one in (await studio.creator.get("/v1/payout-rates")).json()["items"]}
    assert {"USD", "EUR", "JPY", "IDR"} <= set(rates)
    assert "ECB" in rates["EUR"]["source_note"]
    own = {"currency": "EUR", "numerator": 2, "denominator": 5, "note": "agreed with the bank"}
    assert (await studio.operator.post("/v1/payout-rates", json=own)).status_code == 201
    assert await update_reference_rates(house.database, studio.shop.clock) == 0
    await studio.earn(10_000)
    balance = (await studio.creator.get("/v1/creators/me/balance?currency=EUR")).json()
    assert balance["available"]["estimate"] == {"amount_minor": 4_000, "currency": "EUR"}
    assert balance["basis"]["label"] == "estimate"
    assert (await studio.creator.get("/v1/creators/me/balance?currency=KES")).json()["code"] == "no_payout_rate"


async def test_lists_are_paged(studio: Studio) -> None:
    conversions = []
    for _ in range(5):
        await studio.earn(2_000)
        studio.shop.clock.advance(timedelta(seconds=1))
    payouts = [await studio.request(2_000) for _ in range(5)]  # at one moment: the id decides
    for path, count in (("/v1/conversions", 5), ("/v1/payouts", 5), ("/v1/operator/payouts?currency=USD", 5)):
        client = studio.operator if "operator" in path else studio.creator
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            separator = "&" if "?" in path else "?"
            page = (await client.get(f"{path}{separator}limit=2" + (f"&cursor={cursor}" if cursor else ""))).json()
            assert len(page["items"]) <= 2
            seen += [one["id"] for one in page["items"]]
            cursor = page["next"]
        assert len(seen) == len(set(seen)) == count
        conversions.append(seen)
    assert set(conversions[1]) == set(payouts)
    for cursor in ("x", "1.2"):
        answer = await studio.creator.get(f"/v1/payouts?cursor={cursor}")
        assert (answer.status_code, answer.json()["field"]) == (400, "query.cursor")
    assert len((await studio.operator.get("/v1/operator/payouts?state=approved")).json()["items"]) == 0


async def test_conversion_happens_by_itself_for_who_wants_it(studio: Studio) -> None:
    house = studio.shop.desk.house
    await give(house.database, studio.creator_id, 70)
    await convert_due(house.database, house.clock)
    assert (await studio.balance())["pending"]["diamonds"] == 0
    wanted = {"automatic_conversion": True}
    assert (await studio.creator.patch("/v1/creators/me/settings", json=wanted)).json() == wanted
    await convert_due(house.database, house.clock)
    balance = await studio.balance()
    assert (balance["gift_balance_coins"], balance["pending"]["diamonds"], balance["received_coins"]) == (0, 70, 70)
    assert [moment["diamonds"] for moment in balance["maturing"]] == [70]


async def test_a_conversion_is_what_was_shown(studio: Studio) -> None:
    await give(studio.shop.desk.house.database, studio.creator_id, 665)
    shown = {"id": studio.id(), "coins": 665, "diamonds": 665}
    await give(studio.shop.desk.house.database, studio.creator_id, 36)  # while it is being confirmed
    rule = NewRewardRule(numerator=1, denominator=5, maturity_s=0, note="five for one")
    await of_house(studio.shop.desk.house.database, studio.shop.clock, creators.record_rule, rule)
    changed = await studio.creator.post("/v1/conversions", json=shown)
    assert (changed.status_code, changed.json()["code"], changed.json()["diamonds"]) == (409, "reward_changed", 133)
    assert (await studio.balance())["gift_balance_coins"] == 701
    again = shown | {"diamonds": 133}
    done = await studio.creator.post("/v1/conversions", json=again)
    assert (done.json()["coins"], done.json()["diamonds"]) == (665, 133)
    assert (await studio.creator.post("/v1/conversions", json=again)).json() == done.json()
    other = await studio.creator.post("/v1/conversions", json=shown)
    assert other.json()["code"] == "idempotency_conflict"
    assert (await studio.balance())["gift_balance_coins"] == 36


async def test_a_conversion_keeps_its_rule_and_leaves_what_makes_no_diamond(studio: Studio) -> None:
    await give(studio.shop.desk.house.database, studio.creator_id, 105)
    rule = {"numerator": 1, "denominator": 10, "maturity_s": 0, "coins_min": 20, "note": "ten for one"}
    house, clock = studio.shop.desk.house, studio.shop.clock
    new = NewRewardRule(**rule)  # type: ignore[arg-type]
    version = (await of_house(house.database, clock, creators.record_rule, new)).version
    short = await studio.creator.post("/v1/conversions", json={"id": studio.id(), "coins": 19})
    assert (short.json()["code"], short.json()["coins_min"]) == ("below_conversion_minimum", 20)
    body = {"id": studio.id(), "all": True}
    answer = await studio.creator.post("/v1/conversions", json=body)
    assert (answer.json()["coins"], answer.json()["diamonds"]) == (100, 10)
    assert (await studio.balance())["gift_balance_coins"] == 5
    later = msgspec.structs.replace(new, numerator=9, effective_at=clock.now() + timedelta(hours=1))
    await of_house(house.database, clock, creators.record_rule, later)
    current = (await studio.creator.get("/v1/reward-rules/current")).json()
    assert current["version"] == version
    repeated = await studio.creator.post("/v1/conversions", json=body)
    assert repeated.json()["rule_version"] == version
    past = rule | {"effective_at": "2020-01-01T00:00:00Z"}
    assert (await studio.operator.post("/v1/reward-rules", json=past)).json()["field"] == "body.effective_at"
    for wrong in ({}, {"coins": 5, "all": True}, {"coins": 0}, {"coins": 1.5}, {"all": True, "other": 1}):
        answer = await studio.creator.post("/v1/conversions", json={"id": studio.id()} | wrong)
        assert answer.status_code == 400, wrong
