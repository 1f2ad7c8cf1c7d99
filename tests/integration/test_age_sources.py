"""What app stores say of ages and guardians, over HTTP, with pretended stores as processes: believed as far as it is
proved, stopped at once where a guardian takes it back, and never loosened by what nobody proved."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.ages.limits import AGE_WORD_DAYS, AGE_WORD_FRESH_S
from plaudit.clock import ManualClock
from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.rules.model import BUY
from plaudit.selling.inbox.actions import apply_due
from plaudit.selling.providers.google.age_signals import request_hash
from plaudit.settings import Settings
from tests.support.apple import AppStore
from tests.support.desk import ORIGIN, SELLER, Desk, open_desk
from tests.support.google import GooglePeer
from tests.support.waiting import WAIT_S, eventually

ADULT = {"userStatus": "VERIFIED"}
CHILD = {"userStatus": "SUPERVISED", "ageLower": 13, "ageUpper": 15, "installId": "install-1"}


@dataclass
class Family:
    """Kim, their platform's server, and two app stores."""

    desk: Desk
    kim: httpx2.AsyncClient
    server: httpx2.AsyncClient
    google: GooglePeer
    apple: AppStore

    @property
    def now(self) -> datetime:
        return self.desk.house.clock.now()

    async def tell(self, source: str, said: dict[str, Any], **told: Any) -> httpx2.Response:
        """What the app got of its store, by way of the platform's server."""
        self.desk.house.clock.advance(timedelta(milliseconds=1))  # type: ignore[attr-defined]  # the clock of the test
        body = {"id": str(new_id(self.desk.house.clock)), "source": source, "said": json.dumps(said)}
        return await self.server.post("/v1/people/kim/age-words", json=body | {"said_at": self.now.isoformat()} | told)

    async def heard(self, source: str, said: dict[str, Any], **told: Any) -> tuple[Any, ...]:
        answer = await self.tell(source, said, **told)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found["at_least"], found["under"], found["level"], found["guardian"]

    def integrity(self, said: dict[str, Any], **minted: Any) -> str:
        """A token of Play Integrity for these words of Kim."""
        asked = {"request_hash": request_hash("kim", json.dumps(said))} | minted
        token: str = self.google.control("integrity", **asked)["token"]
        return token

    async def may(self, action: str = "buy") -> tuple[str, str]:
        found = (await self.kim.get("/v1/me/rules")).json()["items"]
        (one,) = (item for item in found if item["action"] == action)
        return one["outcome"], one["reason"]

    async def age(self) -> tuple[Any, ...]:
        found = (await self.kim.get("/v1/me/age")).json()
        return found["at_least"], found["under"], found["level"], found["source"]

    async def app(self, **signed: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.apple("app", **signed)
        return made

    async def rescind(self, signed: str, **told: Any) -> httpx2.Response:
        """Apple says that a guardian took back their consent."""
        return await self.bring(await self.apple("rescind", signed=signed, **told))

    async def bring(self, note: dict[str, Any]) -> httpx2.Response:
        body = {"signedPayload": note["signedPayload"]}
        answer = await self.server.post("/v1/webhooks/apple", json=body)
        house = self.desk.house
        await apply_due(house.database, house.payment_providers, house.settings, house.clock)
        return answer


@pytest.fixture
async def family(database_url: str, tmp_path: Path, google_play: GooglePeer, apple_url: str) -> AsyncIterator[Family]:
    async with httpx2.AsyncClient(timeout=WAIT_S) as hand:
        store = AppStore(apple_url, hand)
        stores = google_play.settings() | await store.settings(tmp_path, apple_online_checks=False)
        settings = Settings.of_values(public_url=ORIGIN, **SELLER, **stores)
        async with open_desk(database_url, ManualClock(datetime.now(UTC)), settings) as desk:
            kim = await desk.person("kim", country="DE")
            await kim.get("/v1/me")
            server = await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})
            yield Family(desk, kim, server, google_play, store)


async def test_play_is_believed_as_far_as_play_integrity_proves_it(family: Family) -> None:
    assert await family.heard("google", {"userStatus": "DECLARED", "ageLower": 18}) == (18, None, "claimed", None)
    assert await family.heard("google", ADULT) == (18, None, "claimed", None), "a device says so, and nobody looked"
    assert await family.heard("google", ADULT, proof=family.integrity(ADULT)) == (18, None, "checked", None)
    assert await family.age() == (18, None, "checked", "Google Play")
    assert await family.may() == ("allow", "allowed")
    family.desk.house.clock.advance(timedelta(days=AGE_WORD_DAYS, minutes=1))  # type: ignore[attr-defined]
    family.kim = await family.desk.person("kim", country="DE")
    assert await family.may() == ("ask", "age_unknown"), "a store's word that somebody is of age ends"
    assert await family.heard("google", ADULT, is_attested=True) == (18, None, "checked", None)
    assert await family.heard("google", {"userStatus": "UNKNOWN"}, is_attested=True) == (None, None, None, None)
    assert await family.age() == (None, None, None, None), "and what it said before holds no more"


FAULTS: tuple[tuple[dict[str, Any] | None, str], ...] = (
    ({"request_hash": request_hash("kim", "{}")}, "changed"),
    ({"request_hash": request_hash("tom", json.dumps(ADULT))}, "changed"),
    ({"package": "com.example.other"}, "app"),
    ({"package": "com.example.other", "said_by": "app.plaudit.example"}, "app"),
    ({"app": "UNRECOGNIZED_VERSION"}, "app"),
    ({"device": ""}, "device"),
    ({"device": "MEETS_BASIC_INTEGRITY"}, "device"),
    ({"age_s": AGE_WORD_FRESH_S + 60}, "expired"),
    ({"age_s": -AGE_WORD_FRESH_S}, "not_yet"),
    (None, "signature"),
)


async def test_what_play_integrity_does_not_prove_is_not_heard(family: Family) -> None:
    for minted, fault in FAULTS:
        token = "forged" if minted is None else family.integrity(ADULT, **minted)
        answer = await family.tell("google", ADULT, proof=token)
        assert (answer.status_code, answer.json()["code"], answer.json()["fault"]) == (422, "age_word_not_valid", fault)
    assert await family.age() == (None, None, None, None)


async def test_a_word_is_heard_once_by_its_id_and_another_with_it_is_a_conflict(family: Family) -> None:
    body = {"id": str(new_id(family.desk.house.clock)), "source": "google", "said": json.dumps(ADULT),
        "said_at": family.now.isoformat(), "proof": family.integrity(ADULT)}  # fmt: skip
    first = await family.server.post("/v1/people/kim/age-words", json=body)
    family.desk.house.clock.advance(timedelta(seconds=AGE_WORD_FRESH_S * 2))  # type: ignore[attr-defined]
    again = await family.server.post("/v1/people/kim/age-words", json=body)
    assert (again.status_code, again.json()) == (200, first.json()), "its proof was good when it came"
    other = body | {"said": json.dumps(CHILD), "proof": None}
    answer = await family.server.post("/v1/people/kim/age-words", json=other)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")
    assert await family.age() == (18, None, "checked", "Google Play")


UNREADABLE = ("", "{", "[]", '{"userStatus": "KING"}', '{"userStatus": "SUPERVISED", "ageLower": 15, "ageUpper": 13}',
    '{"userStatus": "SUPERVISED", "ageUpper": 999}', '{"userStatus": "SUPERVISED", "installId": "a b"}')  # fmt: skip


async def test_what_cannot_be_read_changes_nothing(family: Family) -> None:
    for said in UNREADABLE:
        body = {"id": str(new_id(family.desk.house.clock)), "source": "google", "said": said,
            "said_at": family.now.isoformat()}  # fmt: skip
        answer = await family.server.post("/v1/people/kim/age-words", json=body)
        assert answer.status_code in {400, 422}, said
    assert await family.age() == (None, None, None, None)


async def test_a_child_at_play_is_stopped_whoever_says_otherwise_without_a_proof(family: Family) -> None:
    assert await family.heard("google", CHILD) == (13, 16, "checked", None), "nobody gains by it"
    assert await family.may() == ("refuse", "too_young")
    assert (await family.heard("google", ADULT))[2] == "claimed"
    assert await family.age() == (13, 16, "checked", "Google Play")
    pending = CHILD | {"userStatus": "SUPERVISED_APPROVAL_PENDING"}
    for state, said in (("pending", pending), ("denied", CHILD | {"userStatus": "SUPERVISED_APPROVAL_DENIED"})):
        assert (await family.heard("google", said))[3] == state
        assert await family.may() == ("refuse", "guardian_needed")
        assert "has not agreed, or agrees no more" in (await family.kim.get("/age")).text
        assert (await family.heard("google", CHILD))[3] is None, "that they agree takes a proof"
        assert await family.may() == ("refuse", "guardian_needed")
    assert (await family.heard("google", CHILD, proof=family.integrity(CHILD)))[3] == "given"
    assert await family.may() == ("refuse", "too_young"), "the pack knows no guardians here"


async def test_approvals_that_play_lists_as_revoked_stop_at_once_in_any_order(family: Family) -> None:
    revoked = {"items": [{"account": "install-1", "withdrawn_at": family.now.isoformat()}] * 2}
    for people in (0, 1, 1):
        answer = await family.server.post("/v1/store-guardians/google/withdrawals", json=revoked)
        assert (answer.status_code, answer.json()) == (200, {"people": people})
        if not people:  # who it is about is told later, by a word that is older
            said_at = (family.now - timedelta(seconds=1)).isoformat()
            assert (await family.heard("google", CHILD, is_attested=True, said_at=said_at))[3] == "given"
        assert await family.may() == ("refuse", "guardian_needed")
    assert (await family.heard("google", CHILD, is_attested=True))[3] == "given"
    assert await family.may() == ("refuse", "too_young"), "approved again"


async def test_where_google_does_not_answer_it_is_asked_for_and_what_was_allowed_stays(family: Family) -> None:
    assert await family.may() == ("ask", "age_unknown")
    token = family.integrity(ADULT)
    family.google.fail("decode")
    silent = await family.tell("google", ADULT, proof=token)
    assert (silent.status_code, silent.json()["code"], silent.json()["source"]) == (503, "age_source_silent", "google")
    assert silent.headers["Retry-After"] == "60"
    assert await family.may() == ("ask", "age_source_silent")
    german = await family.desk.person("kim", country="DE", locale="de")
    assert "antwortet nicht" in (await german.get("/rules")).text
    assert "Google Play antwortet nicht" in (await german.get("/age")).text
    assert (await family.heard("google", ADULT, proof=token))[2] == "checked"
    assert await family.may() == ("allow", "allowed")
    family.google.fail("decode", status=403)
    assert (await family.tell("google", ADULT, proof=token)).status_code == 503
    assert await family.may() == ("allow", "allowed"), "until its proof ends"


async def test_apple_says_an_age_and_a_guardian_takes_it_back_in_any_order(family: Family) -> None:
    app = await family.app()
    young = {"lowerBound": 13, "upperBound": 16, "ageRangeDeclaration": "guardianDeclared"}
    assert await family.heard("apple", young, proof=app["signed"]) == (13, 16, "checked", None)
    agreed = young | {"significantChange": "approved"}
    assert (await family.heard("apple", agreed, proof=app["signed"]))[3] is None, "that they agree takes a proof"
    assert (await family.heard("apple", agreed, proof=app["signed"], is_attested=True))[3] == "given"
    assert await family.may() == ("refuse", "too_young")
    said_at = family.now
    later = int((said_at + timedelta(seconds=1)).timestamp() * 1000)
    note = await family.apple("rescind", signed=app["signed"], at=later)
    before = await family.apple("rescind", signed=app["signed"], at=later - 10_000)
    for order in permutations((note, before, note)):
        for one in order:
            assert (await family.bring(one)).is_success
        assert await family.may() == ("refuse", "guardian_needed")
    family.desk.house.clock.advance(timedelta(seconds=2))  # type: ignore[attr-defined]
    assert (await family.heard("apple", agreed, proof=app["signed"], is_attested=True))[3] == "given"
    assert await family.may() == ("refuse", "too_young"), "agreed to anew"


async def test_apple_takes_back_what_is_told_of_later_and_of_whom_it_is_not_known_somebody_looks(
    family: Family,
) -> None:
    app = await family.app()
    assert (await family.rescind(app["signed"])).is_success
    operator = await family.desk.person("olga", Role.OPERATOR)
    problems = (await operator.get("/v1/operator/payment-problems")).text
    messages = (await operator.get("/v1/operator/messages?state=problem")).text
    assert app["account"] in problems + messages
    said_at = (family.now - timedelta(minutes=1)).isoformat()
    said = {"upperBound": 13, "ageRangeDeclaration": "guardianDeclared", "significantChange": "approved"}
    assert (await family.heard("apple", said, proof=app["signed"], is_attested=True, said_at=said_at))[3] == "given"
    assert await family.may() == ("refuse", "guardian_needed")


async def test_forged_words_of_apple_are_not_heard(family: Family) -> None:
    app = await family.app()
    said = {"upperBound": 13, "ageRangeDeclaration": "guardianDeclared", "significantChange": "approved"}
    assert (await family.heard("apple", said, proof=app["signed"], is_attested=True))[3] == "given"
    for way in ("other_root", "attacker_key", "expired_leaf", "no_x5c", "alg_none", "hs256"):
        forged = (await family.app(forge=way))["signed"]
        answer = await family.tell("apple", said, proof=forged, is_attested=True)
        assert (answer.status_code, answer.json()["code"]) == (422, "age_word_not_valid"), way
        assert not (await family.rescind(app["signed"], forge=way)).is_success, way
    assert await family.may() == ("refuse", "too_young"), "nobody but Apple takes it back"


@pytest.mark.parametrize("signed", [{"bundleId": "com.example.other"}, {"receiptType": "Sandbox"}, {"appAppleId": 1}])
async def test_words_of_another_app_are_not_heard(family: Family, signed: dict[str, Any]) -> None:
    answer = await family.tell("apple", {"lowerBound": 18}, proof=(await family.app(**signed))["signed"])
    assert (answer.status_code, answer.json()["fault"]) == (422, "app")
    own = await family.app()
    other = (await family.app(**signed))["signed"]
    assert (await family.heard("apple", {"upperBound": 13}, proof=own["signed"]))[0] == 0
    told = await family.rescind(other, changed={k: v for k, v in signed.items() if k != "receiptType"})
    assert (told.is_success, await family.may()) == ("receiptType" in signed, ("refuse", "too_young"))


async def test_what_a_guardian_takes_back_is_heard_by_a_process_that_remembers(family: Family) -> None:
    """Gifts ask a memory: it hears of it, and asks nobody else."""
    app = await family.app()
    said = {"lowerBound": 18, "ageRangeDeclaration": "confirmed"}
    assert await family.heard("apple", said, proof=app["signed"], is_attested=True) == (18, None, "checked", "free")
    house, kim = family.desk.house, await family.desk.person_id("kim")
    await house.rules.know([kim])

    async def reason() -> str | None:
        found = house.rules.at_hand(BUY, kim, kim, house.clock.now())
        return None if found is None else found.reason

    assert await reason() == "allowed"
    later = int((family.now + timedelta(seconds=1)).timestamp() * 1000)
    await family.bring(await family.apple("rescind", signed=app["signed"], at=later))

    async def heard() -> bool:
        return await reason() != "allowed"

    await eventually(heard, "this process has heard of it")
    await house.rules.know([kim])
    assert await reason() == "guardian_needed"


async def test_a_source_that_is_not_described_says_nothing(desk: Desk) -> None:
    await (await desk.person("kim")).get("/v1/me")
    server = await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})
    body = {"id": str(new_id(desk.house.clock)), "source": "google", "said": "{}",
        "said_at": desk.house.clock.now().isoformat()}  # fmt: skip
    answer = await server.post("/v1/people/kim/age-words", json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["source"]) == (404, "age_source_unknown", "google")
