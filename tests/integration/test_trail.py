"""The trail: whoever acts with power over others leaves an act, in the transaction of what it did, or none at all."""

import asyncio
import base64
import getpass
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from plaudit.acts import Act, Actor, ActRecord
from plaudit.clock import ManualClock, SystemClock
from plaudit.connections import Connection, OwnConnection
from plaudit.ids import new_id
from plaudit.people.development import ISSUER
from plaudit.people.model import Role
from plaudit.schema import audit
from plaudit.settings import Secret, Settings
from plaudit.trail import heads
from plaudit.trail.sealing import oldest_unsealed_at, seal_all
from plaudit.trail.signing import SigningKey
from tests.integration.test_audit import _fill
from tests.support.commands import plaudit
from tests.support.databases import names_of_broken
from tests.support.desk import ORIGIN, Desk

pytestmark = pytest.mark.sql

KEY = SigningKey(bytes(range(32)))
LAWS = {law.name: law for law in audit.laws() if law.name in {"acts_chain", "heads_hold"}}


async def acts(desk: Desk) -> list[ActRecord]:
    """All that was written, the oldest first."""
    await desk.house.trail.keep_refusals(all_of_them=True)
    await seal_all(desk.house.database)
    async with desk.house.database.read() as connection:
        rows = await connection.fetch(
            "select a.record::text as record from act a join act_seal s on s.act_id = a.id order by s.position"
        )
    return [msgspec.json.decode(row["record"], type=ActRecord) for row in rows]


async def draft(olga: httpx2.AsyncClient, desk: Desk) -> dict[str, Any]:
    body = {"id": str(new_id(desk.house.clock)), "name": "Spring", "toml": "version = 1"}
    answer = await olga.post("/v1/price-book-drafts", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_what_an_operator_changes_is_written_with_it(desk: Desk) -> None:
    olga = await desk.person("olga", Role.OPERATOR)
    person_id = str(await desk.person_id("olga"))
    made = await draft(olga, desk)
    deleted = await olga.delete(f"/v1/price-book-drafts/{made['id']}")
    assert deleted.status_code == 204
    first, second = await acts(desk)
    assert (first.operation, first.kind, first.actor, first.outcome, first.person_id, first.key_id) == (
        "MakePriceDraft", "act", "operator", "done", person_id, None,
    )  # fmt: skip
    assert first.about == made["id"]
    assert first.said == {"id": made["id"], "name": "(left out)", "toml": "version = 1"}
    assert len(first.said_sha256 or "") == 64
    assert second.request_id == deleted.headers["x-request-id"], "by which it is found in the log"
    assert (second.operation, second.about, second.said) == ("DeletePriceDraft", made["id"], None)
    assert second.changes == {"was": "Spring", "revision": 1, "toml": "version = 1"}


async def test_what_is_refused_is_counted_and_leaves_nothing_else(desk: Desk) -> None:
    olga, ada = await desk.person("olga", Role.OPERATOR), await desk.person("ada")
    made = await draft(olga, desk)
    for _ in range(3):
        assert (await ada.delete(f"/v1/price-book-drafts/{made['id']}")).status_code == 403
    assert (
        await olga.put(f"/v1/price-book-drafts/{made['id']}", json={"revision": 7, "name": "Spring", "toml": "x"})
    ).status_code == 409
    guest = await desk.client()
    assert (await guest.get("/operator/payouts")).status_code == 401
    wrong = await desk.client({"Authorization": "Bearer plk_" + "x" * 43})
    assert (await wrong.get("/v1/wallet")).status_code == 401
    found = {(one.operation, one.actor.value, one.outcome, one.problem, one.times) for one in (await acts(desk))[1:]}
    assert found == {
        ("DeletePriceDraft", "person", "refused", "role_missing", 3),
        ("ChangePriceDraft", "operator", "refused", "price_draft_changed", 1),
        ("GET /operator/payouts", "nobody", "refused", "unauthenticated", 1),
        ("GetWallet", "nobody", "refused", "token_not_valid", 1),
    }
    assert (await olga.get(f"/v1/price-book-drafts/{made['id']}")).json()["revision"] == 1


async def test_sessions_of_operators_are_acts_and_those_of_others_are_not(desk: Desk) -> None:
    olga, sam = await desk.person("olga", Role.OPERATOR), await desk.person("sam", Role.OPERATOR)
    olga_id = str(await desk.person_id("olga"))
    browsers = []
    for who in (olga, await desk.person("ada"), olga, olga):
        browser = await desk.client({"Origin": ORIGIN})
        begun = await who.post("/v1/session")
        assert begun.status_code == 201, begun.text
        browser.cookies.update(begun.cookies)
        browsers.append(browser)
    first, ada, second, third = browsers
    assert (await first.delete("/v1/session")).status_code == 204
    assert (await ada.delete("/v1/session")).status_code == 204
    assert (await second.delete("/v1/me/sessions")).status_code == 204, "the third"
    assert (await third.get("/v1/wallet")).status_code == 401
    assert (await sam.delete(f"/v1/operator/people/{olga_id}/sessions")).status_code == 204
    told = [(one.operation, one.actor.value, one.person_id, one.session_id) for one in (await acts(desk))[:-1]]
    assert told == [
        ("BeginSession", "operator", olga_id, "1"),
        ("BeginSession", "operator", olga_id, "3"),
        ("BeginSession", "operator", olga_id, "4"),
        ("EndSession", "operator", olga_id, "1"),
        ("EndSession", "operator", olga_id, "4"),
    ]
    last = (await acts(desk))[-1]
    assert (last.operation, last.person_id, last.about, last.changes) == (
        "EndSessionsOfAnybody", str(await desk.person_id("sam")), olga_id, {"ended_sessions": ["3"]},
    )  # fmt: skip


async def test_ways_in_that_stay_shut_are_counted_with_what_is_known(
    desk: Desk, owner_connection: OwnConnection
) -> None:
    secrets = [await desk.server_key("revoked"), await desk.server_key("elsewhere", networks=["203.0.113.0/24"])]
    await owner_connection.execute("select revoke_key(1, now())")
    room = "/v1/rooms/1/events"
    for secret in (*secrets, "plk_" + "x" * 43):
        assert (await (await desk.client({"Authorization": f"Bearer {secret}"})).get(room)).status_code == 401
    guest = await desk.client()
    assert (await guest.get("/enter", params={"code": "plc_guessed"})).status_code == 401
    assert (await guest.get("/sign-in/callback", params={"code": "x"})).status_code == 400, "they never left"
    assert (await guest.get(room)).status_code == 404
    for _ in range(2):
        stranger = await desk.client({"Authorization": "Bearer forged"})
        assert (await stranger.get(room)).status_code == 401
        assert (await stranger.post("/v1/session")).status_code == 401
        assert (await stranger.get("/v1/wallet")).status_code == 401, "a person's own"
    found = [(one.operation, one.problem, one.key_id, one.address, one.times) for one in await acts(desk)]
    assert found == [
        ("WatchRoom", "token_not_valid", "1", "127.0.0.0/24", 1),
        ("WatchRoom", "token_not_valid", "2", "127.0.0.0/24", 1),
        ("WatchRoom", "token_not_valid", None, "127.0.0.0/24", 1),
        ("GET /enter", "sign_in_code_not_valid", None, "127.0.0.0/24", 1),
        ("WatchRoom", "token_not_valid", None, None, 2),
        ("StartSession", "token_not_valid", None, None, 2),
    ]


async def test_reads_of_personal_data_are_acts_and_other_looks_are_not(desk: Desk) -> None:
    olga, ada = await desk.person("olga", Role.OPERATOR), await desk.person("ada")
    host = await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})
    assert (await olga.get("/v1/operator/mails")).status_code == 200
    assert (await olga.get("/operator/mails")).status_code == 200
    assert (await olga.get("/v1/operator/catalogue")).status_code == 200
    assert (await ada.get("/v1/orders")).status_code == 200, "her own"
    assert (await host.get("/v1/orders", headers={"Plaudit-Subject": "ada"})).status_code == 200
    ada_id = str(await desk.person_id("ada"))
    found = [(one.kind, one.operation, one.actor.value, one.outcome) for one in await acts(desk)]
    assert found == [
        ("read", "ListMails", "operator", "done"),
        ("read", "GET /operator/mails", "operator", "done"),
        ("read", "ListOrders", "key", "done"),
    ]
    last = (await acts(desk))[-1]
    assert (last.person_id, last.key_id) == (ada_id, "1")


async def test_what_a_key_does_is_written_and_what_it_must_not_keep_is_not(desk: Desk) -> None:
    host = await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})
    facts = {"name": "Ada L.", "email": "ada@example.org", "handle": "ada"}
    assert (await host.put("/v1/people/ada-1", json=facts)).status_code == 200
    (told,) = await acts(desk)
    assert (told.operation, told.actor, told.outcome, told.about) == ("TellOfPerson", "key", "done", None)
    assert told.changes == {"people": [str(await desk.person_id("ada-1"))]}
    assert told.said == dict.fromkeys(facts, "(left out)")
    async with desk.house.database.read() as connection:
        text: str = await connection.fetchval("select record::text from act")
    assert "Ada" not in text
    assert "ada-1" not in text, "nobody could be taken out of the chain"
    assert "example.org" not in text


async def test_a_request_that_writes_nothing_leaves_an_act_all_the_same(desk: Desk) -> None:
    olga = await desk.person("olga", Role.OPERATOR)
    assert (await olga.delete(f"/v1/price-book-drafts/{new_id(desk.house.clock)}")).status_code == 204
    (act,) = await acts(desk)
    assert (act.operation, act.outcome) == ("DeletePriceDraft", "answered")


async def test_nobody_hears_what_cannot_be_kept(desk: Desk, owner_connection: OwnConnection) -> None:
    """Neither is what was to be done done, nor what was to be read shown."""
    olga = await desk.person("olga", Role.OPERATOR)
    made = await draft(olga, desk)
    await owner_connection.execute("alter table act add check (false) not valid")
    assert (await olga.delete(f"/v1/price-book-drafts/{made['id']}")).status_code == 500
    assert (await olga.get(f"/v1/price-book-drafts/{made['id']}")).status_code == 200
    for address in ("/v1/operator/mails", "/operator/mails", "/v1/operator/acts/chain"):
        answer = await olga.get(address)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_a_transaction_that_is_rolled_back_leaves_no_act(desk: Desk) -> None:

    made = Act(desk.house.clock, "act", Actor.HOUSE, "Try")
    database = desk.house.database.witnessed(made)
    with pytest.raises(RuntimeError):
        async with database.transaction() as connection:
            await _write_and_fail(connection)
    assert await acts(desk) == []
    async with database.transaction() as connection:
        await connection.execute("select 1")
    assert (await acts(desk), made.id) == ([], None), "it only looked"
    for _ in range(2):
        async with database.transaction() as connection:
            await connection.execute("update event_log set gifts_since = null")
    (kept,) = await acts(desk)
    assert kept.id == made.id


async def test_acts_are_sealed_without_waiting_for_each_other(desk: Desk, owner_connection: OwnConnection) -> None:
    olga = await desk.person("olga", Role.OPERATOR)
    async with desk.house.database.transaction() as connection:
        await connection.execute("select write_act($1, $2, true)", *_act_of_nobody(desk.house.clock))
        made = await draft(olga, desk)  # nobody waits for the transaction that is open
        assert await seal_all(desk.house.database) == 1
    assert await oldest_unsealed_at(owner_connection) is not None
    await asyncio.gather(*(seal_all(desk.house.database) for _ in range(4)))
    assert await oldest_unsealed_at(owner_connection) is None
    listed = (await olga.get("/v1/operator/acts", params={"about": made["id"]})).json()["items"]
    assert [(one["operation"], one["position"]) for one in listed] == [("MakePriceDraft", 1)]
    assert await names_of_broken(owner_connection, LAWS.values()) == []


async def _write_and_fail(connection: Connection) -> None:
    await connection.execute("update event_log set gifts_since = null")
    raise RuntimeError


def _act_of_nobody(clock: Any) -> tuple[Any, str]:
    made = new_id(clock)
    record = {"id": str(made), "kind": "act", "actor": "house", "operation": "Try", "outcome": "done"}
    return made, msgspec.json.encode(record | {"at": clock.now()}).decode()


@pytest.mark.audit_off
async def test_nobody_changes_the_trail_and_who_does_is_found(desk: Desk, owner_connection: OwnConnection) -> None:
    olga = await desk.person("olga", Role.OPERATOR)
    for _ in range(3):
        await draft(olga, desk)
    await seal_all(desk.house.database)
    settings = Settings()
    assert await heads.sign(desk.house.database, KEY, settings, desk.house.clock)
    for table in ("act", "act_seal", "head", "head_key"):
        for statement in ("delete from {}", "truncate {} cascade", "update {} set {}"):
            with pytest.raises(Exception, match="only ever added to"):
                await owner_connection.execute(statement.format(table, SAME[table]))
            async with desk.house.database.read() as connection:
                with pytest.raises(Exception, match="permission denied"):
                    await connection.execute(statement.format(table, SAME[table]))
    assert await names_of_broken(owner_connection, LAWS.values()) == []
    for tampering in TAMPERINGS:
        transaction = owner_connection.transaction()
        await transaction.start()
        await owner_connection.execute("set local session_replication_role = replica")
        await owner_connection.execute(tampering)
        assert await names_of_broken(owner_connection, LAWS.values()) != [], tampering
        await transaction.rollback()


SAME = {
    "act": "record = record", "act_seal": "hash = hash", "head": "document = document", "head_key": "key_id = key_id",
}  # fmt: skip
REWRITE = """
do $$ declare one record; chain bytea := decode(repeat('00', 32), 'hex'); begin
    for one in select s.position, a.record::text as record from act_seal s join act a on a.id = s.act_id
        order by s.position
    loop
        chain := sha256(chain || convert_to(one.record, 'UTF8'));
        update act_seal set hash = chain where position = one.position;
    end loop;
    update act_chain set hash = chain;
end $$
"""
FORGED = "update act set record = replace(record::text, 'MakePriceDraft', 'ListItems')::json"
TAMPERINGS = [
    FORGED,
    "delete from act_seal where position = 2",
    "delete from act where id = (select act_id from act_seal where position = 3)",
    "delete from act where id = (select act_id from act_seal where position = 3);"
    " delete from act_seal where position = 3",
    "alter table act_seal drop constraint act_seal_position_check; update act_seal set position = -position;"
    " update act_seal set position = case position when -3 then 2 else 3 end"
    " where position in (-2, -3)",
    "delete from act_seal where position = 3;"
    " update act_chain set last = 2, hash = (select hash from act_seal where position = 2)",
    "insert into act (id, record) select n.id, replace(a.record::text, a.id::text, n.id::text)::json"
    " from act a cross join gen_random_uuid() n (id) limit 1",
    "update act_chain set last = 2",
    f"{FORGED}; {REWRITE}",
    "update head set document = replace(document::text, '\"position\":3', '\"position\":2')::json",
    "update head set document = replace(document::text, '\"number\":1', '\"number\":2')::json, number = 2",
]
"""What the owner of the tables could do with triggers out of the way: change, delete, reorder, insert, and make the
whole chain anew."""


async def test_what_a_command_changes_is_written_with_who_ran_it(desk: Desk) -> None:
    url = desk.house.database.url
    assert plaudit(url, "key", "create", "backend", "--issuer", ISSUER).status == 0
    assert plaudit(url, "key", "list").status == 0, "who only looks leaves none"
    assert plaudit(url, "key", "revoke", "nobody-has-this-name").status == 1
    (act,) = await acts(desk)
    assert (act.operation, act.actor, act.outcome) == ("plaudit key create", "command", "done")
    assert act.command is not None
    assert (act.command.host, act.command.user.partition(" ")[0]) == (socket.gethostname(), getpass.getuser())
    assert act.command.arguments == {"name": "backend", "owner": ISSUER}


async def test_acts_are_found_on_the_page_in_the_list_and_in_a_table(desk: Desk) -> None:
    olga, ada = await desk.person("olga", Role.OPERATOR), await desk.person("ada")
    page = await olga.get("/operator/acts")
    assert "Nothing yet" in page.text
    made = await draft(olga, desk)
    for _ in range(2):
        await ada.get("/v1/operator/grants")
    await acts(desk)
    page = await olga.get("/operator/acts", params={"kind": "act", "about": made["id"]})
    assert "MakePriceDraft" in page.text
    assert f'data-copy="{made["id"]}"' in page.text
    assert "ListGrants" not in page.text.partition('id="list-title"')[2].partition("<ul")[2]
    assert "2 times" in (await olga.get("/operator/acts", params={"outcome": "refused"})).text
    assert "Nothing fits" in (await olga.get("/operator/acts", params={"day": "2020-01-01"})).text
    assert (await olga.get("/operator/acts", params={"day": "x", "actor": "?", "before": "?"})).status_code == 200

    found = await olga.get("/v1/operator/acts", params={"kind": "refused", "limit": 1})
    (refused,) = found.json()["items"]
    assert (refused["operation"], refused["times"], refused["problem"]) == ("ListGrants", 2, "role_missing")
    since = (desk.house.clock.now() + timedelta(seconds=1)).isoformat()
    assert (await olga.get("/v1/operator/acts", params={"since": since})).json()["items"] == []
    table = (await olga.get("/v1/operator/acts", params={"format": "csv", "operation": "MakePriceDraft"})).text
    assert [line.split(",")[9] for line in table.splitlines()] == ["operation", "MakePriceDraft"]
    assert (await ada.get("/v1/operator/acts")).status_code == 403
    shown = plaudit(desk.house.database.url, "trail", "list", "--about", made["id"]).stdout
    assert "MakePriceDraft" in shown
    assert len(shown.splitlines()) == 1


@pytest.mark.unsold
async def test_others_prove_books_and_trail(desk: Desk, clock: ManualClock, tmp_path: Path) -> None:
    """What is exported and published holds by `plaudit verify`, and the audit agrees with it."""
    url = desk.house.database.url
    await _fill(url)
    guest = await desk.client()
    settings = Settings(
        public_url="https://coins.example", head_signing_key=Secret(base64.b64encode(bytes(32)).decode())
    )
    for _ in range(2):
        await draft(await desk.person("olga", Role.OPERATOR), desk)
        assert await heads.sign_if_due(desk.house.database, settings, desk.house.clock)
        assert await heads.sign_if_due(desk.house.database, settings, desk.house.clock) is None, "one a day"
        clock.advance(timedelta(days=1))
    olga = await desk.person("olga", Role.OPERATOR)
    files = {
        "heads": await guest.get("/.well-known/plaudit/heads"),
        "keys": await guest.get("/.well-known/plaudit/keys"),
        "acts": await olga.get("/v1/operator/acts/chain"),
        "deliveries": await olga.get("/v1/operator/deliveries/chain"),
    }
    for name, answer in files.items():
        assert answer.status_code == 200
        (tmp_path / name).write_bytes(answer.content)
    assert len(files["heads"].json()["items"]) == 2
    since = {"since": desk.house.clock.now().date().isoformat()}
    assert (await guest.get("/.well-known/plaudit/heads", params=since)).json() == {"items": [], "next": None}
    assert len(files["deliveries"].text.splitlines()) > 4
    verified = plaudit(url, "verify", *(str(tmp_path / name) for name in files))
    assert verified.stdout.startswith("holds: 2 heads, "), verified
    assert "deliveries of 4 streams" in verified.stdout
    assert verified.status == 0
    first, _, others = (tmp_path / "deliveries").read_text().partition("\n")
    line = msgspec.json.decode(first)
    line["gifts"][0][3] = str(int(line["gifts"][0][3]) + 1)
    (tmp_path / "deliveries").write_text(f"{msgspec.json.encode(line).decode()}\n{others}")
    assert plaudit(url, "verify", *(str(tmp_path / name) for name in files)).status == 1


async def test_a_new_epoch_is_an_act(desk: Desk) -> None:
    """Of a command with connections of its own."""
    since = SystemClock().now().isoformat()
    ended = plaudit(desk.house.database.url, "restored", "begin", "--offline", "--since", since)
    assert ended.stdout.startswith("Epoch "), ended
    (act,) = await acts(desk)
    assert act.operation == "plaudit restored begin"
    assert act.command is not None
    assert act.command.arguments["since"].startswith(since[:10])


async def test_a_key_is_made_once_and_said_to_be_missing(database_url: str, tmp_path: Path) -> None:
    folder = {"PLAUDIT_DATA": str(tmp_path)}
    assert "plaudit trail key" in plaudit(database_url, "trail", "sign", **folder).stderr
    made = plaudit(database_url, "trail", "key", **folder)
    assert made.status == 0, made
    assert (tmp_path / "heads.key").stat().st_mode & 0o777 == 0o600
    assert "there is a key already" in plaudit(database_url, "trail", "key", **folder).stderr
    signed = plaudit(database_url, "trail", "sign", **folder)
    assert signed.stdout.startswith("head 1 of "), signed
