"""The API keeps what its description promises: Schemathesis, data that fits and data that does not, as every role."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.http.assembly import framework
from plaudit.http.operations import operations
from plaudit.people import actions
from plaudit.people.access import Access
from plaudit.people.development import ISSUER, DevelopmentIssuer
from plaudit.people.model import Role
from tests.support.databases import owner_of, run_aside
from tests.support.price_shelf import publish_first_book
from tests.support.server import serving

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = os.environ.get("TESTS_API_EXAMPLES", "3")
WAIT_S = 1_800
_LINE_MAX = 600  # of what is said of a failure; bodies can be long

# A provider that is set up and cannot be reached.
_PROVIDER = {
    "PLAUDIT_SANDBOX_URL": "http://127.0.0.1:9",
    "PLAUDIT_SANDBOX_API_KEY": "key",
    "PLAUDIT_SELLER_NAME": "Plaudit Demo",
    "PLAUDIT_SELLER_ADDRESS": "14 Sample Row, London",
    "PLAUDIT_SANDBOX_WEBHOOK_SECRET": "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",
}


async def _prepare(url: str, issuer: DevelopmentIssuer) -> str:
    """Prices, gifts, an issuer; the secret of an API key."""
    clock = SystemClock()
    connection = await connect(owner_of(url))
    try:
        async with connection.transaction():
            await issuer.register(connection, clock)
            await load_starter(connection, clock)
            await publish_first_book(connection, clock)
            return (await actions.create_api_key(connection, "host", ISSUER, clock))[1]
    finally:
        await connection.close()


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[tuple[str, DevelopmentIssuer, str]]:
    """The address of a server, its issuer, and the key of a host's server."""
    issuer = DevelopmentIssuer.new()
    key = run_aside(_prepare(database_url, issuer))
    with serving(database_url, tmp_path / "log", "--data", str(tmp_path), **_PROVIDER) as server:
        yield server.address, issuer, key
    assert "incident" not in (tmp_path / "log").read_text()


def _schemathesis(folder: Path, address: str, credentials: str, *arguments: str) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={CONFIG}",
        "run",
        f"{address}/v1/openapi.json",
        f"--max-examples={EXAMPLES}",
        "--no-shrink",
        "--continue-on-failure",
        "--request-timeout=60",
        "--seed=1",
        "--generation-database=none",
        "--no-color",
        *([f"--header=Authorization: Bearer {credentials}"] if credentials else []),
        *arguments,
    ]
    ran = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=WAIT_S, check=False,
    )  # fmt: skip
    said = "\n".join(line[:_LINE_MAX] for line in (ran.stdout + ran.stderr).splitlines())
    assert ran.returncode == 0, said[-20_000:]


def _only_for(*access: Access) -> list[str]:
    """Operations that somebody may call, as arguments: that others are refused is tried of each elsewhere."""
    found = [one.id for one in operations(framework()) if one.access & set(access)]
    assert found
    return [f"--include-operation-id={operation}" for operation in found]


def test_the_api_is_as_described(api: tuple[str, DevelopmentIssuer, str], tmp_path: Path) -> None:
    """As somebody who watches and is watched, as an operator, as a platform's server, as a guest."""
    address, issuer, key = api
    clock = SystemClock()
    person = issuer.mint("ada", [Role.VIEWER, Role.CREATOR], clock)
    operator = issuer.mint("olga", [Role.OPERATOR], clock)
    theirs = _only_for(Access.PUBLIC, Access.VIEWER, Access.CREATOR)
    _schemathesis(tmp_path, address, person, "--phases=examples,coverage,fuzzing", *theirs)
    _schemathesis(tmp_path, address, operator, "--phases=coverage,fuzzing", *_only_for(Access.OPERATOR))
    _schemathesis(tmp_path, address, key, "--phases=coverage,fuzzing", *_only_for(Access.SERVER))
    _schemathesis(tmp_path, address, "", "--phases=fuzzing", *_only_for(Access.PUBLIC))
