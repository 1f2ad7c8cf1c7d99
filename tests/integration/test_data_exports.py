"""Copies of all that is held of a person: who may ask, what is in them, and that they go again."""

import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest

from plaudit.connections import connect
from plaudit.events.log import place_waiting
from plaudit.ids import new_id
from plaudit.people.development import ISSUER
from plaudit.people.model import Role, Scope
from plaudit.personal_data import archive
from plaudit.personal_data.limits import EXPORT_DAYS
from tests.support.databases import owner_of
from tests.support.desk import Desk
from tests.support.retention import let_go


async def ask(desk: Desk, somebody: httpx2.AsyncClient) -> dict[str, Any]:
    answer = await somebody.post("/v1/me/data-exports", json={"id": str(new_id(desk.house.clock))})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def make(desk: Desk) -> int:
    return await archive.make_due(desk.house.database, desk.house.settings, desk.house.clock)


async def fetched(somebody: httpx2.AsyncClient, asked: dict[str, Any]) -> ZipFile:
    answer = await somebody.get(f"/v1/me/data-exports/{asked['id']}/file")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == (await somebody.get(f"/v1/me/data-exports/{asked['id']}")).json()["bytes"]
    return ZipFile(io.BytesIO(answer.content))


async def test_a_person_gets_all_that_is_held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "EXPORT_PART_BYTES", 700)
    monkeypatch.setattr(archive, "EXPORT_ROWS_AT_ONCE", 2)
    ada = await desk.person("ada", locale="de-DE", name="=Ada")
    person_id = (await ada.get("/v1/me")).json()["id"]
    await desk.person("bob", name="Bob the other")
    connection = await connect(owner_of(desk.house.database.url))
    try:
        await connection.execute(
            "insert into person_email (person_id, address, known_at) values ($1, 'ada@example.org', now())",
            int(person_id),
        )
        await connection.execute("insert into room_head (shard, room_id, seq) values (0, 1, 1)")
        said = [
            {"id": str(n), "sender_id": 900_001 if n % 2 else int(person_id), "text": f"word {n}"} for n in range(1, 4)
        ]
        await connection.execute(
            "insert into frame (shard, room_id, seq, kind, at, body) values (0, 1, 1, 'chat', now(), $1::text::jsonb)",
            json.dumps({"messages": said}),
        )
    finally:
        await connection.close()
    asked = await ask(desk, ada)
    assert (asked["state"], (await ada.get(f"/v1/me/data-exports/{asked['id']}/file")).json()["code"]) == (
        "waiting", "export_not_ready",
    )  # fmt: skip
    assert await make(desk) == 1
    with await fetched(ada, asked) as zipped:
        assert zipped.testzip() is None
        person = json.loads(zipped.read("profile/person.json"))
        assert [(one["id"], one["subject"], one["display_name"]) for one in person] == [(int(person_id), "ada", "=Ada")]
        assert json.loads(zipped.read("profile/person_email.json"))[0]["address"] == "ada@example.org"
        assert json.loads(zipped.read("words/frame.json"))[0]["text"] == "word 2"
        head, row = zipped.read("profile/person.csv").decode().splitlines()
        assert (head.split(",")[:2], "'=Ada" in row) == (["id", "issuer_id"], True), "no formula"
        readme = zipped.read("README.txt").decode()
        everything = b"".join(zipped.read(name) for name in zipped.namelist())
    assert "Alles, was hier über dich gespeichert ist" in readme
    assert "profile/person: 1" in readme
    assert b"Bob the other" not in everything
    assert b"word 1" not in everything


async def test_asking_again_and_while_one_is_made(desk: Desk) -> None:
    ada, bob = await desk.person("ada"), await desk.person("bob")
    asked = await ask(desk, ada)
    again = await ada.post("/v1/me/data-exports", json={"id": asked["id"]})
    assert (again.status_code, again.json()) == (201, asked)
    another = await ada.post("/v1/me/data-exports", json={"id": str(new_id(desk.house.clock))})
    assert (another.json()["code"], another.json()["export_id"]) == ("export_under_way", asked["id"])
    for answer in (
        await bob.post("/v1/me/data-exports", json={"id": asked["id"]}),
        await bob.get(f"/v1/me/data-exports/{asked['id']}"),
        await bob.get(f"/v1/me/data-exports/{asked['id']}/file"),
    ):
        assert answer.status_code in {404, 409}, answer.text
    assert [one["id"] for one in (await ada.get("/v1/me/data-exports")).json()["items"]] == [asked["id"]]


async def test_a_file_is_sealed_and_deleted_when_its_time_is_over(desk: Desk) -> None:
    ada = await desk.person("ada", name="Ada Lovelace-Unique")
    asked = await ask(desk, ada)
    await make(desk)
    database, clock = desk.house.database, desk.house.clock
    async with database.read() as connection:
        parts = [row["sealed"] for row in await connection.fetch("select sealed from data_export_part")]
    assert parts
    assert not any(b"PK\x03\x04" in part or b"Lovelace" in part for part in parts)
    (await fetched(ada, asked)).close()
    clock.advance(timedelta(days=EXPORT_DAYS))  # type: ignore[attr-defined]  # the test's clock
    assert await let_go(database, clock, "export_files") == 1
    async with database.read() as connection:
        assert await connection.fetchval("select count(*) from data_export_part") == 0
    ada = await desk.person("ada")
    gone = await ada.get(f"/v1/me/data-exports/{asked['id']}/file")
    assert (gone.status_code, gone.json()["state"]) == (409, "deleted")


async def test_servers_and_operators_ask_in_somebodys_stead(desk: Desk) -> None:
    ada = await desk.person("ada")
    person_id = (await ada.get("/v1/me")).json()["id"]
    usual = await desk.client({"Authorization": f"Bearer {await desk.server_key()}", "Plaudit-Subject": "ada"})
    refused = await usual.post("/v1/me/data-exports", json={"id": str(new_id(desk.house.clock))})
    assert (refused.status_code, refused.json()["needed"]) == (403, "data")
    secret = await desk.server_key("data", scopes=[Scope.DATA])
    server = await desk.client({"Authorization": f"Bearer {secret}", "Plaudit-Subject": "ada"})
    asked = await ask(desk, server)
    assert asked["asked_by"] == "platform"
    await make(desk)
    await place_waiting(desk.house.database)
    host = await desk.client({"Authorization": f"Bearer {await desk.server_key('events')}"})
    (told,) = (await host.get("/v1/events", params={"kinds": "data_export.ready"})).json()["items"]
    ready = (await server.get(f"/v1/me/data-exports/{asked['id']}")).json()
    assert told["data"] == {
        "export_id": asked["id"],
        "who": {"id": person_id, "issuer": ISSUER, "subject": "ada"},
        "asked_by": "platform",
        "delete_at": ready["delete_at"],
    }
    (await fetched(server, asked)).close()
    operator = await desk.person("olga", Role.OPERATOR)
    desk.house.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]  # the test's clock
    body = {"id": str(new_id(desk.house.clock)), "reason": "Asked by letter."}
    made = await operator.post(f"/v1/operator/people/{person_id}/data-exports", json=body)
    assert (made.status_code, made.json()["asked_by"]) == (201, "operator"), made.text
    await make(desk)
    file = await operator.get(f"/v1/operator/data-exports/{body['id']}/file")
    assert ZipFile(io.BytesIO(file.content)).testzip() is None
    acts = (await operator.get("/v1/operator/acts")).json()["items"]
    assert {one["operation"] for one in acts} >= {"AskForDataOf", "GetDataExportFile", "AskForMyData"}
    listed = (await operator.get("/v1/operator/data-exports", params={"person_id": person_id})).json()["items"]
    assert [(one["asked_by"], one["reason"]) for one in listed] == [
        ("operator", "Asked by letter."), ("platform", None),
    ]  # fmt: skip
    waiting = (await operator.get("/v1/operator/data-exports", params={"state": "waiting"})).json()["items"]
    assert waiting == []
    page = await operator.get("/operator/data-requests", params={"of": "exports"})
    assert "Asked by letter." in page.text
    shown = (await ada.get("/v1/me/data-exports")).json()["items"]
    assert [one["asked_by"] for one in shown] == ["operator", "platform"]


async def test_the_page_says_what_is_held_and_makes_a_copy(desk: Desk) -> None:
    ada = await desk.person("ada", name="Ada")
    page = await ada.get("/people/data")
    assert page.status_code == 200, page.text
    assert "Signs of where you were" in page.text
    asked = await ada.post("/people/data/exports")
    assert (asked.status_code, asked.headers["location"]) == (303, "/people/data")
    await make(desk)
    export_id = (await ada.get("/v1/me/data-exports")).json()["items"][0]["id"]
    assert f"/people/data/exports/{export_id}" in (await ada.get("/people/data")).text
    answer = await ada.get(f"/people/data/exports/{export_id}")
    assert ZipFile(io.BytesIO(answer.content)).testzip() is None
