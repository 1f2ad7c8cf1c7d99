"""The command `plaudit webhook`: from an address to a test that is answered, without a server."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from plaudit.feeds.webhooks.commands import webhook
from tests.peers.host import Host, Mood, open_host
from tests.support.hooks import SETTINGS

Command = Callable[..., Any]


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `plaudit webhook …`: its status and the lines it prints."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PLAUDIT_VAULT_KEYS", SETTINGS.vault_keys.reveal())
    monkeypatch.setenv("PLAUDIT_WEBHOOK_NETWORKS", SETTINGS.webhook_networks)

    async def run(*arguments: str) -> tuple[int, list[str]]:
        outcome = await asyncio.to_thread(CliRunner().invoke, webhook, list(arguments))
        assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
        return outcome.exit_code, outcome.output.splitlines()

    return run


async def test_an_endpoint_from_the_command_line(command: Command) -> None:
    async with open_host() as host:
        _, (endpoint, secret) = await command("add", host.url, "--kind", "order.paid", "--description", "mine")
        host.secrets.append(secret)
        assert await command("list") == (0, [f"{endpoint}  {host.url}  active  0 waiting  0 parked"])
        await _is_tried(command, endpoint, host)
        _, (new,) = await command("rotate", endpoint)
        host.secrets.append(new)
        await command("test", endpoint)
        assert host.received[-1].verified == [secret, new]
        for act, state in (("pause", "paused (operator)"), ("resume", "active")):
            assert state in (await command(act, endpoint))[1][0]
        assert (await command("replay", endpoint, "0"))[0] == 0
        assert await command("remove", endpoint) == (0, [f"removed: {endpoint}"])
        assert await command("list") == (0, [])


async def _is_tried(command: Command, endpoint: str, host: Host) -> None:
    status, (said,) = await command("test", endpoint)
    assert (status, said[:3]) == (0, "204")
    host.moods.append(Mood.FAILING)
    status, (said,) = await command("test", endpoint)
    assert (status, said[:3]) == (1, "500")
