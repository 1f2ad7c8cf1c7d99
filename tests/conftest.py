"""What all tests may ask for: a server, a migrated database of their own, the application's way to it, a clock."""

import gc
import os
import shutil
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection, connect
from plaudit.db import Database
from plaudit.problems import Problem
from tests.support.clusters import EMBEDDED, Edition, Servers
from tests.support.databases import LAWS_OF_CAUSES, START, Copies, owner_of
from tests.support.demo import write_world
from tests.support.examples import draw_no_constants_of_ours
from tests.support.honest_problems import checking
from tests.support.memory import write_in_memory
from tests.support.reporting import Report
from tests.support.scheduling import Scheduling
from tests.support.waiting import WAIT_S

# The gate says the same of the same commit, on slow machines too; `make explore` looks further.
settings.register_profile("gate", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gate")

_SERVERS = pytest.StashKey[Servers]()
_IN_MEMORY = pytest.StashKey[Path | None]()
_KINDS = ("browser", "compat", "faults", "property", "integration", "unit")
"""Folders of tests, those with long tests first: what is short fills the gaps at the end."""
_GARBAGE_MIN = 10_000
"""New objects after which garbage is looked for; Python's own 700 are reached several times in each request."""
_PATIENT = frozenset(
    {
        "DATABASE_ACQUIRE_WAIT_S",
        "DATABASE_CONNECT_WAIT_S",
        "JWKS_TIMEOUT_S",
        "OPENID_TIMEOUT_S",
        "PAYOUT_PROVIDER_TIMEOUT_S",
        "PROVIDER_TIMEOUT_S",
    }
)
"""Limits of the product on how long others may take, which here take turns on a few cores."""


def pytest_addoption(parser: pytest.Parser) -> None:
    on = parser.getgroup("PostgreSQL")
    on.addoption("--on", type=Path, metavar="FOLDER", help="another PostgreSQL than the embedded one")
    on.addoption("--also-on", type=Path, metavar="FOLDER", help="one more, on which tests marked `sql` run too")


def pytest_configure(config: pytest.Config) -> None:
    for login in ("DATABASE_URL", "PLAUDIT_OWNER_DATABASE_URL"):
        os.environ.pop(login, None)  # tests bring their servers, and touch no other
    config.stash[_IN_MEMORY] = write_in_memory()
    if config.getoption("--hypothesis-profile") in {None, "gate"}:
        draw_no_constants_of_ours()
    on, also_on = config.getoption("--on"), config.getoption("--also-on")
    editions = [Edition.of(on) if on else EMBEDDED, *([Edition.of(also_on)] if also_on else [])]
    config.stash[_SERVERS] = Servers(editions, getattr(config, "workerinput", {}).get("servers"))
    config.pluginmanager.register(Report(config))


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_SERVERS].close()
    if folder := config.stash[_IN_MEMORY]:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded and collected, a million objects, stays as long as this process: to look through it for garbage
    takes half a second of a processor each time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(_GARBAGE_MIN)
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """All workers of a run share its servers."""
    node.workerinput["servers"] = node.config.stash[_SERVERS].start_all()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    servers = metafunc.config.stash[_SERVERS]
    if (
        "server_url" in metafunc.fixturenames
        and metafunc.definition.get_closest_marker("sql")
        and len(servers.names) > 1
    ):
        metafunc.parametrize("server_url", servers.names, indirect=True, scope="session")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long kinds first."""
    items.sort(key=lambda item: _KINDS.index(item.path.parent.name))


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> str:
    """A server where databases may be made, with the migrated template."""
    servers = request.config.stash[_SERVERS]
    return servers.url(getattr(request, "param", servers.names[0]))


@pytest.fixture(scope="session")
def is_further_server(request: pytest.FixtureRequest, server_url: str) -> bool:
    """Whether it is the server of `--also-on`: what another has said of the same commit need not be drawn as often."""
    servers = request.config.stash[_SERVERS]
    return server_url != servers.url(servers.names[0])


@pytest.fixture(scope="session")
def copies(server_url: str) -> Iterator[Copies]:
    """Makes migrated databases."""
    made = Copies(server_url)
    yield made
    made.close()


@pytest.fixture
def database_url(copies: Copies, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database of this test alone. When the test is over the books must balance."""
    is_unsold = request.node.get_closest_marker("unsold") is not None
    url = copies.take(unsold=is_unsold)
    try:
        yield url
        if request.node.get_closest_marker("audit_off") is None:
            broken = copies.broken_laws(url, but=LAWS_OF_CAUSES if is_unsold else frozenset())
            assert not broken, "the books do not balance:\n" + "\n".join(broken)
    finally:
        copies.give_back(url)


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Who waits for a connection that others have, or for the answer of a peer, waits however busy this machine is."""
    with pytest.MonkeyPatch.context() as patch:
        for module in [module for name, module in sys.modules.items() if name.startswith("plaudit.")]:
            for limit in _PATIENT & vars(module).keys():
                patch.setattr(module, limit, WAIT_S)
        yield


@pytest.fixture(scope="session", autouse=True)
def honest_problems() -> Iterator[None]:
    """Whatever goes wrong in a test carries what its class declares, and the description of the API says of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Problem, "__init__", checking(Problem.__init__))
        yield


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The pool, as the application has it."""
    async with Database(database_url) as opened:
        yield opened


@pytest.fixture
async def owner_connection(database_url: str) -> AsyncIterator[OwnConnection]:
    """A connection of the user who owns the tables, for what the application may not do."""
    connection = await connect(owner_of(database_url))
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def demo_world(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The data folder of a demo with its weeks of past, written once in a run: to be copied, not used."""
    folder = tmp_path_factory.getbasetemp()
    return write_world(folder.parent if hasattr(request.config, "workerinput") else folder)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at the beginning of the test."""
    return ManualClock(START)
