"""Whatever somebody did, once they are erased nothing of who they were is found in any column of the database."""

import json
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import OwnConnection, connect
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.people.model import Role, Scope
from plaudit.personal_data import archive, erasing
from tests.integration.test_payouts import Studio, open_studio
from tests.support.databases import owner_of
from tests.support.shop import Shop
from tests.support.waiting import eventually

pytestmark = pytest.mark.unsold

TABLES = """
select c.oid::regclass::text as name from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
"""
KEPT_BY_LAW = {"receipt"}
"""With the name of the buyer, as it was issued, until its term."""
MEDIA = "https://media.example"


@dataclass
class Life:
    """Somebody who does things, and says a planted word with each."""

    studio: Studio
    mark: str
    server: httpx2.AsyncClient
    owner: OwnConnection
    person_id: int = 0
    client: Any = None
    said: int = 0
    rooms: list[str] = field(default_factory=list)

    @property
    def shop(self) -> Shop:
        return self.studio.shop

    @property
    def subject(self) -> str:
        return f"{self.mark}-subject"

    def word(self) -> str:
        self.said += 1
        return f"{self.mark}-{self.said}"

    async def come(self, **claims: str) -> None:
        self.client = await self.shop.desk.person(
            self.subject, Role.VIEWER, Role.CREATOR, name=self.word(), preferred_username=self.word(), **claims
        )
        self.person_id = int((await self.client.get("/v1/me")).json()["id"])

    async def ask(self, method: str, path: str, body: Any, by: Any = None, status: tuple[int, ...] = (200, 201)) -> Any:
        answer = await (by or self.client).request(method, path, json=body)
        assert answer.status_code in status, (path, answer.text)
        return answer.json()


async def is_told_of(life: Life) -> None:
    facts = {"name": life.word(), "picture": f"{MEDIA}/{life.word()}.webp", "email": f"{life.word()}@example.org"}
    await life.ask("PUT", f"/v1/people/{life.subject}", facts | {"born_on": "1990-12-10"}, life.server)
    batch = {"people": [{"subject": life.subject, "handle": life.word()}]}
    await life.ask("POST", "/v1/people:batch", batch, life.server)


async def begins_a_session(life: Life) -> None:
    browser = await life.shop.desk.client(dict(life.client.headers) | {"User-Agent": life.word()})
    assert (await browser.post("/v1/session")).status_code < 300
    code = {"subject": life.subject, "next": f"/rooms/{life.word()}", "name": life.word()}
    await life.ask("POST", "/v1/sign-in-codes", code, life.server)


async def opens_a_room(life: Life) -> None:
    room = {"id": life.studio.id(), "title": life.word(), "external_id": life.word(), "cover_alt": life.word()}
    speaks = await life.shop.desk.client(dict(life.server.headers) | {"Plaudit-Subject": life.subject})
    by = random.choice([life.client, speaks])
    made = await life.ask("POST", "/v1/rooms", room if by is speaks else {"id": room["id"], "title": room["title"]}, by)
    life.rooms.append(made["id"])
    await life.ask("POST", f"/v1/rooms/{made['id']}/start", None, by)
    await life.ask(
        "POST", "/v1/overlay-tokens", {"id": life.studio.id(), "label": life.word(), "room_id": made["id"]}, life.client
    )
    await life.ask("POST", f"/v1/rooms/{made['id']}/end", None, by)


async def chats(life: Life) -> None:
    said = [{"id": str(uuid.uuid4()), "sender_id": sender, "text": text} for sender, text in (
        (life.person_id, life.word()), (life.person_id + 1_000_000, "somebody else"),
    )]  # fmt: skip
    async with life.shop.desk.house.database.transaction() as connection:
        await connection.fetchval(
            "select append_frame(shard_of($1), $1, 'chat', $2::text::jsonb, now())",
            700_000 + life.person_id,
            json.dumps({"messages": said}),
        )


async def gives(life: Life) -> None:
    house = life.shop.desk.house
    async with house.database.transaction() as connection:
        await connection.fetchval(
            "select fund(shard_of($1), $1, $2, 'paid', 'recharge', 100, 100, 'USD', $3)",
            life.person_id, new_id(life.shop.clock), life.shop.clock.now(),
        )  # fmt: skip
    order = GiftOrder(new_id(life.shop.clock), life.person_id, 900_001, 900_001, 1, 1, 10, message=life.word())
    assert (await house.gift_writer.charge(order)).outcome == "posted"

    async def delivered() -> bool:
        async with house.database.read() as connection:
            return bool(await connection.fetchval("select not exists (select from gift_batch)"))

    await eventually(delivered, "the gift is delivered")


async def says_where_to_pay(life: Life) -> None:
    body = {
        "id": life.studio.id(), "holder_name": life.word(), "country": "US", "currency": "USD",
        "bank_code": "021000021", "account_number": "000123451234",
    }  # fmt: skip
    await life.ask("POST", "/v1/payout-methods", body)


async def orders(life: Life) -> None:
    quote = await life.shop.quote(life.client, coins=100)
    body = {
        "id": life.studio.id(), "quote_id": quote["id"], "provider": "sandbox",
        "return_url": f"https://shop.example/{life.word()}",
    }  # fmt: skip
    order = await life.ask("POST", "/v1/orders", body)
    await life.shop.pay(order)
    paid = await life.client.post(f"/v1/orders/{order['id']}/refresh")
    assert paid.json()["state"] == "paid", paid.text
    await life.owner.execute(
        "insert into mail (mail_id, kind, shard, person_id, order_id, created_at, due_at, error)"
        " values (gen_random_uuid(), 'voucher', shard_of($1), $1, $2, now(), now(), $3)",
        life.person_id, uuid.UUID(order["id"]), f"no mailbox {life.word()}",
    )  # fmt: skip
    await life.owner.execute(
        "update region_decision set network = '203.0.113.0/24', evidence ="
        ' jsonb_build_array(jsonb_build_object(\'source\', \'ip\', \'detail\', $2::text)) where person_id = $1',
        life.person_id, life.word(),
    )  # fmt: skip


async def is_looked_into(life: Life) -> None:
    words = {"id": life.studio.id(), "what": "wallet", "person_id": str(life.person_id), "subject_id": None}
    words |= {"reason": "A chargeback.", "message": life.word(), "ends_at": None}
    made = await life.ask("POST", "/v1/operator/freezes", words, life.studio.operator)
    lift = {"reason": "All is well."}
    await life.ask("POST", f"/v1/operator/freezes/{made['id']}/lift", lift, life.studio.operator)
    grant = {"id": life.studio.id(), "person_id": str(life.person_id), "coins": 5, "reason": "Sorry."}
    await life.ask("POST", "/v1/operator/grants", grant, life.studio.operator)
    await life.owner.execute("update coin_grant set reason = $2 where person_id = $1", life.person_id, life.word())


async def shows_a_video(life: Life) -> None:
    path = f"/v1/videos/by-external-id/{life.word()}"
    facts = {
        "owner_subject": life.subject,
        "title": life.word(),
        "duration_ms": 4_000,
        "cover_url": f"{MEDIA}/{life.word()}",
    }
    facts["published_at"] = (life.shop.clock.now() - timedelta(days=1)).isoformat()
    await life.ask("PUT", path, facts, life.server)
    await life.ask("PUT", path, facts | {"state": "private"}, life.server)


async def asks_for_a_copy(life: Life) -> None:
    asked = await life.client.post("/v1/me/data-exports", json={"id": life.studio.id()})
    if asked.status_code == 201 and life.said % 3:
        await archive.make_due(life.shop.desk.house.database, life.shop.desk.house.settings, life.shop.clock)


Deed = Callable[[Life], Awaitable[None]]
DEEDS: dict[str, Deed] = {
    "people": begins_a_session, "people told": is_told_of, "live": opens_a_room, "ledger": chats, "ledger gifts": gives,
    "payouts": says_where_to_pay, "orders": orders, "freezes": is_looked_into, "videos": shows_a_video,
    "requests": asks_for_a_copy,
}  # fmt: skip


@pytest.fixture
async def studio(database_url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(database_url, tmp_path, media_origins=MEDIA) as opened:
        yield opened


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Any]:
    connection = await connect(owner_of(database_url))
    yield connection
    await connection.close()


async def found(owner: OwnConnection, mark: str) -> list[str]:
    """Tables in any of whose columns the mark stands, as text or as bytes."""
    names = [row["name"] for row in await owner.fetch(TABLES)]
    condition = f"t::text ilike '%{mark}%' or t::text like '%{mark.encode().hex()}%'"
    asked = [f"select '{name}' where exists (select from {name} t where {condition})" for name in names]  # noqa: S608 - of the catalogue
    return [row[0] for row in await owner.fetch(" union all ".join(asked))]


async def begin(studio: Studio, owner: Any, number: int) -> Life:
    if number == 0:
        await studio.shop.desk.server_key(scopes=list(Scope))
    secret = await studio.shop.desk.server_key(f"of life {number}", scopes=list(Scope))
    server = await studio.shop.desk.client({"Authorization": f"Bearer {secret}"})
    life = Life(studio, f"zq{uuid.uuid4().hex[:10]}", server, owner)
    await life.come(locale="en-US")
    return life


async def erase(life: Life) -> None:
    body = {"id": life.studio.id(), "gives_up_coins": True, "gives_up_earnings": True}
    life.client = await life.shop.desk.person(life.subject, name=life.word())
    asked = await life.client.post("/v1/me/erasure", json=body)
    assert asked.status_code == 201, asked.text
    # The sandbox goes by the machine's clock, so the time of grace is over now.
    await life.owner.execute(
        "update erasure set begins_at = asked_at, due_at = asked_at where id = $1", uuid.UUID(asked.json()["id"])
    )
    house = life.shop.desk.house
    await erasing.erase_due(house.database, house.settings, house.clock)


async def is_done(owner: Any, life: Life) -> bool:
    return bool(await owner.fetchval("select erased_at is not null from erasure where person_id = $1", life.person_id))


async def error(owner: Any, life: Life) -> Any:
    return await owner.fetchval("select error from erasure where person_id = $1", life.person_id)


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_of_who_somebody_was_is_found(studio: Studio, owner: Any, seed: int) -> None:
    draw = random.Random(seed)
    random.seed(seed)
    for number in range(2):
        life = await begin(studio, owner, number)
        deeds = list(DEEDS.values()) if number else draw.choices(list(DEEDS.values()), k=6)
        draw.shuffle(deeds)
        for deed in deeds:
            await deed(life)
        assert await found(owner, life.mark) != []
        await erase(life)
        assert (await is_done(owner, life), await error(owner, life)) == (True, None)
        assert set(await found(owner, life.mark)) <= KEPT_BY_LAW
        again = await studio.shop.desk.person(life.subject, name="Somebody new")
        assert int((await again.get("/v1/me")).json()["id"]) != life.person_id


async def test_what_a_room_forgets_to_erase_is_found(
    studio: Studio, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = erasing.functions()
    for number, (name, deed) in enumerate(DEEDS.items()):
        life = await begin(studio, owner, number)
        await deed(life)
        left_out = f"erase_{name.partition(' ')[0]}"
        assert left_out in whole
        monkeypatch.setattr(erasing, "functions", lambda left_out=left_out: [one for one in whole if one != left_out])
        await erase(life)
        assert (await is_done(owner, life), await error(owner, life)) == (True, None), name
        if name != "requests":  # whose words are sealed
            assert set(await found(owner, life.mark)) - KEPT_BY_LAW, name
        await owner.execute(
            "update erasure set erased_at = null, due_at = begins_at where person_id = $1", life.person_id
        )
        monkeypatch.setattr(erasing, "functions", lambda: whole)
        await erasing.erase_due(studio.shop.desk.house.database, studio.shop.desk.house.settings, studio.shop.clock)
        assert set(await found(owner, life.mark)) <= KEPT_BY_LAW, name
