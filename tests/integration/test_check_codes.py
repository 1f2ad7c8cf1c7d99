"""Whether a document is genuine: of papers and payout notes, for anybody, and what a wrong code is told."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.check_codes.codes import is_code, typed, written
from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.limits import CHECKS_PER_MINUTE
from plaudit.official.strangers import Strangers
from plaudit.official.verifying import prove
from plaudit.problems import TooBusy
from plaudit.settings import Secret, Settings
from plaudit.trail.signing import SigningKey
from tests.support.desk import ORIGIN, SELLER, open_desk
from tests.support.returns import Returns
from tests.support.shop import Shop, open_shop

UNKNOWN = {"outcome": "unknown", "kind": None, "month": None, "amount_fits": None}


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


async def check(guest: httpx2.AsyncClient, **asked: str | int) -> Any:
    answer = await guest.get("/v1/document-checks", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_paper_is_genuine_until_its_money_goes_back(shop: Shop, owner_connection: OwnConnection) -> None:
    await owner_connection.fetchval("select ensure_gift_partitions($1, 2)", shop.clock.now())
    ada, guest = await Returns.of(shop), await shop.desk.client()
    order = await ada.buy(coins=1_000)
    receipt = (await ada.buyer.get(f"/v1/receipts/{order['id']}")).json()
    paper = {"number": receipt["number"], "code": receipt["check_code"]}
    month = receipt["issued_at"][:7]
    assert await check(guest, **paper) == UNKNOWN | {"outcome": "genuine", "kind": "receipt", "month": month}
    gross = receipt["gross"]["amount_minor"]
    assert (await check(guest, **paper, amount_minor=gross))["amount_fits"] is True
    assert (await check(guest, **paper, amount_minor=gross + 1))["amount_fits"] is False

    shop.clock.advance(timedelta(seconds=1))
    await ada.give(400)
    assert (await ada.withdraw(order)).status_code == 201
    assert (await check(guest, **paper))["outcome"] == "corrected"
    note = (await ada.buyer.get(f"/v1/receipts/{order['id']}/credit-notes")).json()["items"][0]
    credit = {"number": note["number"], "code": note["check_code"]}
    assert await check(guest, **credit) == UNKNOWN | {"outcome": "genuine", "kind": "credit", "month": month}

    whole = await ada.buy(coins=500)
    of_whole = (await ada.buyer.get(f"/v1/receipts/{whole['id']}")).json()
    await ada.withdraw(whole)
    assert (await check(guest, number=of_whole["number"], code=of_whole["check_code"]))["outcome"] == "withdrawn"

    for wrong in (
        paper | {"code": credit["code"]},  # a code of another document
        paper | {"number": of_whole["number"]},
        paper | {"number": f"{receipt['number'][:-1]}9"},
        paper | {"number": receipt["number"].replace("PLAUDIT", "PLAUDlT")},
        paper | {"code": ""[:0] or "------------"},
        {"number": "PLAUDIT-99999-000001", "code": paper["code"]},
    ):
        assert await check(guest, **wrong) == UNKNOWN, wrong

    page = await guest.get("/verify", params=paper | {"amount": f"£{gross / 100:.2f}"})
    assert "Genuine, and corrected since" in page.text
    assert "It is the amount you typed" in page.text
    shown = await ada.buyer.get(f"/receipts/{order['id']}")
    assert receipt["check_code"] in shown.text
    assert "/verify?number=" in shown.text


async def test_who_asks_too_often_waits(shop: Shop) -> None:
    guest = await shop.desk.client()
    for _ in range(CHECKS_PER_MINUTE):
        await check(guest, number="PLAUDIT-0-000001", code="0")
    refused = await guest.get("/v1/document-checks", params={"number": "PLAUDIT-0-000001", "code": "0"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_busy")
    assert (await guest.get("/verify", params={"number": "PLAUDIT-0-000001", "code": "0"})).status_code == 429
    assert (await guest.get("/verify")).status_code == 200


async def test_what_a_server_says_of_itself_is_signed(database_url: str) -> None:
    clock = ManualClock(datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
    signing = SigningKey(bytes(range(32)))
    settings = Settings(
        public_url=ORIGIN,
        head_signing_key=Secret(base64.b64encode(bytes(range(32))).decode()),
        official_domains="shop.example",
        official_apps="google=tv.example.app",
        support_address="help@x.example",
        **SELLER,
    )
    async with open_desk(database_url, clock, settings) as desk:
        guest = await desk.client()
        answer = (await guest.get("/.well-known/plaudit.json")).json()
        said = prove(answer, {signing.key_id: signing.public}, clock.now(), None)
        assert said["domains"] == ["plaudit.test", "shop.example"]
        assert said["sellers"][0]["name"] == SELLER["seller_name"]
        told = [
            (await guest.get("/v1/name-checks", params={"name": name})).json()
            for name in ("https://shop.example/x", "tv.example.app", "shop.example.evil")
        ]
        assert [one["kind"] for one in told] == ["domain", "app", None]
        assert "This is not ours" in (await guest.get("/verify", params={"name": "shop.example.evil"})).text


def test_strangers_are_told_apart_by_address_and_minute() -> None:
    strangers = Strangers()
    for second in range(3):
        strangers.take("check", "8.8.8.8", 60.0 + second, per_minute=3)
    with pytest.raises(TooBusy):
        strangers.take("check", "8.8.8.8", 119.0, per_minute=3)
    strangers.take("check", "9.9.9.9", 119.0, per_minute=3)
    strangers.take("report", "8.8.8.8", 119.0, per_minute=3)
    strangers.take("check", "8.8.8.8", 120.0, per_minute=3)


def test_codes_are_read_as_people_type_them() -> None:
    code = "7K3M01QXTB4F"
    assert written(code) == "7K3M-01QX-TB4F"
    assert typed(" 7k3m olqx.tb4f ") == code
    assert is_code("7K3M-OIQX-TB4F", code)
    assert not is_code("7K3M-01QX-TB4", code)
