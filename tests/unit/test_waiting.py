"""Tests wait for facts: none sleeps, and their limits end what hangs and nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import WAIT_S

TESTS = Path(__file__).parents[1]

MAY_SLEEP = {
    "support/waiting.py": "looks again and again until something holds",
    "support/demo.py": "looks again and again at what a demo says",
    "peers/apple.py": "pauses between two tries to bring a notification, as Apple does",
    "peers/google.py": "pauses between two tries to push, as Pub/Sub does",
    "peers/paypal.py": "pauses between two tries to bring a message, as PayPal does",
    "peers/stripe_messages.py": "lets messages overtake each other, and pauses between two tries, as Stripe does",
}
LIMITS_OF_THEIR_OWN = {
    "peers/apple.py": "how long Apple waits for an answer",
    "peers/google.py": "how long Pub/Sub waits for an answer",
    "peers/identity.py": "how long a platform waits for an answer",
    "peers/paypal.py": "how long PayPal waits for an answer",
    "peers/stripe_messages.py": "how long Stripe waits for an answer",
    "support/desk.py": "its clients speak to the application without a socket, where there is nothing to wait for",
    "integration/test_ways_in.py": "its client speaks to the application without a socket",
}
_HTTP = {"AsyncClient", "Client", "get", "post", "put", "request"}  # of httpx2, which gives up after 5 s by itself


def calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    """All calls in a text, with the name that is called."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def sleeps(source: str) -> list[int]:
    """Lines on which time is to pass; one turn of the event loop is no time."""
    return [
        call.lineno
        for name, call in calls(source)
        if name.rpartition(".")[2] in {"sleep", "wait_for_timeout", "Timer"}
        and not (call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0)
    ]


def limits(source: str) -> list[int]:
    """Lines with a limit that is not the one of all tests, and with a client that has one of its own."""
    found = []
    for name, call in calls(source):
        given = [word.value for word in call.keywords if word.arg == "timeout"]
        if name == "asyncio.timeout":
            given += call.args
        elif name == "asyncio.wait_for":
            given += call.args[1:]
        elif name.startswith("httpx2.") and name.removeprefix("httpx2.") in _HTTP and not given:
            found.append(call.lineno)
        found += [call.lineno for limit in given if ast.unparse(limit) not in {"WAIT_S", "PATIENCE_MS"}]
    return found


FILES = [file for file in sorted(TESTS.rglob("*.py")) if file != Path(__file__)]


def named(file: Path) -> str:
    return str(file.relative_to(TESTS))


def test_no_test_waits_for_time_to_pass() -> None:
    found = {named(file): sleeps(file.read_text(encoding="utf-8")) for file in FILES}
    found = {name: lines for name, lines in found.items() if lines}
    assert found.keys() == MAY_SLEEP.keys(), found


def test_limits_only_end_what_hangs() -> None:
    found = {named(file): limits(file.read_text(encoding="utf-8")) for file in FILES}
    found = {name: lines for name, lines in found.items() if lines}
    assert found.keys() == LIMITS_OF_THEIR_OWN.keys(), found


@pytest.mark.parametrize(
    "source", ["time.sleep(1)", "await asyncio.sleep(0.3)", "sleep(pause)", "page.wait_for_timeout(400)"]
)
def test_a_pause_is_found(source: str) -> None:
    assert sleeps(f"async def work():\n    {source}") == [2]


@pytest.mark.parametrize(
    "source",
    [
        "process.wait(timeout=5)",
        "asyncio.timeout(10)",
        "asyncio.wait_for(done(), 1)",
        "httpx2.get(url)",
        "httpx2.AsyncClient()",
    ],
)
def test_a_limit_is_found(source: str) -> None:
    assert limits(source) == [1]


def test_waiting_for_facts_is_allowed() -> None:
    assert WAIT_S >= 60
    text = "asyncio.sleep(0)\nasyncio.timeout(WAIT_S)\nhttpx2.get(url, timeout=WAIT_S)\nprocess.wait(timeout=WAIT_S)"
    assert (sleeps(text), limits(text)) == ([], [])
