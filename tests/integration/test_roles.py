"""Roles of operators: owners give them to others, and each sees and does what the role is for."""

from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.people import roles
from plaudit.people.development import ISSUER
from plaudit.people.model import Role
from plaudit.settings import Settings
from plaudit.web.pages.operator_places import GROUPS
from tests.support.desk import ORIGIN, Desk, open_desk


async def test_owners_take_roles_and_never_their_own(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    olga, ada = await desk.person("olga", Role.VIEWER, Role.OPERATOR), await desk.person("ada")
    olga_id, ada_id = await desk.person_id("olga"), await desk.person_id("ada")
    olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
    assert set((await olga.get("/v1/me")).json()["roles"]) == {"viewer", "operator", "owner"}
    await roles.grant_role(owner_connection, ada_id, Role.FINANCE, clock)
    assert (await ada.delete(f"/v1/operator/people/{olga_id}/roles/owner")).json()["code"] == "role_missing"
    with pytest.raises(asyncpg.CheckViolationError, match="role_is_not_given_to_oneself"):
        await owner_connection.execute(
            "insert into role_grant (person_id, role, granted_by, granted_at, authority)"
            " values ($1, 'owner', $1, now(), 'operator')",
            ada_id,
        )
    (given,) = (await olga.get("/v1/operator/roles")).json()["items"]
    assert (given["person"]["id"], given["role"], given["granted_by"]) == (str(ada_id), "finance", None)
    assert (await olga.delete(f"/v1/operator/people/{ada_id}/roles/finance")).status_code == 204
    assert (await ada.get("/v1/operator/payouts")).status_code == 403
    assert (await olga.delete(f"/v1/operator/people/{ada_id}/roles/finance")).status_code == 404
    await roles.grant_role(owner_connection, ada_id, Role.OPERATOR, clock)  # as before there were roles
    assert (await olga.delete(f"/v1/operator/people/{ada_id}/roles/owner")).status_code == 204
    assert (await olga.delete(f"/v1/operator/people/{olga_id}/roles/owner")).json()["code"] == "own_role"


async def test_who_may_propose_such_decides_it_and_no_other_operator(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    olga, omar = [await desk.person(one, Role.VIEWER, Role.OPERATOR) for one in ("olga", "omar")]
    finn = await desk.person("finn")
    await roles.grant_role(owner_connection, await desk.person_id("finn"), Role.FINANCE, clock)
    wider = {"name": "payout_rate_change_bps", "value": 3_000, "note": "of the test"}
    assert (await finn.post("/v1/decision-bounds", json=wider)).json()["code"] == "role_missing"
    asked = await olga.post("/v1/decision-bounds", json=wider)
    assert asked.status_code == 202
    address, seen = f"/v1/decisions/{asked.json()['id']}", {"content_sha256": asked.json()["content_sha256"]}
    assert (await finn.get(address)).status_code == 200
    assert (await finn.post(f"{address}/confirm", json=seen)).json()["code"] == "role_missing"
    assert (await finn.post(f"{address}/refuse", json={"reason": "no"})).json()["code"] == "role_missing"
    for somebody, is_asked in ((finn, False), (omar, True)):
        page = await somebody.get("/operator/decisions", headers={"Accept": "text/html"})
        assert ("data-confirm" in page.text, asked.json()["id"] in page.text) == (is_asked, True)
    assert (await omar.post(f"{address}/confirm", json=seen)).status_code == 200


async def test_each_is_shown_what_they_may_open(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    async def bar(somebody: httpx2.AsyncClient, address: str, label: str) -> list[str]:
        """The addresses of a bar of a page."""
        page = await somebody.get(address, headers={"Accept": "text/html"})
        assert page.status_code == 200, page.text
        part = page.text.partition(f'aria-label="{label}"')[2].partition("</nav>")[0]
        return [link.partition('"')[0] for link in part.split('href="')[1:]]

    carl = await desk.person("carl")
    await roles.grant_role(owner_connection, await desk.person_id("carl"), Role.CATALOGUE, clock)
    assert await bar(carl, "/operator", "Operator") == ["/operator", "/operator/catalogue"], "no group that is empty"
    assert await bar(carl, "/operator", "Today") == ["/operator", "/operator/decisions", "/operator/queues"]
    assert await bar(carl, "/operator/catalogue", "Sales") == ["/operator/catalogue"]
    olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
    assert await bar(olga, "/operator", "Operator") == [group.address for group in GROUPS]
    for group in GROUPS:
        assert await bar(olga, group.address, group.label) == [tab.address for tab in group.tabs]


async def test_pages_show_who_may_come_in_by_whose_word_and_what_waits(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
    carl, ada = await desk.person_id("carl"), await desk.person_id("ada")
    await roles.grant_role(owner_connection, carl, Role.CATALOGUE, clock)
    await desk.server_key("of the shop")

    async def shows(address: str, *texts: str) -> None:
        page = await olga.get(address, headers={"Accept": "text/html"})
        assert page.status_code == 200, page.text
        assert [one for one in texts if one not in page.text] == [], address

    role = {"person_id": str(ada), "role": "owner", "note": "She minds it while I am away."}
    assert (await olga.post("/v1/operator/roles", json=role)).status_code == 202
    link = {"id": str(new_id(clock)), "person_id": str(carl), "other_id": str(ada), "note": "One address."}
    assert (await olga.post("/v1/person-links", json=link)).status_code == 201
    wider: dict[str, Any] = {"name": "key_life_days", "value": 500, "note": "Audits are yearly."}
    assert (await olga.post("/v1/decision-bounds", json=wider)).status_code == 202
    key_id = await owner_connection.fetchval("select id from api_key")
    await shows(
        "/operator/access?who=ada",
        "By the command line",
        "catalogue",
        "Waits for another",
        role["note"],
        "@ada",
        "By their platform's word alone",
        "<strong>operator</strong>",
        "last sign-in",
    )
    await shows(f"/operator/access?person={ada}", f'data-propose-role="{ada}"')
    await shows("/operator/keys", "of the shop", "money-read", "Not used yet", "A new key")
    await shows(f"/operator/keys?key={key_id}", "Change of the shop", 'name="another_secret"')
    await shows("/operator/platforms", ISSUER, "You came by it", "By the command line")
    await shows("/operator/bounds?name=key_life_days", "Longest life of a key", "400 days", "500", wider["note"])
    await shows(f"/operator/links?person={carl}", "One address.", "Linked now of carl", f'data-link="{carl}"')
    await shows("/operator/links?who=nobody", "Nobody is called that")
    assert (await olga.post(f"/v1/operator/keys/{key_id}/revoke")).status_code == 200
    await shows("/operator/keys", "Revoked")


async def test_operators_by_their_platform_s_word_alone_are_known(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    async def said() -> dict[int, roles.SaidOperator]:
        async with desk.house.database.read() as connection:
            found = await roles.list_said(connection, Role.OWNER, 0, 10)
            assert await roles.list_said(connection, None, 0, 10) == []
        return {one.person_id: one for one in found}

    await desk.person("olga", Role.VIEWER, Role.OPERATOR)
    await desk.person("ada")
    olga = await desk.person_id("olga")
    first = (await said())[olga]
    assert (first.roles, len(await said())) == ([Role.OPERATOR], 1)
    assert first.since is not None
    assert first.seen_at is not None
    await roles.grant_role(owner_connection, olga, Role.FINANCE, clock)
    assert await said() == {}, "somebody here said it too"
    await roles.take_role(owner_connection, olga, Role.FINANCE, clock, by=None)
    assert await said() == {olga: first}
    for kept in (["viewer"], ["viewer", "operator"]):
        await owner_connection.execute("update person set platform_roles = $2 where id = $1", olga, kept)
    again = (await said())[olga]
    assert again.since is not None
    assert again.since > first.since


async def test_a_setting_says_what_a_platform_s_operators_are(database_url: str, clock: ManualClock) -> None:
    for role, roles_here in (("pricing", {"viewer", "operator", "pricing"}), ("none", {"viewer"})):
        async with open_desk(database_url, clock, Settings(public_url=ORIGIN, operator_role=role)) as desk:
            pia = await desk.person("pia", Role.VIEWER, Role.OPERATOR)
            assert set((await pia.get("/v1/me")).json()["roles"]) == roles_here
            assert (await pia.get("/v1/operator/payouts")).status_code == 403
