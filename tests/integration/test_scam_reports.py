"""Reports of scams: by people and strangers, within limits; what operators find, and who reads what."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plaudit.clock import ManualClock
from plaudit.ids import new_id
from plaudit.limits import SCAM_REPORTS_PER_HOUR, SCAM_REPORTS_PER_MINUTE
from plaudit.people.model import Role
from plaudit.settings import Settings
from tests.support.desk import ORIGIN, SELLER, Desk, open_desk


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    settings = Settings(public_url=ORIGIN, **SELLER)
    async with open_desk(database_url, ManualClock(datetime(2026, 12, 1, 9, 30, tzinfo=UTC)), settings) as opened:
        yield opened


def scam(desk: Desk, **changed: object) -> dict[str, Any]:
    return {
        "id": str(new_id(desk.house.clock)),
        "kind": "shop",
        "about": "https://coins.evil",
        "words": "They sell coins for half the price.",
    } | changed


async def test_a_report_is_looked_at_and_answered(desk: Desk) -> None:
    guest, ada = await desk.client(), await desk.person("ada")
    operator = await desk.person("tove", Role.OPERATOR)
    strangers, adas = scam(desk), scam(desk, words="She asked for my password.", kind="person")
    assert (await guest.post("/v1/scam-reports", json=strangers)).json()["state"] == "new"
    assert (await ada.post("/v1/scam-reports", json=adas)).status_code == 201
    assert (await ada.post("/v1/scam-reports", json=adas)).status_code == 201, "the same report again"
    another = await ada.post("/v1/scam-reports", json=adas | {"words": "Something else."})
    assert (another.status_code, another.json()["code"]) == (409, "idempotency_conflict")
    assert (await ada.get("/v1/operator/scam-reports")).status_code == 403

    seen = (await operator.get("/v1/operator/scam-reports")).json()["items"]
    by_id = {one["id"]: one for one in seen}
    assert by_id.keys() == {strangers["id"], adas["id"]}
    assert by_id[strangers["id"]]["person_id"] is None
    assert by_id[adas["id"]]["person_id"] == str(await desk.person_id("ada"))
    answer = f"/v1/operator/scam-reports/{adas['id']}/answer"
    assert (await operator.post(answer, json={"state": "confirmed"})).json()["code"] == "reply_missing"
    found = {"state": "confirmed", "reply": "It was a fake; we told their host."}
    for _ in range(2):
        assert (await operator.post(answer, json=found)).json()["state"] == "confirmed"
    late = await operator.post(answer, json={"state": "not_confirmed", "reply": "No."})
    assert (late.status_code, late.json()["code"]) == (409, "scam_report_is_closed")
    open_ones = (await operator.get("/v1/operator/scam-reports")).json()["items"]
    assert [one["id"] for one in open_ones] == [strangers["id"]]
    assert len((await operator.get("/v1/operator/scam-reports", params={"open": "false"})).json()["items"]) == 2

    told = (await guest.get(f"/v1/scam-reports/{adas['id']}")).json()
    assert (told["state"], told["reply"]) == ("confirmed", found["reply"])
    assert "password" not in str(told), "what was reported is for operators"
    assert found["reply"] in (await guest.get(f"/report-a-scam/{adas['id']}")).text
    queue = await operator.get("/operator/scam-reports")
    assert strangers["words"] in queue.text
    closed = await operator.post(
        f"/operator/scam-reports/{strangers['id']}", data={"state": "not_confirmed", "reply": "It is ours."}
    )
    assert closed.status_code == 303
    assert "Nothing is open" in (await operator.get("/operator/scam-reports")).text

    stays = scam(desk)
    assert (await ada.post("/v1/scam-reports", json=stays)).status_code == 201
    async with desk.house.database.transaction() as connection:
        gone = await connection.fetchval("select let_go_of_scam_reports($1, 10)", desk.house.clock.now())
    assert gone == 2, "of strangers as well"
    assert (await guest.get(f"/v1/scam-reports/{stays['id']}")).json()["state"] == "new", "nobody looked at it"


async def test_nobody_reports_without_end(desk: Desk) -> None:
    guest, ada = await desk.client({"Origin": ORIGIN}), await desk.person("ada")
    for _ in range(SCAM_REPORTS_PER_MINUTE):
        sent = await guest.post("/report-a-scam", data={"kind": "shop", "words": "They sell coins."})
        assert sent.status_code == 303, sent.text
    again = await guest.post("/report-a-scam", data={"kind": "shop", "words": "They sell coins, still."})
    assert again.status_code == 429
    assert "They sell coins, still." in again.text, "what was written is not lost"
    desk.house.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]  # the clock of the test
    assert (await guest.post("/report-a-scam", data={"kind": "shop", "words": " "})).status_code == 400
    assert (await guest.post("/v1/scam-reports", json=scam(desk))).status_code == 201
    for _ in range(SCAM_REPORTS_PER_HOUR):
        assert (await ada.post("/v1/scam-reports", json=scam(desk))).status_code == 201
    assert (await ada.post("/v1/scam-reports", json=scam(desk))).json()["code"] == "too_often"


async def test_a_report_that_is_sent_twice_at_once_is_one(desk: Desk) -> None:
    ada, report = await desk.person("ada"), scam(desk)
    sent = await asyncio.gather(*(ada.post("/v1/scam-reports", json=report) for _ in range(4)))
    assert [one.status_code for one in sent] == [201] * 4, [one.text for one in sent]
    guest, another = await desk.client(), scam(desk)
    sent = await asyncio.gather(*(guest.post("/v1/scam-reports", json=another) for _ in range(SCAM_REPORTS_PER_MINUTE)))
    assert [one.status_code for one in sent] == [201] * SCAM_REPORTS_PER_MINUTE, [one.text for one in sent]
    operator = await desk.person("tove", Role.OPERATOR)
    assert len((await operator.get("/v1/operator/scam-reports")).json()["items"]) == 2
    strange = await ada.post("/v1/scam-reports", json=scam(desk, words="They sell\0coins."))
    assert strange.status_code == 400, strange.text
