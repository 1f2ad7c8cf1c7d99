"""Payouts made by hand, over HTTP and at once: exported once, read by whom the log says, marked by the bank's word."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.ledger import lives
from plaudit.pages import BEGINNING
from plaudit.payouts import actions, bank, exports, outcome_files
from plaudit.payouts.bank import BankOutcome, Marking
from plaudit.payouts.exports import Export
from plaudit.payouts.model import NothingToExport, Payout, PayoutFilter, PayoutProviderMissing, PayoutState
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.manual.provider import ManualPayoutProvider
from plaudit.people.model import Role
from plaudit.settings import Settings
from tests.integration.test_payouts import Studio, open_studio
from tests.support.desk import ORIGIN, open_desk
from tests.support.payout_desk import OPERATORS, PayoutDesk, open_payout_desk

pytestmark = pytest.mark.unsold

MARKING = [Marking(operator, may_be_alone=True) for operator in OPERATORS]
PAID = BankOutcome(outcome="paid", reference="TX-1")


@pytest.fixture
async def studio(database_url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    """A creator with 10,000 diamonds, at a platform that pays by hand."""
    async with open_studio(database_url, tmp_path, manual_payouts=True) as opened:
        await opened.earn(10_000)
        yield opened


async def approved(studio: Studio, diamonds: int = 2_000) -> str:
    payout_id = await studio.request(diamonds)
    answer = await studio.operator.post(f"/v1/payouts/{payout_id}/approve")
    assert (answer.status_code, answer.json()["state"], answer.json()["provider"]) == (200, "approved", "manual")
    return payout_id


async def exported(studio: Studio, count: int = 1) -> list[str]:
    ids = [await approved(studio) for _ in range(count)]
    answer = await export(studio)
    assert answer.status_code == 201, answer.text
    return ids


async def export(studio: Studio, **body: Any) -> httpx2.Response:
    return await studio.operator.post("/v1/operator/payouts/exports", json={"id": studio.id()} | body)


async def mark(studio: Studio, payout_id: str, **body: Any) -> httpx2.Response:
    return await studio.operator.post(f"/v1/payouts/{payout_id}/outcome", json=body)


async def apply(studio: Studio, text: str, *, only_check: bool = False) -> httpx2.Response:
    path = "/v1/operator/payouts/outcomes" + (":check" if only_check else "")
    return await studio.operator.post(path, json={"csv": text})


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_from_approval_to_paid_and_back(studio: Studio) -> None:
    payout_id = await approved(studio)
    assert (await mark(studio, payout_id, outcome="paid", reference="X")).json()["code"] == "payout_not_exported"
    body = {"id": studio.id()}
    first = await export(studio, **body)
    assert first.status_code == 201, first.text
    assert (first.json()["number"], first.json()["payouts"], first.json()["waiting"]) == (1, 1, 1)
    assert (await export(studio, **body)).json() == first.json()
    assert (await export(studio, **body, currency="USD")).json()["code"] == "idempotency_conflict"
    assert (await export(studio)).json()["code"] == "nothing_to_export"

    told = {"outcome": "paid", "reference": " TX-77 "}
    paid = await mark(studio, payout_id, **told)
    assert (paid.status_code, paid.json()["state"], paid.json()["provider_reference"]) == (200, "paid", "TX-77")
    assert (await mark(studio, payout_id, **told)).json() == paid.json()
    other = await mark(studio, payout_id, outcome="paid", reference="TX-78")
    assert (other.status_code, other.json()["code"], other.json()["reference"]) == (
        409,
        "payout_outcome_conflict",
        "TX-77",
    )
    assert (await studio.balance())["redeemed_diamonds"] == 2_000

    back = {"outcome": "returned", "reference": "R-1", "reason": "Account closed."}
    assert (await mark(studio, payout_id, outcome="returned", reference="R-1")).json()["field"] == "body.reason"
    assert (await mark(studio, payout_id, **back)).json()["reason"] == "Account closed."
    assert (await mark(studio, payout_id, **told)).json()["state"] == "returned", "what was marked before is known"
    assert (await studio.balance())["available"]["diamonds"] == 10_000
    found = await studio.payout(payout_id)
    assert [(event["state"], event["actor"]) for event in found["events"]] == [
        ("requested", "creator"), ("approved", "operator"), ("sent", "operator"), ("paid", "operator"),
        ("returned", "operator"),
    ]  # fmt: skip
    assert await studio.work(lambda database, clock, providers: database_polls(database)) == 0


async def database_polls(database: Database) -> int:
    """Payouts a provider would be asked about."""
    async with database.read() as connection:
        count: int = await connection.fetchval(
            "select (select count(*) from payout where poll_at is not null) + (select count(*) from payout_send)"
        )
        return count


async def test_after_a_restore_no_payout_leaves_until_somebody_compared(studio: Studio) -> None:
    await approved(studio)
    house = studio.shop.desk.house
    async with house.database.transaction() as connection:
        await lives.begin(connection, house.clock.now(), anew=True)
    refused = await export(studio)
    assert (refused.status_code, refused.json()["code"]) == (409, "payouts_wait")
    async with house.database.transaction() as connection:
        assert await lives.settle(connection, house.clock.now()) == 1
    assert (await export(studio)).status_code == 201


async def test_what_failed_is_available_again(studio: Studio) -> None:
    (payout_id,) = await exported(studio)
    told = {"outcome": "failed", "reference": "TX-9", "reason": "No such account."}
    assert (await mark(studio, payout_id, **told)).json()["state"] == "failed"
    assert (await mark(studio, payout_id, outcome="paid", reference="TX-9")).json()["code"] == "payout_outcome_conflict"
    assert (await studio.balance())["available"]["diamonds"] == 10_000
    assert (await studio.payout(payout_id))["reason"] == "No such account."


async def test_account_numbers_leave_in_the_file_alone_and_who_took_it_is_known(studio: Studio) -> None:
    await studio.method(holder_name="=cmd()")
    (payout_id,) = await exported(studio)
    detail = await studio.operator.get("/v1/operator/payouts/exports/1")
    assert detail.json()["downloads"] == []
    file = await studio.operator.get("/v1/operator/payouts/exports/1/file")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.headers["cache-control"] == "no-store"
    (line,) = rows(file.text)
    assert line["payout_id"] == payout_id
    assert (line["bank_code"], line["account_number"], line["iban"]) == ("021000021", "000123451234", "")
    assert (line["currency"], line["amount"], line["outcome"]) == ("USD", "9.70", "")
    await (await studio.shop.desk.person("otto", Role.OPERATOR)).get("/v1/operator/payouts/exports/1/file")
    seen = (await studio.operator.get("/v1/operator/payouts/exports/1")).json()
    people = [str(await studio.shop.desk.person_id(name)) for name in ("otto", "olga")]
    assert [one["downloaded_by"] for one in seen["downloads"]] == people
    assert seen["items"][0]["account_ending"] == "1234"
    everything = detail.text + (await studio.operator.get("/v1/operator/payouts")).text
    assert "000123451234" not in everything
    assert (await studio.creator.get("/v1/operator/payouts/exports/1/file")).status_code == 403
    assert (await studio.operator.get("/v1/operator/payouts/exports/9/file")).status_code == 404
    async with studio.shop.desk.house.database.read() as connection:
        kept = await connection.fetch("select m::text, encode(sealed_account, 'escape') as sealed from payout_method m")
    assert len(kept) == 2
    assert "000123451234" not in str([tuple(row) for row in kept])


async def test_a_file_is_applied_whole_or_not_at_all(studio: Studio) -> None:
    first, second, third = await exported(studio, 3)
    file = (await studio.operator.get("/v1/operator/payouts/exports/1/file")).text
    unmarked = (await apply(studio, file, only_check=True)).json()
    assert (unmarked["lines"], unmarked["left_open"], unmarked["errors"]) == ([], 3, [])

    header = "payout_id;outcome;reference;reason\r\n"
    lines = [f"{first};paid;A", f"{second};lost;B", "x;paid;C", f"{third};failed;D", f"{first};paid;E"]
    wrong = header + "\n".join([*lines, f"{studio.id()};paid;F"])
    errors = (await apply(studio, wrong, only_check=True)).json()["errors"]
    assert [(one["line"], one["column"]) for one in errors] == [
        (3, "outcome"), (4, "payout_id"), (5, "reason"), (6, "outcome"), (7, "payout_id"),
    ]  # fmt: skip
    refused = await apply(studio, wrong)
    assert (refused.status_code, refused.json()["code"], refused.json()["errors"]) == (
        409,
        "outcome_file_refused",
        errors,
    )
    assert {(await studio.payout(one))["state"] for one in (first, second, third)} == {"sent"}

    right = (
        "\ufeff"
        + header
        + f'{first};Paid; A ;\n\n{second};failed;B;"Wrong name; closed"\n{first};paid;A;\n{third};;;\n'
    )
    check = (await apply(studio, right, only_check=True)).json()
    assert [(line["line"], line["is_new"]) for line in check["lines"]] == [(2, True), (4, True), (5, False)]
    assert (await studio.payout(first))["state"] == "sent"
    assert (await apply(studio, right)).json() == check
    again = (await apply(studio, right)).json()
    assert [line["is_new"] for line in again["lines"]] == [False] * 3
    assert [(await studio.payout(one))["state"] for one in (first, second, third)] == ["paid", "failed", "sent"]
    assert (await studio.payout(second))["reason"] == "Wrong name; closed"

    contradicting = header + f"{third};paid;C;\n{first};failed;A;no\n"
    refused = await apply(studio, contradicting)
    assert [(one["line"], one["reason"]) for one in refused.json()["errors"]] == [
        (3, "contradicts what is known: paid, A")
    ]
    assert (await studio.payout(third))["state"] == "sent"
    for text in ("", "a,b\n1,2", 'payout_id,outcome,reference\n"x', header + "x" * 600_000):
        assert (await apply(studio, text)).status_code == 400


async def test_nothing_is_approved_that_nobody_can_pay(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path) as studio:
        await studio.earn(10_000)
        waiting, stuck = [await studio.request(2_000) for _ in range(2)]
        await studio.operator.post(f"/v1/payouts/{stuck}/approve")
    clock, key = studio.shop.clock, studio.shop.desk.house.settings.vault_keys
    async with open_desk(database_url, clock, Settings(public_url=ORIGIN, vault_keys=key)) as desk:
        olga = await desk.person("olga", Role.OPERATOR)
        refused = await olga.post(f"/v1/payouts/{waiting}/approve")
        assert (refused.status_code, refused.json()["code"]) == (409, "payout_provider_missing")
        assert "PLAUDIT_MANUAL_PAYOUTS" in refused.json()["detail"]
        assert (await olga.get(f"/v1/payouts/{waiting}")).json()["state"] == "requested"
    by_hand = Settings.of_values(public_url=ORIGIN, manual_payouts=True, manual_payout_currencies="EUR", vault_keys=key)
    async with open_desk(database_url, clock, by_hand) as desk:
        olga = await desk.person("olga", Role.OPERATOR)
        assert (await olga.post(f"/v1/payouts/{waiting}/approve")).json()["code"] == "payout_provider_missing"
        stays = await olga.post(f"/v1/payouts/{stuck}/refuse", json={"reason": "It cannot be paid."})
        assert (stays.status_code, stays.json()["state"]) == (200, "refused")
        ada = await desk.person("ada", Role.CREATOR)
        balance = (await ada.get("/v1/creators/me/balance")).json()
        assert (balance["available"]["diamonds"], balance["in_payout"]["diamonds"]) == (8_000, 2_000)
        account = {"id": str(new_id(clock)), "holder_name": "Ada", "country": "US", "currency": "USD",
                   "bank_code": "021000021", "account_number": "123456"}  # fmt: skip
        answer = await ada.post("/v1/payout-methods", json=account)
        assert (answer.status_code, answer.json()["field"]) == (400, "body.currency")


# At once

BY_HAND = PayoutProviders([ManualPayoutProvider()])


@pytest.fixture
async def desk(database: Database, clock: ManualClock) -> PayoutDesk:
    return await open_payout_desk(database, clock)


async def approve(desk: PayoutDesk, providers: PayoutProviders = BY_HAND) -> Payout:
    payout = await desk.request(await desk.quote(2_000))
    approved: Payout = await desk.act(actions.approve, providers, OPERATORS[0], payout.id)
    assert approved.state is PayoutState.APPROVED
    return approved


async def export_at(desk: PayoutDesk) -> Any:
    named = {"export_id": new_id(desk.clock), "currency": None, "operator_id": OPERATORS[0]}
    return await desk.act(exports.export, **named)


async def states(desk: PayoutDesk) -> list[PayoutState]:
    async with desk.database.read() as connection:
        return [payout.state for payout in await actions.find_all(connection, PayoutFilter(), BEGINNING, 100)]


async def test_exports_at_once_share_no_payout(desk: PayoutDesk) -> None:
    payouts = [await approve(desk) for _ in range(4)]
    answers = await asyncio.gather(*(export_at(desk) for _ in range(4)))
    made = [answer for answer in answers if isinstance(answer, Export)]
    assert sum(one.payouts for one in made) == len(payouts)
    assert [type(answer) for answer in answers if answer not in made] == [NothingToExport] * 3
    assert set(await states(desk)) == {PayoutState.SENT}


async def test_one_export_id_many_times_at_once(desk: PayoutDesk) -> None:
    await approve(desk)
    named = {"export_id": new_id(desk.clock), "currency": None, "operator_id": OPERATORS[0]}
    answers = await asyncio.gather(*(desk.act(exports.export, **named) for _ in range(4)))
    assert {answer.number for answer in answers} == {1}


@pytest.mark.parametrize("moment", range(6))
async def test_refusing_while_it_is_exported(desk: PayoutDesk, moment: int) -> None:
    payout = await approve(desk)

    async def refuse() -> Any:
        for _ in range(moment):
            await asyncio.sleep(0)
        return await desk.act(actions.refuse, OPERATORS[1], payout.id, "no")

    refused, made = await asyncio.gather(refuse(), export_at(desk))
    found = await desk.find(payout.id)
    assert isinstance(refused, Payout) == (found.state is PayoutState.REFUSED) != isinstance(made, Export)
    assert await desk.available() == (10_000 if found.state is PayoutState.REFUSED else 8_000)


async def test_contradicting_words_of_the_bank_at_once(desk: PayoutDesk) -> None:
    payout = await approve(desk)
    await export_at(desk)
    failed = BankOutcome(outcome="failed", reference="TX-1", reason="no")
    answers = await asyncio.gather(
        *(desk.act(bank.mark, by, payout.id, told) for by in MARKING for told in (PAID, failed)),
        desk.act(actions.cancel, desk.creator_id, payout.id),
        desk.act(actions.refuse, OPERATORS[0], payout.id, "no"),
    )
    found = await desk.find(payout.id)
    assert found.state in {PayoutState.PAID, PayoutState.FAILED}
    assert [answer.state for answer in answers if isinstance(answer, Payout)] == [found.state] * 3
    assert await desk.available() == (8_000 if found.state is PayoutState.PAID else 10_000)


async def test_a_file_many_times_at_once_and_single_marks(desk: PayoutDesk) -> None:
    payouts = [await approve(desk) for _ in range(4)]
    await export_at(desk)
    text = "payout_id,outcome,reference\n" + "".join(f"{payout.id},paid,TX-1\n" for payout in payouts)
    answers = await asyncio.gather(
        *(desk.act(outcome_files.apply, by, text) for by in MARKING),
        *(desk.act(bank.mark, MARKING[0], payout.id, PAID) for payout in reversed(payouts)),
    )
    assert [answer.errors for answer in answers[:3]] == [[]] * 3
    assert set(await states(desk)) == {PayoutState.PAID}
    assert await desk.available() == 2_000


async def test_an_approved_payout_whose_provider_is_gone_goes_to_one_that_is_here(desk: PayoutDesk) -> None:
    payout = await approve(desk, desk.providers)
    gone = PayoutProviders([])
    assert isinstance(await desk.act(actions.approve, gone, OPERATORS[0], payout.id), PayoutProviderMissing)
    assert (await desk.find(payout.id)).provider == "sandbox"
    moved = await desk.act(actions.approve, BY_HAND, OPERATORS[0], payout.id)
    assert (moved.state, moved.provider, moved.send_attempts) == (PayoutState.APPROVED, "manual", None)
    assert await desk.send_due() == 0
    assert (await export_at(desk)).payouts == 1
