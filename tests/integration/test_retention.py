"""What is old enough goes and nothing else: at the exact border, in small steps, not of who is held."""

import dataclasses
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plaudit.connections import Connection, OwnConnection, connect
from plaudit.db import Database
from plaudit.holdings import KINDS, Holding, Kind
from plaudit.ids import new_id
from plaudit.languages.formats import format_calendar_day
from plaudit.ledger.model import GiftOrder
from plaudit.people.model import Role
from plaudit.personal_data import holders, retaining
from plaudit.personal_data.limits import RETENTION_GRACE_DAYS
from plaudit.retention import LAW_DAYS_MIN, Retention, days_kept, retentions
from tests.support.databases import owner_of
from tests.support.desk import Desk
from tests.support.waiting import eventually

ADA, BOB = 1_001, 1_002
"""Somebody, and somebody who is held."""
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
POSITIONS = iter(range(1, 1_000))

COLUMNS = """
select a.attname::text as name, t.typname::text as type from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull
"""


@dataclass(frozen=True)
class Case:
    """How a row of a kind is made, and how it is seen whether it is whole."""

    table: str
    row: Callable[[int, datetime], dict[str, Any]]
    """Of a person, as old as a moment."""
    whole: str = "true"
    of_people: bool = True
    step: timedelta = MICROSECOND
    """The least by which something can be younger."""


def account(who: int, at: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "creator_id": who,
        "kind": "bank_account",
        "country": "DE",
        "currency": "EUR",
        "account_ending": "3000",
        "sealed_account": "\\x00",
        "created_at": at - DAY,
        "archived_at": at,
    }


NOTHING_SOLD = {"kind": "quote", "outcome": "allow", "order_id": None, "payment_id": None, "quoted_region": None}
LONDON = {"network": "192.0.2.0/24", "evidence": [{"detail": "London", "country": "GB"}]}

CASES = {
    "sign_ins": Case("session", lambda who, at: {"person_id": who, "created_at": at - DAY, "expires_at": at}),
    "sign_in_codes": Case("sign_in_code", lambda _, at: {"created_at": at - DAY, "expires_at": at}, of_people=False),
    "allowances": Case(
        "allowance_taken",
        lambda who, at: {"person_id": who, "kind": uuid.uuid4().hex[:8], "hour": at},
        of_people=False,
        step=timedelta(hours=1),
    ),
    "quoted_places": Case("region_decision", lambda who, at: place(who, at) | NOTHING_SOLD),
    "places": Case(
        "region_decision",
        lambda who, at: place(who, at) | LONDON,
        whole="network is not null and evidence::text like '%London%'",
    ),
    "quotes": Case(
        "quote",
        lambda who, at: {
            "person_id": who,
            "region_source": "default",
            "currency": "EUR",
            "net_minor": 1,
            "tax_minor": 1,
            "price_minor": 2,
            "created_at": at - DAY,
            "expires_at": at,
        },
    ),
    "checkouts": Case(
        "recharge_order",
        lambda who, at: {
            "person_id": who,
            "payment_id": uuid.uuid4().hex,
            "created_at": at,
            "state": "paid",
            "previous_state": "created",
            "return_url": "https://shop.example/back",
            "locale": "en",
            "quantity": 1,
        },
        whole="return_url <> ''",
    ),
    "provider_messages": Case(
        "webhook_event",
        lambda _, at: {
            "event_id": uuid.uuid4().hex,
            "provider": "acme",
            "side": "payments",
            "state": "applied",
            "previous_state": "waiting",
            "received_at": at,
            "sealed_body": "\\x00",
        },
        of_people=False,
    ),
    "mails": Case(
        "mail",
        lambda who, at: {"person_id": who, "kind": "receipt", "state": "sent", "created_at": at - DAY, "ended_at": at},
    ),
    "rule_tallies": Case(
        "rule_tally",
        lambda _, at: {"rule": uuid.uuid4().hex, "day": (at - DAY).date().isoformat(), "outcome": "ask"},
        of_people=False,
        step=DAY,
    ),
    "rule_decisions": Case(
        "rule_decision",
        lambda who, at: {"person_id": who, "decided_at": at, "action": "buy", "outcome": "allow", "countries": ["DE"]},
        whole="countries <> '{}'",
    ),
    "age_assurances": Case(
        "age_assurance",
        lambda who, at: {
            "person_id": who,
            "at_least": 18,
            "level": 1,
            "method": "document",
            "proved_at": at - DAY,
            "recorded_at": at - DAY,
            "until": at,
        },
    ),
    "store_withdrawals": Case(
        "store_guardian_withdrawal",
        lambda _, at: {"store": "google", "account": uuid.uuid4().hex, "withdrawn_at": at},
        of_people=False,
    ),
    "age_silences": Case(
        "age_silence", lambda who, at: {"person_id": who, "source": f"source_{at:%j_%f}", "since": at}
    ),
    "events": Case("event", lambda _, at: {"at": at, "position": next(POSITIONS)}, of_people=False),
    "webhook_tries": Case("webhook_try", lambda _, at: {"at": at}, of_people=False),
    "scam_reports": Case(
        "scam_report",
        lambda who, at: {
            "person_id": who,
            "kind": "shop",
            "reported_at": at,
            "state": "confirmed",
            "reply": "It was one.",
            "answered_by": 1,
            "answered_at": at + DAY,
        },
    ),
    "guardian_invitations": Case(
        "guardian_invitation",
        lambda who, at: {"guardian_id": 1, "minor_id": who, "made_at": at, "answered_at": at, "ends_at": at + DAY},
    ),
    "unused_accounts": Case("payout_method", account, whole="holder_name <> ''"),
    "paid_accounts": Case("payout_method", account, whole="holder_name <> ''"),
    "payout_quotes": Case(
        "payout_quote",
        lambda who, at: {
            "creator_id": who,
            "currency": "EUR",
            "gross_minor": 2,
            "fee_minor": 1,
            "net_minor": 1,
            "quoted_at": at - DAY,
            "expires_at": at,
        },
    ),
    "export_files": Case(
        "data_export",
        lambda who, at: export(who, at - DAY, at) | {"state": "ready"},
        whole="state = 'ready'",
        of_people=False,
    ),
    "data_requests": Case("data_export", lambda who, at: export(who, at, at + DAY) | {"state": "deleted"}),
    "legal_holds": Case(
        "legal_hold",
        lambda who, at: {
            "person_id": who,
            "placed_by": 1,
            "placed_at": at - DAY,
            "lifted_by": 1,
            "lifted_at": at,
            "lifted_because": "over",
        },
        whole="lifted_at is not null",
    ),
}


def place(who: int, at: datetime) -> dict[str, Any]:
    return (
        {
            "person_id": who,
            "decided_at": at,
            "kind": "payment",
            "outcome": "capture",
            "order_id": str(uuid.uuid4()),
            "payment_id": "pay",
            "region": "GB",
            "quoted_region": "GB",
            "reasons": ["card"],
            "rule_version": 1,
        }
        if who
        else {}
    )


def paid_to(method: dict[str, Any]) -> dict[str, Any]:
    """A payout to an account, as old as that it was removed."""
    paid = {"state": "paid", "previous_state": "sent", "changed_at": method["archived_at"]}
    return paid | {"creator_id": method["creator_id"], "method_id": method["id"]}


def export(who: int, asked_at: datetime, ready_at: datetime) -> dict[str, Any]:
    return {
        "person_id": who,
        "asked_by": "person",
        "language": "en",
        "asked_at": asked_at,
        "ready_at": ready_at,
        "delete_at": ready_at + DAY,
        "bytes": 1,
    }


def usual(kind: str) -> Any:
    """A value of a type that a column must have."""
    if kind in {"uuid"}:
        return str(uuid.uuid4())
    numbers = {"int2": 1, "int4": 1, "int8": next(POSITIONS), "bool": False}
    others = {"bytea": "\\x" + uuid.uuid4().hex * 2, "jsonb": [], "json": {}, "timestamptz": "2020-01-01T00:00:00Z"}
    return [] if kind.startswith("_") else (numbers | others).get(kind, "x")


async def plant(connection: OwnConnection, table: str, row: dict[str, Any]) -> None:
    """A row with these values; what else a column must have is the usual."""
    needed = {one["name"]: one["type"] for one in await connection.fetch(COLUMNS, table)}
    said = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    who = row.get("person_id") or row.get("creator_id")
    if who and "shard" in needed:
        said["shard"] = await connection.fetchval("select shard_of($1)", who)
    values = {name: said.get(name, usual(kind)) for name, kind in needed.items()} | said
    names = ", ".join(f'"{name}"' for name in values)
    await connection.execute(
        f"insert into {table} ({names}) overriding system value "  # noqa: S608 - names of this test
        f"select {names} from jsonb_populate_record(null::{table}, $1::text::jsonb)",
        json.dumps(values),
    )


@asynccontextmanager
async def bare(url: str) -> AsyncIterator[OwnConnection]:
    """A database in which anything can be planted, and nothing stays."""
    connection = await connect(owner_of(url))
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("set local session_replication_role = replica")
        await plant(
            connection, "legal_hold", {"person_id": BOB, "placed_by": 1, "placed_at": datetime(2020, 1, 1, tzinfo=UTC)}
        )
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def test_a_border_is_exact_and_steps_are_small(shared_database_url: str) -> None:
    assert CASES.keys() | {"words"} == retentions().keys()
    for name, case in CASES.items():
        kind = retentions()[name]
        async with bare(shared_database_url) as connection:
            now: datetime = await connection.fetchval("select date_trunc('day', now(), 'UTC')")
            if kind.is_law:
                now = await connection.fetchval("select now()")
            await old_and_young(connection, kind, case, now - timedelta(days=kind.days))


async def old_and_young(connection: OwnConnection, kind: Retention, case: Case, border: datetime) -> None:
    for who, at in (
        (ADA, border - DAY),
        (ADA, border),
        (ADA, border + case.step),
        (BOB, border - DAY),
    ):
        if not case.of_people and who == BOB:
            continue
        row = case.row(who, at)
        await plant(connection, case.table, row)
        if kind.name == "paid_accounts":
            await plant(connection, "payout", paid_to(row))
    if kind.name == "events":
        await connection.execute("update event_log set last = (select max(position) from event)")
    rest = 2 if case.of_people else 1
    go = f"select {kind.forget}($1, 1)"
    gone = [await connection.fetchval(go, border) for _ in range(3)]
    assert gone == [1, 1, 0], f"{kind.name}: one in each step, and no young one"
    left = await connection.fetchval(f"select count(*) from {case.table} where {case.whole}")  # noqa: S608 - of this test
    assert left == rest, kind.name
    if case.of_people:
        over = "update legal_hold set lifted_at = now(), lifted_by = 1, lifted_because = 'x' where lifted_at is null"
        await connection.execute(over)
        assert await connection.fetchval(go, border) == 1, f"{kind.name}: held no longer"


async def test_what_law_asks_for_stays_whatever_is_said(shared_database_url: str) -> None:
    """A period that somebody forged, or a clock that runs ahead, lets nothing go that the law asks for."""
    for name in ("places", "paid_accounts"):
        assert retentions()[name].is_law
        async with bare(shared_database_url) as connection:
            border: datetime = await connection.fetchval("select now() - $1::integer * interval '1 day'", LAW_DAYS_MIN)
            row = CASES[name].row(ADA, border + MICROSECOND)
            await plant(connection, CASES[name].table, row)
            if name == "paid_accounts":
                await plant(connection, "payout", paid_to(row))
            assert await connection.fetchval(f"select {retentions()[name].forget}(now(), 10)") == 0, name


async def test_messages_not_dealt_with_and_of_who_is_held_stay(shared_database_url: str) -> None:
    async with bare(shared_database_url) as connection:
        now: datetime = await connection.fetchval("select now()")
        told = CASES["provider_messages"].row
        await plant(connection, "webhook_event", told(0, now) | {"state": "problem"})
        await plant(connection, "webhook_event", told(0, now) | {"state": "waiting", "due_at": now})
        await plant(connection, "webhook_event", told(0, now))
        await plant(connection, "webhook_event", told(0, now - 2 * DAY))
        await plant(connection, "webhook_event", told(0, now) | {"provider": "other"})
        order = CASES["checkouts"].row(BOB, now - DAY) | {"provider": "acme"}
        await plant(connection, "recharge_order", order)
        assert await connection.fetchval("select let_go_of_messages($1, 10)", now) == 2, (
            "before his order, and of another"
        )


async def test_an_account_with_a_payout_under_way_or_to_come_stays(shared_database_url: str) -> None:
    async with bare(shared_database_url) as connection:
        old = datetime(2001, 1, 1, tzinfo=UTC)
        method = account(ADA, old)
        await plant(connection, "payout_method", method)
        asked_for = {"state": "requested", "previous_state": None, "changed_at": datetime.now(UTC)}
        await plant(connection, "payout", paid_to(method) | asked_for)
        for function in ("let_go_of_unused_accounts", "let_go_of_paid_accounts"):
            assert await connection.fetchval(f"select {function}(now(), 10)") == 0, function


class Dying(Database):
    """A database whose process dies in its third transaction, after what was done there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._begun = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        self._begun += 1
        async with self._database.transaction() as connection:
            yield connection
            if self._begun == 3:
                raise ConnectionResetError


async def test_a_job_that_dies_is_gone_on_with(desk: Desk, owner_connection: OwnConnection) -> None:
    database, clock = desk.house.database, desk.house.clock
    old = (clock.now() - timedelta(days=1_000)).date().isoformat()
    for _ in range(5):
        await plant(owner_connection, "rule_tally", {"day": old, "rule": uuid.uuid4().hex, "outcome": "ask"})
    kind = dataclasses.replace(retentions()["rule_tallies"], rows_at_once=1)
    with pytest.raises(ConnectionResetError):
        await retaining.let_go_of(Dying(database), clock, kind, kind.days)
    assert await standing(owner_connection, kind) == (3, 2, False), "what went is written down, and nothing else went"
    assert await retaining.let_go_of(database, clock, kind, kind.days) == 3
    assert await standing(owner_connection, kind) == (0, 5, True)
    assert await retaining.let_go_of(database, clock, kind, kind.days) == 0


async def standing(connection: OwnConnection, kind: Retention) -> tuple[int, int, bool]:
    """How many are left, how many were written down, and whether that is all."""
    row = await connection.fetchrow("select rows, is_done from retention_day where rule = $1", kind.name)
    assert row is not None
    return await connection.fetchval("select count(*) from rule_tally"), row["rows"], row["is_done"]


async def test_one_kind_that_fails_keeps_no_other(desk: Desk, owner_connection: OwnConnection) -> None:
    clock = desk.house.clock
    await plant(owner_connection, "rule_tally", {"day": "2020-01-01", "outcome": "ask"})
    await owner_connection.execute("alter function let_go_of_sessions rename to let_go_of_nothing")
    with pytest.raises(retaining.RetentionFailed, match=r"^sign_ins$"):
        await retaining.let_go(desk.house.database, clock, "")
    assert await owner_connection.fetchval("select count(*) from rule_tally") == 0


OLD = datetime(2019, 1, 1, tzinfo=UTC)


async def left(connection: OwnConnection) -> tuple[int, int]:
    """Of a kind that an update brings, and of one that went before it."""
    row = await connection.fetchrow("select (select count(*) from mail), (select count(*) from rule_tally)")
    assert row is not None
    return row[0], row[1]


async def test_an_update_takes_nothing_before_its_periods_could_be_seen(
    desk: Desk, owner_connection: OwnConnection
) -> None:
    database, clock = desk.house.database, desk.house.clock
    ada = int(await desk.person_id("ada"))
    for name in ("mails", "rule_tallies"):
        await plant(owner_connection, CASES[name].table, CASES[name].row(ada, OLD))
    came = clock.now().date()
    for days in (0, 1, RETENTION_GRACE_DAYS - 2):
        clock.advance(timedelta(days=days))  # type: ignore[attr-defined]  # the clock of the test
        await retaining.let_go(database, clock, "")
        assert await left(owner_connection) == (1, 0), "what went before the update goes on"
    async with database.read() as connection:
        begins = await retaining.beginnings(connection, clock.now().date(), "words=400")
    new = {name for name, one in retentions().items() if not one.begins_at_once}
    waiting = dict.fromkeys(new - {"words"}, came + timedelta(days=RETENTION_GRACE_DAYS))
    assert begins == dict.fromkeys(retentions(), came) | waiting
    clock.advance(DAY)  # type: ignore[attr-defined]
    await retaining.let_go(database, clock, "")
    assert await left(owner_connection) == (0, 0)


async def test_a_kind_that_is_named_does_not_wait(desk: Desk, owner_connection: OwnConnection) -> None:
    ada = int(await desk.person_id("ada"))
    await plant(owner_connection, "mail", CASES["mails"].row(ada, OLD))
    assert await retaining.let_go(desk.house.database, desk.house.clock, "mails=1461") == 1


@pytest.mark.unsold
async def test_words_of_rooms_that_are_over_go_and_gifts_stay(desk: Desk, owner_connection: OwnConnection) -> None:
    house = desk.house
    ada, creator = await desk.person_id("ada"), await desk.person_id("cleo")
    rooms = [await a_room(desk, owner_connection, creator, ada, held) for held in (False, True)]
    bob = int(await desk.person_id("bob"))
    await plant(owner_connection, "legal_hold", {"person_id": bob, "placed_by": ada, "placed_at": house.clock.now()})
    after = "select let_go_of_words(max(ended_at) - $1::interval, $2) from room"
    assert await owner_connection.fetchval(after, 10 * DAY, 500) == 0, "young"
    steps: list[int] = []
    while not steps or steps[-1]:
        steps.append(await owner_connection.fetchval(after, timedelta(), 1))
    assert steps == [1, 1, 1, 1, 0], (
        "chat and gift of one room and that it has no more; of the other the chat before his"
    )
    said = [await words_of(owner_connection, room) for room in rooms]
    assert said == [(0, 0), (1, 1)]
    kept = "select count(*), count(message) from gift"
    assert tuple(await owner_connection.fetchrow(kept) or ()) == (2, 1)
    await owner_connection.execute(
        "update legal_hold set lifted_at = placed_at, lifted_by = $1, lifted_because = 'x'", ada
    )
    await plant(owner_connection, "legal_hold", {"person_id": ada, "placed_by": bob, "placed_at": house.clock.now()})
    assert await owner_connection.fetchval(after, timedelta(), 500) == 1, "what he said, and not what she gave with"
    assert await words_of(owner_connection, rooms[1]) == (0, 1)
    await owner_connection.execute("delete from legal_hold")
    assert await owner_connection.fetchval(after, timedelta(), 500) == 2
    assert await words_of(owner_connection, rooms[1]) == (0, 0)
    assert tuple(await owner_connection.fetchrow(kept) or ()) == (2, 0)


async def a_room(desk: Desk, owner: OwnConnection, creator: int, viewer: int, held: bool) -> int:
    """A room that is over, in which somebody spoke, a second one too if it is held, and gave with words."""
    house, bob = desk.house, await desk.person_id("bob")
    room: int = await owner.fetchval(
        "insert into room (shard, creator_id, title, cover, state, created_at, started_at, ended_at)"
        " values (shard_of($1), $1, 'Tea', 'dusk', 'ended', now(), now(), now()) returning id",
        creator,
    )
    for sender in (viewer, bob) if held else (viewer,):
        said = json.dumps({"messages": [{"id": str(uuid.uuid4()), "sender_id": sender, "text": "hello"}]})
        await owner.execute(
            "select append_frame(shard_of($1), $2, 'chat', $3::text::jsonb, now())", creator, room, said
        )
    async with house.database.transaction() as connection:
        await connection.fetchval(
            "select fund(shard_of($1), $1, $2, 'paid', 'recharge', 100, 100, 'USD', $3)",
            viewer,
            new_id(house.clock),
            house.clock.now(),
        )
    order = GiftOrder(new_id(house.clock), viewer, creator, room, 1, 1, 10, message="for you")
    assert (await house.gift_writer.charge(order)).outcome == "posted"

    async def delivered() -> bool:
        return bool(await owner.fetchval("select not exists (select from gift_batch)"))

    await eventually(delivered, "the gift is delivered")
    return room


async def words_of(connection: OwnConnection, room: int) -> tuple[int, int]:
    """How many frames of chat, and how many gifts in frames, have words."""
    row = await connection.fetchrow(
        """select count(*) filter (where kind = 'chat' and body -> 'messages' <> '[]') as chats,
            count(*) filter (where exists (select from unnest(lines) l where l.message is not null)) as gifts
        from frame where room_id = $1""",
        room,
    )
    assert row is not None
    return row["chats"], row["gifts"]


async def test_each_table_of_people_has_a_period_or_a_reason_to_stay(prepared_on: OwnConnection) -> None:
    assert [one.table for one in holders.without_period() if not holders.reason_to_stay(one)] == []
    declared = holders.holdings()
    for kind in retentions().values():
        assert set(kind.tables.split()) <= declared.keys(), kind.name
        found = await prepared_on.fetchval(
            "select to_regprocedure($1 || '(timestamptz, integer)') is not null", kind.forget
        )
        assert found, kind.name
    nameless = Kind(**{**vars(KINDS[0]), "stays": ""})
    assert holders.reason_to_stay(Holding(table="shoe", kind=nameless, of="person_id")) == ""


def test_periods_are_bounded() -> None:
    usual_days = days_kept("")
    assert days_kept("words=1 quotes=90") == usual_days | {"words": 1, "quotes": 90}
    for said, words in (
        ("words=0", "from 1 to 1830"),
        ("words=1831", "from 1 to 1830"),
        ("places=4017", "from 4018"),
        ("shoes=3", "must be pairs"),
        ("words", "must be pairs"),
        ("words=-1", "must be pairs"),
        ("words=٣", "must be pairs"),
    ):
        with pytest.raises(ValueError, match=words):
            days_kept(said)
    with pytest.raises(ValueError, match="cannot be kept"):
        dataclasses.replace(retentions()["places"], days_min=LAW_DAYS_MIN - 1)


async def test_operators_hold_and_let_go(desk: Desk) -> None:
    operator, ada = await desk.person("olga", Role.SAFETY), await desk.person("ada")
    ada_id = (await ada.get("/v1/me")).json()["id"]
    olga_id = (await operator.get("/v1/me")).json()["id"]
    body = {"id": str(new_id(desk.house.clock)), "person_id": ada_id, "reason": "A claim."}
    own = await operator.post("/v1/operator/legal-holds", json=body | {"person_id": olga_id})
    assert own.json()["code"] == "own_hold"
    placed = await operator.post("/v1/operator/legal-holds", json=body)
    assert placed.status_code == 201, placed.text
    assert (await operator.post("/v1/operator/legal-holds", json=body)).json() == placed.json()
    other = await operator.post("/v1/operator/legal-holds", json=body | {"reason": "Another."})
    assert other.json()["code"] == "idempotency_conflict"
    assert (await operator.get("/v1/operator/held-people")).json()["items"] == [
        {"person_id": ada_id, "why": ["legal_hold"]}
    ]
    refused = await ada.post("/v1/me/erasure", json={"id": str(new_id(desk.house.clock))})
    assert refused.json()["obstacles"] == {"legal_hold": 1}
    lift = f"/v1/operator/legal-holds/{body['id']}/lift"
    lifted = await operator.post(lift, json={"reason": "It is over."})
    assert (lifted.status_code, lifted.json()["lifted_by"]) == (200, olga_id)
    assert (await operator.post(lift, json={"reason": "It is over."})).json() == lifted.json()
    assert (await operator.post(lift, json={"reason": "No."})).json()["code"] == "hold_is_over"
    assert (await operator.get("/v1/operator/legal-holds", params={"open": True})).json()["items"] == []
    page = await operator.get("/operator/holds", params={"show": "all"})
    assert (page.status_code, "It is over." in page.text) == (200, True)


async def test_operators_see_periods_and_what_went(desk: Desk, owner_connection: OwnConnection) -> None:
    await plant(owner_connection, "rule_tally", {"day": "2020-01-01", "outcome": "ask"})
    assert await retaining.let_go(desk.house.database, desk.house.clock, "") == 1
    operator = await desk.person("olga", Role.SUPPORT)
    kinds = {one["name"]: one for one in (await operator.get("/v1/operator/retention")).json()["kinds"]}
    assert kinds.keys() == retentions().keys()
    assert [one["name"] for one in kinds.values() if one["looked_at"] is None] == []
    waiting = {name for name, one in kinds.items() if not one["is_done"]}
    assert waiting == {name for name, one in retentions().items() if not one.begins_at_once}
    begin = (desk.house.clock.now() + timedelta(days=RETENTION_GRACE_DAYS)).date()
    assert {(kinds[name]["begins_on"], kinds[name]["through"]) for name in waiting} == {(begin.isoformat(), None)}
    went = (await operator.get("/v1/operator/retention/days")).json()["items"]
    assert [(one["name"], one["rows"], one["days"]) for one in went] == [("rule_tallies", 1, 400)]
    page = await operator.get("/operator/retention")
    said = f"Nothing goes before {format_calendar_day(begin)}"
    assert (page.status_code, page.text.count(said)) == (200, len(waiting))
    named = " ".join(f"{name}={retentions()[name].days}" for name in waiting)
    await retaining.let_go(desk.house.database, desk.house.clock, named)
    await owner_connection.execute("update retention_day set day = day - $1::integer", RETENTION_GRACE_DAYS)
    page = await operator.get("/operator/retention")
    assert (page.status_code, "Nothing old is left" in page.text) == (200, True)
