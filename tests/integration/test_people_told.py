"""What a platform's server tells of its people: kept, changed, taken back, and refused with the field's name."""

import asyncio
from typing import Any

import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.limits import PEOPLE_TOLD_PER_CALL_MAX
from plaudit.people.model import Role
from tests.support.desk import Desk

ADA = {
    "name": "Ada L.",
    "handle": "ada",
    "picture": "/static/art/avatars/bear.svg",
    "country": "GB",
    "language": "en-GB",
    "born_on": "1990-12-10",
    "roles": ["viewer", "creator"],
}


@pytest.fixture
async def server(desk: Desk) -> Any:
    return await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})


async def test_a_person_is_told_of(desk: Desk, server: Any) -> None:
    told = await server.put("/v1/people/auth0|ada", json=ADA)
    assert told.status_code == 200, told.text
    expected = ADA | {"id": told.json()["id"], "subject": "auth0|ada", "roles": ["creator", "viewer"]}
    assert told.json() == expected
    assert (await server.get("/v1/people/auth0|ada")).json() == expected
    assert (await server.put("/v1/people/auth0|ada", json={})).json() == expected
    changed = await server.put("/v1/people/auth0|ada", json={"picture": None, "country": None, "roles": ["viewer"]})
    assert changed.json() == expected | {"picture": None, "country": None, "roles": ["viewer"]}
    new = (await server.put("/v1/people/bob", json={})).json()
    assert (new["name"], new["handle"], new["roles"]) == ("bob", "bob", [])


async def test_a_token_speaks_later_than_the_server(desk: Desk, server: Any) -> None:
    await server.put("/v1/people/ada", json=ADA)
    ada = await desk.person("ada", Role.VIEWER, name="Ada Lovelace")
    me = (await ada.get("/v1/me")).json()
    assert (me["name"], me["country"]) == ("Ada Lovelace", "GB")
    known = (await server.get("/v1/people/ada")).json()
    assert (known["name"], known["born_on"], known["roles"]) == ("Ada Lovelace", "1990-12-10", ["viewer"])


async def test_what_a_token_leaves_out_stays_as_it_was_told(desk: Desk, server: Any) -> None:
    told = (await server.put("/v1/people/ada", json=ADA)).json()
    bare = await desk.client({"Authorization": f"Bearer {desk.issuer.mint('ada', [], desk.house.clock)}"})
    me = (await bare.get("/v1/me")).json()
    assert (me["name"], me["handle"], me["avatar"]) == (ADA["name"], ADA["handle"], ADA["picture"])
    assert me["roles"] == ["creator", "viewer"]
    assert (await server.get("/v1/people/ada")).json() == told


@pytest.mark.parametrize(
    ("facts", "status", "field"),
    [
        ({"name": ""}, 400, "name"),
        ({"name": "a\u202eb"}, 400, "name"),
        ({"name": None}, 400, "name"),
        ({"country": "Britain"}, 400, "country"),
        ({"language": "english please"}, 400, "language"),
        ({"born_on": "10.12.1990"}, 400, "born_on"),
        ({"born_on": "1830-12-10"}, 400, "born_on"),
        ({"born_on": "2999-01-01"}, 400, "born_on"),
        ({"roles": ["operator"]}, 400, "roles"),
        ({"picture": "javascript:alert(1)"}, 400, "picture"),
        ({"picture": "https://elsewhere.example/a.png"}, 422, "picture"),
        ({"birthday": "1990-12-10"}, 400, "birthday"),
    ],
)
async def test_a_fact_that_cannot_be_is_told_its_field(
    server: Any, facts: dict[str, Any], status: int, field: str
) -> None:
    alone = await server.put("/v1/people/ada", json=facts)
    assert alone.status_code == status, alone.text
    assert alone.json()["field"].partition("[")[0] == f"body.{field}"
    among = await server.post("/v1/people:batch", json={"people": [{"subject": "bob"}, {"subject": "ada"} | facts]})
    assert among.status_code == status
    assert among.json()["field"].startswith(f"body.people[1].{field}") or field == "roles"
    assert (await server.get("/v1/people/bob")).json()["code"] == "person_unknown"


async def test_a_platform_makes_creators_only_if_it_may(
    desk: Desk, server: Any, owner_connection: OwnConnection
) -> None:
    await owner_connection.execute("update issuer set allowed_roles = '{viewer}'")
    refused = await server.put("/v1/people/ada", json={"roles": ["creator"]})
    assert (refused.status_code, refused.json()["field"]) == (400, "body.roles")
    assert "issuer set" in refused.json()["reason"]
    assert (await server.put("/v1/people/ada", json={"roles": ["viewer"]})).status_code == 200


async def test_many_are_told_of_at_once_and_by_several(desk: Desk, server: Any) -> None:
    subjects = [f"person-{number}" for number in range(40)]
    forward = [{"subject": subject, "country": "BR"} for subject in subjects]
    backward = [{"subject": subject, "language": "pt-BR"} for subject in reversed(subjects)]
    answers = await asyncio.gather(
        *(server.post("/v1/people:batch", json={"people": people}) for people in (forward, backward) * 3)
    )
    assert {answer.status_code for answer in answers} == {200}
    assert [one["subject"] for one in answers[0].json()["items"]] == subjects
    known = (await server.get("/v1/people/person-7")).json()
    assert (known["country"], known["language"]) == ("BR", "pt-BR")
    twice = await server.post("/v1/people:batch", json={"people": [{"subject": "a"}, {"subject": "a"}]})
    assert twice.json()["field"] == "body.people"
    many = [{"subject": f"p{number}"} for number in range(PEOPLE_TOLD_PER_CALL_MAX + 1)]
    assert (await server.post("/v1/people:batch", json={"people": many})).json()["field"] == "body.people"


async def test_only_the_platform_tells(desk: Desk, server: Any, clock: ManualClock) -> None:
    for client in (await desk.person("ada", Role.VIEWER, Role.CREATOR, Role.OPERATOR), await desk.client()):
        assert (await client.put("/v1/people/ada", json={})).status_code in {401, 403}
        assert (await client.get("/v1/people/ada")).status_code in {401, 403}
