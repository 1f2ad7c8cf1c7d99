"""A third app store from a package beside Plaudit: settings, channel and purchases, of which no file of ours knows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from plaudit.config import config
from plaudit.outgoing import tls_context
from plaudit.people.model import Role
from plaudit.readiness.checks import CHECKS
from plaudit.readiness.model import Grounds, State
from plaudit.readiness.running import look
from plaudit.selling.orders.finishing import finish_due
from plaudit.selling.prices.channels import channel_of, channels
from plaudit.selling.providers import payment_providers
from plaudit.selling.providers.base import PaymentProvider
from plaudit.settings import Secret, Settings, SettingsError, SetupError
from tests.support.corner_store import CORNER_STORE, CornerStore, Purchase
from tests.support.packages import install
from tests.support.shop import Shop, open_shop
from tests.support.waiting import WAIT_S

SECRET = Secret("the secret of the corner")
DESCRIBED = {"PLAUDIT_CORNER_APP": "com.example.live", "PLAUDIT_CORNER_SECRET": SECRET.reveal()}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "packages", monkeypatch, "tests.support.corner_store:CORNER_STORE")


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, installed: None) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path, corner_app="com.example.live", corner_secret=SECRET) as opened:
        yield opened


async def ordered(shop: Shop, buyer: httpx2.AsyncClient) -> tuple[dict[str, Any], Purchase]:
    """An order of 70 coins, and what the store says when the app has bought for it."""
    quote = await shop.quote(buyer, package_coins=70, channel="corner")
    body = {"id": quote["id"], "quote_id": quote["id"], "provider": "corner"}
    order = (await buyer.post("/v1/orders", json=body)).json()
    shop.clock.advance(timedelta(seconds=1))
    purchase = Purchase(
        id="corner-1",
        order_id=order["store"]["account_token"],
        product_id=order["store"]["product_id"],
        amount_minor=order["price"]["amount_minor"],
        currency=order["price"]["currency"],
        paid_at=shop.clock.now(),
    )
    return order, purchase


async def test_its_prices_are_compared_with_the_others(shop: Shop) -> None:
    ada = await shop.desk.person("ada", locale="en-US")
    found = (await ada.get("/v1/prices")).json()["channels"]
    assert [(one["channel"], one["store_fee_bps"]) for one in found] == [("web", 290), ("corner", 1_500)]
    assert [one["packages"][1]["saving_on_web"]["amount_minor"] > 0 for one in found if one["channel"] == "corner"] == [
        True
    ]
    page = (await ada.get("/recharge")).text
    assert "In the Corner app" in page
    assert "Apple" not in page


async def test_an_order_is_paid_in_it(shop: Shop) -> None:
    ada = await shop.desk.person("ada", locale="en-US")
    order, purchase = await ordered(shop, ada)
    forged = await ada.post(f"/v1/orders/{order['id']}/purchase", json={"proof": purchase.signed(Secret("another"))})
    assert (forged.status_code, forged.json()["code"]) == (422, "purchase_not_valid")
    for _ in range(2):
        paid = await ada.post(f"/v1/orders/{order['id']}/purchase", json={"proof": purchase.signed(SECRET)})
        assert (paid.status_code, paid.json()["state"]) == (200, "paid"), paid.text
    assert await shop.coins(ada) == 70
    receipt = (await ada.get(f"/v1/receipts/{order['id']}")).json()
    assert (receipt["paper"], receipt["sold_by"]["name"]) == ("confirmation", "Corner Inc. (Corner Store)")
    house = shop.desk.house
    assert await finish_due(house.database, house.payment_providers, shop.clock) == 1
    store = house.payment_providers.get("corner")
    assert isinstance(store, CornerStore)
    assert store.finished == [purchase.id]


async def test_what_it_takes_back_goes_back(shop: Shop) -> None:
    ada, olga = await shop.desk.person("ada", locale="en-US"), await shop.desk.person("olga", Role.OPERATOR)
    order, purchase = await ordered(shop, ada)
    bought = await ada.post("/v1/webhooks/corner", content=purchase.signed(SECRET))
    assert (bought.json()["outcome"], await shop.coins(ada)) == ("applied", 70)
    possible = (await ada.get(f"/v1/orders/{order['id']}/withdrawal")).json()
    assert (possible["obstacle"], possible["store"]["name"]) == ("store", "Corner Store")
    asked = {"id": order["id"], "reason": "Please.", "all": True}
    refused = await olga.post(f"/v1/operator/orders/{order['id']}/refunds", json=asked)
    assert refused.json()["code"] == "refund_at_store"
    gone = Purchase(**{name: getattr(purchase, name) for name in purchase.__struct_fields__} | {"is_taken_back": True})
    told = await ada.post("/v1/webhooks/corner", content=gone.signed(SECRET))
    assert (told.json()["outcome"], await shop.coins(ada)) == ("applied", 0)
    (reversal,) = (await ada.get(f"/v1/orders/{order['id']}/reversals")).json()["items"]
    assert (reversal["kind"], reversal["state"]) == ("void", "done")


async def test_readiness_speaks_of_it(shop: Shop) -> None:
    house = shop.desk.house
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        grounds = Grounds(
            settings=house.settings, clock=shop.clock, client=client, database=house.database,
            payments=house.payment_providers, payouts=house.payout_providers,
        )  # fmt: skip
        asked = [one for one in CHECKS if one.id in {"payment", "payment_answers", "webhooks"}]
        found = {one.id: one for one in (await look(grounds, checks=asked)).results}
    assert {one.state for one in found.values() if one.id != "webhooks"} == {State.OK}
    assert "corner" in found["payment"].why
    assert "/v1/webhooks/corner" in found["webhooks"].why


@pytest.mark.usefixtures("installed")
class TestSettings:
    def test_they_are_read_listed_and_kept_secret(self) -> None:
        settings = Settings.from_environment(DESCRIBED)
        assert settings == Settings.of_values(corner_app="com.example.live", corner_secret=SECRET)
        assert [one.name for one in made(settings)] == ["corner"]
        said = CliRunner().invoke(config, ["--set"], env=DESCRIBED).output
        assert "PLAUDIT_CORNER_APP=com.example.live  # the environment\n" in said
        assert "PLAUDIT_CORNER_SECRET=***  # the environment\n" in said
        reference = CliRunner().invoke(config, ["--reference"]).output
        assert "\n- `PLAUDIT_CORNER_SECRET`: What the Corner Store signs with; at least 16 characters.\n" in reference

    @pytest.mark.parametrize(
        ("variable", "text", "words"),
        [
            ("PLAUDIT_CORNER_AP", "x", "is no setting of Plaudit: is it PLAUDIT_CORNER_APP?"),
            ("PLAUDIT_CORNER_SECRET", "short", "^PLAUDIT_CORNER_SECRET must have at least 16 characters$"),
        ],
    )
    def test_what_is_wrong_is_named(self, variable: str, text: str, words: str) -> None:
        with pytest.raises(SettingsError, match=words):
            Settings.from_environment({variable: text})

    def test_half_of_them_is_refused(self) -> None:
        with pytest.raises(SettingsError, match=r"^PLAUDIT_CORNER_APP needs PLAUDIT_CORNER_SECRET$"):
            made(Settings.of_values(corner_app="com.example.live"))


def made(settings: Settings) -> list[PaymentProvider]:
    providers = payment_providers(settings)
    return [one for name in providers.names if (one := providers.get(name))]


def test_without_the_package_it_is_not_there() -> None:
    assert "corner" not in channels()
    with pytest.raises(SettingsError, match="PLAUDIT_CORNER_APP in the environment is no setting of Plaudit"):
        Settings.from_environment(DESCRIBED)
    gone = channel_of("corner")
    assert (gone.title, gone.seller, gone.is_store, gone.is_refunded_here) == ("Corner", "Corner", True, False)


NAMED_TWICE = replace(CORNER_STORE, name="apple")
NO_PLUGIN = "corner"


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (
            ["tests.support.corner_shop:IT"],
            "the plug-in tests.support.corner_shop:IT cannot be loaded: No module named",
        ),
        (["tests.support.corner_store:IT"], "the plug-in tests.support.corner_store:IT cannot be loaded: module"),
        ([f"{__name__}:NO_PLUGIN"], f"{__name__}:NO_PLUGIN is no plug-in of Plaudit"),
        ([f"{__name__}:NAMED_TWICE"], "two plug-ins are called apple"),
    ],
)
def test_a_package_that_cannot_be_used_keeps_us_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: list[str], words: str
) -> None:
    install(tmp_path, monkeypatch, *places)
    with pytest.raises(SetupError, match=f"^{words}"):
        payment_providers(Settings.from_environment({}))
