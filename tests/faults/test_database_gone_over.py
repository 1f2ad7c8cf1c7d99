"""A server whose connections to the database are there and of no use: its primary moved, or nothing comes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.embedded import EmbeddedPostgres
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.outgoing import tls_context
from plaudit.people.development import DevelopmentIssuer
from plaudit.people.model import Role
from plaudit.postgresql import folder_for_sockets
from plaudit.schema.migrate import apply_to
from tests.support.databases import owner_of, run_aside
from tests.support.lots import GRANT_DECIDED
from tests.support.server import serving
from tests.support.standby import standby_of, switch_over
from tests.support.switchboard import Switchboard
from tests.support.waiting import WAIT_S, until

_clock = SystemClock()
COINS = 1_000


class World:
    """A creator with a live room, and a viewer with coins."""

    def __init__(self, address: str, issuer: DevelopmentIssuer) -> None:
        self.issuer = issuer
        self.http = httpx2.Client(verify=tls_context(), base_url=address, timeout=WAIT_S)
        self.room_id = ""
        self.statuses: set[int] = set()

    def ask(self, who: str, path: str, **body: object) -> httpx2.Response:
        roles = [Role.VIEWER, Role.CREATOR]
        headers = {"Authorization": f"Bearer {self.issuer.mint(who, roles, _clock, claims={})}"}
        answer = self.http.post(path, json=body, headers=headers)
        self.statuses.add(answer.status_code)
        return answer

    def open(self) -> None:
        self.room_id = self.ask("cleo", "/v1/rooms", title="Tea").json()["id"]
        assert self.ask("cleo", f"/v1/rooms/{self.room_id}/start").status_code == 200

    def give(self) -> bool:
        answer = self.ask("ada", "/v1/gifts", id=str(new_id(_clock)), room_id=self.room_id, item_id=1, count=1)
        return answer.status_code == 201

    def ready(self) -> bool:
        answer = self.http.get("/ready")
        self.statuses.add(answer.status_code)
        return answer.status_code == 200


async def _prepare(url: str, issuer: DevelopmentIssuer) -> None:
    owner = await connect(owner_of(url))
    await issuer.register(owner, _clock)
    async with owner.transaction():
        await load_starter(owner, _clock)
    await owner.close()


async def _fund(url: str) -> None:
    """Coins for everybody who is known."""
    owner = await connect(owner_of(url))
    for person_id in [row["id"] for row in await owner.fetch("select id from person")]:
        await owner.execute(GRANT_DECIDED, person_id, new_id(_clock), COINS, _clock.now(), None)
    await owner.close()


async def _gifts(url: str) -> int:
    connection = await connect(owner_of(url), writes=False)
    found: int = await connection.fetchval("select count(*) from gift")
    await connection.close()
    return found


@contextmanager
def world(url: str, log: Path, **environment: str) -> Iterator[World]:
    """A server that reaches its database by this URL, and people who use it."""
    issuer = DevelopmentIssuer.new()
    run_aside(_prepare(url, issuer))
    with serving(url, log, **environment) as server:
        made = World(server.address, issuer)
        made.open()
        made.ask("ada", "/v1/gifts")
        run_aside(_fund(url))
        assert made.give()
        made.statuses.clear()
        yield made


def test_a_server_follows_its_primary(tmp_path: Path) -> None:
    with (
        EmbeddedPostgres(tmp_path / "old") as old,
        TemporaryDirectory(dir=folder_for_sockets()) as folder,
        Switchboard(old.application_url, Path(folder)) as name,
    ):
        run_aside(apply_to(old.url))
        with standby_of(old, tmp_path / "new") as new, world(name.url, tmp_path / "log") as people:
            run_aside(switch_over(old, new))
            assert not people.ready()  # whose connection is to what was the primary
            name.lead_to(new.url)
            until(people.ready, "the server is ready again")
            until(people.give, "a gift is charged")
            assert people.ask("cleo", "/v1/rooms", title="More").status_code == 201
            assert people.statuses <= {200, 201, 429, 503}
            assert (run_aside(_gifts(old.url)), run_aside(_gifts(new.url))) == (1, 2)


def test_a_server_notices_that_nothing_comes_through_and_ends(database_url: str, tmp_path: Path) -> None:
    with (
        TemporaryDirectory(dir=folder_for_sockets()) as folder,
        Switchboard(database_url, Path(folder)) as name,
        world(name.url, tmp_path / "log", PLAUDIT_STATEMENT_TIMEOUT_MS="1000") as people,
    ):
        name.swallow()
        until(people.give, "a gift is charged")
        until(people.ready, "the server is ready again")
        assert people.statuses <= {200, 201, 429, 503}
        name.swallow()  # and now it is asked to end
