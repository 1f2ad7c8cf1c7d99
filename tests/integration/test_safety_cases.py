"""Cases as people work on them: queue, file, notes, steps, freezes, decisions, appeals, notices and proposed links."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.people.model import Role
from plaudit.safety.looking import look_at
from plaudit.safety.model import NOTICES, NoticeCode
from tests.integration.test_payouts import Studio, open_studio
from tests.support.linking import link

pytestmark = pytest.mark.unsold

CASES = "/v1/operator/safety-cases"


class Office:
    """An operator of the role safety, and somebody who is looked into."""

    def __init__(self, studio: Studio, operator: httpx2.AsyncClient, operator_id: int, ada: httpx2.AsyncClient) -> None:
        self.studio, self.operator, self.operator_id, self.ada = studio, operator, operator_id, ada
        self.ada_id = studio.creator_id

    async def post(self, path: str, status: int = 200, by: httpx2.AsyncClient | None = None, **body: Any) -> Any:
        answer = await (by or self.operator).post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def get(self, path: str, by: httpx2.AsyncClient | None = None, **query: Any) -> Any:
        answer = await (by or self.operator).get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def open(self, person_id: int | None = None, **changed: Any) -> dict[str, Any]:
        body = {"id": self.studio.id(), "person_id": str(person_id or self.ada_id), "text": "A bank wrote."} | changed
        made: dict[str, Any] = await self.post(CASES, 201, **body)
        return made

    async def file(self, case: dict[str, Any]) -> Any:
        return await self.get(f"{CASES}/{case['id']}")

    def until(self, **span: float) -> str:
        return (self.studio.shop.clock.now() + timedelta(**span)).isoformat()

    def step(self, kind: str, **changed: Any) -> dict[str, Any]:
        known = {"id": self.studio.id(), "kind": kind, "reason": "To look in peace.", "ends_at": self.until(days=3)}
        return known | changed

    def tick(self) -> None:
        self.studio.shop.clock.advance(timedelta(seconds=1))


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_studio(database_url, tmp_path, instruments="device address") as studio:
        desk = studio.shop.desk
        operator = await desk.person("sam", Role.SAFETY)
        yield Office(studio, operator, await desk.person_id("sam"), studio.creator)


async def test_a_case_from_its_opening_to_its_decision(office: Office) -> None:
    case = await office.open()
    assert (case["opened_by"], case["score"], case["outcome"]) == (str(office.operator_id), 0, None)
    again = await office.open(id=case["id"])
    assert again == case
    other_id = office.studio.id()
    for _ in range(2):
        assert (await office.open(id=other_id, text="And wrote again."))["id"] == case["id"], (
            "one case of somebody is open at a time"
        )
    path = f"{CASES}/{case['id']}"
    await office.post(f"{path}/notes", 204, text="Asked the bank.")
    taken = await office.post(f"{path}/assignment", person_id=str(office.operator_id))
    assert taken["assigned_to"] == str(office.operator_id)
    step = office.step("slow_maturity")
    made, again = await asyncio.gather(*(office.post(f"{path}/steps", 201, **step) for _ in range(2)))
    assert made == again
    for changed in ({"kind": "authenticate"}, {"reason": "Another."}):
        other = await office.post(f"{path}/steps", 409, **step | changed)
        assert other["code"] == "idempotency_conflict", changed
    frozen: dict[str, Any] = {
        "id": office.studio.id(), "what": "creator", "person_id": str(office.ada_id), "reason": "To look in peace.",
    }  # fmt: skip
    await office.post(f"{path}/freezes", 201, **frozen)
    await office.post(f"{path}/freezes", 201, **frozen)
    office.tick()
    file = await office.file(case)
    told = [(one["kind"], one["by_id"]) for one in reversed(file["entries"])]
    assert [kind for kind, _ in told] == ["opened", "note", "note", "note", "assigned", "step", "frozen"]
    assert {by for _, by in told} == {str(office.operator_id)}
    assert ([one["kind"] for one in file["steps"]], [one["what"] for one in file["freezes"]]) == (
        ["slow_maturity"], ["creator"],
    )  # fmt: skip
    ending: dict[str, Any] = {"outcome": "cleared", "reason": "The bank was wrong.", "notice": "checked"}
    ended = await office.post(f"{path}/decision", **ending)
    assert (ended["outcome"], ended["decided_by"], ended["notice"]) == ("cleared", str(office.operator_id), "checked")
    assert await office.post(f"{path}/decision", **ending) == ended
    file = await office.file(case)
    assert [one["lifted_because"] for one in file["steps"]] == ["The case was cleared."]
    assert [one["lifted_at"] is not None for one in file["freezes"]] == [True]
    for what, body in (("decision", ending | {"outcome": "confirmed"}), ("steps", office.step("authenticate"))):
        assert (await office.post(f"{path}/{what}", 409, **body))["code"] == "case_is_over"
    await office.post(f"{path}/notes", 204, text="Told the bank.")
    assert (await office.open())["id"] != case["id"]


async def test_what_was_confirmed_holds_on_and_its_person_reads_no_more_than_that(office: Office) -> None:
    case = await office.open()
    path = f"{CASES}/{case['id']}"
    await office.post(f"{path}/steps", 201, **office.step("hold_payout"))
    assert (await office.get("/v1/me/notices", office.ada))["items"] == []
    office.tick()
    await office.post(f"{path}/decision", outcome="confirmed", reason="Rings of friends.", notice="restricted")
    (told,) = (await office.get("/v1/me/notices", office.ada))["items"]
    assert sorted(told) == ["at", "code", "id", "text"]
    assert told["text"] == NOTICES[NoticeCode.RESTRICTED]
    (step,) = (await office.file(case))["steps"]
    assert step["lifted_at"] is None
    lifted = await office.post(f"{path}/steps/{step['id']}/lift", reason="Paid by hand.")
    assert lifted["lifted_because"] == "Paid by hand."
    assert await office.post(f"{path}/steps/{step['id']}/lift", reason="Paid by hand.") == lifted
    other = await office.post(f"{path}/steps/{step['id']}/lift", 409, reason="For another reason.")
    assert other["code"] == "step_is_over"


async def test_bad_steps_are_refused(office: Office) -> None:
    path = f"{CASES}/{(await office.open())['id']}/steps"
    for changed in (
        {"ends_at": office.until(days=-1)},
        {"ends_at": office.until(days=91)},
        {"coins_max": 5},
        {"kind": "cap"},
    ):
        assert (await office.post(path, 400, **office.step("authenticate") | changed))["code"] == "invalid_field", (
            changed
        )
    made = await office.post(path, 201, **office.step("cap", coins_max=0))
    assert made["coins_max"] == 0


async def test_nobody_decides_or_lifts_what_is_of_an_account_of_theirs(office: Office) -> None:
    twin = await office.studio.shop.desk.person_id("twin")
    await link(office.studio.shop.desk.house.database, twin, office.operator_id)
    case = await office.open(twin)
    path = f"{CASES}/{case['id']}"
    step = await office.post(f"{path}/steps", 201, **office.step("authenticate"))
    office.tick()
    tried: dict[str, dict[str, Any]] = {
        "decision": {"outcome": "cleared", "reason": "It is me."},
        f"steps/{step['id']}/lift": {"reason": "It is me."},
    }
    for what, body in tried.items():
        assert (await office.post(f"{path}/{what}", 409, **body))["code"] == "own_case"
    assert (await office.file(case))["steps"][0]["lifted_at"] is None


async def test_the_queue_turns_over_and_narrows(office: Office) -> None:
    people = [await office.studio.shop.desk.person_id(f"p-{number}") for number in range(4)]
    opened = []
    for person_id in people:
        opened.append(await office.open(person_id))
        office.tick()
    await office.post(f"{CASES}/{opened[0]['id']}/assignment", person_id=str(office.operator_id))
    await office.post(f"{CASES}/{opened[3]['id']}/decision", outcome="cleared", reason="Well.")
    page = await office.get(CASES, limit=3)
    rest = await office.get(CASES, limit=3, cursor=page["next"])
    ids = [one["id"] for one in [*page["items"], *rest["items"]]]
    assert ids == [one["id"] for one in reversed(opened)]
    assert rest["next"] is None

    async def found(**query: Any) -> list[str]:
        return [one["person_id"] for one in (await office.get(CASES, **query))["items"]]

    assert await found(is_open=False) == [str(people[3])]
    assert await found(is_open=True) == [str(one) for one in (people[2], people[1], people[0])]
    assert await found(assigned_to=office.operator_id) == [str(people[0])]
    assert await found(person_id=people[1]) == [str(people[1])]
    assert await found(rule="rings") == []


async def test_whoever_appeals_learns_nothing_but_the_answer(office: Office) -> None:
    case, bob = await office.open(), await office.studio.shop.desk.person("bob")
    answers = []
    for who in (office.ada, bob):
        body = {"id": office.studio.id(), "text": "My payout waits."}
        made = await office.post("/v1/me/appeals", 201, who, **body)
        assert await office.post("/v1/me/appeals", 201, who, **body) == made
        answers.append(sorted(made))
        busy = await office.post("/v1/me/appeals", 409, who, id=office.studio.id(), text="Still!")
        assert busy["code"] == "appeal_is_open"
        office.tick()
    assert answers[0] == answers[1], "with a case or without: the same"
    of_bob, of_ada = (await office.get("/v1/operator/appeals", is_open=True))["items"]
    assert (of_ada["case_id"], of_bob["case_id"]) == (case["id"], None)
    office.tick()
    path = f"/v1/operator/appeals/{of_ada['id']}/answer"
    said = await office.post(path, text="We look at it until Friday.")
    assert await office.post(path, text="We look at it until Friday.") == said
    assert (await office.post(path, 409, text="Or Saturday."))["code"] == "appeal_is_over"
    (mine,) = (await office.get("/v1/me/appeals", office.ada))["items"]
    assert (mine["answer"], sorted(mine)) == (
        "We look at it until Friday.", ["answer", "answered_at", "id", "made_at", "text"],
    )  # fmt: skip
    told = [(one["kind"], one["text"]) for one in reversed((await office.file(case))["entries"])]
    assert told[-2:] == [("appeal", "My payout waits."), ("answer", "We look at it until Friday.")]


async def test_accounts_that_share_a_device_are_proposed_once_and_linked_by_a_person(office: Office) -> None:
    desk, clock = office.studio.shop.desk, office.studio.shop.clock
    server = await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})
    twin, house = await desk.person_id("twin"), await desk.person_id("neighbour")
    for subject, kind in (
        ("ada", "device"), ("twin", "device"), ("ada", "address"), ("neighbour", "address"),
    ):  # fmt: skip
        await office.post(f"/v1/people/{subject}/instruments", 200, server, kind=kind, instrument="the same")
    for person_id in (office.ada_id, twin, house):
        async with desk.house.database.transaction() as connection:
            await look_at(connection, clock, person_id)
    (proposed,) = (await office.get("/v1/operator/link-proposals", is_open=True))["items"]
    assert ({proposed["person_id"], proposed["other_id"]}, proposed["kinds"]) == (
        {str(office.ada_id), str(twin)}, ["device"],
    )  # fmt: skip
    near = (await office.file(await office.open()))["near"]
    assert sorted((one["person_id"], one["is_linked"]) for one in near) == sorted(
        [(str(twin), False), (str(house), False)]
    )
    path = f"/v1/operator/link-proposals/{proposed['id']}/decide"
    office.tick()
    decided = await office.post(path, verdict="linked", reason="Both wrote so.")
    assert await office.post(path, verdict="linked", reason="Both wrote so.") == decided
    assert (await office.post(path, 409, verdict="apart", reason="Or not."))["code"] == "proposal_is_over"
    linked = (await office.get("/v1/person-links", person_id=twin))["items"]
    assert [(one["linked_by"], one["note"]) for one in linked] == [(str(office.operator_id), "Both wrote so.")]


async def test_nobody_says_of_an_account_of_theirs_that_it_is_another_person(office: Office) -> None:
    """An operator was seen with the device of another account, which may be a second one of theirs."""
    desk = office.studio.shop.desk
    pairs = [(office.ada_id, await desk.person_id("neighbour")), (await desk.person_id("twin"), office.operator_id)]
    async with desk.house.database.transaction() as connection:
        for pair in pairs:
            await connection.execute(
                "insert into link_proposal (id, person_id, other_id, kinds, proposed_at)"
                " values ($1, $2, $3, '{device}', $4)",
                *(office.studio.id(), *sorted(pair), office.studio.shop.clock.now()),
            )
    open_now = (await office.get("/v1/operator/link-proposals", is_open=True))["items"]
    for proposed in open_now:
        own = str(office.operator_id) in {proposed["person_id"], proposed["other_id"]}
        path = f"/v1/operator/link-proposals/{proposed['id']}/decide"
        said = await office.post(path, 409 if own else 200, verdict="apart", reason="They are neighbours.")
        assert said.get("code") == ("own_case" if own else None)
    assert len(open_now) == 2


async def test_a_case_is_exported_and_kept_from_other_roles(office: Office) -> None:
    case = await office.open()
    answer = await office.operator.get(f"{CASES}/{case['id']}/file")
    assert answer.json() == await office.file(case)
    assert answer.headers["content-disposition"] == f'attachment; filename="case-{case["id"]}.json"'
    finance = await office.studio.shop.desk.person("fay", Role.FINANCE)
    for path in (CASES, f"{CASES}/{case['id']}", "/v1/operator/appeals", "/v1/operator/link-proposals"):
        assert (await finance.get(path)).status_code == 403
