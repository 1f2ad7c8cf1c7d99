"""The process of everybody in the demo: sets the stage, says where to look, makes history, and lets the crowd live."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx2

from plaudit.clock import Clock, SystemClock
from plaudit.demo.cast import Creator as CreatorPerson
from plaudit.demo.creator import Creator
from plaudit.demo.history import make_history
from plaudit.demo.keys import DemoKeys
from plaudit.demo.operator import Operator
from plaudit.demo.past_plan import read_past
from plaudit.demo.regret import Regret
from plaudit.demo.video_audience import VideoAudience
from plaudit.demo.videos import Told, publish_videos
from plaudit.demo.viewer import Viewer
from plaudit.demo.welcome import welcome
from plaudit.demo.world import FAILURES, World, for_ever
from plaudit.outgoing import tls_context
from plaudit.people.development import DevelopmentIssuer
from plaudit.settings import Settings

log = logging.getLogger(__name__)

_READY_POLL_S = 0.05
_READY_WAIT_S = 300.0
_HTTP_TIMEOUT_S = 30.0
_CONNECTIONS_MAX = 16


@dataclass(frozen=True, kw_only=True)
class Life:
    """What one run of the demo is made with."""

    address: str
    """Of the server, without a slash at the end."""
    data: Path
    crowd: int
    """How many viewers are there at once."""
    seed: int
    approve: bool
    """Whether small payouts are approved without a person."""
    past: tuple[int, ...] = ()
    """Of a new world: the socket of the provider, and pipes to be closed when its past is written. At the first the
    provider of today waits, at the second the jobs."""


async def live(life: Life, say: Callable[[str], None], clock: Clock | None = None) -> None:
    """Run the demo's people until cancelled."""
    limits = httpx2.Limits(max_connections=_CONNECTIONS_MAX)
    async with (
        httpx2.AsyncClient(verify=tls_context(), base_url=life.address, timeout=_HTTP_TIMEOUT_S, limits=limits) as http,
        httpx2.AsyncClient(verify=tls_context(), timeout=_HTTP_TIMEOUT_S, limits=limits) as browser,
    ):
        world = World(
            address=life.address,
            http=http,
            browser=browser,
            issuer=DevelopmentIssuer.of(life.data),
            clock=clock or SystemClock(),
            seed=life.seed,
        )
        await _wait_for(http, "/ready")
        await world.look_at_catalogue()
        creators = {person.subject: Creator(world, person) for person in world.cast.creators}
        overlay = await _set_stage(world, creators, life.data)
        provider = f"http://127.0.0.1:{DemoKeys.of(life.data).sandbox_port}"
        say(welcome(world, overlay=overlay, provider=provider, data=life.data, approve=life.approve))
        await _everybody(world, creators, life, say)


async def _wait_for(http: httpx2.AsyncClient, address: str) -> None:
    """Wait until somebody answers there.

    Raises:
        TimeoutError: nobody does.
    """
    async with asyncio.timeout(_READY_WAIT_S):
        while True:
            try:
                if (await http.get(address)).is_success:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(_READY_POLL_S)


async def _set_stage(world: World, creators: dict[str, Creator], data: Path) -> str:
    """Let creators go live, the one left to you first; the address of that one's overlay."""
    yours = creators[world.cast.yours.subject]
    await yours.go_live()
    keys = DemoKeys.of(data)
    if keys.overlay_url is None:
        path = await yours.make_overlay()
        keys.overlay_url = None if path is None else _path_of(path)
        keys.save(data)
    early = [creator for creator in creators.values() if not creator.person.starts_late]
    await asyncio.gather(*(creator.go_live() for creator in early))
    await world.look_at_rooms()
    return f"{world.address}{keys.overlay_url}"


def _path_of(address: str) -> str:
    """What follows the host: another start may have another port."""
    return urlunsplit(urlsplit(address)._replace(scheme="", netloc=""))


async def _publish_videos(world: World, data: Path) -> list[Told]:
    key = DemoKeys.of(data).server_key
    assert key is not None  # there since the database was prepared
    try:
        return await publish_videos(world.server(key), world.client, world.cast, world.clock.now())
    except FAILURES as failure:
        log.warning("the platform could not tell of its videos: %r", failure)
        return []


async def _everybody(world: World, creators: dict[str, Creator], life: Life, say: Callable[[str], None]) -> None:
    """All of them at once, for ever."""
    async with asyncio.TaskGroup() as everybody:
        everybody.create_task(for_ever("rooms", world.watch_rooms))
        videos = everybody.create_task(_publish_videos(world, life.data))
        await _past(world, life, say)
        if life.approve:
            everybody.create_task(for_ever("operator", Operator(world).look))
        for creator in creators.values():
            everybody.create_task(_live_as_creator(world, creator))
        await make_history(world, say)
        if life.crowd and (told := await videos):
            everybody.create_task(for_ever("videos", VideoAudience(world, told).give_sometimes))
        if life.crowd:
            everybody.create_task(for_ever("regret", Regret(world, Settings.from_environment()).think_again))
        for seat, viewers in enumerate(_seats(world, life.crowd)):
            everybody.create_task(_take_seat(world, seat, viewers))


async def _past(world: World, life: Life, say: Callable[[str], None]) -> None:
    """Write the weeks before today, once; the provider of today and the jobs wait for it."""
    if not life.past:
        return
    from plaudit.demo.past import write_past  # the whole server, which who only goes on does without

    settings = Settings.from_environment()
    provider, begin_provider, begin_jobs = life.past
    try:
        with socket.socket(fileno=provider) as listening:
            await write_past(settings, life.data, listening, read_past(), world.clock, say, seed=life.seed)
    except Exception:
        log.exception("the past is not complete")
    finally:
        os.close(begin_provider)
        await _wait_for(world.browser, f"{settings.sandbox_url}/health")
        os.close(begin_jobs)
        await world.look_at_rooms()  # those of the past have ended


async def _live_as_creator(world: World, creator: Creator) -> None:
    person: CreatorPerson = creator.person
    if person.starts_late:
        await asyncio.sleep(world.behaviour.viewing.late_start_s)
    async with asyncio.TaskGroup() as life:
        life.create_task(for_ever(person.name, creator.host))
        try:
            await creator.ensure_account()
        except FAILURES as failure:
            log.warning("%s has no account: %r", person.name, failure)
        if not person.left_to_you:
            life.create_task(for_ever(person.name, creator.convert_sometimes))
            life.create_task(for_ever(person.name, creator.cash_out_sometimes))


def _seats(world: World, crowd: int) -> list[list[Viewer]]:
    """The viewers divided among the seats: those of one seat take turns."""
    random = world.random_of("seats")
    people = random.sample(world.cast.viewers, len(world.cast.viewers))
    viewers = [Viewer(world, person) for person in people]
    return [viewers[seat::crowd] for seat in range(min(crowd, len(viewers)))]


async def _take_seat(world: World, seat: int, viewers: list[Viewer]) -> None:
    """One after another visits, with pauses; some stay for a second room."""
    random = world.random_of(f"seat {seat}")
    viewing = world.behaviour.viewing
    await asyncio.sleep(random.uniform(0, viewing.arrive_within_s))

    async def turn() -> None:
        for viewer in viewers:
            await viewer.visit()
            await asyncio.sleep(random.expovariate(1 / viewing.pause_s))

    await for_ever(f"seat {seat}", turn)
