"""Withdrawing on the pages: found from everywhere while the time runs, confirmed once, acknowledged with its time."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx2
import pytest

from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.readiness.model import State
from plaudit.selling.orders.consents import VERSION, ConsentGiven, keep
from plaudit.web.pages import withdrawing
from tests.peers.mail import MailServer, mail_server
from tests.support.mailing import ada_of, by, check, mails, open_mailing_shop, send
from tests.support.returns import BRITISH, Returns
from tests.support.shop import Shop

HERE = "Withdraw from contract here"


@pytest.fixture
async def peer() -> AsyncIterator[MailServer]:
    async with mail_server() as opened:
        yield opened


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, peer: MailServer) -> AsyncIterator[Shop]:
    async with open_mailing_shop(database_url, tmp_path, **by(peer)) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> Returns:
    return Returns(shop, await ada_of(shop, locale="en-GB"), await shop.desk.person_id("ada"))


async def read(buyer: httpx2.AsyncClient, path: str, language: str = "en") -> str:
    answer = await buyer.get(path, params={"lang": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def id_in(page: str) -> str:
    found = re.search(r'name="id" value="([0-9a-f-]{36})"', page)
    assert found, page
    return found[1]


async def test_two_clicks_withdraw_once_and_the_time_is_acknowledged_on_page_and_by_mail(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    order = await ada.buy(100)
    await ada.give(30)
    place = f"/orders/{order['id']}/withdraw"
    for page in ("/wallet", "/", "/recharge", "/videos"):
        assert f'<a href="/withdraw"><strong>{HERE}</strong></a>' in await read(ada.buyer, page)
    for page in (f"/orders/{order['id']}", f"/receipts/{order['id']}", "/withdraw"):
        assert f'href="{place}"' in await read(ada.buyer, page)
    statement = await read(ada.buyer, place)
    assert "Confirm withdrawal" in statement
    assert order["id"] in statement
    assert "70 coins" in statement
    assert "here, and by mail" in statement
    body = {"id": id_in(statement)}
    for _ in range(2):  # the second click of a double one
        answer = await ada.buyer.post(place, data=body)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/withdrawals/{body['id']}")
    assert await ada.coins() == 0
    reversals = (await ada.buyer.get(f"/v1/orders/{order['id']}/reversals")).json()["items"]
    assert [(one["id"], one["coins"], one["state"]) for one in reversals] == [(body["id"], 70, "done")]
    acknowledged = await read(ada.buyer, f"/withdrawals/{body['id']}")
    at = f"{shop.clock.now():%-d %b %Y, %H:%M}"
    assert "Your withdrawal has arrived" in acknowledged
    assert at in acknowledged
    await send(shop)
    (mail,) = [one for one in await mails(shop) if one["kind"] == "withdrawal"]
    assert mail["state"] == "sent"
    assert "Mailed to you on" in await read(ada.buyer, f"/withdrawals/{body['id']}")
    assert "All coins of this order are spent." in await read(ada.buyer, place)


async def test_a_statement_that_is_no_longer_so_leads_back_to_what_is(ada: Returns) -> None:
    order = await ada.buy(100)
    place = f"/orders/{order['id']}/withdraw"
    first, second = [{"id": id_in(await read(ada.buyer, place))} for _ in range(2)]
    await ada.buyer.post(place, data=first)
    answer = await ada.buyer.post(place, data=second)
    assert (answer.status_code, answer.headers["location"]) == (303, place)


async def test_contracts_are_found_behind_what_was_never_paid_and_by_pages(
    shop: Shop, ada: Returns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "PAGE_ROWS", 1)
    bought = []
    for _ in range(2):
        bought.append(await ada.buy(100))
        shop.clock.advance(timedelta(seconds=1))
    await shop.order(ada.buyer, coins=100)
    latest = await read(ada.buyer, "/withdraw")
    earlier = re.search(r'href="(/withdraw\?before=[\w-]+)"', latest)
    assert earlier
    for order, text in zip(reversed(bought), (latest, (await ada.buyer.get(earlier[1])).text), strict=True):
        assert f'href="/orders/{order["id"]}/withdraw"' in text


async def test_what_is_somebody_elses_cannot_be_withdrawn_from(shop: Shop, ada: Returns) -> None:
    order = await ada.buy(100)
    eve = await shop.desk.person("eve", locale="en-GB")
    place = f"/orders/{order['id']}/withdraw"
    statement = await read(ada.buyer, place)
    assert (await eve.get(place)).status_code == 404
    assert (await eve.post(place, data={"id": id_in(statement)})).status_code == 404
    assert await ada.coins() == 100


async def test_the_way_is_shown_as_long_as_the_time_runs_and_no_longer(shop: Shop, ada: Returns) -> None:
    assert HERE not in await read(ada.buyer, "/wallet")
    order = await ada.buy(100)
    await ada.give(100)
    assert HERE in await read(ada.buyer, "/wallet"), "the right does not hang on what is left"
    until = (await ada.buyer.get(f"/v1/orders/{order['id']}/withdrawal")).json()["until"]
    while shop.clock.now().isoformat() < until:
        buyer = await shop.desk.person("ada", locale="en-GB")
        assert HERE in await read(buyer, "/wallet")
        shop.clock.advance(timedelta(hours=12))
    buyer = await shop.desk.person("ada", locale="en-GB")
    assert HERE not in await read(buyer, "/wallet")


@pytest.mark.parametrize(
    ("language", "here", "confirm"),
    [
        ("de", "Vertrag hier widerrufen", "Widerruf bestätigen"),
        ("es", "Desistir del contrato aquí", "Confirmar desistimiento"),
        ("pt-BR", "Desistir do contrato aqui", "Confirmar desistência"),
    ],
)
async def test_the_words_are_those_of_the_language(ada: Returns, language: str, here: str, confirm: str) -> None:
    order = await ada.buy(100)
    page = await read(ada.buyer, f"/orders/{order['id']}/withdraw", language)
    assert here in page
    assert confirm in page


async def test_the_form_of_the_law_names_the_seller_to_guests_too(shop: Shop) -> None:
    page = await read(await shop.desk.client(), "/withdrawal-form", "de")
    assert "Hiermit widerrufe(n) ich/wir (*)" in page
    assert "An Plaudit Demo, 14 Sample Row, London:" in page


async def test_before_paying_and_in_the_receipt_stand_who_sells_and_by_which_terms(
    database_url: str, tmp_path: Path, peer: MailServer
) -> None:
    said = "terms=https://shop.example/terms terms@GB=https://shop.example/uk imprint@DE=https://shop.example/impressum"
    async with open_mailing_shop(database_url, tmp_path, legal_links=said, **by(peer)) as shop:
        buyer = await ada_of(shop, locale="en-GB")
        ada = Returns(shop, buyer, await shop.desk.person_id("ada"))
        page = await read(buyer, "/recharge")
        assert "Sold by Plaudit Demo, 14 Sample Row, London" in " ".join(page.split())
        assert 'href="https://shop.example/uk"' in page
        assert 'href="/withdrawal-form"' in page
        assert "https://shop.example/impressum" not in page
        assert 'href="https://shop.example/uk"' in await read(buyer, "/")
        order = await ada.buy(100)
        await send(shop)
        (message,) = peer.received
        text = message.get_body(("plain",))
        assert text is not None
        for words in ("https://shop.example/uk", f"/orders/{order['id']}/withdraw", "Plaudit Demo", "/withdrawal-form"):
            assert words in str(text.get_content())
        said_by_check = await check("consumers", shop.desk.house.settings, shop.desk.house.database)
        assert said_by_check.state is State.ATTENTION
        assert "imprint and privacy" in said_by_check.why


async def test_what_a_buyer_agrees_to_is_kept_in_its_words_and_stands_on_the_receipt(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    assert "data-consent>" in await read(ada.buyer, "/recharge")
    assert "data-consent>" not in await read(await shop.desk.person("ida", locale="en-US"), "/recharge")
    quote = await shop.quote(ada.buyer, coins=100)
    body = {"id": str(new_id(shop.clock)), "quote_id": quote["id"], "provider": "sandbox"}
    given = {"version": VERSION, "language": "de"}
    for wrong in ({"version": "2020-01", "language": "de"}, {"version": VERSION, "language": "xx"}):
        answer = await ada.buyer.post("/v1/orders", json=body | {"consent": wrong})
        assert answer.status_code == 400, answer.text
    placed = [await ada.buyer.post("/v1/orders", json=body | {"consent": given}) for _ in range(2)]
    assert [answer.status_code for answer in placed] == [201, 201], placed[0].text
    order = placed[0].json()
    agreed_at = shop.clock.now()
    shop.clock.advance(timedelta(minutes=5))
    await shop.pay(order, BRITISH)
    await ada.buyer.post(f"/v1/orders/{order['id']}/refresh")
    page = await read(ada.buyer, f"/receipts/{order['id']}")
    assert "Mir ist bekannt, dass mein Widerrufsrecht für Münzen erlischt" in page
    assert f"{agreed_at:%-d %b %Y, %H:%M}" in page
    await send(shop)
    text = peer.received[0].get_body(("plain",))
    assert text is not None
    assert "You agreed on" in str(text.get_content())
    assert "Widerrufsrecht" in str(text.get_content())
    otto = await shop.desk.person("otto", Role.OPERATOR)
    assert f"version {VERSION} in de" in (await otto.get(f"/operator/orders/{order['id']}")).text


async def test_consent_is_never_changed(shop: Shop, ada: Returns) -> None:
    order = await ada.buy(100)
    async with shop.desk.house.database.transaction() as connection:
        shard = await connection.fetchval("select shard from recharge_order")
        await keep(connection, shard, UUID(order["id"]), ConsentGiven(version=VERSION, language="es"), shop.clock.now())
    for statement in ("update withdrawal_consent set words = 'x'", "delete from withdrawal_consent"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with shop.desk.house.database.transaction() as connection:
                await connection.execute(statement)
