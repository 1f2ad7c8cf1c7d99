"""How the queues stand, as operators see it: over HTTP, on a page, on the command line and in figures."""

import json

import pytest

from plaudit.backlog.reading import queues
from plaudit.connections import OwnConnection
from plaudit.creators.jobs import claw_back_due
from plaudit.people.model import Role
from tests.integration.test_metrics import figure
from tests.support.commands import plaudit
from tests.support.desk import Desk
from tests.support.taking_back import take_from_one

pytestmark = pytest.mark.unsold


async def break_a_clawback(desk: Desk, owner: OwnConnection) -> None:
    database, clock = desk.house.database, desk.house.clock
    await take_from_one(database, clock, await desk.person_id("cleo"), 2)
    await owner.execute("alter table clawback_part add constraint poison check (coins > 1000000) not valid")
    await claw_back_due(database, clock)


async def test_operators_see_how_each_queue_stands(desk: Desk, owner_connection: OwnConnection) -> None:
    olga = await desk.person("olga", Role.OPERATOR)
    empty = (await olga.get("/v1/operator/queues")).json()["items"]
    assert [one["name"] for one in empty] == [queue.name for queue in queues()]
    assert {(one["waiting"], one["failing"], one["since"]) for one in empty} == {(0, 0, None)}

    await break_a_clawback(desk, owner_connection)
    found = {one["name"]: one for one in (await olga.get("/v1/operator/queues")).json()["items"]}
    clawbacks = found.pop("creators.claw_back")
    assert (clawbacks["waiting"], clawbacks["failing"], clawbacks["stuck"]) == (2, 1, 0)
    assert clawbacks["failed_with"] == [{"code": "check_violation_error", "items": 1}]
    assert clawbacks["overdue"] == 1, "the second waits behind the first, and its own time has come"
    assert {one["failing"] for one in found.values()} == {0}
    assert (await (await desk.person("ada", Role.VIEWER, Role.CREATOR)).get("/v1/operator/queues")).status_code == 403


async def test_the_page_of_queues(desk: Desk, owner_connection: OwnConnection) -> None:
    olga = await desk.person("olga", Role.OPERATOR)
    text = (await olga.get("/operator/queues")).text
    assert "Nothing is late" in text
    assert len(queues()) > 1
    assert all(queue.what in text for queue in queues())
    assert "Nothing failed" in (await olga.get("/operator/queues?show=failing")).text
    await break_a_clawback(desk, owner_connection)
    text = (await olga.get("/operator/queues?show=failing")).text
    assert all(said in text for said in ("Something failed", "check_violation_error (1)", "creators.claw_back"))
    assert "selling.inbox" not in text
    assert (await (await desk.person("ada")).get("/operator/queues")).status_code == 403


async def test_the_command_line_says_the_same(desk: Desk, owner_connection: OwnConnection, database_url: str) -> None:
    await break_a_clawback(desk, owner_connection)
    ended = plaudit(database_url, "queues")
    assert (ended.status, ended.stderr) == (0, "")
    [line] = [line for line in ended.stdout.splitlines() if line.startswith("creators.claw_back")]
    assert line.split()[1:5] == ["2", "2", "1", "0"], "by the machine's clock both are overdue"
    assert "check_violation_error (1)" in ended.stdout
    await owner_connection.execute("update clawback set tries = 20 where failed_with is not null")
    ended = plaudit(database_url, "queues", "--json")
    assert ended.status == 1, "something is stuck"
    assert {one["name"]: one["stuck"] for one in json.loads(ended.stdout)}["creators.claw_back"] == 1


async def test_figures_tell_of_each_queue(desk: Desk, owner_connection: OwnConnection) -> None:
    machine = await desk.client()
    await break_a_clawback(desk, owner_connection)
    await desk.house.gauges.look()
    text = (await machine.get("/metrics")).text
    assert figure(text, "plaudit_queue_waiting", queue="creators.claw_back") == 2
    assert figure(text, "plaudit_queue_failing", queue="creators.claw_back") == 1
    assert figure(text, "plaudit_queue_failing", queue="selling.inbox") == 0
    await owner_connection.execute("update clawback set due_at = due_at - interval '1 hour' where due_at is not null")
    await desk.house.gauges.look()
    text = (await machine.get("/metrics")).text
    assert figure(text, "plaudit_queue_lag_seconds", queue="creators.claw_back") > 3_000
