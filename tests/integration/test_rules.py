"""Rules where they are asked: of gifts, orders, conversions and payouts; ages, and packs that are published."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from plaudit.clock import Clock, ManualClock
from plaudit.connections import OwnConnection, connect
from plaudit.creators.jobs import convert_due
from plaudit.creators.totals import actions as totals
from plaudit.db import Database
from plaudit.decisions.model import DecisionOutdated, OutOfBounds, SecondPersonNeeded
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ledger.following import follow
from plaudit.people.model import Role
from plaudit.rules import asking, published
from plaudit.rules.decisions import POLICY_PACK
from plaudit.rules.limits import TALLIES_KEPT_DAYS
from plaudit.rules.model import BUY, CASH_OUT, CONVERT, RuleAction
from plaudit.rules.packs import shipped_texts
from plaudit.rules.published import NewPolicyPack, PackNotValid
from tests.integration.test_payouts import Studio, open_studio
from tests.support.databases import owner_of
from tests.support.deciding import OLGA, Table
from tests.support.earnings import give
from tests.support.gift_load import until_delivered
from tests.support.live import ROSE
from tests.support.lots import GRANT_DECIDED
from tests.support.retention import let_go
from tests.support.returns import BRITISH
from tests.support.waiting import eventually

GROWN, CHILD = "1990-01-01", "2015-01-01"
DAY = timedelta(days=1)

pytestmark = pytest.mark.unsold


@dataclass
class Stage:
    """A creator with a live room, and whoever comes."""

    studio: Studio
    room_id: str

    async def viewer(self, subject: str, **claims: str) -> httpx2.AsyncClient:
        """Somebody with coins, of whom their platform says this."""
        desk = self.studio.shop.desk
        viewer = await desk.person(subject, **claims)
        person_id = int((await viewer.get("/v1/me")).json()["id"])
        owner = await connect(owner_of(desk.house.database.url))
        try:
            await owner.fetchval(GRANT_DECIDED, person_id, self.studio.id(), 1_000, desk.house.clock.now(), None)
        finally:
            await owner.close()
        return viewer

    async def creator(self, **claims: str) -> httpx2.AsyncClient:
        """What the platform says of the creator from now on."""
        creator = await self.studio.shop.desk.person("ada", Role.CREATOR, **claims)
        assert (await creator.get("/v1/me")).status_code == 200
        return creator

    async def send(self, viewer: httpx2.AsyncClient, **more: Any) -> httpx2.Response:
        body = {"id": self.studio.id(), "room_id": self.room_id, "item_id": ROSE, "count": 1} | more
        return await viewer.post("/v1/gifts", json=body)

    async def server(self) -> httpx2.AsyncClient:
        """That of the platform."""
        desk = self.studio.shop.desk
        return await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})

    async def kept(self, subject: str, reference: str, action: RuleAction) -> asking.KeptDecision | None:
        person_id = await self.studio.shop.desk.person_id(subject)
        async with self.studio.shop.desk.house.database.read() as connection:
            return await asking.kept(connection, person_id, reference, action)  # type: ignore[arg-type]


@asynccontextmanager
async def open_stage(database_url: str, folder: Path, **options: Any) -> AsyncIterator[Stage]:
    async with open_studio(database_url, folder, **options) as studio:
        owner = await connect(owner_of(database_url))
        try:
            await load_starter(owner, studio.shop.clock)
        finally:
            await owner.close()
        await studio.shop.desk.house.catalogue.refresh()
        made = await studio.creator.post("/v1/rooms", json={"title": "Tea", "id": studio.id()})
        assert made.status_code == 201, made.text
        assert (await studio.creator.post(f"/v1/rooms/{made.json()['id']}/start")).status_code == 200
        yield Stage(studio, made.json()["id"])


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def strict(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Where what is asked for stops people."""
    async with open_stage(database_url, tmp_path, rules_ask_stops=True) as opened:
        yield opened


def said(answer: httpx2.Response) -> tuple[int, str, str]:
    found = answer.json()
    return answer.status_code, found.get("code", ""), found.get("rule", "")


async def test_who_is_too_young_gives_nothing_and_is_told_in_their_language(stage: Stage) -> None:
    child = await stage.viewer("cora", birthdate=CHILD, country="DE", locale="de")
    refused = await stage.send(child)
    assert said(refused) == (403, "rules_refuse", "DE.gift_room.too_young")
    assert "18 Jahren erlaubt" in refused.json()["detail"].replace("\xa0", " ")
    assert (refused.json()["age"], refused.json()["version"], refused.json()["link"]) == (18, 0, "/rules")
    assert (await child.get("/v1/wallet")).json()["coins"] == 1000

    # What their platform corrects holds at once, in whatever process.
    grown = await stage.studio.shop.desk.person("cora", birthdate=GROWN, country="DE")
    assert (await grown.get("/v1/me")).status_code == 200

    async def sent() -> bool:
        return (await stage.send(grown)).status_code == 201

    await eventually(sent, "the gift goes through")


async def test_a_receiver_who_may_not_receive_is_not_told_of(stage: Stage) -> None:
    viewer = await stage.viewer("vera", birthdate=GROWN, country="DE")
    assert (await stage.send(viewer)).status_code == 201
    await stage.creator(birthdate=CHILD, country="KR")
    seen: list[httpx2.Response] = []

    async def refused() -> bool:
        seen.append(await stage.send(viewer))
        return seen[-1].status_code == 403

    await eventually(refused, "the gift is refused")
    assert said(seen[-1]) == (403, "rules_refuse", "XX.receive.other_side")
    told = seen[-1].json()
    assert (told["reason"], told["side"], told["version"], "age" in told) == ("other_side", "other", None, False)
    assert not {"KR", "Korea", "19"} & set(told["detail"].replace(".", " ").split())


async def test_gifts_that_cannot_be_received_are_offered_to_nobody_and_the_creator_is_told_why(stage: Stage) -> None:
    """Before the first gift: in the room, its catalogue and pages; of the reason others learn nothing."""
    viewer = await stage.viewer("vera", birthdate=GROWN, country="DE")
    creator = await stage.creator(birthdate=CHILD, country="KR", locale="en-US")
    creator_id = (await creator.get("/v1/me")).json()["id"]
    room, offer = f"/v1/rooms/{stage.room_id}", f"/v1/catalogue?creator_id={creator_id}"

    async def closed() -> bool:
        return bool((await viewer.get(room)).json()["gifts_closed"])

    await eventually(closed, "this process has heard of it")
    listed = next(one for one in (await viewer.get("/v1/rooms")).json()["items"] if one["id"] == stage.room_id)
    catalogue = (await viewer.get(offer)).json()
    shown = [(await viewer.get(room)).json(), listed, catalogue]
    assert [one["gifts_closed"] for one in shown] == [True, True, True]
    assert catalogue["items"] == []
    page = (await viewer.get(f"/rooms/{stage.room_id}")).text
    assert '"gifts_closed":true' in page.replace(" ", "")
    assert not [word for word in ("Korea", "KR.", "too_young") if word in page]
    why = "Receiving gifts: allowed in South Korea from the age of 19 only."
    for path in ("/studio", f"/studio/live/{stage.room_id}", "/studio/videos"):
        assert why in (await creator.get(path)).text, path
    assert (await creator.post(f"{room}/start")).json()["gifts_closed"] is True
    assert (await creator.get("/v1/me/rules")).json()["gifts_reach_me"] is False
    grown = await stage.creator(birthdate=GROWN, country="KR", locale="en-US")

    async def open_again() -> bool:
        return not await closed()

    await eventually(open_again, "this process has heard of it")
    assert (await viewer.get(offer)).json()["items"] != []
    assert "Gifts cannot reach you yet" not in (await grown.get("/studio")).text


async def test_where_money_alone_ranks_nobody_givers_are_named_in_no_order_of_it(stage: Stage) -> None:
    """In China: neither in rooms, whichever of both is there, nor among supporters, who go by their gifts."""
    vera, cora = [await stage.viewer(name, birthdate=GROWN, country="DE") for name in ("vera", "cora")]
    assert (await stage.send(vera, count=9)).status_code == 201
    assert [(await stage.send(cora)).status_code for _ in range(2)] == [201, 201]
    database = stage.studio.shop.desk.house.database
    await until_delivered(database.url)
    await follow(database, totals.FOLLOWER, totals.add_entries)
    top = f"/v1/rooms/{stage.room_id}/top-gifters"

    async def told(reader: httpx2.AsyncClient) -> tuple[bool, list[str]]:
        answer = (await reader.get(top)).json()
        detail = (await reader.get(f"/v1/rooms/{stage.room_id}")).json()
        assert (detail["ranked"], detail["top_gifters"]) == (answer["ranked"], answer["items"])
        return answer["ranked"], [one["person"]["name"] for one in answer["items"]]

    async def supporters(creator: httpx2.AsyncClient) -> list[int]:
        answer = (await creator.get("/v1/creators/me/totals?by=supporter")).json()
        return [one["gifts"] for one in answer["items"]]

    assert await told(vera) == (True, ["vera", "cora"])
    assert await supporters(await stage.creator(country="DE")) == [1, 2]
    chinese = await stage.viewer("chen", birthdate=GROWN, country="CN")
    assert await told(chinese) == (False, [])
    creator = await stage.creator(country="CN")

    async def unranked() -> bool:
        return await told(vera) == (False, [])

    await eventually(unranked, "this process has heard of it")
    assert await supporters(creator) == [2, 1]


async def test_what_nobody_told_goes_on_and_is_counted(stage: Stage) -> None:
    viewer = await stage.viewer("vera")
    assert (await stage.send(viewer)).status_code == 201
    await stage.studio.shop.desk.house.rules.stop()
    counted = (await stage.studio.operator.get("/v1/operator/rule-tallies")).json()["items"]
    unknown = {"rule": "XX.gift_room.country_unknown", "version": 0, "outcome": "ask", "stopped": False, "times": 1}
    assert unknown in counted
    house = stage.studio.shop.desk.house
    assert await let_go(house.database, house.clock, "rule_tallies") == 0
    stage.studio.shop.clock.advance(timedelta(days=TALLIES_KEPT_DAYS + 1))
    assert await let_go(house.database, house.clock, "rule_tallies") == len(counted)


async def test_what_is_asked_for_stops_where_the_operator_says_so(strict: Stage) -> None:
    await strict.creator(birthdate=GROWN, country="US")
    viewer = await strict.viewer("vera", country="DE")
    assert said(await strict.send(viewer)) == (403, "rules_ask", "DE.gift_room.age_unknown")
    assert said(await quoted(strict, viewer)) == (403, "rules_ask", "DE.buy.age_unknown")
    nowhere = await strict.viewer("nora", birthdate=GROWN)
    assert said(await strict.send(nowhere)) == (403, "rules_ask", "XX.gift_room.country_unknown")
    known = await strict.viewer("kira", birthdate=GROWN, country="DE")
    assert (await strict.send(known)).status_code == 201
    assert (await quoted(strict, known)).status_code == 201


async def quoted(stage: Stage, viewer: httpx2.AsyncClient) -> httpx2.Response:
    return await viewer.post("/v1/quotes", json={"id": stage.studio.id(), "package_coins": 70})


async def test_a_proof_of_an_age_lets_people_in_until_it_is_taken_back(strict: Stage) -> None:
    await strict.creator(birthdate=GROWN, country="US")
    viewer = await strict.viewer("vera", country="DE")
    server = await strict.server()
    proof = {"id": strict.studio.id(), "at_least": 18, "level": "verified", "method": "id_document", "source": "Desk",
        "proved_at": strict.studio.shop.clock.now().isoformat()}  # fmt: skip
    told = await server.post("/v1/people/vera/age-assurances", json=proof)
    assert (told.status_code, (await server.post("/v1/people/vera/age-assurances", json=proof)).json()) == (
        201,
        told.json(),
    )
    changed = await server.post("/v1/people/vera/age-assurances", json=proof | {"at_least": 21})
    assert said(changed)[:2] == (409, "idempotency_conflict")
    assert (await quoted(strict, viewer)).status_code == 201

    async def sends(status: int) -> None:
        async def sent() -> bool:
            return (await strict.send(viewer)).status_code == status

        await eventually(sent, "the gift goes through")

    await sends(201)
    address = f"/v1/people/vera/age-assurances/{proof['id']}/revoke"
    assert (await server.post(address, json={"reason": "Forged."})).json()["revoked_because"] == "Forged."
    assert (await server.post(address, json={"reason": "Forged."})).status_code == 200
    assert said(await server.post(address, json={"reason": "Other."}))[:2] == (409, "assurance_is_over")
    await sends(403)
    assert said(await quoted(strict, viewer))[:2] == (403, "rules_ask")


async def test_a_state_that_a_platform_tells_narrows_its_country(stage: Stage) -> None:
    nineteen = f"{stage.studio.shop.clock.now().year - 19}-01-01"
    viewer = await stage.viewer("vera", birthdate=nineteen, country="US")
    server = await stage.server()
    assert (await quoted(stage, viewer)).status_code == 201
    told = {"country": "US", "subdivision": "MS"}
    for _ in range(2):
        assert (await server.put("/v1/people/vera/subdivision", json=told)).json() == told
    assert said(await quoted(stage, viewer)) == (403, "rules_refuse", "US-MS.buy.guardian_needed")

    async def refused() -> bool:
        return (await stage.send(viewer)).status_code == 403

    await eventually(refused, "this process has heard of it")
    assert (await viewer.get("/v1/me/rules")).json()["countries"] == ["US", "US-MS"]
    assert "the United States (Mississippi)" in (await quoted(stage, viewer)).json()["detail"]
    shown = (await viewer.get("/rules")).text
    assert "<dd>United States (Mississippi)</dd>" in shown, "the state says the country too"
    assert (await server.put("/v1/people/vera/subdivision", json=told | {"subdivision": None})).status_code == 200
    assert (await quoted(stage, viewer)).status_code == 201
    assert (await server.put("/v1/people/nobody/subdivision", json=told)).status_code == 404


async def test_a_surer_proof_outweighs_what_a_platform_claims(stage: Stage) -> None:
    viewer = await stage.viewer("vera", birthdate=GROWN, country="DE")
    server = await stage.studio.shop.desk.client(
        {"Authorization": f"Bearer {await stage.studio.shop.desk.server_key()}"}
    )
    proof = {"id": stage.studio.id(), "under": 18, "level": "checked", "method": "store_signal", "source": "Store",
        "proved_at": stage.studio.shop.clock.now().isoformat()}  # fmt: skip
    assert (await server.post("/v1/people/vera/age-assurances", json=proof)).status_code == 201
    assert said(await quoted(stage, viewer)) == (403, "rules_refuse", "DE.buy.too_young")


async def test_orders_conversions_and_payouts_keep_what_was_decided(stage: Stage) -> None:
    studio = stage.studio
    buyer = await stage.viewer("bea", birthdate=GROWN, country="US")
    order = await studio.shop.order(buyer, package_coins=70)
    bought = await stage.kept("bea", order["id"], BUY)
    assert bought is not None
    assert (bought.outcome, bought.rule, bought.version, bought.countries) == ("allow", "US.buy.allowed", 0, ["US"])
    assert (bought.level, bought.method) == (1, "platform")
    await stage.creator(birthdate=GROWN, country="US")
    await studio.earn(5_000)
    payout = await stage.kept("ada", await studio.request(2_000), CASH_OUT)
    assert payout is not None
    assert payout.rule == "US.cash_out.allowed"
    converted = (await studio.creator.get("/v1/conversions")).json()["items"][0]["id"]
    conversion = await stage.kept("ada", converted, CONVERT)
    assert conversion is not None
    assert conversion.rule == "US.convert.allowed"


async def test_a_pack_is_tried_on_what_people_did(stage: Stage) -> None:
    studio = stage.studio
    await stage.creator(birthdate=GROWN, country="US")
    viewer = await stage.viewer("vera", birthdate="2005-01-01", country="GB")
    other = await stage.viewer("oda", birthdate="2005-01-01", country="DE")
    for one, gifts in ((viewer, 3), (other, 1)):
        for _ in range(gifts):
            assert (await stage.send(one)).status_code == 201
    await studio.shop.order(viewer, package_coins=70)
    vera = str(await studio.shop.desk.person_id("vera"))
    text = text_of("GB", studio.shop.clock, 2, gift_room=CLOSED, buy=CLOSED, gift_video=CLOSED, message=CLOSED)
    tried = await studio.operator.post("/v1/operator/policy-packs:try", json={"toml": text})
    assert tried.status_code == 200, tried.text
    found = tried.json()
    assert (found["country"], found["acts"], found["is_whole"]) == ("GB", 4, True)
    assert [(one["action"], one["rule_before"], one["rule_after"], one["times"]) for one in found["changes"]] == [
        ("gift_room", "GB.gift_room.allowed", "GB.gift_room.not_allowed", 3),
        ("buy", "GB.buy.allowed", "GB.buy.not_allowed", 1),
    ]
    assert [(one["people"], one["examples"]) for one in found["changes"]] == [(1, [vera])] * 2
    same = await studio.operator.post("/v1/operator/policy-packs:try", json={"toml": shipped_texts()["GB"]})
    assert (same.json()["changes"], same.json()["acts"]) == ([], 4)
    bad = await studio.operator.post("/v1/operator/policy-packs:try", json={"toml": "country ="})
    assert said(bad)[:2] == (422, "pack_not_valid")


DECIDED = """with decided as (
    insert into decision (id, kind, content, content_sha256, note, proposed_by, proposed_at, expires_at, outcome,
        decided_by, decided_at, effective_at)
    select gen_random_uuid(), 'policy_pack', c, sha256(convert_to(c, 'UTF8')), 'x', 1, $1,
        $1::timestamptz + interval '1 day', 'confirmed', 2, $1, $1::timestamptz + interval '1 minute'
    from (select jsonb_build_object('country', 'GB', 'text', $2::text, 'loosens', false)::text as c) s
    returning id, decided_at, effective_at)
insert into policy_pack (version, country, text, loosens, effective_at, recorded_at, recorded_by, note, decision_id)
select 1, 'GB', $2, false, effective_at, decided_at, 1, 'x', id from decided"""
"""A pack that begins sooner than the next day."""


async def test_nobody_pays_with_a_card_of_where_nothing_may_be_bought(stage: Stage) -> None:
    studio, clock = stage.studio, stage.studio.shop.clock
    text = text_of("GB", clock, 0, gift_room=CLOSED, buy=CLOSED, gift_video=CLOSED, message=CLOSED)
    owner = await connect(owner_of(studio.shop.desk.house.database.url))
    try:
        await owner.execute(DECIDED, clock.now(), text)
    finally:
        await owner.close()
    for name, moment, outcome in (("bea", timedelta(0), "reprice"), ("ben", timedelta(minutes=1), "refuse")):
        clock.advance(moment)
        buyer = await stage.viewer(name, birthdate=GROWN, country="US")
        order = await studio.shop.order(buyer, package_coins=70)
        await studio.shop.pay(order, BRITISH)
        await buyer.post(f"/v1/orders/{order['id']}/refresh")
        judged = (await buyer.get(f"/v1/orders/{order['id']}/region-decisions")).json()["items"]
        assert judged[-1]["outcome"] == outcome
    ben = await studio.shop.desk.person("ben", birthdate=GROWN, country="US")
    assert said(await quoted(stage, ben)) == (403, "rules_refuse", "GB.buy.not_allowed")  # by the card, from now on


async def test_who_may_not_earn_converts_and_cashes_out_nothing(stage: Stage) -> None:
    studio = stage.studio
    await studio.earn(5_000)
    method_id = await studio.method()
    await stage.creator(birthdate=CHILD, country="US")
    asked = {"id": studio.id(), "diamonds": 2_000, "method_id": method_id}
    assert said(await studio.creator.post("/v1/payout-quotes", json=asked)) == (
        *(403, "rules_refuse", "US.cash_out.too_young"),
    )
    await give(studio.shop.desk.house.database, studio.creator_id, 5_000)
    assert said(await studio.creator.post("/v1/conversions", json={"id": studio.id(), "all": True})) == (
        *(403, "rules_refuse", "US.convert.too_young"),
    )
    on = await studio.creator.patch("/v1/creators/me/settings", json={"automatic_conversion": True})
    assert on.status_code == 200, on.text
    database = studio.shop.desk.house.database
    assert await convert_due(database, studio.shop.clock) == 0
    async with database.read() as connection:  # it is no failure either, of which somebody would have to know
        assert await connection.fetchval("select conversion_failed_with from creator_setting") is None


async def test_help_answers_for_who_asks(stage: Stage) -> None:
    child = await stage.viewer("cora", birthdate=CHILD, country="KR", locale="ja")
    found = (await child.get("/v1/me/rules")).json()
    by_action = {one["action"]: one for one in found["items"]}
    assert (found["countries"], found["gifts_reach_me"], len(by_action)) == (["KR"], False, 12)
    assert (by_action["buy"]["outcome"], by_action["buy"]["rule"]) == ("refuse", "KR.buy.too_young")
    assert "19歳以上" in by_action["buy"]["why"]
    assert by_action["buy"]["sources"][0]["law"].startswith("Civil Act")
    assert (await child.get("/rules")).status_code == 200
    creator = await stage.creator(birthdate=CHILD, country="US")
    assert "Gifts cannot reach you yet" in (await creator.get("/studio")).text


# Packs


def text_of(country: str, clock: Clock, days: int, **changed: str) -> str:
    text = shipped_texts()[country].replace("from = 2026-12-01", f"from = {(clock.now() + days * DAY).date()}")
    for name, rule in changed.items():
        lines = [f"{name} = {rule}" if line.startswith(f"{name} = ") else line for line in text.splitlines()]
        text = "\n".join(lines)
    return text


CLOSED = '{ allowed = false, age = 18, sources = ["majority"] }'
OPEN = '{ allowed = true, age = 18, sources = ["majority", "loot_boxes"] }'


@pytest.fixture
def table(database: Database, clock: ManualClock) -> Table:
    return Table(database, clock)


async def draft(table: Table, text: str) -> NewPolicyPack:
    found: NewPolicyPack = await table.act(published.draft, text, "of the test")
    return found


async def test_a_pack_takes_two_and_shows_what_changes(table: Table) -> None:
    content = await draft(table, text_of("DE", table.clock, 3, open_box=CLOSED.replace('"]', '", "juschg"]')))
    proposed = await table.propose(POLICY_PACK, content)
    assert isinstance(await table.confirm(POLICY_PACK, proposed, by=OLGA), SecondPersonNeeded)
    before, after = (
        {figure.label: figure.text for figure in POLICY_PACK.figures(one)}
        for one in (POLICY_PACK.read_before(proposed), content)
    )
    changed = {label: (before[label], after[label]) for label in after if before[label] != after[label]}
    assert changed == {"open_box": ("from 18, claimed (majority, juschg)", "not allowed (majority, juschg)")}
    made = await table.confirm(POLICY_PACK, proposed)
    assert (made.version, made.country, made.loosens) == (1, "DE", False)
    assert made.effective_at == content.effective_at


async def test_what_loosens_waits_a_week_and_the_database_says_so(
    table: Table, owner_connection: OwnConnection
) -> None:
    soon = await table.act(published.draft, text_of("BE", table.clock, 3, open_box=OPEN), "of the test")
    assert isinstance(soon, PackNotValid)
    assert "open_box is loosened" in str(soon)
    content = await draft(table, text_of("BE", table.clock, 9, open_box=OPEN))
    assert isinstance(await table.propose(POLICY_PACK, msgspec.structs.replace(content, loosens=False)), OutOfBounds)
    made = await table.decide(POLICY_PACK, content)
    assert made.loosens
    await owner_connection.execute("alter table policy_pack disable trigger policy_pack_is_decided")
    with pytest.raises(Exception, match="no sooner than its lead"):
        await owner_connection.execute(
            """insert into policy_pack (version, country, text, loosens, effective_at, recorded_at, recorded_by, note,
                decision_id)
            select 2, country, text, true, recorded_at + interval '6 days', recorded_at, 1, 'x', gen_random_uuid()
            from policy_pack"""
        )


async def test_a_pack_that_was_overtaken_is_proposed_anew(table: Table) -> None:
    first = await table.propose(POLICY_PACK, await draft(table, text_of("JP", table.clock, 2, open_box=CLOSED)))
    assert await table.confirm(POLICY_PACK, first)
    second = await table.propose(POLICY_PACK, await draft(table, text_of("JP", table.clock, 30, open_box=CLOSED)))
    table.clock.advance(5 * DAY)
    assert isinstance(await table.confirm(POLICY_PACK, second), DecisionOutdated)


async def test_operators_read_packs_their_versions_and_what_they_stopped(stage: Stage) -> None:
    desk = stage.studio.shop.desk
    child = await stage.viewer("cora", birthdate=CHILD, country="KR")
    assert said(await stage.send(child))[:2] == (403, "rules_refuse")
    await desk.house.rules._write_tally()
    safe, auditor = await desk.person("sam", Role.SAFETY), await desk.person("ann", Role.AUDITOR)
    next_one = text_of("KR", stage.studio.shop.clock, 30, open_box=CLOSED)
    proposal = {"id": stage.studio.id(), "toml": next_one, "note": "The guideline of autumn."}
    assert (await safe.post("/v1/operator/policy-packs", json=proposal)).status_code == 201, "one decides alone here"
    for reader in (safe, auditor):
        page = (await reader.get("/operator/rules?country=KR")).text
        said_there = (
            "South Korea",
            "came with Plaudit",
            "Civil Act",
            "KR.gift_room.too_young",
            "The guideline of autumn.",
        )
        for words in (*said_there, "Will hold"):
            assert words in page, words
    assert "data-lint" in (await safe.get("/operator/rules")).text
    assert "data-lint" not in (await auditor.get("/operator/rules")).text


async def test_a_published_pack_holds_from_its_moment_without_a_restart(stage: Stage) -> None:
    clock, operator = stage.studio.shop.clock, stage.studio.operator
    viewer = await stage.viewer("vera", birthdate=GROWN, country="GB")
    text = text_of("GB", clock, 2, gift_room=CLOSED)
    made = await operator.post("/v1/operator/policy-packs", json={"id": stage.studio.id(), "toml": text, "note": "x"})
    assert made.status_code == 201, made.text
    rules = stage.studio.shop.desk.house.rules

    async def heard() -> bool:
        return rules.book.next_change(clock.now()) is not None

    await eventually(heard, "the process hears of the pack")
    assert (await stage.send(viewer)).status_code == 201
    clock.advance(2 * DAY)
    desk = stage.studio.shop.desk
    viewer, operator = await desk.person("vera", birthdate=GROWN, country="GB"), await desk.person("olga")
    assert said(await stage.send(viewer)) == (403, "rules_refuse", "GB.gift_room.not_allowed")
    held = {one["country"]: one["version"] for one in (await operator.get("/v1/operator/policy-packs")).json()["items"]}
    assert (held["GB"], held["DE"], len(held)) == (1, 0, 19)
    bad = text.replace("age = 18, ", "", 1)
    linted = (await operator.post("/v1/operator/policy-packs:lint", json={"toml": bad})).json()
    assert any("has no age" in one["reason"] for one in linted["findings"])
    refused = await operator.post("/v1/operator/policy-packs", json={"id": stage.studio.id(), "toml": bad, "note": "x"})
    assert said(refused)[:2] == (422, "pack_not_valid")
    listed = (await operator.get("/v1/operator/policy-packs/versions")).json()["items"]
    assert [one["version"] for one in listed] == [1]
