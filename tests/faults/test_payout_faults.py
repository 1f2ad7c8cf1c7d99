"""A payout provider that dies between order and answer, and a sender that dies with it: nothing is paid twice."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from plaudit.clock import ManualClock
from plaudit.creators import actions as creators
from plaudit.creators.jobs import mature_due
from plaudit.creators.model import NewRewardRule
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.limits import PAYOUT_POLL_PAUSE_S_MAX, PAYOUT_SEND_PAUSE_S_MAX
from plaudit.payouts import actions, methods
from plaudit.payouts.jobs import poll_due, send_due
from plaudit.payouts.methods import BankAccount
from plaudit.payouts.model import Payout
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.sandbox.provider import SandboxPayoutProvider
from plaudit.payouts.vault import AccountVault
from plaudit.settings import Secret
from tests.support.deciding import of_house
from tests.support.earnings import PretendBank, give
from tests.support.payout_desk import ACCOUNT_KEY, open_pretend_vault
from tests.support.ports import LOOPBACK, NOBODY, held_port
from tests.support.processes import first_line
from tests.support.shop import API_KEY, WEBHOOK_SECRET
from tests.support.waiting import WAIT_S, eventually

pytestmark = pytest.mark.unsold

CREATOR = 42
VAULT = AccountVault([ACCOUNT_KEY.reveal()])
_LONG = timedelta(seconds=2 * max(PAYOUT_SEND_PAUSE_S_MAX, PAYOUT_POLL_PAUSE_S_MAX))  # then all is due again
ACCOUNT = BankAccount(holder_name="Ada", country="US", currency="USD", bank_code="021000021", account_number="123456")


@pytest.fixture
def port() -> Iterator[int]:
    """Of the sandbox, whichever process it is."""
    with held_port() as held:
        yield held


@contextmanager
def sandbox_process(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The sandbox as a process; gone when the block ends."""
    command = [sys.executable, "-m", "plaudit.sandbox", f"--port={port}", f"--data={folder / 'sandbox.sqlite'}"]
    environment = {"PLAUDIT_SANDBOX_API_KEY": API_KEY, "PLAUDIT_SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert first_line(process), "the sandbox did not start"
            yield process
        finally:
            process.kill()


class CutWire:
    """A TCP way to the sandbox that hands orders on and cuts the connection when the answer comes back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.cut = True
        self.cuts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)

        async def forth() -> None:
            while data := await reader.read(65_536):
                back.write(data)
                await back.drain()

        forward = asyncio.create_task(forth())
        try:
            while data := await there.read(65_536):
                if self.cut:
                    self.cuts += 1
                    break
                writer.write(data)
                await writer.drain()
        finally:
            forward.cancel()
            for side in (writer, back):
                side.transport.abort()


@asynccontextmanager
async def provider_at(port: int) -> AsyncIterator[PayoutProviders]:
    """The sandbox at a port, for payouts."""
    secret = Secret(WEBHOOK_SECRET)
    url, webhooks = f"http://{LOOPBACK}:{port}", f"{NOBODY}/nobody"
    providers = PayoutProviders(
        [SandboxPayoutProvider(url=url, api_key=Secret(API_KEY), webhook_secret=secret, webhook_url=webhooks)]
    )
    try:
        yield providers
    finally:
        await providers.close()


async def approved_payout(database: Database, clock: ManualClock) -> UUID:
    """A payout of 5,000 diamonds that waits to be sent."""
    await give(database, CREATOR, 5_000)
    method_id, quote_id, payout_id = (new_id(clock) for _ in range(3))
    rule = NewRewardRule(numerator=1, denominator=1, maturity_s=0, note="of the test")
    await of_house(database, clock, creators.record_rule, rule)
    async with database.transaction() as connection:
        await creators.convert(connection, clock, conversion_id=new_id(clock), creator_id=CREATOR, coins=None)
    await mature_due(database, clock)
    await open_pretend_vault(database)
    async with database.transaction() as connection:
        named = {"creator_id": CREATOR, "provider": "sandbox", "account": ACCOUNT}
        await methods.add_method(connection, clock, VAULT, method_id=method_id, **named)  # type: ignore[arg-type]
        await actions.quote(
            connection, clock, quote_id=quote_id, creator_id=CREATOR, diamonds=5_000, method_id=method_id
        )
        await actions.request(connection, clock, payout_id=payout_id, creator_id=CREATOR, quote_id=quote_id)
        await actions.approve(connection, clock, PayoutProviders([PretendBank()]), 1, payout_id)
    return payout_id


async def find(database: Database, payout_id: UUID) -> Payout:
    async with database.read() as connection:
        return await actions.find(connection, payout_id, None)


def payouts_at_the_bank(folder: Path, status: str = "%") -> int:
    counted = "select count(*) from object where kind = 'SandboxPayout' and json_extract(body, '$.status') like ?"
    with closing(sqlite3.connect(folder / "sandbox.sqlite", timeout=WAIT_S)) as connection:
        count: int = connection.execute(counted, [status]).fetchone()[0]
        return count


async def paid_in_the_end(
    database: Database, clock: ManualClock, providers: PayoutProviders, folder: Path, payout_id: UUID
) -> None:
    """Let the jobs send what is due, and ask about it when the bank has paid."""
    clock.advance(_LONG)
    await send_due(database, clock, providers, VAULT)
    await eventually(lambda: payouts_at_the_bank(folder, "paid") == 1, "the bank has paid")
    clock.advance(_LONG)
    await poll_due(database, clock, providers)
    assert (await find(database, payout_id)).state == "paid"


async def test_the_answer_is_cut_off(database: Database, port: int, tmp_path: Path) -> None:
    clock = ManualClock(datetime.now(UTC))
    payout_id = await approved_payout(database, clock)
    with sandbox_process(tmp_path, port):
        wire = CutWire(port)
        server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
        async with server, provider_at(server.sockets[0].getsockname()[1]) as providers:
            await send_due(database, clock, providers, VAULT)
            assert wire.cuts == 1
            seen = await find(database, payout_id)
            assert (seen.state, seen.send_attempts) == ("approved", 1)
            assert payouts_at_the_bank(tmp_path) == 1
            wire.cut = False
            await paid_in_the_end(database, clock, providers, tmp_path, payout_id)
    assert payouts_at_the_bank(tmp_path) == 1


async def test_the_provider_is_killed_before_it_answers(database: Database, port: int, tmp_path: Path) -> None:
    clock = ManualClock(datetime.now(UTC))
    payout_id = await approved_payout(database, clock)
    async with provider_at(port) as providers:
        with sandbox_process(tmp_path, port) as process:
            wire = CutWire(port)
            server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
            async with server, provider_at(server.sockets[0].getsockname()[1]) as cut_off:
                await send_due(database, clock, cut_off, VAULT)  # the order is written when the answer is on its way
            process.kill()
            process.wait()
            clock.advance(timedelta(hours=1))
            await send_due(database, clock, providers, VAULT)
            assert (await find(database, payout_id)).state == "approved"
        with sandbox_process(tmp_path, port):
            await paid_in_the_end(database, clock, providers, tmp_path, payout_id)
    assert payouts_at_the_bank(tmp_path) == 1


async def test_the_sender_dies_with_the_answer_in_its_hands(database: Database, port: int, tmp_path: Path) -> None:
    """The claim is committed and the provider has paid; then the sender is gone and nothing of it was written."""
    clock = ManualClock(datetime.now(UTC))
    payout_id = await approved_payout(database, clock)
    with sandbox_process(tmp_path, port):
        async with provider_at(port) as providers:
            provider = providers.get("sandbox")
            assert provider is not None
            answered, original = asyncio.Event(), provider.send

            async def send_and_hang(order: object) -> object:
                await original(order)  # type: ignore[arg-type]
                answered.set()
                await asyncio.Event().wait()
                raise AssertionError

            provider.send = send_and_hang  # type: ignore[method-assign, assignment]
            sender = asyncio.create_task(send_due(database, clock, providers, VAULT))
            await answered.wait()
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            provider.send = original  # type: ignore[method-assign]
            assert await send_due(database, clock, providers, VAULT) == 0, "the claim holds until its lease is over"
            await paid_in_the_end(database, clock, providers, tmp_path, payout_id)
    assert payouts_at_the_bank(tmp_path) == 1
