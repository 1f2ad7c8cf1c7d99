"""What `plaudit check` and /operator/setup say: of an installation that can sell, and of each thing that is wrong."""

import asyncio
import dataclasses
import json
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import Connection, OwnConnection
from plaudit.db import Database
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.http.house import House
from plaudit.jobs import JobState
from plaudit.outgoing import tls_context
from plaudit.people.issuers import IssuerTerms, add_issuer
from plaudit.people.model import Role
from plaudit.readiness.checks import CHECKS
from plaudit.readiness.model import Check, CheckResult, Grounds, Report, SeenRequest, State
from plaudit.readiness.running import look
from plaudit.selling.providers import payment_providers
from plaudit.settings import Secret
from tests.support.commands import plaudit
from tests.support.ports import NOBODY
from tests.support.shop import API_KEY, WEBHOOK_SECRET, Shop, open_shop
from tests.support.waiting import WAIT_S


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(
        database_url, tmp_path, webhooks=True, seller_name="Example", seller_address="Here 1"
    ) as opened:
        async with opened.desk.house.database.transaction() as connection:
            await load_starter(connection, opened.clock)
        await opened.desk.server_key()
        yield opened


async def alone(house: House, check_id: str, **more: Any) -> CheckResult:
    """One check, on grounds that may differ."""
    report = await asked(house, [one for one in CHECKS if one.id == check_id], **more)
    return report.results[0]


async def asked(house: House, checks: Sequence[Check] = CHECKS, **more: Any) -> Report:
    """A look from where the server stands; `settings` and other grounds may differ."""
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        grounds = Grounds(
            settings=house.settings,
            clock=house.clock,
            client=client,
            database=house.database,
            payments=house.payment_providers,
            payouts=house.payout_providers,
        )
        return await look(dataclasses.replace(grounds, **more), checks=checks)


def line(report: Report, check_id: str) -> CheckResult:
    return next(one for one in report.results if one.id == check_id)


async def test_an_installation_that_can_sell_is_ready(shop: Shop) -> None:
    report = await asked(shop.desk.house)
    assert report.is_ready, report.of(State.BLOCKING)
    right = {one.id for one in report.of(State.OK)}
    assert {"schema", "privileges", "issuers", "operator", "server_key", "catalogue", "seller"} <= right
    assert {"prices", "payment", "payment_answers", "payout_rail", "reached"} <= right


NAMED = """update issuer set allowed_roles = '{{viewer}}';
insert into role_grant (person_id, role, granted_at, authority) select min(id), '{}', now(), 'owner' from person"""
PLANTED = [
    ("delete from migration where name = '0014_pre_live.sql'", "schema", State.BLOCKING, "0014_pre_live"),
    ("select 1", "login", State.BLOCKING, "is a superuser"),
    ("revoke select on item from plaudit_app", "privileges", State.BLOCKING, "SELECT on item"),
    ("grant delete on transfer to plaudit_app", "privileges", State.ATTENTION, "DELETE on transfer"),
    ("delete from vault_key where purpose = 'quote'", "keys", State.ATTENTION, "is not made yet"),
    ("update issuer set active = false", "issuers", State.BLOCKING, "nobody can sign in"),
    ("update issuer set allowed_roles = '{viewer}'", "operator", State.BLOCKING, "nobody may run"),
    ("update issuer set allowed_roles = '{owner}'", "operator", State.OK, "call one"),
    (NAMED.format("owner"), "operator", State.OK, "1 named here"),
    (NAMED.format("operator"), "operator", State.OK, "1 named here"),
    (NAMED.format("support"), "operator", State.BLOCKING, "nobody may run"),
    ("update api_key set revoked_at = now()", "server_key", State.ATTENTION, "cannot make rooms"),
    ("update item_version set hidden = true", "catalogue", State.BLOCKING, "nothing can be given"),
    ("insert into price_book_withdrawal select version, now(), null, 'wrong' from price_book", "prices",
     State.BLOCKING, "no price book holds"),
    ("select 1", "webhooks", State.ATTENTION, "sandbox never"),
    ("insert into webhook_event (side, provider, event_id, kind, received_at, due_at, body)"
     " values ('payouts', 'sandbox', 'evt_1', 'payout.paid', now(), now(), '')", "webhooks",
     State.ATTENTION, "sandbox never"),
    ("select 1", "rewards", State.ATTENTION, "came with Plaudit"),
    ("select 1", "database", State.ATTENTION, "fsync off"),
    ("select 1", "backups", State.ATTENTION, "none is known of"),
    ("insert into backup (taken_at) values (now() - interval '2 days')", "backups", State.ATTENTION, "the last is"),
    ("insert into backup (taken_at) values (now() - interval '2 hours')", "backups", State.OK, "a dump was taken"),
    ("select 1", "audited", State.OK, "none yet"),
    ("insert into audit_run (at, laws, broken, report) values (now(), 9, 2, '{}')", "audited",
     State.ATTENTION, "2 laws"),
    ("insert into audit_run (at, laws, broken, report) values (now() - interval '3 days', 9, 0, '{}')", "audited",
     State.ATTENTION, "one should run each day"),
    ("select 1", "restore_tried", State.ATTENTION, "nobody has come back"),
    ("insert into backup_trial (tried_at) values (now() - interval '101 days')", "restore_tried",
     State.ATTENTION, "the last drill"),
    ("insert into backup_trial (tried_at) values (now() - interval '99 days')", "restore_tried",
     State.OK, "the last drill"),
    ("select 1", "life", State.OK, "not restored"),
    ("update database_life set place = 'another server'; select begin_life(false, now())", "life",
     State.ATTENTION, "payouts wait"),
]  # fmt: skip


class OneConnection(Database):
    """A database of which only one connection is seen, with what its transaction has not committed."""

    def __init__(self, connection: OwnConnection) -> None:
        super().__init__("")
        self._one = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        async with self._turn:
            yield self._one


async def test_what_is_wrong_in_the_database_is_said(shop: Shop, owner_connection: OwnConnection) -> None:
    await shop.desk.person_id("tove")
    for planted, check_id, state, said in PLANTED:
        transaction = owner_connection.transaction()
        await transaction.start()
        await owner_connection.execute(planted)
        found = await alone(shop.desk.house, check_id, database=OneConnection(owner_connection))
        await transaction.rollback()
        assert (found.state, said in found.why) == (state, True), found


CHANGED: list[tuple[dict[str, Any], str, State, str]] = [
    ({"default_region": "AQ"}, "prices", State.BLOCKING, "PLAUDIT_DEFAULT_REGION is AQ"),
    ({"seller_name": "", "default_region": "AQ"}, "seller", State.BLOCKING, "PLAUDIT_SELLER_NAME"),
    ({"seller_address": "", "default_region": "AQ"}, "seller", State.BLOCKING, "PLAUDIT_SELLER_ADDRESS"),
    ({"quote_key": Secret("k" * 32)}, "keys", State.OK, "of the settings"),
    ({"operator_role": "owner"}, "operator", State.OK, "call one"),
    ({"operator_role": "support"}, "operator", State.BLOCKING, "nobody may run"),
    ({"operator_role": "none"}, "operator", State.BLOCKING, "nobody may run"),
    ({"one_operator": True}, "decisions", State.ATTENTION, "PLAUDIT_ONE_OPERATOR"),
    ({"one_operator": False}, "decisions", State.OK, "another confirms"),
    ({"public_url": "http://live.example"}, "address", State.BLOCKING, "must be https"),
    ({"public_url": "https://live.example"}, "address", State.OK, "https://live.example"),
    ({"public_url": "https://live.example"}, "issuers", State.ATTENTION, "developer's machine"),
    ({"public_url": "https://live.example"}, "payment", State.ATTENTION, "play money"),
    ({}, "sign_in", State.ATTENTION, "leads nowhere"),
    ({"sign_in_url": "https://live.example/in?to={return_to}"}, "sign_in", State.OK, "https://live.example/in"),
    ({"client_secrets": Secret("plaudit=x")}, "sign_in", State.ATTENTION, "PLAUDIT_CLIENT_SECRETS names plaudit"),
    ({"public_url": NOBODY}, "reached", State.ATTENTION, "cannot be reached"),
    ({"quote_key": Secret("k" * 32)}, "reached", State.BLOCKING, "a Plaudit with another database"),
]


async def test_what_is_wrong_in_the_settings_is_said(shop: Shop, owner_connection: OwnConnection) -> None:
    await owner_connection.execute("update issuer set allowed_roles = '{viewer, operator}'")
    for changed, check_id, state, said in CHANGED:
        settings = dataclasses.replace(shop.desk.house.settings, **changed)
        found = await alone(shop.desk.house, check_id, settings=settings)
        assert (found.state, said in found.why) == (state, True), found


async def test_an_address_that_leads_elsewhere_blocks(shop: Shop) -> None:
    settings = dataclasses.replace(shop.desk.house.settings, public_url=shop.sandbox_url)
    found = await alone(shop.desk.house, "reached", settings=settings)
    assert (found.state, "answers 404: another server" in found.why) == (State.BLOCKING, True), found


DESCRIBED: list[tuple[dict[str, Any], str]] = [
    ({"sandbox_url": ""}, "nobody takes payments"),
    ({"sandbox_url": NOBODY}, "does not answer"),
    ({"sandbox_api_key": Secret("another key")}, "does not answer"),
]


async def test_a_payment_provider_must_be_there_and_take_our_key(shop: Shop) -> None:
    for described, said in DESCRIBED:
        providers = payment_providers(dataclasses.replace(shop.desk.house.settings, **described))
        report = await asked(shop.desk.house, payments=providers)
        await providers.close()
        blocking = [one for one in report.of(State.BLOCKING) if one.id.startswith("payment")]
        assert [said in one.why for one in blocking] == [True], blocking


async def test_providers_described_in_part_block(shop: Shop) -> None:
    report = await asked(shop.desk.house, payments=None, providers_problem="PLAUDIT_STRIPE_SECRET_KEY is missing")
    assert line(report, "payment").state is State.BLOCKING
    assert line(report, "payment_answers").state is State.NOT_ASKED


async def test_an_issuer_whose_keys_cannot_be_fetched_blocks(shop: Shop, owner_connection: OwnConnection) -> None:
    terms = IssuerTerms(audience="plaudit", jwks_uri=f"{NOBODY}/keys")
    await add_issuer(owner_connection, "https://id.example", terms, shop.clock)
    found = line(await asked(shop.desk.house), "issuer_keys")
    assert (found.state, found.command) == (State.BLOCKING, "plaudit issuer check https://id.example")


async def test_nothing_further_is_asked_where_there_is_no_database(shop: Shop) -> None:
    report = await asked(shop.desk.house, database=None, database_problem="the database cannot be reached: no")
    assert line(report, "database").why == "the database cannot be reached: no"
    assert line(report, "schema").state is State.NOT_ASKED
    assert line(report, "catalogue").why == "not asked before this is right: Database"
    assert line(report, "address").state is State.ATTENTION


async def test_a_clock_that_is_wrong_and_jobs_that_fail_are_said(shop: Shop) -> None:
    shop.clock.advance(timedelta(seconds=40))
    failing = JobState("payouts", failures_in_a_row=3, error="OSError: no")
    report = await asked(shop.desk.house, jobs=[JobState("audit"), failing])
    assert "differ by" in line(report, "clock").why
    assert line(report, "jobs").why == "payouts failed 3 times in a row: OSError: no"


SEEN: list[tuple[dict[str, str], str, State, str]] = [
    ({}, "", State.ATTENTION, "does not say who its clients are"),
    ({"forwarded_for": "203.0.113.7"}, "", State.ATTENTION, "PLAUDIT_TRUSTED_PROXIES"),
    ({"forwarded_for": "203.0.113.7", "client": "203.0.113.7"}, "127.0.0.0/8", State.OK, "203.0.113.7"),
    ({"host": "backend:8000"}, "", State.ATTENTION, "must keep Host"),
    ({"scheme": "http"}, "", State.ATTENTION, "over http"),
]


async def test_the_proxy_is_judged_by_the_request_that_asks(shop: Shop) -> None:
    usual = {"scheme": "https", "host": "live.example", "peer": "127.0.0.1", "forwarded_for": "", "client": "127.0.0.1"}
    for seen, trusted, state, said in SEEN:
        settings = dataclasses.replace(
            shop.desk.house.settings, public_url="https://live.example", trusted_proxies=trusted
        )
        found = await alone(shop.desk.house, "proxy", settings=settings, seen=SeenRequest(**usual | seen))
        assert (found.state, said in found.why) == (state, True), found


async def test_room_on_the_disk_of_the_embedded_database(shop: Shop, tmp_path: Path, monkeypatch: Any) -> None:
    settings = dataclasses.replace(shop.desk.house.settings, data=tmp_path / "to be made")
    assert (await alone(shop.desk.house, "disk", settings=settings)).state is State.OK
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5_000_000))
    assert (await alone(shop.desk.house, "disk", settings=settings)).why.startswith("5 MB are free")


# For operators, and for nobody else


async def test_operators_are_told_what_blocks_and_nobody_else_is(shop: Shop, owner_connection: OwnConnection) -> None:
    operator = await shop.desk.person("tove", Role.VIEWER, Role.OPERATOR)
    viewer = await shop.desk.person("ada")
    await shop.desk.house.readiness.glance()
    assert "cannot sell" not in (await operator.get("/operator/stuck")).text
    await owner_connection.execute("update item_version set hidden = true")
    page = await operator.get("/operator/setup?show=open")
    assert "nothing can be given" in page.text
    assert "plaudit catalogue starter" in page.text
    assert "This server cannot sell: catalogue" in (await operator.get("/operator/stuck")).text
    for path in ("/", "/wallet", "/recharge"):
        assert "cannot sell" not in (await viewer.get(path)).text
        assert "cannot sell" not in (await operator.get(path)).text
    assert (await viewer.get("/operator/setup")).status_code == 403
    assert (await viewer.get("/ready")).json() == {"status": "ready"}


async def test_the_proof_of_life_is_another_for_each_nonce(shop: Shop) -> None:
    guest = await shop.desk.client()
    answers = [(await guest.get("/live", params={"nonce": nonce})).json() for nonce in ("one", "two", "one")]
    assert answers[0] == answers[2]
    assert answers[0]["proof"] != answers[1]["proof"]
    assert (await guest.get("/live")).json() == {"status": "alive", "proof": None}
    assert (await guest.get("/live?nonce=a%20b")).status_code == 400


# The commands


async def test_the_commands_bring_an_installation_on_its_way(
    database_url: str, owner_connection: OwnConnection, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text('{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1", "x": "' + "A" * 43 + '"}]}')
    first = plaudit(database_url, "check", "--json", "--offline")
    found = {one["id"]: one["state"] for one in json.loads(first.stdout)["checks"]}
    assert (first.status, found["issuers"], found["catalogue"]) == (1, "blocking", "blocking")
    assert plaudit(database_url, "issuer", "add", "https://id.example", "--jwks", str(keys)).status == 0
    misspelt = plaudit(database_url, "operator", "add", "https://id.example/", "tove")
    assert (misspelt.status, "no issuer https://id.example/:" in misspelt.stderr) == (1, True), misspelt.stderr
    options = ["--yes", "--issuer", "https://id.example", "--client-id", "plaudit", "--operator", "tove"]
    options += ["--starter", "--draft-prices"]
    second = plaudit(database_url, "setup", *options)
    assert second.status == 1, second.stderr
    assert "sign-in as client plaudit" in second.stdout
    assert "an operator (owner): tove of https://id.example" in second.stdout
    assert "34 items changed" in second.stdout
    assert "Next, seller of record" in second.stdout
    prices = tmp_path / "prices.toml"
    prices.write_text(plaudit(database_url, "prices", "export", "--today").stdout)
    proposed = plaudit(database_url, "prices", "publish", str(prices))
    assert proposed.stdout.startswith("proposed: decision "), proposed.stderr
    withdrawn = "select end_decision(id, 'withdrawn', proposed_by, now(), null, null, false, false) from decision"
    await owner_connection.execute(withdrawn)
    alone = {"PLAUDIT_ONE_OPERATOR": "yes"}
    published = plaudit(database_url, "prices", "publish", str(prices), **alone)
    assert published.stdout.startswith("version 1 current"), published.stderr
    third = plaudit(database_url, "setup", *options)
    assert "items changed" not in third.stdout, "a second time, only what is missing is done"
    assert await owner_connection.fetchval("select count(*) from price_draft") == 1
    sandbox = {
        "PLAUDIT_SELLER_NAME": "Example", "PLAUDIT_SELLER_ADDRESS": "1 High Street", "PLAUDIT_SANDBOX_URL": NOBODY,
        "PLAUDIT_SANDBOX_API_KEY": API_KEY, "PLAUDIT_SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }  # fmt: skip
    ready = plaudit(database_url, "check", "--offline", **sandbox)
    assert "https://id.example as public client plaudit" in ready.stdout
    assert (ready.status, "Ready; " in ready.stdout) == (0, True), ready.stdout
    assert plaudit(database_url, "check", "--offline", "--strict", **sandbox).status == 1
    assert plaudit(database_url, "check", **sandbox).status == 1, "the provider does not answer"


def test_a_check_of_a_database_that_is_not_there_says_so_and_goes_on() -> None:
    outcome = plaudit(NOBODY.replace("http", "postgresql") + "/plaudit", "check")
    assert outcome.status == 1
    assert re.search(
        "^BLOCKING   Database +DATABASE_URL: the database cannot be reached: ", outcome.stdout, re.MULTILINE
    )
    assert "BLOCKING   Payment provider" in outcome.stdout


@pytest.mark.parametrize("at", ["yesterday", "2026-01-01T00:00", "2999-01-01T00:00+00:00"])
def test_a_backup_of_no_time_is_refused(database_url: str, at: str) -> None:
    refused = plaudit(database_url, "backup", "taken", "--at", at)
    assert (refused.status, "--at" in refused.stderr) == (2, True)


async def test_a_backup_is_noted_once(database_url: str, owner_connection: OwnConnection) -> None:
    for _ in range(2):
        noted = plaudit(database_url, "backup", "taken", "--at", "2026-01-01T01:00+01:00", "--note", "tape 7")
        assert noted.stdout == "noted: a backup of 2026-01-01 00:00 UTC\n", noted.stderr
    assert [tuple(row) for row in await owner_connection.fetch("select note from backup")] == [("tape 7",)]
