"""Where webhooks may go: the open internet and networks that were allowed, and nowhere else, whatever the name."""

import asyncio
import socket
from ipaddress import ip_network
from typing import Any

import pytest

from plaudit.feeds.webhooks.actions import check_url
from plaudit.feeds.webhooks.network import AddressRefused, CheckedBackend, Courier, is_allowed
from plaudit.problems import InvalidField
from plaudit.settings import Settings
from tests.peers.host import open_host

OPEN = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"]
CLOSED = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.7", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_the_open_internet_may_be_reached(address: str) -> None:
    assert is_allowed(address, ())
    assert not is_allowed(address, (), open_too=False)


@pytest.mark.parametrize("address", CLOSED)
def test_no_other_network_may(address: str) -> None:
    assert not is_allowed(address, ())
    assert not is_allowed(address, (ip_network("192.168.7.0/24"),))


def test_a_network_that_was_allowed_may() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert is_allowed("10.1.2.3", allowed)
    assert is_allowed("::ffff:10.1.2.3", allowed)
    assert is_allowed("fd00::7", allowed)
    assert not is_allowed("10.2.0.1", allowed)


def _names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """What the next look-ups of any name answer; the last one again and again."""
    left = list(answers)

    async def getaddrinfo(_: Any, host: str, port: int, **__: Any) -> list[Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr("asyncio.BaseEventLoop.getaddrinfo", getaddrinfo)


async def test_one_bad_address_of_a_name_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    _names(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(AddressRefused, match=r"is 10\.0\.0\.1, which is of no open network"):
        await CheckedBackend((), open_too=True).connect_tcp("evil.example", 443)


async def test_a_name_that_changes_between_look_ups_is_connected_to_where_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first answer is allowed and nobody listens there; the next would be where somebody does."""
    allowed = (ip_network("127.0.0.2/32"),)
    async with open_host() as inside:
        _names(monkeypatch, ["127.0.0.2"], ["127.0.0.1"])
        courier = Courier(allowed)
        answers = [await courier.post(f"http://evil.example:{inside.port}/hook", {}, b"{}") for _ in range(2)]
        await courier.close()
    assert [answer.status for answer in answers] == [None, None]
    assert "evil.example is 127.0.0.1" in answers[1].error
    assert inside.received == []


async def test_unencrypted_goes_to_allowed_networks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    _names(monkeypatch, ["93.184.215.14"])
    courier = Courier((ip_network("10.0.0.0/8"),))
    answer = await courier.post("http://platform.example/hook", {}, b"{}")
    await courier.close()
    assert answer.error == (
        "not sent: platform.example is 93.184.215.14, which is of no network that was allowed, as http:// needs"
    )


async def test_a_name_that_is_none_is_an_answer_too() -> None:
    courier = Courier(())
    answer = await courier.post("https://no-such-host.invalid/hook", {}, b"{}")
    await courier.close()
    assert "cannot be looked up" in answer.error
    await asyncio.sleep(0)


@pytest.mark.parametrize("host", ["10.2.0.1", "[::1]", "[::ffff:10.2.0.1]", "169.254.169.254"])
def test_an_address_that_is_no_name_is_refused_where_it_is_given(host: str) -> None:
    settings = Settings(webhook_networks="10.1.0.0/16")
    for scheme in ("https", "http"):
        with pytest.raises(InvalidField, match="PLAUDIT_WEBHOOK_NETWORKS"):
            check_url(f"{scheme}://{host}/hook", settings)
    check_url("http://10.1.0.7/hook", settings)
    check_url("https://93.184.215.14/hook", settings)
    check_url("https://platform.example/hook", settings)
