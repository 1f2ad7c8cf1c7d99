"""Every law of the audit finds what it is there to find: those of the rooms above the ledger, broken on purpose."""

import re
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path

import pytest

from plaudit.connections import OwnConnection
from plaudit.people.model import Role
from plaudit.schema import audit
from plaudit.selling.providers.news import ReversalState
from tests.integration import test_accounting, test_audit
from tests.integration.test_clawback import Stage, open_stage
from tests.support.databases import names_of_broken
from tests.support.law_tables import LawTables
from tests.support.returns import Returns

pytestmark = pytest.mark.sql

ROOMS = [import_module(f"tests.laws.{file.stem}") for file in sorted((Path(__file__).parents[1] / "laws").glob("*.py"))]
"""A file for each room: `BREAKS`, and `prepare` where its laws need rows that the stage has not."""
# A law that is a union has a break for each of its parts.
BREAKS: list[tuple[str, str]] = [one for room in ROOMS for one in room.BREAKS]
CHANGED = re.compile(r"\b(?:update|insert into|delete from)\s+([a-z_]+)")
LAWS = {law.name: law for law in audit.laws()}


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A world with a row for every law: sold, given, converted, paid out, taken back, clawed back, given away."""
    async with open_stage(database_url, tmp_path) as opened:
        ada, bob = await Returns.of(opened.shop, "ada"), await Returns.of(opened.shop, "bob")
        disputed, withdrawn = await ada.buy(6_000), await bob.buy(300)
        await opened.give(ada, 6_000)
        await opened.earn()
        await opened.cash_out(5_500)
        await opened.give(bob, 100)
        converted = await opened.creator.post("/v1/conversions", json={"id": opened.id(), "all": True})
        assert converted.status_code == 201, converted.text
        await opened.dispute(ada, disputed, ReversalState.OPENED)
        assert (await bob.withdraw(withdrawn, coins=50)).json()["state"] == "done"
        await opened.shop.order(bob.buyer)
        olga = await opened.shop.desk.person("olga", Role.OPERATOR)
        present = {"id": opened.id(), "person_id": str(ada.person_id), "coins": 5, "reason": "For a broken evening."}
        assert (await olga.post("/v1/operator/grants", json=present)).status_code == 201
        for room in ROOMS:
            if prepare := getattr(room, "prepare", None):
                await prepare(opened)
        yield opened


async def test_each_law_of_the_rooms_can_be_broken(stage: Stage, owner_connection: OwnConnection) -> None:
    """Each break is rolled back, so that one world serves them all."""
    assert [law.name for law in (await audit.run(owner_connection)).laws if law.broken] == []
    unseen = []
    for law, statement in BREAKS:
        transaction = owner_connection.transaction()
        await transaction.start()
        await owner_connection.execute("set local session_replication_role = replica")  # no trigger stands in the way
        await owner_connection.execute(statement)
        if await names_of_broken(owner_connection, [LAWS[law]]) != [law]:
            unseen.append((law, statement))
        await transaction.rollback()
    assert unseen == []


async def test_a_law_is_asked_after_a_test_that_could_break_it(owner_connection: OwnConnection) -> None:
    """Those of tables where nothing was written are not asked. What is given from the beginning changes with others."""
    tables = await LawTables.read(owner_connection)
    given_alone = [law for law, spoken_of in tables.spoken_of.items() if spoken_of <= tables.given]
    assert tables.that_could_be_broken(tables.given) == given_alone
    assert set(tables.that_could_be_broken(frozenset().union(*tables.spoken_of.values()))) == set(LAWS.values())
    missed = []
    for law, statement in [*BREAKS, *test_audit.BREAKS.items(), *test_accounting.BREAKS.items()]:
        changed = frozenset(CHANGED.findall(statement))
        assert changed, statement
        if LAWS[law] not in tables.that_could_be_broken(changed) and not changed <= tables.given:
            missed.append((law, statement))
    assert missed == []


def test_no_law_is_untried() -> None:
    names = [law.name for law in audit.laws()]
    assert len(names) == len(LAWS), "two laws have one name"
    tried = {*test_audit.BREAKS, *test_accounting.BREAKS, *(law for law, _ in BREAKS)}
    assert tried == LAWS.keys()
    assert [law.name for law in LAWS.values() if not law.statement] == [], "a law says in its first line what holds"
