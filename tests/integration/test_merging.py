"""Other subjects of people, and accounts that turned out to be one: where they lead, and what holds on."""

import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import asyncpg
import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.limits import EXCLUSION_DAYS_MIN
from plaudit.people import roles
from plaudit.people.model import OPERATOR_ROLES, Role, Scope
from plaudit.personal_data import archive, erasing, merging
from plaudit.personal_data.limits import ERASURE_GRACE_DAYS
from tests.support.desk import Desk
from tests.support.price_shelf import put_on_shelf

pytestmark = pytest.mark.unsold


@pytest.fixture
async def server(desk: Desk) -> httpx2.AsyncClient:
    key = await desk.server_key("of the host", scopes={Scope.MERGE, Scope.PEOPLE, Scope.EVENTS, Scope.MONEY_READ})
    return await desk.client({"Authorization": f"Bearer {key}"})


def refusal(answer: httpx2.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


async def say(server: httpx2.AsyncClient, what: str, of: str, clock: ManualClock, **body: Any) -> httpx2.Response:
    return await server.post(f"/v1/people/{of}/{what}", json={"id": str(new_id(clock))} | body)


async def leads_to(desk: Desk, server: httpx2.AsyncClient, former: str, now: str) -> None:
    """Every way in says where to."""
    ways = {
        "token": await (await desk.person(former)).get("/v1/me"),
        "told": await server.put(f"/v1/people/{former}", json={}),
        "read": await server.get(f"/v1/people/{former}"),
        "code": await server.post("/v1/sign-in-codes", json={"subject": former}),
        "in their name": await server.get("/v1/wallet", headers={"Plaudit-Subject": former}),
        "sessions": await server.delete(f"/v1/people/{former}/sessions"),
    }
    for way, answer in ways.items():
        assert refusal(answer) == (409, "subject_moved"), (way, answer.text)
        assert (answer.json()["subject"], answer.json()["now"]) == (former, now), way


async def test_somebody_has_another_subject(
    desk: Desk, server: httpx2.AsyncClient, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    ada = await desk.person("ada")
    me = (await ada.get("/v1/me")).json()["id"]
    await desk.person_id("bob")
    assert refusal(await say(server, "rename", "nobody", clock, subject="ada2")) == (404, "person_unknown")
    assert refusal(await say(server, "rename", "ada", clock, subject="bob")) == (409, "subject_taken")
    body = {"id": str(new_id(clock)), "subject": "ada2"}
    moved = await server.post("/v1/people/ada/rename", json=body)
    assert moved.status_code == 200, moved.text
    assert (moved.json()["person_id"], moved.json()["subject"], moved.json()["merged_id"]) == (me, "ada2", None)
    assert (await server.post("/v1/people/ada/rename", json=body)).json() == moved.json()
    assert refusal(await server.post("/v1/people/bob/rename", json=body))[1] == "idempotency_conflict"
    other = await server.post("/v1/people/ada/rename", json=body | {"subject": "ada4"})
    assert refusal(other)[1] == "idempotency_conflict"
    await leads_to(desk, server, "ada", "ada2")
    assert (await (await desk.person("ada2")).get("/v1/me")).json()["id"] == me
    assert refusal(await say(server, "rename", "bob", clock, subject="ada")) == (409, "subject_taken")
    assert (await say(server, "rename", "ada2", clock, subject="ada3")).status_code == 200
    await leads_to(desk, server, "ada", "ada3")
    kinds = [one["type"] for one in (await server.get("/v1/events")).json()["items"]]
    assert kinds.count("person.moved") == 2
    with pytest.raises(asyncpg.CheckViolationError, match="leads to another person"):
        await owner_connection.execute(
            "insert into person (issuer_id, subject, handle, display_name, avatar, created_at)"
            " select issuer_id, 'ada', 'x', 'x', '', now() from person limit 1"
        )


async def test_a_key_needs_the_scope_for_it(desk: Desk, clock: ManualClock) -> None:
    key = await desk.server_key()
    server = await desk.client({"Authorization": f"Bearer {key}"})
    for what, body in (("rename", {"subject": "b"}), ("merge", {"into": "b"})):
        assert refusal(await say(server, what, "ada", clock, **body)) == (403, "scope_missing")


async def test_a_key_alone_takes_over_nobody_of_value(
    desk: Desk, server: httpx2.AsyncClient, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    """Whoever has the key and an account at the platform would come in as somebody rich, or as an operator."""
    rich_id, olga_id = await desk.person_id("rich"), await desk.person_id("olga")
    house = desk.house

    async def fund(coins: int) -> None:
        async with house.database.transaction() as connection:
            await connection.execute(
                "select fund(shard_of($1), $1, $2, 'promotional', 'promotion', $3, null, null, $4)",
                *(rich_id, new_id(clock), coins, clock.now()),
            )

    await fund(5_000)
    assert (await say(server, "rename", "rich", clock, subject="richer")).status_code == 200
    await fund(1)
    await roles.grant_role(owner_connection, olga_id, Role.SAFETY, clock)
    for former, obstacles in (("richer", {"coins": 5_001}), ("olga", {"staff": 1})):
        refused = await say(server, "rename", former, clock, subject="mallory")
        assert (refusal(refused), refused.json()["obstacles"]) == ((409, "move_obstructed"), obstacles)
    assert set(await owner_connection.fetchval("select staff_roles()")) == OPERATOR_ROLES
    assert (await (await desk.person("fay", Role.VIEWER, Role.FINANCE)).get("/v1/me")).status_code == 200
    for way in ({"what": "rename", "subject": "mallory"}, {"what": "merge", "into": "richer"}):
        refused = await say(server, of="fay", clock=clock, **way)
        assert (refusal(refused), refused.json().get("obstacles")) == ((409, "move_obstructed"), {"staff": 1}), way
    async with house.database.transaction() as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="a key alone"):
            async with connection.transaction():
                await connection.execute("select rename_person(gen_random_uuid(), $1, 'mallory', now())", rich_id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute("select move_subject(gen_random_uuid(), $1, 'mallory', now())", rich_id)
    issuer_id = await owner_connection.fetchval("select issuer_id from person where id = $1", rich_id)
    moved = await merging.rename_as_owner(owner_connection, clock, issuer_id, "richer", "richest")
    assert (moved.person_id, moved.subject) == (rich_id, "richest")


async def test_two_accounts_are_one_for_good(
    desk: Desk, server: httpx2.AsyncClient, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    """The one that goes had excluded itself: that does not end with it."""
    bob, ada = await desk.person("bob"), await desk.person("ada")
    ada_id, bob_id = await desk.person_id("ada"), await desk.person_id("bob")
    await put_on_shelf(desk.house.database.url, clock)
    never = {"id": str(new_id(clock)), "days": EXCLUSION_DAYS_MIN, "understood": True}
    assert (await bob.post("/v1/me/exclusions", json=never)).status_code in {200, 201}
    olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
    merge = {"id": str(new_id(clock)), "into": "ada"}
    assert refusal(await say(server, "merge", "bob", clock, into="bob"))[1] == "invalid_field"
    moved = await server.post("/v1/people/bob/merge", json=merge)
    assert moved.status_code == 200, moved.text
    assert (moved.json()["person_id"], moved.json()["merged_id"]) == (str(ada_id), str(bob_id))
    assert (await server.post("/v1/people/bob/merge", json=merge)).json() == moved.json()
    other = await server.post("/v1/people/bob/merge", json=merge | {"into": "bob"})
    assert refusal(other)[1] == "idempotency_conflict"
    olga = await desk.person("olga", Role.OPERATOR)
    of_them = {"person_id": moved.json()["person_id"]}
    [listed] = (await olga.get("/v1/operator/person-moves", params=of_them)).json()["items"]
    assert listed == moved.json() | {"by_key": "of the host"}
    assert "of the host" in (await olga.get("/operator/moves")).text
    await leads_to(desk, server, "bob", "ada")
    assert (await ada.get("/v1/me/limits")).json()["pause"]["kind"] == "exclusion"
    reason = {"reason": "a mistake"}
    assert refusal(await olga.post(f"/v1/person-links/{merge['id']}/end", json=reason)) == (409, "merged_for_good")
    lifted = await olga.post(f"/v1/operator/freezes/{merge['id']}/lift", json=reason)
    assert lifted.status_code == 409, lifted.text
    for statement in (
        "update person_link set ended_by = 1, ended_at = now()",
        "update freeze_record set lifted_at = now(), lifted_because = 'x'",
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="turned out to be"):
            await owner_connection.execute(statement)


async def test_nobody_escapes_or_leaves_anything_behind_by_a_merge(
    desk: Desk, server: httpx2.AsyncClient, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    bob_id, ada_id = await desk.person_id("bob"), await desk.person_id("ada")
    olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)

    async def obstacles() -> dict[str, int]:
        refused = await say(server, "merge", "bob", clock, into="ada")
        assert refusal(refused) == (409, "move_obstructed"), refused.text
        with pytest.raises(asyncpg.CheckViolationError):
            async with desk.house.database.transaction() as connection:
                await connection.execute(
                    "select merge_person(gen_random_uuid(), $1, $2, $3)", bob_id, ada_id, clock.now()
                )
        found: dict[str, int] = refused.json()["obstacles"]
        return found

    frozen = {"id": str(new_id(clock)), "what": "person", "person_id": str(bob_id), "reason": "stolen cards"}
    assert (await olga.post("/v1/operator/freezes", json=frozen)).status_code == 201
    assert await obstacles() == {"frozen": 1}
    assert (await olga.post(f"/v1/operator/freezes/{frozen['id']}/lift", json={"reason": "no"})).status_code == 200
    async with desk.house.database.transaction() as connection:
        await connection.execute(
            "select fund(shard_of($1), $1, $2, 'promotional', 'promotion', 7, null, null, $3)",
            *(bob_id, new_id(clock), clock.now()),
        )
    assert await obstacles() == {"coins": 7}
    assert (await say(server, "merge", "ada", clock, into="bob")).status_code == 200, "the other way round"


async def test_what_was_merged_is_copied_and_erased_with_whom_it_is(
    desk: Desk, server: httpx2.AsyncClient, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    ada, bob = await desk.person("ada"), await desk.person("bob", name="Bob of old")
    for somebody in (ada, bob):
        assert (await somebody.get("/v1/me")).status_code == 200
    assert (await say(server, "merge", "bob", clock, into="ada")).status_code == 200
    asked = (await ada.post("/v1/me/data-exports", json={"id": str(new_id(clock))})).json()
    house = desk.house
    assert await archive.make_due(house.database, house.settings, house.clock) == 1
    file = await ada.get(f"/v1/me/data-exports/{asked['id']}/file")
    people = json.loads(ZipFile(io.BytesIO(file.content)).read("profile/person.json"))
    assert [one["display_name"] for one in people][1:] == ["Bob of old"]
    erasure = await ada.post("/v1/me/erasure", json={"id": str(new_id(clock))})
    assert erasure.status_code == 201, erasure.text
    assert await owner_connection.fetchval("select count(*) from erasure") == 2
    clock.advance(timedelta(days=ERASURE_GRACE_DAYS, seconds=1))
    await erasing.erase_due(house.database, house.settings, house.clock)
    left = await owner_connection.fetch("select subject from person union all select subject from person_move")
    assert {one["subject"].partition(":")[0] for one in left} == {"erased"}
    assert (await (await desk.person("bob")).get("/v1/me")).status_code == 200, "somebody new"


async def test_what_holds_one_of_merged_accounts_holds_both_and_the_merge_itself_holds_neither(
    desk: Desk, server: httpx2.AsyncClient, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    ada, ada_id, bob_id = await desk.person("ada"), await desk.person_id("ada"), await desk.person_id("bob")
    olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
    assert (await say(server, "merge", "bob", clock, into="ada")).status_code == 200

    async def held() -> set[int]:
        return {row["person_id"] for row in await owner_connection.fetch("select person_id from held_people()")}

    assert await held() == set(), "what is old of an account that is no more goes"
    assert (await ada.post("/v1/me/erasure", json={"id": str(new_id(clock))})).status_code == 201
    hold = {"id": str(new_id(clock)), "person_id": str(ada_id), "reason": "a court asks"}
    assert (await olga.post("/v1/operator/legal-holds", json=hold)).status_code == 201
    assert await held() == {ada_id, bob_id}
    clock.advance(timedelta(days=ERASURE_GRACE_DAYS, seconds=1))
    house = desk.house
    await erasing.erase_due(house.database, house.settings, house.clock)
    assert await owner_connection.fetchval("select count(*) from erasure where begun_at is not null") == 0
    olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
    assert (await olga.post(f"/v1/operator/legal-holds/{hold['id']}/lift", json={"reason": "over"})).status_code == 200
    clock.advance(timedelta(days=1))
    await erasing.erase_due(house.database, house.settings, house.clock)
    assert await owner_connection.fetchval("select count(*) from erasure where erased_at is not null") == 2
