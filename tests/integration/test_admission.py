"""Who may come in takes two people, and the rows say which: keys of servers, platforms, roles of operators."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import msgspec
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.people import roles
from plaudit.people.development import ISSUER
from plaudit.people.model import Role
from plaudit.settings import Settings
from tests.support.desk import ORIGIN, Desk, open_desk

STAGE = "https://stage.example"


@pytest.fixture
async def house(database_url: str, clock: ManualClock) -> AsyncIterator[Desk]:
    """One with several owners."""
    async with open_desk(database_url, clock, Settings(public_url=ORIGIN)) as opened:
        yield opened


async def owner(desk: Desk, name: str) -> httpx2.AsyncClient:
    return await desk.person(name, Role.VIEWER, Role.OPERATOR)


async def confirmed(by: httpx2.AsyncClient, decision: dict[str, Any], **more: str) -> httpx2.Response:
    seen = {"content_sha256": decision["content_sha256"], **more}
    return await by.post(f"/v1/decisions/{decision['id']}/confirm", json=seen)


def key(clock: ManualClock, **more: Any) -> dict[str, Any]:
    ends_at = (clock.now() + timedelta(days=90)).isoformat()
    return {"name": "host", "issuer": ISSUER, "scopes": ["people"], "expires_at": ends_at, "note": "x"} | more


async def is_good(desk: Desk, secret: str) -> bool:
    server = await desk.client({"Authorization": f"Bearer {secret}"})
    return (await server.put("/v1/people/ada", json={})).status_code == 200


class TestKeys:
    async def test_one_proposes_a_key_and_it_is_good_when_another_confirms(
        self, house: Desk, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        olga, oskar = await owner(house, "olga"), await owner(house, "oskar")
        body = key(clock, id=str(new_id(clock)), networks=["127.0.0.1"])
        asked = await olga.post("/v1/operator/keys", json=body)
        assert asked.status_code == 202, asked.text
        secret, decision = asked.json()["secret"], asked.json()["decision"]
        assert (decision["kind"], decision["beneficiary"], secret[:4]) == ("key", None, "plk_")
        assert secret not in str(decision)
        again = await olga.post("/v1/operator/keys", json=body)
        assert (again.status_code, again.json()) == (202, {"key": None, "decision": decision, "secret": None})
        assert (await olga.post("/v1/operator/keys", json=body | {"scopes": []})).status_code == 409
        other = await olga.post("/v1/operator/keys", json=body | {"id": str(new_id(clock))})
        assert other.json()["code"] == "decision_pending"
        assert not await is_good(house, secret)
        assert (await confirmed(olga, decision)).json()["code"] == "second_person_needed"
        assert (await confirmed(oskar, decision)).status_code == 200
        clock.advance(timedelta(minutes=1))  # what was not good is remembered for a while
        assert await is_good(house, secret)
        (row,) = await owner_connection.fetch("select authority, decision_id::text, networks::text from api_key")
        assert tuple(row) == ("decision", decision["id"], "{127.0.0.1/32}")
        (listed,) = (await oskar.get("/v1/operator/keys")).json()["items"]
        assert (listed["authority"], listed["name"]) == ("decision", "host")

    async def test_it_is_narrowed_at_once_by_one_and_widened_by_two(
        self, house: Desk, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        olga, oskar = await owner(house, "olga"), await owner(house, "oskar")
        await house.server_key(scopes=["people", "rooms"], networks=["10.0.0.0/8"])
        narrow = key(clock, networks=["10.1.0.0/16"])
        narrowed = await olga.post("/v1/operator/keys", json=narrow)
        assert (narrowed.status_code, narrowed.json()["key"]["scopes"]) == (201, ["people"]), narrowed.text
        assert (narrowed.json()["secret"], narrowed.json()["key"]["authority"]) == (None, "owner")
        (act,) = (await oskar.get("/v1/operator/acts?operation=ProposeKey")).json()["items"]
        assert act["changes"]["before"]["networks"] == ["10.0.0.0/8"]
        later = (clock.now() + timedelta(days=91)).isoformat()
        widened: list[dict[str, Any]] = [
            {"scopes": ["payouts"]},
            {"networks": []},
            {"networks": ["10.0.0.0/15"]},
            {"expires_at": later},
        ]
        for wider in widened:
            asked = await olga.post("/v1/operator/keys", json=narrow | wider)
            assert (asked.status_code, asked.json()["secret"]) == (202, None), wider
            decision = asked.json()["decision"]
            if "scopes" in wider:
                assert ("May", "people", "payouts") in [
                    (one["label"], one["before"], one["after"]) for one in decision["changes"]
                ]
                assert (await confirmed(oskar, decision)).status_code == 200
                assert await owner_connection.fetchval("select scopes from api_key") == ["payouts"]
                narrow |= wider
            else:
                await olga.post(f"/v1/decisions/{decision['id']}/withdraw")

    async def test_another_secret_takes_two_and_the_one_before_stays_good_for_a_while(
        self, house: Desk, clock: ManualClock
    ) -> None:
        olga, oskar = await owner(house, "olga"), await owner(house, "oskar")
        former = await house.server_key(scopes=["people"])
        asked = await olga.post("/v1/operator/keys", json=key(clock, another_secret=True, overlap_hours=1))
        secret = asked.json()["secret"]
        assert [await is_good(house, one) for one in (former, secret)] == [True, False]
        assert (await confirmed(oskar, asked.json()["decision"])).status_code == 200
        clock.advance(timedelta(minutes=30))
        assert [await is_good(house, one) for one in (former, secret)] == [True, True]
        clock.advance(timedelta(minutes=30))
        assert [await is_good(house, one) for one in (former, secret)] == [False, True]

    async def test_what_is_wrong_with_one_is_said_beside_its_field(self, house: Desk, clock: ManualClock) -> None:
        olga = await owner(house, "olga")
        late, past = [(clock.now() + timedelta(days=days)).isoformat() for days in (401, -1)]
        for wrong, field in (
            ({"networks": ["everywhere"]}, "body.networks"),
            ({"expires_at": past}, "body.expires_at"),
            ({"issuer": STAGE}, "body.issuer"),
        ):
            refused = await olga.post("/v1/operator/keys", json=key(clock, **wrong))
            assert refused.json()["field"] == field, refused.text
        refused = await olga.post("/v1/operator/keys", json=key(clock, expires_at=late))
        assert (refused.json()["code"], refused.json()["bound"]) == ("out_of_bounds", "key_life_days")

    async def test_one_operator_makes_one_alone_and_says_so(
        self, database_url: str, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        async with open_desk(database_url, clock) as small:
            olga = await owner(small, "olga")
            made = await olga.post("/v1/operator/keys", json=key(clock))
            assert (made.status_code, made.json()["key"]["name"]) == (201, "host"), made.text
            assert await is_good(small, made.json()["secret"])
            assert await owner_connection.fetchval("select alone from decision")


class TestRoles:
    async def test_two_give_a_role_and_one_takes_it(
        self, house: Desk, owner_connection: OwnConnection, clock: ManualClock
    ) -> None:
        olga, oskar, ada = await owner(house, "olga"), await owner(house, "oskar"), await house.person("ada")
        ada_id = await house.person_id("ada")
        body = {"person_id": str(ada_id), "role": "finance", "note": "She closes the books."}
        decision = (await olga.post("/v1/operator/roles", json=body)).json()
        assert decision["beneficiary"]["id"] == str(ada_id)
        assert (await ada.get("/v1/operator/payouts")).status_code == 403
        assert (await confirmed(oskar, decision)).status_code == 200
        house.house.doorkeeper.forget()
        assert (await ada.get("/v1/operator/payouts")).status_code == 200
        (given,) = (await olga.get("/v1/operator/roles")).json()["items"]
        assert (given["role"], given["authority"]) == ("finance", "decision")
        assert (await olga.post("/v1/operator/roles", json=body)).json()["code"] == "role_held"
        assert (await oskar.delete(f"/v1/operator/people/{ada_id}/roles/finance")).status_code == 204
        assert (await ada.get("/v1/operator/payouts")).status_code == 403
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner_connection.execute("update role_grant set taken_at = null, taken_by = null")

    async def test_nobody_has_a_part_in_their_own_or_in_that_of_a_linked_account(
        self, house: Desk, owner_connection: OwnConnection, clock: ManualClock
    ) -> None:
        olga, oskar = await owner(house, "olga"), await owner(house, "oskar")
        olga_id, oskar_id, ada_id = [await house.person_id(name) for name in ("olga", "oskar", "ada")]
        body = {"person_id": str(olga_id), "role": "finance", "note": "x"}
        assert (await olga.post("/v1/operator/roles", json=body)).json()["code"] == "own_benefit"
        link = {"id": str(new_id(clock)), "person_id": str(oskar_id), "other_id": str(ada_id), "note": "One address."}
        assert (await olga.post("/v1/person-links", json=link)).status_code == 201
        body["person_id"] = str(ada_id)
        assert (await oskar.post("/v1/operator/roles", json=body)).json()["code"] == "own_benefit"
        decision = (await olga.post("/v1/operator/roles", json=body)).json()
        refused = await confirmed(oskar, decision)
        assert (refused.json()["code"], refused.json()["role"]) == ("own_benefit", "confirmer")

    @pytest.mark.parametrize("one_operator", [False, True])
    async def test_nobody_alone_makes_the_second(
        self, database_url: str, clock: ManualClock, *, one_operator: bool
    ) -> None:
        async with open_desk(database_url, clock, Settings(public_url=ORIGIN, one_operator=one_operator)) as desk:
            olga = await owner(desk, "olga")
            body = {"person_id": str(await desk.person_id("ada")), "role": "owner", "note": "x"}
            asked = await olga.post("/v1/operator/roles", json=body)
            assert asked.status_code == 202
            refused = await confirmed(olga, asked.json(), emergency="There is nobody else.")
            assert refused.json()["code"] == "second_person_needed"
            reading = await olga.post("/v1/operator/roles", json=body | {"role": "auditor"})
            assert reading.status_code == (201 if one_operator else 202), reading.text


class TestPlatforms:
    async def test_two_say_whose_word_is_taken_and_one_that_it_is_no_longer(
        self, house: Desk, owner_connection: OwnConnection
    ) -> None:
        olga, oskar = await owner(house, "olga"), await owner(house, "oskar")
        body = {"issuer": STAGE, "jwks_uri": f"{STAGE}/keys", "allowed_roles": ["viewer"], "note": "They begin."}
        asked = await olga.post("/v1/operator/issuers", json=body)
        assert asked.status_code == 202, asked.text
        refused = await confirmed(olga, asked.json(), emergency="They begin today.")
        assert refused.json()["code"] == "second_person_needed"
        assert (await confirmed(oskar, asked.json())).status_code == 200
        listed = {one["issuer"]: one for one in (await olga.get("/v1/operator/issuers")).json()["items"]}
        assert (listed[STAGE]["active"], listed[STAGE]["authority"]) == (True, "decision")
        assert listed[ISSUER]["authority"] == "owner"
        wider = await olga.post("/v1/operator/issuers", json=body | {"allowed_roles": ["viewer", "owner"]})
        changes = {one["label"]: (one["before"], one["after"]) for one in wider.json()["changes"]}
        assert changes["May say of its people"] == ("viewer", "owner, viewer")
        stopped = await oskar.post(f"/v1/operator/issuers/{listed[STAGE]['id']}/stop")
        assert (stopped.status_code, stopped.json()["active"]) == (200, False)
        assert (await confirmed(oskar, wider.json())).json()["code"] == "decision_outdated"
        own = await oskar.post(f"/v1/operator/issuers/{listed[ISSUER]['id']}/stop")
        assert own.json()["code"] == "own_platform"
        again = await olga.post("/v1/operator/issuers", json=body | {"jwks_uri": None, "note": "By codes."})
        assert again.json()["code"] == "decision_pending"
        await olga.post(f"/v1/decisions/{wider.json()['id']}/withdraw")
        again = await olga.post("/v1/operator/issuers", json=body | {"jwks_uri": None, "note": "By codes."})
        assert (await confirmed(oskar, again.json())).status_code == 200
        row = await owner_connection.fetchrow("select active, jwks::text from issuer where issuer = $1", STAGE)
        assert row is not None
        assert tuple(row) == (True, '{"keys": []}')

    async def test_keys_that_whoever_is_on_the_way_could_change_are_refused(self, house: Desk) -> None:
        olga = await owner(house, "olga")
        body = {"issuer": STAGE, "allowed_roles": [], "note": "x"}
        for wrong, field in (
            ({"jwks_uri": "http://stage.example/keys"}, "body.jwks_uri"),
            ({"jwks": {"keys": []}}, "body.jwks"),
        ):
            refused = await olga.post("/v1/operator/issuers", json=body | wrong)
            assert refused.json()["field"] == field, refused.text


class TestTheDatabaseHolds:
    async def test_the_application_admits_nobody_by_itself(self, house: Desk, clock: ManualClock) -> None:
        for statement in (
            "insert into role_grant (person_id, role, granted_at, authority) values (1, 'owner', now(), 'owner')",
            "insert into api_key (name, issuer_id, secret_sha256, created_at) values ('x', 1, sha256('x'), now())",
            "update api_key set scopes = '{payouts}'",
            "update issuer set allowed_roles = '{owner}'",
            "update role_grant set role = 'owner'",
            "insert into admission (decision_id, key_id) values (gen_random_uuid(), 1)",
            "select write_role(gen_random_uuid(), 1, 'owner', 2, now())",
            "select write_issuer(gen_random_uuid(), '{}', now())",
            "select write_key(gen_random_uuid(), 'x', 1, sha256('x'), '{}', '{}', null, null, now())",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with house.house.database.transaction() as connection:
                    await connection.execute(statement)

    async def test_a_decision_is_carried_out_once_and_only_when_it_is_confirmed(
        self, house: Desk, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        olga, oskar = await owner(house, "olga"), await owner(house, "oskar")
        body = {"person_id": str(await house.person_id("ada")), "role": "owner", "note": "x"}
        decision = (await olga.post("/v1/operator/roles", json=body)).json()

        async def admit() -> None:
            async with house.house.database.transaction() as connection:
                await connection.execute("select admit_role($1)", decision["id"])

        with pytest.raises(asyncpg.CheckViolationError, match="decided"):
            await admit()
        assert (await confirmed(oskar, decision)).status_code == 200
        await oskar.delete(f"/v1/operator/people/{body['person_id']}/roles/owner")
        with pytest.raises(asyncpg.UniqueViolationError):
            await admit()

    async def test_a_key_that_was_narrowed_does_not_come_back_by_its_decision(
        self, house: Desk, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        olga, oskar = await owner(house, "olga"), await owner(house, "oskar")
        await house.server_key(scopes=["people"])
        asked = await olga.post("/v1/operator/keys", json=key(clock, scopes=["people", "payouts"]))
        decision = asked.json()["decision"]
        assert (await confirmed(oskar, decision)).status_code == 200
        assert (await olga.post("/v1/operator/keys", json=key(clock))).status_code == 201

        async def admit() -> None:
            async with house.house.database.transaction() as connection:
                await connection.execute("select admit_key($1)", decision["id"])

        with pytest.raises(asyncpg.UniqueViolationError, match="admission_pkey"):
            await admit()
        assert await owner_connection.fetchval("select scopes from api_key") == ["people"]

    @pytest.mark.parametrize(
        ("kind", "content", "beneficiary", "alone", "constraint"),
        [
            ("role", {"person_id": "41", "role": "owner"}, 41, True, "admission_takes_two"),
            ("role", {"person_id": "41", "role": "owner"}, None, False, "admission_names_who_gains"),
            ("role", {"person_id": "41", "role": "owner"}, 42, False, "admission_names_who_gains"),
            ("issuer", {"issuer": STAGE}, None, True, "admission_takes_two"),
            ("key", {"name": "host", "expires_at": None}, None, False, "admission_key_life"),
            ("key", {"name": "host", "expires_at": "2026-01-01T00:00:00Z"}, None, False, "admission_key_life"),
            ("key", {"name": "host", "expires_at": "2999-01-01T00:00:00Z"}, None, False, "admission_key_life"),
            ("bound", {"name": "key_life_days"}, None, False, "admission_is_decided"),
        ],
    )
    async def test_the_application_cannot_have_decided_otherwise(
        self, database: Database, kind: str, content: Any, beneficiary: int | None, alone: bool, constraint: str
    ) -> None:
        """It writes the proposal, and ends it, past all that Python checks."""
        text = msgspec.json.encode(content).decode()
        function = {"role": "admit_role", "issuer": "admit_issuer"}.get(kind, "admit_key")

        async def admit() -> None:
            async with database.transaction() as connection:
                decision_id = await connection.fetchval(
                    "insert into decision (id, kind, content, content_sha256, note, beneficiary_id, proposed_by,"
                    " proposed_at, expires_at) values (gen_random_uuid(), $1, $2::text, sha256(convert_to($2, 'UTF8')),"
                    " 'x', $3, 801, now(), now() + interval '1 day') returning id",
                    kind, text, beneficiary,
                )  # fmt: skip
                assert await connection.fetchval(
                    "select end_decision($1, 'confirmed', $2, now(), sha256(convert_to($3, 'UTF8')), 'x', $4, false)",
                    decision_id, 801 if alone else 802, text, alone,
                )  # fmt: skip
                await connection.execute(f"select {function}($1)", decision_id)

        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await admit()
        assert refused.value.constraint_name == constraint

    async def test_what_came_by_the_command_line_is_a_fact_of_the_row(
        self, house: Desk, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        await roles.grant_role(owner_connection, await house.person_id("ada"), Role.OWNER, clock)
        await house.server_key()
        for table in ("role_grant", "api_key", "issuer"):
            assert await owner_connection.fetchval(f"select array_agg(authority) from {table}") == ["owner"]  # noqa: S608  # ours
            with pytest.raises(asyncpg.CheckViolationError, match=r"names_its_decision|by_whom"):
                await owner_connection.execute(f"update {table} set authority = 'decision'")  # noqa: S608  # ours
