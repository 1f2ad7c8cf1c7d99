"""Receipts, confirmations and credit notes: their numbers, who may read them, as data, page and PDF."""

import asyncio
import io
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from pypdf import PdfReader

from plaudit.connections import OwnConnection, connect
from plaudit.people.model import Role
from plaudit.schema import audit
from plaudit.selling.orders.actions import find_order
from plaudit.selling.orders.settlement import Seller
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from plaudit.selling.reversals.actions import apply_reversal_news
from tests.support.returns import Returns
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(
        database_url, tmp_path, seller_address="1 High Street\nLondon", seller_tax_id="GB123"
    ) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> Returns:
    return await Returns.of(shop)


async def credit_notes(buyer: httpx2.AsyncClient, order: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await buyer.get(f"/v1/receipts/{order['id']}/credit-notes")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def text_of(answer: httpx2.Response) -> str:
    """The words of a PDF, with its typographic spaces as plain ones."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    reader = PdfReader(io.BytesIO(answer.content))
    assert len(reader.pages) == 1
    return re.sub(r"\s+", " ", reader.pages[0].extract_text().replace("\u200b", ""))


async def tell(
    ada: Returns, order: dict[str, Any], state: ReversalState, minute: int, kind: ReversalKind = ReversalKind.CHARGEBACK
) -> None:
    """The provider's word of a dispute, or of a refund at its own desk."""
    now = ada.shop.clock.now()
    house = ada.shop.desk.house
    payment_id = order["checkout_url"].rsplit("/", 1)[1]
    news = ReversalNews(
        id="dispute-1",
        kind=kind,
        state=state,
        payment_id=payment_id,
        amount=None,
        reason="fraudulent",
        at=now + timedelta(minutes=minute),
    )
    async with house.database.transaction() as connection:
        found = await find_order(connection, ada.person_id, UUID(order["id"]))
        await apply_reversal_news(connection, found, news, Seller("PLAUDIT", "Plaudit Demo", ""), now)


async def test_what_is_taken_back_has_a_credit_note(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    receipt = (await ada.buyer.get(f"/v1/receipts/{order['id']}")).json()
    assert (receipt["paper"], receipt["sold_by"]) == ("receipt", None)
    assert receipt["seller"] == {
        "code": "PLAUDIT", "name": "Plaudit Demo", "address": "1 High Street\nLondon", "tax_id": "GB123",
    }  # fmt: skip
    assert await credit_notes(ada.buyer, order) == []
    taken = []
    for coins in (33, 33, 34):
        ada.shop.clock.advance(timedelta(seconds=1))
        taken.append((await ada.withdraw(order, coins=coins)).json())
    notes = await credit_notes(ada.buyer, order)
    series = receipt["number"].rsplit("-", 1)[0]
    assert [note["number"] for note in notes] == [f"{series}-C00000{number}" for number in (1, 2, 3)]
    assert [note["reversal_id"] for note in notes] == [one["id"] for one in taken]
    assert {note["receipt_number"] for note in notes} == {receipt["number"]}
    assert [note["gross"] for note in notes] == [one["amount"] for one in taken]
    for part in ("gross", "net", "tax"):
        whole = receipt["tax"]["amount"] if part == "tax" else receipt[part]
        assert sum(note[part]["amount_minor"] for note in notes) == whole["amount_minor"]
    assert notes[0] == (await ada.buyer.get(f"/v1/credit-notes/{taken[0]['id']}")).json()


async def test_a_dispute_has_its_credit_note_once_it_is_lost(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    await ada.give(40)
    await tell(ada, order, ReversalState.OPENED, 1)
    assert await credit_notes(ada.buyer, order) == []
    await tell(ada, order, ReversalState.DONE, 2)
    await tell(ada, order, ReversalState.DONE, 2)
    (note,) = await credit_notes(ada.buyer, order)
    assert (note["kind"], note["act"], note["gross"], note["coins"]) == ("chargeback", "credit", order["price"], 100)
    await tell(ada, order, ReversalState.UNDONE, 3)
    await tell(ada, order, ReversalState.UNDONE, 3)
    first, cancellation = await credit_notes(ada.buyer, order)
    assert first == note
    assert (cancellation["act"], cancellation["cancels"]) == ("cancellation", note["number"])
    assert cancellation["number"].endswith("-C000002")
    path = f"/v1/credit-notes/{note['reversal_id']}/pdf?act=cancellation&language=de"
    assert f"Storniert Rechnungskorrektur {note['number']}" in text_of(await ada.buyer.get(path))


async def test_what_a_provider_says_is_for_operators(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    await tell(ada, order, ReversalState.DONE, 1, ReversalKind.REFUND)
    (note,) = await credit_notes(ada.buyer, order)
    olga = await ada.shop.desk.person("olga", Role.VIEWER, Role.OPERATOR)
    (told,) = (await olga.get("/v1/operator/reversals")).json()["items"]
    assert (told["reason"], note["reason"]) == ("fraudulent", "")
    paths = [f"/receipts/{order['id']}", f"/credit-notes/{note['reversal_id']}", f"/v1/orders/{order['id']}/withdrawal"]
    for path in paths:
        answer = await ada.buyer.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert note["gross"]["currency"] in answer.text or "£" in answer.text
        assert "fraudulent" not in answer.text, path
    assert "fraudulent" not in text_of(await ada.buyer.get(f"/v1/credit-notes/{note['reversal_id']}/pdf"))


async def test_a_dispute_that_is_won_has_no_paper(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    await tell(ada, order, ReversalState.OPENED, 1)
    await tell(ada, order, ReversalState.UNDONE, 2)
    assert await credit_notes(ada.buyer, order) == []


async def test_what_a_store_sells_is_confirmed_not_invoiced(ada: Returns, owner_connection: OwnConnection) -> None:
    order = await ada.shop.order(ada.buyer, coins=100)
    quote_id = UUID(order["quote_id"])
    await owner_connection.execute("update quote set channel = 'apple' where quote_id = $1", quote_id)
    await ada.shop.pay(order, "4000008260000000")
    assert (await ada.buyer.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "paid"
    paper = (await ada.buyer.get(f"/v1/receipts/{order['id']}")).json()
    assert (paper["paper"], paper["sold_by"]["name"]) == ("confirmation", "Apple (App Store)")
    assert (paper["net"], paper["tax"], paper["gross"]) == (None, None, order["price"])
    assert re.fullmatch(r"PLAUDIT-\d-P000001", paper["number"])
    words = text_of(await ada.buyer.get(f"/v1/receipts/{order['id']}/pdf?language=en"))
    assert "Purchase confirmation" in words
    assert "This is no tax invoice" in words
    assert "VAT" not in words
    await owner_connection.execute("update quote set channel = 'web' where quote_id = $1", quote_id)
    await tell(ada, order, ReversalState.DONE, 1)
    assert await credit_notes(ada.buyer, order) == []
    other = await ada.buy()
    number = (await ada.buyer.get(f"/v1/receipts/{other['id']}")).json()["number"]
    assert re.fullmatch(r"PLAUDIT-\d-000001", number), "papers of stores take no number of receipts"


async def test_numbers_have_no_gaps_when_many_take_back_at_once(shop: Shop) -> None:
    buyers = [await Returns.of(shop, f"buyer-{number}") for number in range(6)]
    orders = [await buyer.buy() for buyer in buyers]
    answers = await asyncio.gather(
        *(buyer.withdraw(order, coins=coins) for buyer, order in zip(buyers, orders, strict=True) for coins in (10, 20))
    )
    assert {answer.status_code for answer in answers} == {201}
    numbers = defaultdict(list)
    for buyer, order in zip(buyers, orders, strict=True):
        for note in await credit_notes(buyer.buyer, order):
            series, _, number = note["number"].rpartition("-C")
            numbers[series].append(int(number))
    assert sum(map(len, numbers.values())) == 12
    assert [sorted(found) for found in numbers.values()] == [
        list(range(1, len(found) + 1)) for found in numbers.values()
    ]


async def test_papers_are_never_changed(ada: Returns, database_url: str) -> None:
    order = await ada.buy(coins=100)
    await ada.withdraw(order)
    application = await connect(database_url)
    try:
        for table in ("receipt", "credit_note"):
            for change in ("update {} set number = 9", "delete from {}", "truncate {}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await application.execute(change.format(table))
        with pytest.raises(asyncpg.UniqueViolationError):
            await application.execute(
                "insert into credit_note select shard, reversal_id, 'cancellation', order_id, person_id, seller_code, "
                "number, issued_at, kind, currency, amount_minor, net_minor, tax_minor, coins, reason from credit_note"
            )
    finally:
        await application.close()


async def test_papers_are_for_their_buyer_and_operators(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    taken = (await ada.withdraw(order)).json()
    shop = ada.shop
    bob, guest = await shop.desk.person("bob"), await shop.desk.client()
    olga = await shop.desk.person("olga", Role.VIEWER, Role.OPERATOR)
    paths = [
        f"/v1/receipts/{order['id']}",
        f"/v1/receipts/{order['id']}/pdf",
        f"/v1/receipts/{order['id']}/credit-notes",
        f"/v1/credit-notes/{taken['id']}",
        f"/v1/credit-notes/{taken['id']}/pdf",
        f"/receipts/{order['id']}",
        f"/credit-notes/{taken['id']}",
    ]
    for path in paths:
        assert (await ada.buyer.get(path)).status_code == 200, path
        assert (await olga.get(path)).status_code == 200, path
        assert (await bob.get(path)).status_code == 404, path
        assert (await guest.get(path)).status_code == 401, path
    assert (await ada.buyer.get(f"{paths[3]}?act=cancellation")).status_code == 404
    assert (await ada.buyer.get(f"{paths[1]}?language=tlh")).status_code == 400


TITLES = {
    "en": ("Receipt", "100 coins", "£0.96"), "de": ("Beleg", "100 Münzen", "0,96 £"),
    "es": ("Recibo", "100 monedas", "0,96 GBP"), "pt-BR": ("Recibo", "100 moedas", "£ 0,96"),
    "ja": ("領収書", "100コイン", "£0.96"), "id": ("Kuitansi", "100 koin", "£0,96"),
}  # fmt: skip


@pytest.mark.parametrize("language", TITLES)
async def test_papers_speak_six_languages(ada: Returns, language: str) -> None:
    order = await ada.buy(coins=100)
    path = f"/v1/receipts/{order['id']}/pdf?language={language}"
    answer = await ada.buyer.get(path)
    assert answer.content == (await ada.buyer.get(path)).content
    number = (await ada.buyer.get(f"/v1/receipts/{order['id']}")).json()["number"]
    words = text_of(answer)
    title, coins, price = TITLES[language]
    for expected in (title, coins, price, number, "Plaudit Demo", "London", "GB123", order["id"]):
        assert expected in words.replace("100 コイン", "100コイン"), (expected, words)
    reader = PdfReader(io.BytesIO(answer.content))
    assert reader.metadata is not None
    assert reader.metadata.title == f"{title} {number}"
    assert str(reader.root_object["/Lang"]) == language
    assert (float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)) == (595.2756, 841.8898)
    page = await ada.buyer.get(f"/receipts/{order['id']}?lang={language}")
    assert f'<html lang="{language}"' in page.text
    assert coins in page.text


async def test_long_names_stay_on_the_page(shop: Shop) -> None:
    buyer = await shop.desk.person("long", name="Wort" * 18 + " 田中 Мария 김철수", country="GB")
    order = await shop.order(buyer, coins=100)
    await shop.pay(order, "4000008260000000")
    await buyer.post(f"/v1/orders/{order['id']}/refresh")
    words = text_of(await buyer.get(f"/v1/receipts/{order['id']}/pdf")).replace(" ", "")
    assert "Wort" * 18 in words
    assert "田中Мария" in words


async def test_pages_speak_the_language_of_their_reader(ada: Returns) -> None:
    shop = ada.shop
    guest = await shop.desk.client({"Accept-Language": "fr, ja;q=0.9, de;q=0.5"})
    assert '<html lang="ja" data-locale="ja-JP"' in (await guest.get("/")).text
    desk = await (await shop.desk.person("olga", Role.OPERATOR, locale="ja-JP")).get("/operator")
    assert '<html lang="en" data-locale="ja-JP"' in desk.text, "a page without translations keeps its language"
    berlin = await shop.desk.person("berlin", locale="de-DE")
    wallet = await berlin.get("/wallet")
    assert '<html lang="de" data-locale="de-DE"' in wallet.text
    assert "Deine Münzen" in wallet.text
    chosen = await berlin.get("/recharge?lang=es")
    assert chosen.cookies["plaudit_language"] == "es"
    assert "Comprar monedas" in chosen.text
    assert 'href="/recharge?lang=ja"' in chosen.text
    assert "Tus monedas" in (await berlin.get("/wallet")).text, "it is remembered"
    assert '<html lang="es"' in (await berlin.get("/wallet?lang=tlh")).text


async def test_the_audit_sees_a_credit_note_that_is_not_right(ada: Returns, owner_connection: OwnConnection) -> None:
    order = await ada.buy(coins=100)
    await ada.withdraw(order)
    changed = "update credit_note set net_minor = net_minor {} 1, amount_minor = amount_minor {} 1"
    await owner_connection.execute(changed.format("-", "-"))
    assert "credit_notes_equal_reversals" in await _broken(owner_connection)
    await owner_connection.execute(changed.format("+", "+"))
    await owner_connection.execute("update credit_note set number = 2")
    assert "papers_have_no_gaps" in await _broken(owner_connection)
    await owner_connection.execute("update credit_note set number = 1")
    assert await _broken(owner_connection) == []


async def _broken(connection: OwnConnection) -> list[str]:
    return [law.name for law in (await audit.run(connection)).laws if law.rows]
