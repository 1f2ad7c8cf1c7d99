"""Guardians over HTTP: a code that both confirm, limits that no minor lifts, stops, and consents that rules ask for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.guardians import actions
from plaudit.guardians.model import INVITATION_S
from plaudit.http.assembly import create_app
from plaudit.http.house import House, open_house
from plaudit.ids import new_id
from plaudit.people.model import Scope
from tests.integration.test_rules import CHILD, DAY, GROWN, Stage, open_stage, quoted, said, text_of
from tests.support.desk import Desk
from tests.support.waiting import eventually, until_waiting

pytestmark = pytest.mark.unsold

WITH_GUARDIAN = '{ allowed = true, age = 18, guardian_age = 10, sources = ["majority"] }'


@dataclass
class Family:
    """Cora, who is eleven and has coins, and Gus, whose age the platform checked."""

    stage: Stage
    minor: httpx2.AsyncClient
    guardian: httpx2.AsyncClient
    server: httpx2.AsyncClient
    proof_id: str

    async def link(self) -> str:
        """By a code; answers of the link between both."""
        body = {"id": self.stage.studio.id()}
        made = (await self.guardian.post("/v1/me/guardian-invitations", json=body)).json()
        answer = {"code": made["code"], "understood": True}
        answered = await self.minor.post("/v1/me/guardian-invitations:answer", json=answer)
        assert answered.status_code == 200, answered.text
        confirmed = await self.guardian.post(f"/v1/me/guardian-invitations/{made['id']}/confirm")
        assert confirmed.status_code == 200, confirmed.text
        link_id: str = confirmed.json()["id"]
        return link_id

    async def limit(self, link_id: str, kind: str, minor_units: int | None, **more: Any) -> httpx2.Response:
        body = {"id": self.stage.studio.id()} | more
        if minor_units is not None:
            body |= {"amount_minor": minor_units, "currency": "GBP"}
        return await self.guardian.put(f"/v1/me/minors/{link_id}/limits/{kind}", json=body)

    async def own_limit(self, kind: str, minor_units: int | None) -> httpx2.Response:
        body: dict[str, Any] = {"id": self.stage.studio.id()}
        if minor_units is not None:
            body |= {"amount_minor": minor_units, "currency": "GBP"}
        return await self.minor.put(f"/v1/me/limits/{kind}", json=body)

    async def send(self, count: int = 1) -> httpx2.Response:
        return await self.stage.send(self.minor, count=count)

    async def sends_with(self, code: str, count: int = 1) -> httpx2.Response:
        """A gift that ends so, once this process has heard of what changed."""
        seen: list[httpx2.Response] = []

        async def told() -> bool:
            seen.append(await self.send(count))
            return (seen[-1].json().get("code") or seen[-1].status_code) == code

        await eventually(told, f"a gift ends as {code}")
        return seen[-1]


async def proved(desk: Desk, server: httpx2.AsyncClient, subject: str) -> str:
    """Their platform's server says that somebody was checked to be of age; the proof's id."""
    clock = desk.house.clock
    proof = {"id": str(new_id(clock)), "at_least": 18, "level": "checked", "method": "store_signal", "source": "Store",
        "proved_at": clock.now().isoformat()}  # fmt: skip
    told = await server.post(f"/v1/people/{subject}/age-assurances", json=proof)
    assert told.status_code == 201, told.text
    return str(proof["id"])


@pytest.fixture
async def family(database_url: str, tmp_path: Path) -> AsyncIterator[Family]:
    """Nobody said how old Cora is, so that rules ask and stop nothing."""
    async with open_stage(database_url, tmp_path) as stage:
        minor = await stage.viewer("cora", locale="en-GB")
        guardian = await stage.viewer("gus", birthdate=GROWN, locale="en-GB")
        server = await stage.server()
        yield Family(stage, minor, guardian, server, await proved(stage.studio.shop.desk, server, "gus"))


async def test_a_guardian_is_who_both_say_and_of_age(family: Family) -> None:
    stage, minor, guardian = family.stage, family.minor, family.guardian
    claimed = await stage.viewer("carl", birthdate=GROWN)
    body = {"id": stage.studio.id()}
    assert said(await claimed.post("/v1/me/guardian-invitations", json=body))[:2] == (403, "not_of_age")
    made = (await guardian.post("/v1/me/guardian-invitations", json=body)).json()
    code = {"code": made["code"].lower().replace("-", " ")}
    assert (await minor.post("/v1/me/guardian-invitations:look-up", json=code)).json()["guardian"] == made["guardian"]
    for wrong in ("AAAAAAAAAA", made["code"][:-1] + "2" * (made["code"][-1] != "2") or "3"):
        refused = await minor.post("/v1/me/guardian-invitations:answer", json={"code": wrong, "understood": True})
        assert said(refused)[:2] in {(409, "guardian_code_unknown"), (422, "invalid_field")}
    own = await guardian.post("/v1/me/guardian-invitations:answer", json=code | {"understood": True})
    assert said(own)[:2] == (409, "guardian_code_unknown"), "nobody is their own"
    confirm = f"/v1/me/guardian-invitations/{made['id']}/confirm"
    assert said(await guardian.post(confirm))[:2] == (409, "invitation_not_answered")
    assert said(await claimed.post("/v1/me/guardian-invitations:answer", json=code | {"understood": True}))[:2] == (
        409,
        "is_of_age",
    )
    for _ in range(2):
        assert (
            await minor.post("/v1/me/guardian-invitations:answer", json=code | {"understood": True})
        ).status_code == 200
    other = await stage.viewer("olaf", locale="en-GB")
    assert said(await other.post("/v1/me/guardian-invitations:answer", json=code | {"understood": True}))[:2] == (
        409,
        "guardian_code_unknown",
    )
    assert said(await minor.post(confirm))[:2] == (404, "not_found"), "the guardian confirms it, nobody else"
    links = [(await guardian.post(confirm)).json()["id"] for _ in range(2)]
    assert links[0] == links[1]
    mine = (await minor.get("/v1/me/guardians")).json()
    assert [(one["id"], one["began_by"]) for one in mine["guardians"]] == [(links[0], "code")]
    of_minor, of_guardian = (await minor.get("/guardians")).text, (await guardian.get("/guardians")).text
    assert ("data-code" in of_minor, "data-invite" in of_minor) == (True, False), "a minor answers for nobody"
    assert ("data-code" in of_guardian, "data-invite" in of_guardian) == (False, True), (
        "nobody answers for who is of age"
    )
    assert said(await other.put(f"/v1/me/minors/{links[0]}/stop", json={"stopped": True}))[:2] == (404, "not_found")


async def test_a_code_is_good_for_a_day(family: Family) -> None:
    made = (await family.guardian.post("/v1/me/guardian-invitations", json={"id": family.stage.studio.id()})).json()
    family.stage.studio.shop.clock.advance(timedelta(seconds=INVITATION_S))
    desk = family.stage.studio.shop.desk
    minor = await desk.person("cora")
    late = await minor.post("/v1/me/guardian-invitations:answer", json={"code": made["code"], "understood": True})
    assert said(late)[:2] == (409, "guardian_code_unknown")


async def test_the_strictest_limit_holds_and_the_minor_lifts_none(family: Family) -> None:
    link = await family.link()
    assert (await family.limit(link, "gift", 5)).status_code == 200
    assert said(await family.send(200))[:2] == (409, "own_limit_reached")
    raised = await family.own_limit("gift", 100_000)
    assert raised.status_code == 200
    assert said(await family.send(200))[:2] == (409, "own_limit_reached"), "what a guardian set stays"
    night = {"night": {"from_minute": 0, "to_minute": 1439}}
    assert (await family.limit(link, "night", None, **night)).status_code == 200
    short = {"id": family.stage.studio.id(), "night": {"from_minute": 60, "to_minute": 61}}
    assert (await family.minor.put("/v1/me/limits/night", json=short)).status_code == 200
    held = await family.send()
    assert (said(held)[:2], held.json()["brake"]) == ((409, "own_limit_reached"), "night"), (
        "no night of theirs takes its place"
    )
    assert (await family.limit(link, "night", None)).status_code == 200
    assert (await family.limit(link, "gift", None)).status_code == 200
    assert (await family.own_limit("gift", 4)).status_code == 200
    assert said(await family.send(200))[:2] == (409, "own_limit_reached"), "their own, which is stricter, holds as well"
    for _ in range(2):
        assert (await family.guardian.delete(f"/v1/me/minors/{link}")).status_code in {204, 404}
    assert (await family.minor.get("/v1/me/guardians")).json()["guardians"] == []


@pytest.fixture
async def second(family: Family) -> AsyncIterator[httpx2.AsyncClient]:
    """Cora at another process on the same database."""
    house: House = family.stage.studio.shop.desk.house
    async with open_house(house.settings, house.database.url, clock=house.clock, with_jobs=False) as other:
        await other.catalogue.refresh()
        async with AsyncExitStack() as stack:
            there = Desk(other, create_app(other), family.stage.studio.shop.desk.issuer, stack)
            yield await there.client({"Authorization": family.minor.headers["Authorization"]})


async def test_what_a_guardian_stops_is_stopped_in_every_process(family: Family, second: httpx2.AsyncClient) -> None:
    link = await family.link()
    here, there = family.minor, second
    for client in (here, there):
        assert (await family.stage.send(client)).status_code == 201
    stop = f"/v1/me/minors/{link}/stop"
    for _ in range(2):
        stopped = await family.guardian.put(stop, json={"stopped": True})
        assert (stopped.status_code, stopped.json()["is_stopped"]) == (200, True)
    for client in (here, there):
        held = await family.stage.send(client)
        assert (said(held)[:2], held.json()["brake"], held.json()["ends_at"]) == (
            (409, "own_limit_reached"),
            "guardian",
            None,
        )
        bought = await quoted(family.stage, client)
        assert (said(bought)[:2], bought.json()["brake"]) == ((409, "own_limit_reached"), "guardian")
    assert (await here.get("/v1/me/guardians")).json()["guardians"][0]["is_stopped"]
    assert (await here.get("/v1/me/limits")).status_code == 200
    assert (await family.guardian.put(stop, json={"stopped": False})).json()["is_stopped"] is False
    for client in (here, there):
        assert (await family.stage.send(client)).status_code == 201


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("stop", {"stopped": True}),
        ("consents/buy", {"agreed": True}),
        ("limits/day", {"amount_minor": 5, "currency": "GBP"}),
    ],
)
async def test_nothing_that_is_said_while_it_ends_outlasts_it(
    family: Family, owner_connection: OwnConnection, what: str, body: dict[str, Any]
) -> None:
    """A guardian speaks while their platform ends that they answer for the minor, whom nobody could free after that."""
    link, clock = await family.link(), family.stage.studio.shop.clock
    if what.startswith("limits"):
        body = body | {"id": family.stage.studio.id()}
    async with owner_connection.transaction():
        await actions.end(owner_connection, clock, await actions.find(owner_connection, UUID(link)), "platform")
        saying = asyncio.create_task(family.guardian.put(f"/v1/me/minors/{link}/{what}", json=body))
        await until_waiting(owner_connection, owner_connection.get_server_pid(), saying)
    assert said(await saying)[:2] == (404, "not_found")


async def test_where_rules_ask_for_a_guardian_their_consent_counts_until_it_is_taken_back(
    family: Family, second: httpx2.AsyncClient, owner_connection: OwnConnection
) -> None:
    """The pack of Britain lets children of ten give with a guardian, two weeks from now."""
    stage, clock = family.stage, family.stage.studio.shop.clock
    text = text_of("GB", clock, 9, gift_room=WITH_GUARDIAN)
    made = await stage.studio.operator.post(
        "/v1/operator/policy-packs", json={"id": stage.studio.id(), "toml": text, "note": "x"}
    )
    assert made.status_code == 201, made.text
    link = await family.link()
    clock.advance(9 * DAY)
    desk = stage.studio.shop.desk
    family.minor = await desk.person("cora", birthdate=CHILD, country="GB")
    family.guardian = await desk.person("gus")
    assert (await family.minor.get("/v1/me")).status_code == 200
    second.headers["Authorization"] = family.minor.headers["Authorization"]
    refused = await family.sends_with("rules_refuse")
    assert refused.json()["rule"] in {"GB.gift_room.guardian_needed", "GB.gift_room.too_young"}
    address = f"/v1/me/minors/{link}/consents/gift_room"

    async def everywhere(status: int) -> None:
        async def both() -> bool:
            return {(await stage.send(client)).status_code for client in (family.minor, second)} == {status}

        await eventually(both, f"gifts end with {status} in both processes")

    await everywhere(403)
    agreed = (await family.guardian.put(address, json={"agreed": True})).json()
    assert [one["action"] for one in agreed["consents"] if one["agreed"]] == ["gift_room"]
    assert [one["action"] for one in agreed["consents"] if one["needed"]] == ["buy", "gift_room", "unlock", "subscribe"]
    await everywhere(201)
    assert said(await quoted(stage, family.minor)) == (403, "rules_refuse", "GB.buy.too_young"), "no other rule asks"
    assert (await family.guardian.put(address, json={"agreed": False})).status_code == 200
    await everywhere(403)
    assert (await family.guardian.put(address, json={"agreed": True})).status_code == 200
    await everywhere(201)
    revoked = await family.server.post(
        f"/v1/people/gus/age-assurances/{family.proof_id}/revoke", json={"reason": "Forged."}
    )
    assert revoked.status_code == 200
    await everywhere(403)
    assert said(await family.guardian.put(address, json={"agreed": True}))[:2] == (403, "not_of_age")


async def test_a_platform_knows_families_and_who_is_of_age_needs_no_guardian(
    family: Family, owner_connection: OwnConnection
) -> None:
    server = family.server
    address = "/v1/people/cora/guardians/gus"
    told = [await server.put(address) for _ in range(2)]
    assert (told[0].status_code, told[0].json()) == (200, told[1].json())
    link = told[0].json()["id"]
    assert (await server.put("/v1/people/gus/guardians/cora")).json()["code"] == "not_of_age"
    assert (await server.put("/v1/people/cora/guardians/cora")).status_code == 400
    assert (await family.guardian.put(f"/v1/me/minors/{link}/stop", json={"stopped": True})).status_code == 200
    assert said(await family.minor.delete(f"/v1/me/guardians/{link}"))[:2] == (409, "is_not_of_age")
    await proved(family.stage.studio.shop.desk, server, "cora")
    assert (await family.minor.delete(f"/v1/me/guardians/{link}")).status_code == 204
    assert (await family.send()).status_code == 201, "what a guardian stopped goes on"
    assert said(await server.put(address))[:2] == (409, "is_of_age")
    with pytest.raises(Exception, match="guardian is known to be of age"):
        await owner_connection.execute(
            """insert into guardianship (id, guardian_id, minor_id, began_by, began_at)
            select gen_random_uuid(), minor_id, guardian_id, 'platform', now() from guardianship"""
        )


async def test_platforms_are_told_who_answers_for_whom_and_no_more(family: Family) -> None:
    link_id = await family.link()
    ended = await family.guardian.delete(f"/v1/me/minors/{link_id}")
    assert ended.status_code in {200, 204}, ended.text
    again = await family.guardian.delete(f"/v1/me/minors/{link_id}")
    assert again.status_code in {200, 204, 404}, again.text
    desk = family.stage.studio.shop.desk
    key = await desk.server_key("of events", scopes={Scope.EVENTS})
    server = await desk.client({"Authorization": f"Bearer {key}"})
    told = [one for one in (await server.get("/v1/events")).json()["items"] if one["type"].startswith("guardianship.")]
    assert [one["type"] for one in told] == ["guardianship.began", "guardianship.ended"], "once each"
    began, over = (one["data"] for one in told)
    assert (began["minor"]["subject"], began["guardian"]["subject"], began["by"]) == ("cora", "gus", "code")
    assert (over["guardianship_id"], over["because"]) == (link_id, "guardian")
    assert over.keys() == {"guardianship_id", "minor", "guardian", "because"}
