"""Mails to buyers: what is mailed to whom in which words, what a mail server's answers do, and what comes back."""

import asyncio
import dataclasses
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from plaudit.clock import SystemClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.events.log import place_waiting
from plaudit.ids import new_id
from plaudit.listening import listen
from plaudit.mail import outbox
from plaudit.mail.limits import MAIL_PAUSE_S_MAX, MAIL_TRIES_MAX, MAILS_NOT_DELIVERED_DAYS
from plaudit.mail.message import message_of
from plaudit.mail.model import Attachment, Letter, MailKind, MailNotSent, NewMail
from plaudit.mail.server import hand_over
from plaudit.mail.trying import send_test
from plaudit.outgoing import tls_context
from plaudit.people.mailboxes import mailbox_of
from plaudit.people.model import Role
from plaudit.readiness.model import CheckResult, State
from plaudit.sandbox.app import create_app as create_sandbox
from plaudit.sandbox.shared import SandboxConfig
from plaudit.selling.orders.actions import find_order
from plaudit.selling.orders.settlement import Seller, settle
from plaudit.selling.providers.news import Payment, PaymentState, Voucher, VoucherNumber
from plaudit.settings import Secret, Settings
from tests.peers.mail import MailServer, mail_server
from tests.support.mailing import ADDRESS, FROM, ada_of, by, check, mails, open_mailing_shop, send
from tests.support.nginx import make_certificate
from tests.support.ports import LOOPBACK, held_port
from tests.support.returns import Returns
from tests.support.serving import serving
from tests.support.shop import WEBHOOK_SECRET, Shop, signed
from tests.support.waiting import WAIT_S

NOBODY_THERE = "550 5.1.1 No such user"


@pytest.fixture
async def peer() -> AsyncIterator[MailServer]:
    async with mail_server() as opened:
        yield opened


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, peer: MailServer) -> AsyncIterator[Shop]:
    settings = by(peer, mail_bounce_secret=Secret(WEBHOOK_SECRET))
    async with open_mailing_shop(database_url, tmp_path, **settings) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> Returns:
    return Returns(shop, await ada_of(shop), await shop.desk.person_id("ada"))


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def mailbox(shop: Shop, person_id: int) -> Any:
    async with shop.desk.house.database.read() as connection:
        return await mailbox_of(connection, person_id)


async def pay_with_voucher(ada: Returns, number: str, days: int = 3) -> dict[str, Any]:
    """An order whose buyer has got numbers to pay with."""
    order = await ada.shop.order(ada.buyer, coins=100)
    await tell_voucher(ada, order, number, days)
    return order


async def tell_voucher(ada: Returns, order: dict[str, Any], number: str, days: int = 3) -> None:
    now, house = ada.shop.clock.now(), ada.shop.desk.house
    async with house.database.transaction() as connection:
        found = await find_order(connection, ada.person_id, UUID(order["id"]))
        payment = Payment(
            id=found.payment_id or "",
            reference=found.reference,
            state=PaymentState.PROCESSING,
            amount=found.price,
            voucher=Voucher(
                method="konbini",
                missing_minor=found.price_minor,
                numbers=(VoucherNumber("lawson", number),),
                pay_by=now + timedelta(days=days),
            ),
        )
        await settle(connection, found, payment, Seller.of(house.settings), now)


async def test_a_receipt_is_mailed_in_the_language_of_its_buyer_with_the_paper(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    order = await ada.buy()
    assert await send(shop) == 1
    (message,) = peer.received
    (kept,) = await mails(shop)
    assert peer.envelopes == [(FROM, [ADDRESS])]
    assert (message["To"], message["From"]) == (ADDRESS, f"Plaudit <{FROM}>")
    assert message["Message-ID"] == f"<{kept['mail_id']}@shop.example>"
    assert str(message["Subject"]).startswith("Beleg PLAUDIT-")
    number = str(message["Subject"]).removeprefix("Beleg ")
    assert message.get_content_type() == "multipart/mixed"
    for kind in ("plain", "html"):
        words = text_of(message, kind)
        assert number in words
        assert order["id"] in words
        assert f"/receipts/{order['id']}" in words
    (paper,) = message.iter_attachments()
    assert (paper.get_content_type(), paper.get_filename()) == ("application/pdf", f"{number}.pdf")
    assert paper.get_content().startswith(b"%PDF-")
    assert (kept["kind"], kept["state"]) == ("receipt", "sent")
    assert "Dir gemailt am" in (await ada.buyer.get(f"/receipts/{order['id']}?lang=de")).text
    assert await send(shop) == 0


async def test_a_withdrawal_is_acknowledged_with_its_time_and_its_credit_note_follows(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    order = await ada.buy()
    await send(shop)
    peer.received.clear()
    answer = await ada.withdraw(order)
    assert answer.json()["state"] == "done", answer.text
    assert await send(shop) == 2
    by_kind = {str(message["Subject"]).split()[0]: message for message in peer.received}
    assert set(by_kind) == {"Dein", "Rechnungskorrektur"}
    acknowledged = text_of(by_kind["Dein"])
    at = shop.clock.now()
    assert order["id"] in acknowledged
    assert f"{at:%d.%m.%Y}" in acknowledged
    place = f"/withdrawals/{answer.json()['id']}"
    assert place in acknowledged
    assert order["id"] in (await ada.buyer.get(place)).text
    assert not list(by_kind["Dein"].iter_attachments())
    assert {one["kind"] for one in await mails(shop)} == {"receipt", "withdrawal", "credit_note"}


async def test_a_credit_note_says_what_became_of_its_own_mail(shop: Shop, peer: MailServer, ada: Returns) -> None:
    order, otto = await ada.buy(), await shop.desk.person("otto", Role.OPERATOR)
    await send(shop)
    said = {}
    for words, refusal in (("could not be mailed", ["554 5.7.1 Looks like spam"]), ("Mailed to you on", [])):
        shop.clock.advance(timedelta(minutes=1))
        peer.to_messages += refusal
        refunded = await ada.refund(otto, order, coins=10)
        await send(shop)
        said[refunded.json()["id"]] = words
    assert [one["state"] for one in await mails(shop)] == ["sent", "refused", "sent"]
    for reversal_id, words in said.items():
        assert words in (await ada.buyer.get(f"/credit-notes/{reversal_id}?lang=en")).text


@pytest.mark.parametrize("number", ["1234-5678", f"{'0' * 300}63"], ids=["till", "bank"])
async def test_a_voucher_is_mailed_once_and_again_before_it_is_too_late(
    shop: Shop, peer: MailServer, ada: Returns, number: str
) -> None:
    order = await pay_with_voucher(ada, number)
    await tell_voucher(ada, order, number)  # the provider says it again
    assert await send(shop) == 1
    assert number in text_of(peer.received[0])
    shop.clock.advance(timedelta(days=1))
    assert await send(shop) == 0
    shop.clock.advance(timedelta(days=1, minutes=1))
    assert await send(shop) == 1
    assert str(peer.received[1]["Subject"]).startswith("Erinnerung")


async def test_who_takes_a_break_is_not_reminded_to_pay(shop: Shop, peer: MailServer, ada: Returns) -> None:
    await pay_with_voucher(ada, "1234-5678")
    assert await send(shop) == 1
    pause = {"id": str(new_id(shop.clock)), "days": 7}
    assert (await ada.buyer.post("/v1/me/breaks", json=pause)).status_code == 201
    shop.clock.advance(timedelta(days=2, minutes=1))
    await send(shop)
    assert {one["kind"]: one["state"] for one in await mails(shop)} == {
        "voucher": "sent",
        "voucher_reminder": "dropped",
    }


async def test_a_voucher_that_was_replaced_or_paid_is_not_mailed(shop: Shop, peer: MailServer, ada: Returns) -> None:
    order = await pay_with_voucher(ada, "first")
    await tell_voucher(ada, order, "second")
    await send(shop)
    assert ["second" in text_of(message) for message in peer.received] == [True]
    await shop.pay(order)
    await ada.buyer.post(f"/v1/orders/{order['id']}/refresh")
    shop.clock.advance(timedelta(days=4))
    await send(shop)
    assert Counter((one["kind"], one["state"], one["reason"]) for one in await mails(shop)) == {
        ("voucher", "dropped", "overtaken"): 1,
        ("voucher_reminder", "dropped", "overtaken"): 2,
        ("voucher", "sent", ""): 1,
        ("receipt", "sent", ""): 1,
    }


async def test_who_has_no_address_is_mailed_nothing_and_told_so(shop: Shop, peer: MailServer) -> None:
    buyer = await ada_of(shop, address=None)
    ada = Returns(shop, buyer, await shop.desk.person_id("ada"))
    order = await ada.buy()
    await send(shop)
    assert peer.received == []
    assert "no address of yours is kept" in (await buyer.get(f"/receipts/{order['id']}?lang=en")).text


@pytest.mark.parametrize("said", [{"email": ADDRESS}, {"email": ADDRESS, "email_verified": "false"}])
async def test_an_address_that_is_not_proved_is_not_kept(shop: Shop, said: dict[str, str]) -> None:
    await (await shop.desk.person("eve", **said)).get("/v1/me")
    assert await mailbox(shop, await shop.desk.person_id("eve")) is None


async def test_an_address_that_is_said_again_locks_nothing(shop: Shop, ada: Returns) -> None:
    async def last_locked_by() -> str:
        async with shop.desk.house.database.read() as connection:
            return str(await connection.fetchval("select xmax::text from person_email"))

    async def say(address: str) -> None:
        shop.desk.house.doorkeeper.forget()
        await ada_of(shop, address=address)

    before = await last_locked_by()
    await say("ada@new.example")
    assert (await mailbox(shop, ada.person_id)).address == "ada@new.example"
    changed = await last_locked_by()
    assert changed != before
    await say("ada@new.example")
    assert await last_locked_by() == changed


async def test_who_wants_no_mail_has_no_address_kept_until_they_do(shop: Shop, peer: MailServer, ada: Returns) -> None:
    assert (await ada.buyer.get("/v1/me/mailbox")).json()["address"] == ADDRESS
    assert (await ada.buyer.put("/v1/me/mailbox", json={"wanted": False})).json()["address"] is None
    shop.desk.house.doorkeeper.forget()
    await ada_of(shop)  # her platform says it again
    assert (await mailbox(shop, ada.person_id)).address is None
    await ada.buy()
    await send(shop)
    assert peer.received == []
    await ada.buyer.put("/v1/me/mailbox", json={"wanted": True})
    shop.desk.house.doorkeeper.forget()
    await ada_of(shop)
    assert (await mailbox(shop, ada.person_id)).address == ADDRESS


async def test_what_the_server_puts_off_is_sent_again_with_the_same_bytes(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    await ada.buy()
    peer.to_messages.append("451 4.7.1 Greylisted, come back")
    await send(shop)
    (kept,) = await mails(shop)
    assert (kept["state"], kept["failed_with"], kept["error"]) == (
        "waiting", "mail_put_off", "451 4.7.1 Greylisted, come back",
    )  # fmt: skip
    assert await send(shop) == 0
    shop.clock.advance(timedelta(minutes=2))
    assert await send(shop) == 1
    first, second = peer.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()
    assert [one["state"] for one in await mails(shop)] == ["sent"]


async def test_a_server_that_never_takes_a_mail_is_asked_for_days_only(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    await ada.buy()
    peer.to_messages += ["451 4.3.0 Not now"] * MAIL_TRIES_MAX
    for _ in range(MAIL_TRIES_MAX):
        assert [one["state"] for one in await mails(shop)] == ["waiting"]
        await send(shop)
        shop.clock.advance(timedelta(seconds=MAIL_PAUSE_S_MAX))
    assert [(one["state"], one["reason"]) for one in await mails(shop)] == [("refused", "451 4.3.0 Not now")]
    assert await send(shop) == 0


async def test_an_address_nobody_has_ends_its_mail_and_is_mailed_no_more(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    peer.to_recipients[ADDRESS] = NOBODY_THERE
    first = await ada.buy()
    await send(shop)
    assert (await mailbox(shop, ada.person_id)).bounce == NOBODY_THERE
    shop.clock.advance(timedelta(minutes=1))
    await ada.buy()
    await send(shop)
    assert [(one["state"], one["reason"]) for one in await mails(shop)] == [
        ("refused", NOBODY_THERE),
        ("dropped", "address_bounced"),
    ]
    otto = await shop.desk.person("otto", Role.OPERATOR)
    listed = (await otto.get("/v1/operator/mails", params={"state": "refused"})).json()["items"]
    assert [(one["order_id"], one["reason"]) for one in listed] == [(first["id"], NOBODY_THERE)]
    page = (await otto.get(f"/operator/orders/{first['id']}")).text
    assert "a…@buyers.example came back" in page
    assert ADDRESS not in page
    assert "No such user" in (await otto.get("/operator/mails")).text
    peer.to_recipients.clear()
    await ada_of(shop, address="ada@new.example")
    repeated = await otto.post(f"/v1/operator/mails/{listed[0]['id']}/repeat")
    assert repeated.json()["state"] == "waiting", repeated.text
    shop.desk.house.doorkeeper.forget()
    await (await ada_of(shop, address="ada@new.example")).get("/v1/me")
    await send(shop)
    assert peer.envelopes == [(FROM, ["ada@new.example"])]


async def test_no_words_of_a_server_or_host_show_or_keep_an_address(
    shop: Shop, peer: MailServer, ada: Returns, caplog: pytest.LogCaptureFixture
) -> None:
    peer.to_messages += [f"451 4.3.0 <{ADDRESS}>: later", f"554 5.7.1 <{ADDRESS}>: spam"]
    await ada.buy()
    await send(shop)
    assert [one["error"] for one in await mails(shop)] == ["451 4.3.0 <a…@buyers.example>: later"]
    shop.clock.advance(timedelta(minutes=2))
    await send(shop)
    await ada.buy()
    await send(shop)
    told = {"message_id": str(peer.received[-1]["Message-ID"]), "detail": f"550 {ADDRESS} is unknown"}
    headers, body = signed(told)
    await (await shop.desk.client()).post("/v1/webhooks/mail-bounces", headers=headers, content=body)
    assert [(one["state"], one["reason"]) for one in await mails(shop)] == [
        ("refused", "554 5.7.1 <a…@buyers.example>: spam"),
        ("bounced", "550 a…@buyers.example is unknown"),
    ]
    assert (await mailbox(shop, ada.person_id)).bounce == "550 a…@buyers.example is unknown"
    assert "is refused" in caplog.text
    assert ADDRESS not in caplog.text


async def test_a_mail_that_is_refused_says_nothing_of_its_address(shop: Shop, peer: MailServer, ada: Returns) -> None:
    peer.to_messages.append("554 5.7.1 Looks like spam")
    await ada.buy()
    await send(shop)
    assert [(one["state"], one["reason"]) for one in await mails(shop)] == [("refused", "554 5.7.1 Looks like spam")]
    assert (await mailbox(shop, ada.person_id)).is_good


async def test_a_bounce_is_believed_when_it_is_signed_and_marks_mail_and_address(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    await ada.buy()
    await send(shop)
    told = {"message_id": str(peer.received[0]["Message-ID"]), "detail": "552 5.2.2 Mailbox full\x00"}
    guest = await shop.desk.client()
    headers, body = signed(told)
    forged, _ = signed(told, secret="whsec_" + "Zm9yZ2VkLWZvcmdlZC1mb3JnZWQ=")
    assert (await guest.post("/v1/webhooks/mail-bounces", headers=forged, content=body)).status_code == 401
    for _ in range(2):
        answer = await guest.post("/v1/webhooks/mail-bounces", headers=headers, content=body)
        assert (answer.status_code, answer.json()) == (200, {"state": "bounced"})
    assert (await mailbox(shop, ada.person_id)).bounce == "552 5.2.2 Mailbox full"
    unknown, body = signed({"message_id": "<nobody@shop.example>"})
    assert (await guest.post("/v1/webhooks/mail-bounces", headers=unknown, content=body)).status_code == 404


async def test_a_bounce_of_an_earlier_address_says_nothing_of_the_one_that_is_known(
    shop: Shop, peer: MailServer, ada: Returns
) -> None:
    await ada.buy()
    await send(shop)
    shop.clock.advance(timedelta(minutes=1))
    shop.desk.house.doorkeeper.forget()
    await ada_of(shop, address="ada@new.example")
    headers, body = signed({"message_id": str(peer.received[0]["Message-ID"])})
    await (await shop.desk.client()).post("/v1/webhooks/mail-bounces", headers=headers, content=body)
    assert (await mailbox(shop, ada.person_id)).is_good


async def test_a_login_that_is_refused_loses_no_mail_and_shows_no_password(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with mail_server(login=("coins", "right")) as peer:
        wrong = by(peer, mail_user="coins", mail_password=Secret("wrong-and-secret"))
        async with open_mailing_shop(database_url, tmp_path, **wrong) as shop:
            ada = Returns(shop, await ada_of(shop), await shop.desk.person_id("ada"))
            await ada.buy()
            await send(shop)
            (kept,) = await mails(shop)
            assert (kept["state"], kept["failed_with"]) == ("waiting", "mail_login_refused")
            assert "wrong-and-secret" not in caplog.text + kept["error"]
            peer.login = ("coins", "wrong-and-secret")
            shop.clock.advance(timedelta(minutes=2))
            await send(shop)
            assert len(peer.received) == 1


async def test_a_platform_that_mails_itself_is_told_of_each_mail_once(database_url: str, tmp_path: Path) -> None:
    async with open_mailing_shop(database_url, tmp_path, mail_by="webhook") as shop:
        ada = Returns(shop, await ada_of(shop, address=None), await shop.desk.person_id("ada"))
        order = await ada.buy()
        assert await send(shop) == 1
        assert await send(shop) == 0
        host = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
        await place_waiting(shop.desk.house.database)
        events = (await host.get("/v1/events", params={"kinds": "mail.due"})).json()["items"]
        (told,) = [one["data"] for one in events]
        assert (told["mail_kind"], told["order_id"], told["reader"]["subject"]) == ("receipt", order["id"], "ada")
        assert told["language"] == "de"
        assert order["id"] in told["text"]
        assert told["paper"] == f"/v1/receipts/{order['id']}/pdf"
        paper = await host.get(told["paper"], headers={"Plaudit-Subject": "ada"})
        assert paper.content.startswith(b"%PDF-")
        page = (await ada.buyer.get(f"/receipts/{order['id']}?lang=en")).text
        assert "Your platform mails it to you." in page


async def test_a_platform_is_told_of_no_mail_to_who_wants_none(database_url: str, tmp_path: Path) -> None:
    async with open_mailing_shop(database_url, tmp_path, mail_by="webhook") as shop:
        ada = Returns(shop, await ada_of(shop, address=None), await shop.desk.person_id("ada"))

        async def read(path: str) -> str:
            return (await ada.buyer.get(path, params={"lang": "en"})).text

        order = await ada.buy()
        statement = f"/orders/{order['id']}/withdraw"
        people = await read("/people")
        assert "Your platform mails you." in people
        assert 'name="wanted" value="no"' in people
        assert "here, and by mail" in await read(statement)
        assert (await ada.buyer.post("/people/mail", data={"wanted": "no"})).status_code == 303
        assert "You want no mail." in await read("/people")
        assert "here, to print or keep" in await read(statement)
        await send(shop)
        assert [(one["state"], one["reason"]) for one in await mails(shop)] == [("dropped", "not_wanted")]
        assert "It was not mailed to you" in await read(f"/receipts/{order['id']}")
        await place_waiting(shop.desk.house.database)
        host = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
        assert (await host.get("/v1/events", params={"kinds": "mail.due"})).json()["items"] == []
        otto = await shop.desk.person("otto", Role.OPERATOR)
        assert "its reader wants no mail" in (await otto.get("/operator/mails")).text


async def test_where_nobody_mails_nothing_waits(database_url: str, tmp_path: Path) -> None:
    async with open_mailing_shop(database_url, tmp_path) as shop:
        ada = Returns(shop, await ada_of(shop), await shop.desk.person_id("ada"))
        await ada.buy()
        await send(shop)
        assert [(one["state"], one["reason"]) for one in await mails(shop)] == [("dropped", "nobody_mails")]


async def test_an_operator_tries_the_server(shop: Shop, peer: MailServer) -> None:
    otto = await shop.desk.person("otto", Role.OPERATOR)
    answer = await otto.post("/v1/operator/mails:test", json={"address": "otto@shop.example"})
    assert (answer.status_code, peer.envelopes) == (200, [(FROM, ["otto@shop.example"])])
    peer.to_recipients["nobody@shop.example"] = NOBODY_THERE
    answer = await otto.post("/v1/operator/mails:test", json={"address": "nobody@shop.example"})
    assert (answer.status_code, answer.json()["reason"]) == (502, NOBODY_THERE)
    answer = await otto.post("/v1/operator/mails:test", json={"address": "a@b\r\nBcc: c@d.example"})
    assert answer.status_code == 400


async def test_a_thing_is_mailed_once_however_often_it_is_told(shop: Shop, ada: Returns, database: Database) -> None:
    order = UUID((await ada.buy())["id"])
    shard = (await mails(shop))[0]["shard"]
    new = NewMail(kind=MailKind.RECEIPT, shard=shard, person_id=ada.person_id, order_id=order)

    async def add() -> None:
        async with database.transaction() as connection:
            await outbox.add(connection, new, shop.clock.now())

    await asyncio.gather(*(add() for _ in range(4)))
    assert len(await mails(shop)) == 1


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """How a mail server seals, with a certificate that this machine trusts as long as the test runs."""
    certificate = make_certificate(tmp_path, "127.0.0.1")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, tmp_path / "privkey.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls_context.cache_clear()
    yield context
    monkeypatch.undo()
    tls_context.cache_clear()


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_sealed_and_signed_in(database: Database, trusted: ssl.SSLContext, security: str) -> None:
    login = ("coins", "a-secret")
    async with mail_server(login=login, tls=trusted, from_the_start=security == "tls") as peer:
        settings = Settings.of_values(
            **by(peer, mail_security=security, mail_user=login[0], mail_password=Secret(login[1]))
        )
        await send_test("otto@shop.example", settings, SystemClock())
        assert [str(one["Subject"]) for one in peer.received] == ["A test of Plaudit"]
        assert (await check("mail_server", settings, database)).state is State.OK
        wrong = dataclasses.replace(settings, mail_password=Secret("another"))
        said = await check("mail_server", wrong, database)
        assert (said.state, said.why) == (State.ATTENTION, "the mail server refused the login (535)")


async def test_a_server_that_is_not_who_it_says_or_cannot_seal_gets_nothing(database: Database, tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(make_certificate(tmp_path, "127.0.0.1"), tmp_path / "privkey.pem")
    async with mail_server(tls=context) as stranger, mail_server() as plain:
        for peer in (stranger, plain):
            settings = Settings.of_values(**by(peer, mail_security="starttls"))
            with pytest.raises(MailNotSent, match="was not reached"):
                await send_test("otto@shop.example", settings, SystemClock())
            assert peer.received == []
            assert (await check("mail_server", settings, database)).state is State.ATTENTION


async def test_the_checks_say_what_is_missing_for_mail(shop: Shop) -> None:
    database, settings = shop.desk.house.database, shop.desk.house.settings
    assert (await check("mail", settings, database)).state is State.OK
    for changed, words in (
        ({"mail_by": "none"}, "nobody mails"),
        ({"mail_from": ""}, "PLAUDIT_MAIL_FROM"),
        ({"mail_user": "coins"}, "PLAUDIT_MAIL_PASSWORD"),
        ({"mail_host": "smtp.shop.example"}, "in the clear"),
    ):
        said = await check("mail", dataclasses.replace(settings, **changed), database)  # type: ignore[arg-type]
        assert (said.state, words in said.why) == (State.ATTENTION, True), said


async def test_mails_that_did_not_arrive_are_drawn_attention_to_for_a_time(
    shop: Shop, peer: MailServer, ada: Returns, owner_connection: OwnConnection
) -> None:
    async def said() -> CheckResult:
        return await check("mail", shop.desk.house.settings, shop.desk.house.database, shop.clock)

    await ada.buy()
    await send(shop)
    assert (await said()).state is State.OK
    headers, body = signed({"message_id": str(peer.received[0]["Message-ID"])})
    await (await shop.desk.client()).post("/v1/webhooks/mail-bounces", headers=headers, content=body)
    lost = await said()
    assert (lost.state, lost.page) == (State.ATTENTION, "/operator/mails")
    otto = await shop.desk.person("otto", Role.OPERATOR)
    assert "Came back</span>" in (await otto.get(lost.page)).text
    await owner_connection.execute("update issuer set claims = '{}'")
    both = await said()
    assert "email=email" in both.command
    assert "came back: 1" in both.why
    await owner_connection.execute("update issuer set claims = $1", {"email": "email"})
    shop.clock.advance(timedelta(days=MAILS_NOT_DELIVERED_DAYS))
    assert (await said()).state is State.OK


async def test_the_mailbox_of_the_sandbox_shows_what_was_mailed(tmp_path: Path) -> None:
    with held_port() as port:
        url, mails = f"http://{LOOPBACK}:{port}", listen(LOOPBACK, 0)
        config = SandboxConfig(
            data=tmp_path / "sandbox.sqlite", public_url=url, api_key=Secret("k"), webhook_secret=Secret(WEBHOOK_SECRET)
        )
        settings = Settings.of_values(
            mail_host=LOOPBACK, mail_port=mails.getsockname()[1], mail_security="none", mail_from=FROM
        )
        receipt = Letter(
            language="de",
            subject="Beleg <1>",
            paragraphs=("Danke.",),
            attachment=Attachment("one.pdf", "/v1/receipts/1/pdf", b"%PDF-1.4"),
        )
        async with (
            serving(create_sandbox(config, mail_socket=mails), port),
            httpx2.AsyncClient(base_url=url, timeout=WAIT_S) as browser,
        ):
            assert "Nothing has arrived yet" in (await browser.get("/mailbox")).text
            now = SystemClock().now()
            await hand_over(message_of(receipt, new_id(SystemClock()), now, ADDRESS, settings), ADDRESS, settings)
            await send_test("otto@shop.example", settings, SystemClock())
            page = await browser.get("/mailbox")
            assert re.findall("<a href=.*?</a>", page.text) == [
                '<a href="/mailbox/2">A test of Plaudit</a>',
                '<a href="/mailbox/1">Beleg &lt;1&gt;</a>',
                '<a href="/mailbox/1/paper">PDF</a>',
            ]
            assert f"to {ADDRESS}" in page.text
            shown = await browser.get("/mailbox/1")
            assert "Danke." in shown.text
            assert "sandbox" in shown.headers["content-security-policy"]
            assert (await browser.get("/mailbox/1/paper")).content == b"%PDF-1.4"
            assert (await browser.get("/mailbox/2/paper")).status_code == 404
            assert (await browser.get("/mailbox/3")).status_code == 404
