"""Nothing is paid before a source says that sanctions do not name them, or a person decided."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.payouts.jobs import send_due
from plaudit.payouts.screening import screening_sources
from plaudit.payouts.screenings import keep_rule, screen_due
from plaudit.people.model import Role
from plaudit.settings import Settings, SettingsError
from tests.integration.test_payouts import Studio, open_studio
from tests.support.waiting import eventually

SOURCE: dict[str, Any] = {"screening_source": "sandbox-screening"}
CHECK = ["check"]

pytestmark = pytest.mark.unsold


async def asked(studio: Studio, last_name: str, diamonds: int = 2_000) -> str:
    """A payout to an account of somebody called so, that an operator agreed to."""
    method = await studio.method(holder_name=f"Ada {last_name}")
    quote = {"id": studio.id(), "diamonds": diamonds, "method_id": method}
    assert (await studio.creator.post("/v1/payout-quotes", json=quote)).status_code == 201
    made = await studio.creator.post("/v1/payouts", json={"id": studio.id(), "quote_id": quote["id"]})
    assert made.status_code == 201, made.text
    payout_id: str = made.json()["id"]
    assert (await studio.operator.post(f"/v1/payouts/{payout_id}/approve")).status_code == 200
    return payout_id


async def screen(studio: Studio) -> int:
    house = studio.shop.desk.house
    return await screen_due(house.database, house.clock, house.screening_sources)


async def controls(studio: Studio, payout_id: str) -> list[dict[str, Any]]:
    answer = await studio.operator.get(f"/v1/operator/payouts/{payout_id}/controls")
    return [one for one in answer.json()["items"] if one["stops"] == "sending"]


async def stands(studio: Studio, payout_id: str) -> tuple[str, list[str], list[str]]:
    """The state of a payout, what stops it, and what its creator is told."""
    found = await studio.payout(payout_id)
    stopped = [one["control"] for one in await controls(studio, payout_id)]
    return found["state"], stopped, [one["reason"] for one in found["waits_for"]]


async def verdict(studio: Studio, payout_id: str, said: str, by: httpx2.AsyncClient | None = None) -> httpx2.Response:
    (match,) = await controls(studio, payout_id)
    body = {"verdict": said, "said_at": match["since"], "reason": "another birthday"}
    return await (by or studio.operator).post(f"/v1/operator/payouts/{payout_id}/screening-verdicts", json=body)


async def test_nothing_is_sent_before_somebody_was_asked(
    database_url: str, tmp_path: Path, owner_connection: OwnConnection
) -> None:
    async with open_studio(database_url, tmp_path, **SOURCE) as studio:
        await studio.earn(10_000)
        payout_id = await asked(studio, "Lovelace")
        assert await stands(studio, payout_id) == ("approved", ["screening_missing"], CHECK)
        await studio.work(send_due)
        assert (await studio.payout(payout_id))["state"] == "approved"
        with pytest.raises(asyncpg.CheckViolationError, match="is not screened"):
            await owner_connection.execute("update payout_send set called = true")
        assert await screen(studio) == 1
        assert await screen(studio) == 0, "its word holds"
        assert await stands(studio, payout_id) == ("approved", [], [])
        studio.shop.clock.advance(timedelta(days=31))
        studio.operator = await studio.shop.desk.person("olga", Role.OPERATOR)
        studio.creator = await studio.shop.desk.person("ada", Role.CREATOR)
        assert await stands(studio, payout_id) == ("approved", ["screening_missing"], CHECK), "no longer"
        assert await studio.work(send_due) == 0
        assert await screen(studio) > 0
        assert await studio.work(send_due) == 1
        assert (await studio.payout(payout_id))["state"] == "sent"


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("Waiting", "screening_pending", "screening_pending"),
        ("Broken", "screening_unreachable", None),
        ("Listed", "screening_match", "screening_match"),
    ],
)
async def test_what_a_source_says(database_url: str, tmp_path: Path, name: str, first: str, second: str | None) -> None:
    async with open_studio(database_url, tmp_path, **SOURCE) as studio:
        await studio.earn(10_000)
        payout_id = await asked(studio, name)
        for found in (first, second):
            assert await screen(studio) == 1
            assert await stands(studio, payout_id) == ("approved", [found] if found else [], CHECK if found else [])
            studio.shop.clock.advance(timedelta(minutes=20 if found != "screening_match" else 24 * 60))
            studio.creator = await studio.shop.desk.person("ada", Role.CREATOR)
            studio.operator = await studio.shop.desk.person("olga", Role.OPERATOR)
        assert await studio.work(send_due) == (0 if second else 1)


async def test_a_person_decides_that_it_is_somebody_else_or_them(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, **SOURCE) as studio:
        await studio.earn(10_000)
        payout_id = await asked(studio, "Listed")
        await screen(studio)
        stale = {"verdict": "somebody_else", "said_at": "2020-01-01T00:00:00Z", "reason": "x"}
        answer = await studio.operator.post(f"/v1/operator/payouts/{payout_id}/screening-verdicts", json=stale)
        assert answer.json()["code"] == "no_potential_match"
        passed = {"control": "screening_match", "figure": 0, "reason": "x"}
        answer = await studio.operator.post(f"/v1/operator/payouts/{payout_id}/passes", json=passed)
        assert answer.status_code == 404, "it is not passed like a large payout"
        assert (await verdict(studio, payout_id, "somebody_else")).status_code == 201
        assert await stands(studio, payout_id) == ("approved", [], [])
        assert await studio.work(send_due) == 1
        other = await asked(studio, "Listed")
        await screen(studio)
        assert (await verdict(studio, other, "is_them")).status_code == 201
        assert await stands(studio, other) == ("approved", ["screening_confirmed"], CHECK)
        assert await studio.work(send_due) == 0
        refused = await studio.operator.post(f"/v1/payouts/{other}/refuse", json={"reason": "not possible"})
        assert refused.status_code == 200


async def test_much_takes_two(database_url: str, tmp_path: Path, owner_connection: OwnConnection) -> None:
    async with open_studio(database_url, tmp_path, **SOURCE, one_operator=False) as studio:
        await studio.earn(10_000)
        payout_id = await asked(studio, "Listed")
        await screen(studio)
        await owner_connection.execute("update decision_bound set value = 1999 where name = 'screening_alone_diamonds'")
        answer = await verdict(studio, payout_id, "somebody_else")
        assert answer.status_code == 202, answer.text
        assert [one["control"] for one in await controls(studio, payout_id)] == ["screening_match"]
        oskar = await studio.shop.desk.person("oskar", Role.OPERATOR)
        body = {"content_sha256": answer.json()["content_sha256"]}
        confirmed = await oskar.post(f"/v1/decisions/{answer.json()['id']}/confirm", json=body)
        assert confirmed.status_code == 200, confirmed.text
        assert await controls(studio, payout_id) == []
        with pytest.raises(asyncpg.CheckViolationError):
            await owner_connection.execute(
                "insert into screening_decision (screening_id, said_at, verdict, reason, decided_by, decided_at)"
                " select screening_id, said_at + interval '1 second', 'somebody_else', 'x', 1, now()"
                " from screening_word"
            )


async def test_a_source_changes_its_mind_and_says_so_twice(
    database_url: str, tmp_path: Path, owner_connection: OwnConnection
) -> None:
    """Its webhooks come twice and out of order; they only say that there is news."""
    async with open_studio(database_url, tmp_path, **SOURCE, webhooks=True, chaos_seed=3) as studio:
        await studio.earn(10_000)
        late, found = await asked(studio, "Later"), await asked(studio, "Pending")
        await screen(studio)

        async def changed() -> bool:
            await screen(studio)
            rows = await owner_connection.fetch("select outcome from screening_word order by screening_id, said_at")
            return sorted(row["outcome"] for row in rows) == ["clear", "clear", "pending", "potential_match"]

        await eventually(changed, "the source's second words are known")
        assert [one["control"] for one in await controls(studio, late)] == ["screening_match"]
        assert await controls(studio, found) == []


async def test_only_the_source_says_that_there_is_news(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, **SOURCE) as studio:
        guest = await studio.shop.desk.client()
        forged = await guest.post("/v1/webhooks/screening/sandbox-screening", content=b"{}")
        assert (forged.status_code, forged.json()["code"]) == (401, "signature_not_valid")
        assert (await guest.post("/v1/webhooks/screening/nobody", content=b"{}")).status_code == 404


async def test_who_they_are_can_be_asked_too(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, **SOURCE, screening_identity=True) as studio:
        await studio.earn(10_000)
        payout_id = await asked(studio, "Nobody")
        await screen(studio)
        assert await stands(studio, payout_id) == ("approved", ["identity_unverified"], ["identity"])


async def test_the_rule_is_kept_when_it_changes(
    database_url: str, tmp_path: Path, owner_connection: OwnConnection
) -> None:
    async with open_studio(database_url, tmp_path, **SOURCE) as studio:
        house = studio.shop.desk.house
        plain = Settings()
        for settings, sources in ((house.settings, house.screening_sources), (plain, screening_sources(plain))) * 2:
            for _ in range(2):
                async with house.database.transaction() as connection:
                    await keep_rule(connection, settings, sources, house.clock.now())
        kept = await owner_connection.fetch("select provider, age_max_s from screening_rule order by id")
        assert [tuple(one) for one in kept] == [("sandbox-screening", 2_592_000), (None, None)] * 2
        with pytest.raises(SettingsError, match="PLAUDIT_SCREENING_SOURCE"):
            screening_sources(Settings(screening_source="nobody"))
