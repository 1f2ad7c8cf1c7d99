"""What hosts are told by webhooks: signed, in order, again until they answer, only where it may go."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.events import log
from plaudit.events.log import record
from plaudit.events.model import CursorTooOld
from plaudit.feeds.webhooks import actions
from plaudit.feeds.webhooks.model import Endpoint, EndpointChange, PauseReason
from plaudit.feeds.webhooks.sending import Dispatcher
from plaudit.ledger import lives
from plaudit.limits import (
    EVENT_DAYS,
    WEBHOOK_ANSWER_BYTES_MAX,
    WEBHOOK_FAILING_DAYS_MAX,
    WEBHOOK_FAILURES_SLOW,
    WEBHOOK_LEASE_S,
    WEBHOOK_PAUSE_S_MAX,
    WEBHOOK_TRIES_MAX,
    WEBHOOKS_PER_ENDPOINT_AT_ONCE,
)
from plaudit.pages import BEGINNING
from tests.peers.host import Host, Mood, open_host
from tests.support.hooks import SETTINGS, Hooks, open_hooks, started
from tests.support.retention import let_go
from tests.support.waiting import eventually, until_waiting

LONG = timedelta(seconds=WEBHOOK_PAUSE_S_MAX * 2)


@pytest.fixture
async def hooks(database: Database) -> AsyncIterator[Hooks]:
    async with open_hooks(database) as opened:
        yield opened


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    async with open_host() as opened:
        yield opened


async def tries_of(hooks: Hooks, endpoint: Endpoint) -> list[tuple[int | None, str, str]]:
    """Status, error and answer of each try, the first first."""
    async with hooks.database.read() as connection:
        tries = await actions.list_tries(connection, endpoint.id, None, BEGINNING, 100)
    return [(one.status, one.error, one.answer) for one in reversed(tries)]


async def test_events_come_signed_and_in_order(hooks: Hooks, host: Host) -> None:
    await hooks.happen([1])  # before there is anybody to tell
    await hooks.run()
    await hooks.add(host)
    await hooks.happen([7, 8, 7])
    await hooks.drain()
    assert sorted(host.sequences) == [2, 3, 4]
    of_7 = [one.message["sequence"] for one in host.received if one.message["subject"] == "room:7"]
    assert of_7 == [2, 4]
    assert [one.verified for one in host.received] == [host.secrets] * 3
    first = next(one for one in host.received if one.message["subject"] == "room:7")
    assert first.message["id"] == first.headers["webhook-id"]
    assert (first.message["version"], first.message["epoch"], first.message["key_id"]) == (1, 1, None)
    assert first.message["data"] == {
        "room_id": "7",
        "creator": {"id": "3", "issuer": "https://id.example", "subject": "cleo"},
        "title": "Tea",
    }


async def test_all_are_told_of_a_restore_and_to_whom_numbers_belong(
    hooks: Hooks, host: Host, owner_connection: OwnConnection
) -> None:
    for number, removed_at in ((1, None), (2, None), (3, hooks.clock.now())):
        await owner_connection.execute(
            """insert into issuer (issuer, audience, allowed_roles, created_at, jwks_uri, active, removed_at)
            values ($1, 'plaudit', '{viewer}', $2, 'https://id.example/keys', $3::timestamptz is null, $3)""",
            *(f"https://{number}.example", hooks.clock.now(), removed_at),
        )
    await hooks.happen([7])
    happened = hooks.clock.now()
    await hooks.run()
    await hooks.add(host, "order.paid")
    for anew in (False, True, False):
        hooks.clock.advance(timedelta(minutes=1))
        async with hooks.database.transaction() as connection:
            await lives.begin(connection, hooks.clock.now(), anew=anew)
    await hooks.drain()
    told = [one.message for one in host.received]
    assert {(one["type"], one["subject"], one["epoch"]) for one in told} == {("database.restored", "database:2", 2)}
    assert sorted(one["data"]["issuer"] for one in told) == ["https://1.example", "https://2.example"]
    assert told[0]["data"] | {"issuer": ""} == {
        "issuer": "", "epoch": 2, "kept_sequence": 1, "lost_since": happened.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    async with hooks.database.transaction() as connection:
        await lives.begin(connection, hooks.clock.now(), anew=True, lost_since=happened - timedelta(hours=1))
        await connection.execute("select set_config('plaudit.acting_key', '7', true)")
        await record(connection, hooks.clock.now(), started(8))
    async with hooks.database.read() as connection:
        await log.place_waiting(hooks.database)
        kept = await log.events_after(connection, 3, 9, platform=None, kinds=["room.started"], limit=9)
    assert [(one.type, one.envelope(3).key_id) for one in kept][1:] == [
        ("database.restored", None), ("room.started", "7"),
    ]  # fmt: skip
    assert kept[0].data["lost_since"] == (happened - timedelta(hours=1)).isoformat().replace("+00:00", "Z")


async def test_what_fails_is_tried_again_and_holds_back_its_subject_only(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    host.moods.append(Mood.FAILING)
    await hooks.happen([7])
    await hooks.run()
    hooks.clock.advance(timedelta(milliseconds=1))  # tries of one moment have no order
    await hooks.happen([7, 8])
    assert await hooks.run() == 1
    assert host.sequences == [1, 3]
    assert await hooks.run() == 0
    hooks.clock.advance(LONG)
    await hooks.drain()
    assert host.sequences == [1, 3, 1, 2]
    assert host.received[0].message == host.received[2].message
    assert await tries_of(hooks, endpoint) == [(500, "", "broken"), (204, "", ""), (204, "", ""), (204, "", "")]


@pytest.mark.parametrize(
    ("mood", "status", "error"),
    [
        (Mood.FAILING, 500, ""),
        (Mood.REDIRECTING, 307, ""),
        (Mood.CUTTING, None, "RemoteProtocolError"),
        (Mood.SILENT, None, "no answer within"),
    ],
)
async def test_only_a_success_is_one(
    hooks: Hooks, host: Host, mood: Mood, status: int | None, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mood is Mood.SILENT:
        monkeypatch.setattr("plaudit.feeds.webhooks.network.WEBHOOK_TRY_S_MAX", 0.2)
    endpoint = await hooks.add(host)
    host.mood = mood
    await hooks.happen([7])
    await hooks.run()
    ((found, said, _),) = await tries_of(hooks, endpoint)
    assert (found, said[: len(error)]) == (status, error)
    assert (await hooks.find(endpoint)).waiting == 1
    assert [one.path for one in host.received] == ["/hook"]


async def test_of_an_answer_only_the_beginning_is_read(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    host.mood = Mood.ENDLESS
    await hooks.happen([7])
    await hooks.run()
    ((status, error, answer),) = await tries_of(hooks, endpoint)
    assert (status, error, len(answer)) == (200, "", WEBHOOK_ANSWER_BYTES_MAX)
    assert (await hooks.find(endpoint)).waiting == 0


async def test_after_three_days_it_is_parked_and_the_next_goes_on(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    host.moods.extend([Mood.FAILING] * WEBHOOK_TRIES_MAX)
    await hooks.happen([7, 7])
    begun, tried = hooks.clock.now(), 0
    while tried < WEBHOOK_TRIES_MAX:
        tried += await hooks.run()
        hooks.clock.advance(timedelta(minutes=10) if tried < 10 else timedelta(hours=1))
    assert timedelta(days=2) < hooks.clock.now() - begun < timedelta(days=WEBHOOK_FAILING_DAYS_MAX)
    assert (await hooks.find(endpoint)).parked == 1
    hooks.clock.advance(LONG)
    await hooks.drain()
    assert host.sequences == [1] * WEBHOOK_TRIES_MAX + [2]
    async with hooks.database.transaction() as connection:
        await actions.replay_one(connection, hooks.clock, endpoint.id, 1)
    await hooks.drain()
    assert host.sequences[-1] == 1
    assert (await hooks.find(endpoint)).parked == 0


async def test_one_that_fails_for_days_is_paused_and_gets_all_when_it_is_resumed(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    host.mood = Mood.CUTTING
    await hooks.happen(range(1, 4))
    await hooks.run()
    hooks.clock.advance(timedelta(days=WEBHOOK_FAILING_DAYS_MAX))
    await hooks.run()
    assert (await hooks.find(endpoint)).pause_reason is PauseReason.FAILING
    await hooks.happen([4])
    assert await hooks.run() == 0
    host.mood = Mood.WELL
    host.received.clear()
    async with hooks.database.transaction() as connection:
        await actions.resume(connection, hooks.clock, endpoint.id)
    await hooks.drain()
    assert sorted(host.sequences) == [1, 2, 3, 4]
    found = await hooks.find(endpoint)
    assert (found.failures_in_a_row, found.pause_reason, found.waiting) == (0, None, 0)


async def test_one_that_is_gone_is_paused_at_once(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    host.mood = Mood.GONE
    await hooks.happen([7])
    await hooks.run()
    hooks.clock.advance(LONG)
    assert await hooks.run() == 0
    assert (await hooks.find(endpoint)).pause_reason is PauseReason.GONE
    async with hooks.database.read() as connection:
        assert await actions.count_in_trouble(connection) == 1


async def test_one_that_fails_is_asked_once_at_a_time(hooks: Hooks, host: Host) -> None:
    await hooks.add(host)
    host.mood = Mood.FAILING
    await hooks.happen(range(1, 31))
    assert await hooks.run() == WEBHOOKS_PER_ENDPOINT_AT_ONCE
    assert WEBHOOKS_PER_ENDPOINT_AT_ONCE >= WEBHOOK_FAILURES_SLOW
    assert await hooks.run() == 0
    hooks.clock.advance(LONG)
    assert await hooks.run() == 1


async def test_one_that_dawdles_keeps_nobody_waiting(hooks: Hooks, host: Host) -> None:
    await hooks.add(host)
    host.held = asyncio.Event()
    async with open_host() as quick:
        await hooks.add(quick)
        await hooks.happen(range(1, 31))

        async def all_received() -> bool:
            await hooks.dispatcher.run_once()
            return len(quick.received) == 30

        await eventually(all_received, "the other has everything")
    assert host.most_at_once == len(host.received) == WEBHOOKS_PER_ENDPOINT_AT_ONCE
    host.held.set()
    await hooks.drain()
    assert sorted(host.sequences) == list(range(1, 31))


async def test_what_a_process_took_that_died_is_sent_by_another(hooks: Hooks, host: Host) -> None:
    await hooks.add(host)
    host.held = asyncio.Event()
    await hooks.happen([7, 7])
    await hooks.dispatcher.run_once()
    await eventually(lambda: bool(host.received), "the message is on its way")
    await hooks.dispatcher.close()  # in the middle of it
    host.held.set()
    other = Dispatcher(hooks.database, hooks.clock, SETTINGS)
    assert await other.run_once() == 0
    hooks.clock.advance(timedelta(seconds=WEBHOOK_LEASE_S))
    while await other.run_once():
        await other.idle()
    await other.close()
    assert host.sequences == [1, 1, 2]


async def test_who_is_removed_and_who_fails_meanwhile_stand_in_nobody_s_way(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    host.held, host.mood = asyncio.Event(), Mood.FAILING
    await hooks.happen([7])
    await hooks.dispatcher.run_once()
    await eventually(lambda: bool(host.received), "the message is on its way")
    async with hooks.database.transaction() as connection, hooks.database.read() as other:
        await connection.execute("select from webhook_endpoint where id = $1 for no key update", endpoint.id)
        host.held.set()
        noted = asyncio.create_task(hooks.dispatcher.idle())
        await until_waiting(other, connection.get_server_pid(), noted)
        await actions.remove(connection, hooks.clock, endpoint.id)
    await noted
    assert await tries_of(hooks, endpoint) == [(500, "", "broken")]


async def test_two_secrets_are_valid_while_they_change(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    async with hooks.database.transaction() as connection:
        host.secrets.append(await actions.rotate(connection, hooks.clock, SETTINGS, endpoint.id, 24))
    await hooks.happen([7])
    await hooks.run()
    hooks.clock.advance(timedelta(hours=24))
    await hooks.happen([7])
    await hooks.run()
    old, new = host.secrets
    assert host.received[0].verified == [old, new]
    assert len(host.received[1].headers["webhook-signature"].split()) == 1
    assert old != new


async def test_a_replay_begins_after_its_cursor(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    await hooks.happen([7, 8, 9, 7])
    await hooks.drain()
    before = {one.message["sequence"]: one.message for one in host.received}
    host.received.clear()
    async with hooks.database.transaction() as connection:
        await actions.replay(connection, endpoint.id, 2)
    await hooks.drain()
    assert sorted(host.sequences) == [3, 4]
    assert {one.message["sequence"]: one.message for one in host.received} == {3: before[3], 4: before[4]}


async def test_an_endpoint_gets_what_it_asked_for(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host, "order.paid")
    await hooks.happen([7])
    await hooks.drain()
    assert host.received == []
    async with hooks.database.transaction() as connection:
        await actions.change(connection, hooks.clock, SETTINGS, endpoint.id, EndpointChange(kinds=["room.started"]))
    await hooks.happen([7])
    await hooks.drain()
    assert host.sequences == [2]


async def test_a_test_event_is_sent_at_once(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    tried = await hooks.dispatcher.test(endpoint.id)
    assert (tried.status, tried.type) == (204, "webhook.test")
    assert (host.types, host.sequences, host.received[0].verified) == (["webhook.test"], [0], host.secrets)


async def test_old_events_are_forgotten_and_who_missed_them_is_said_so(hooks: Hooks, host: Host) -> None:
    endpoint = await hooks.add(host)
    host.mood = Mood.FAILING
    await hooks.happen([7, 8])
    await hooks.run()
    async with hooks.database.transaction() as connection:
        await actions.pause(connection, hooks.clock, endpoint.id)
    hooks.clock.advance(timedelta(days=EVENT_DAYS, seconds=1))
    await hooks.happen([9])
    await log.place_waiting(hooks.database)
    assert await let_go(hooks.database, hooks.clock, "events") == 2
    assert await let_go(hooks.database, hooks.clock, "events") == 0
    found = await hooks.find(endpoint)
    assert (found.lost_through, found.waiting) == (2, 0)
    async with hooks.database.read() as connection:
        state = await log.log_state(connection)
        with pytest.raises(CursorTooOld) as refused:
            log.position_of(state, "1:1")
    assert refused.value.fields == {"oldest": "1:2"}
    assert log.position_of(state, "1:2") == log.position_of(state, None) == 2
