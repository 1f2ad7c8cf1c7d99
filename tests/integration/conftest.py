"""What integration tests share."""

from collections.abc import AsyncIterator, Iterator

import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection, connect
from tests.support.databases import Copies, EmptyDatabase
from tests.support.databases import empty_database as make_empty_database
from tests.support.desk import Desk, open_desk
from tests.support.google import GooglePeer, google_peer
from tests.support.identity import provider_of_identities
from tests.support.paypal import PayPalPeer, paypal_peer
from tests.support.peers import peer
from tests.support.stripe import SECRET_KEY, StripeWorld


@pytest.fixture(scope="session")
def shared_database_url(copies: Copies) -> str:
    """One migrated database for tests that write nothing."""
    return copies.take()


@pytest.fixture
async def prepared_on(shared_database_url: str) -> AsyncIterator[OwnConnection]:
    """A connection to prepare statements on, as the application."""
    connection = await connect(shared_database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def empty_database(server_url: str) -> AsyncIterator[EmptyDatabase]:
    """A database that was never migrated."""
    async with make_empty_database(server_url) as made:
        yield made


@pytest.fixture
async def desk(database_url: str, clock: ManualClock) -> AsyncIterator[Desk]:
    """The whole server on this test's database and clock."""
    async with open_desk(database_url, clock) as opened:
        yield opened


# Peers: to start one takes longer than most tests. A worker has one of each. Stripe, PayPal and
# the identity provider begin anew for each test; at Apple and Google what others bought stays, under ids of its own.


@pytest.fixture(scope="session")
def apple_url() -> Iterator[str]:
    with peer("apple") as url:
        yield url


@pytest.fixture(scope="session")
def identity_url() -> Iterator[str]:
    with provider_of_identities() as url:
        yield url


@pytest.fixture(scope="session")
def stripe_url() -> Iterator[str]:
    with peer("stripe", "--secret-key", SECRET_KEY) as url:
        yield url


@pytest.fixture
def world(stripe_url: str) -> StripeWorld:
    """A Stripe where nothing has happened yet."""
    world = StripeWorld(stripe_url)
    world.control("reset")
    return world


@pytest.fixture(scope="session")
def paypal_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayPalPeer]:
    with paypal_peer(tmp_path_factory.mktemp("paypal")) as started:
        yield started


@pytest.fixture
def paypal(paypal_running: PayPalPeer) -> PayPalPeer:
    """A PayPal where nothing has happened yet."""
    paypal_running.control("reset")
    return paypal_running


@pytest.fixture(scope="session")
def google_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GooglePeer]:
    with google_peer(tmp_path_factory.mktemp("google")) as started:
        yield started


@pytest.fixture
def google_play(google_running: GooglePeer) -> GooglePeer:
    """A Google Play where every call works, and no message waits."""
    google_running.control("heal")
    google_running.messages()
    return google_running
