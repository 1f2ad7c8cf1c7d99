"""Price books as operators work with them: drafts, publishing, going back, taxes; and what buyers then see."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.clock import ManualClock, SystemClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.people.roles import grant_role
from plaudit.selling.orders.signing import quote_key
from plaudit.selling.prices import seed
from plaudit.selling.prices.current import seller_of
from plaudit.selling.prices.shelf import newest_version, read_book, write_book
from plaudit.selling.prices.taxes import taxes_at
from plaudit.settings import Secret, Settings
from tests.support.databases import Copies
from tests.support.desk import Desk, open_desk
from tests.support.operators import DAY, draft, person
from tests.support.price_shelf import put_on_shelf
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def operator(shop: Shop) -> httpx2.AsyncClient:
    return await person(shop, "olga", Role.OPERATOR)


async def test_a_shop_has_the_book_that_is_written(copies: Copies, clock: ManualClock) -> None:
    """Though in tests it is copied from that of the shop before."""
    books = []
    for url in (copies.take(), copies.take()):
        await put_on_shelf(url, clock)
        async with Database(url) as database, database.transaction() as connection:
            book = await read_book(connection, 1)
            taxes = seed.own_taxes(await taxes_at(connection, clock.now()))
            assert book == seed.make_book(1, book.effective_at, taxes)
            books.append(book)
            assert await newest_version(connection) == 1
        copies.give_back(url)
    assert books[0] == books[1]


async def publish(operator: httpx2.AsyncClient, made: dict[str, Any], at: datetime | None = None) -> httpx2.Response:
    body = {"revision": made["revision"]} | ({"effective_at": at.isoformat()} if at else {})
    return await operator.post(f"/v1/price-book-drafts/{made['id']}/publish", json=body)


async def us_price(shop: Shop, coins: int = 70) -> int:
    guest = await shop.desk.client()
    web = (await guest.get("/v1/prices?region=US")).json()["channels"][0]
    amount: int = next(package for package in web["packages"] if package["coins"] == coins)["price"]["amount_minor"]
    return amount


# A dearer coin in the United States, in exact proportion.
DEARER = [
    ('unit_price = "37/35"', 'unit_price = "8/7"'),
    *(
        (
            f"{{coins = {coins}, price_minor = {coins * 37 // 35}}}",
            f"{{coins = {coins}, price_minor = {coins * 8 // 7}}}",
        )
        for coins in (70, 350, 700, 1_400, 3_500, 7_000, 17_500)
    ),
]


async def dearer(shop: Shop, operator: httpx2.AsyncClient) -> dict[str, Any]:
    made = await draft(shop, operator)
    head, tail = made["toml"].split("[regions.US.web]")
    for old, new in DEARER:
        assert old in tail
        tail = tail.replace(old, new, 1)
    body = {"name": "Dearer", "toml": f"{head}[regions.US.web]{tail}", "revision": made["revision"]}
    changed: dict[str, Any] = (await operator.put(f"/v1/price-book-drafts/{made['id']}", json=body)).json()
    assert changed["publishable"], changed["findings"]
    return changed


async def test_a_draft_is_compared_and_published(shop: Shop, operator: httpx2.AsyncClient) -> None:
    made = await dearer(shop, operator)
    comparison = (await operator.get(f"/v1/price-book-drafts/{made['id']}/comparison")).json()
    (change,) = comparison["changes"]
    assert (change["region"], change["channel"], change["coin_change_bps"]) == ("US", "web", 811)
    assert change["packages"][0]["before"]["gross"] == {"amount_minor": 74, "currency": "USD"}
    assert change["packages"][0]["after"]["left"] == {"amount_minor": 48, "currency": "USD"}
    preview = (await operator.get(f"/v1/price-book-drafts/{made['id']}/preview?region=US")).json()
    assert preview["channels"][0]["packages"][0]["price"]["amount_minor"] == 80
    assert preview["channels"][1]["packages"][0]["saving_on_web"]["amount_minor"] == 19
    assert await us_price(shop) == 74
    first, again = await publish(operator, made), await publish(operator, made)
    assert (first.status_code, first.json()["version"], first.json()["state"]) == (201, 2, "current")
    assert again.json() == first.json()
    assert await us_price(shop) == 80
    changed = await operator.put(f"/v1/price-book-drafts/{made['id']}", json={"name": "x", "toml": "", "revision": 2})
    assert (changed.status_code, changed.json()["code"]) == (409, "price_draft_published")
    assert (await operator.delete(f"/v1/price-book-drafts/{made['id']}")).status_code == 409
    exported = (await operator.get("/v1/price-books/2")).json()
    assert exported["toml"] == made["toml"]


async def test_a_schedule_takes_over_at_its_time_and_can_be_withdrawn_before(
    shop: Shop, operator: httpx2.AsyncClient
) -> None:
    at = shop.clock.now() + DAY
    assert (await publish(operator, await dearer(shop, operator), at)).json()["state"] == "scheduled"
    quote = await shop.quote(await person(shop, "ada"), package_coins=70)
    assert (quote["price"]["amount_minor"], quote["book_version"]) == (74, 1)
    shop.clock.advance(DAY - timedelta(seconds=1))
    assert await us_price(shop) == 74
    shop.clock.advance(timedelta(seconds=1))
    assert await us_price(shop) == 80
    late = await operator.post("/v1/price-books/2/withdraw", json={"reason": "a mistake"})
    assert (late.status_code, late.json()["code"]) == (409, "price_book_not_scheduled")
    assert (await publish(operator, await draft(shop, operator, version=1), shop.clock.now() + DAY)).status_code == 201
    for _ in range(2):
        withdrawn = await operator.post("/v1/price-books/3/withdraw", json={"reason": "a mistake"})
        assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    shop.clock.advance(2 * DAY)
    assert await us_price(shop) == 80
    states = [version["state"] for version in (await operator.get("/v1/price-books")).json()["items"]]
    assert states == ["withdrawn", "current", "past"]
    past = await publish(operator, await draft(shop, operator), shop.clock.now() - DAY)
    assert (past.status_code, past.json()["field"]) == (400, "body.effective_at")


async def test_going_back_publishes_again_and_changes_nothing(
    shop: Shop, operator: httpx2.AsyncClient, database: Database
) -> None:
    await publish(operator, await dearer(shop, operator))
    shop.clock.advance(DAY)
    for _ in range(2):
        back = await operator.post("/v1/price-books/1/rollback", json={"reason": "too dear"})
        assert (back.status_code, back.json()["version"], back.json()["copied_from"]) == (201, 3, 1)
    assert await us_price(shop) == 74
    async with database.read() as connection:
        first, third = await read_book(connection, 1), await read_book(connection, 3)
    assert [(price.region, price.unit, price.packages) for price in first.prices] == [
        (price.region, price.unit, price.packages) for price in third.prices
    ]
    missing = await operator.post("/v1/price-books/99/rollback", json={"reason": "?"})
    assert missing.status_code == 404


async def test_what_the_linter_refuses_is_not_published(shop: Shop, operator: httpx2.AsyncClient) -> None:
    made = await draft(
        shop, operator, ("{coins = 70, price_minor = 70}", "{coins = 70, price_minor = 70, best_value = true}")
    )
    assert not made["publishable"]
    refused = await publish(operator, made)
    assert (refused.status_code, refused.json()["code"]) == (422, "price_book_refused")
    finding = refused.json()["findings"][0]
    assert (finding["code"], finding["path"]) == ("best_value_not_lowest", "regions.AD.web.packages[0].best_value")
    broken = await draft(shop, operator, ("coins = 70,", "coins = 70.5,"))
    assert broken["findings"][0]["path"] == "regions.AD.web.packages[0].coins"
    unreadable = await publish(operator, broken)
    assert (unreadable.status_code, unreadable.json()["code"]) == (422, "price_book_not_readable")
    linted = await operator.post("/v1/price-books:lint", json={"toml": made["toml"]})
    assert [finding["code"] for finding in linted.json()["findings"]] == ["best_value_not_lowest"]
    assert len((await operator.get("/v1/price-books")).json()["items"]) == 1


async def test_two_who_change_one_draft_do_not_overwrite_each_other(shop: Shop, operator: httpx2.AsyncClient) -> None:
    made = await draft(shop, operator)
    bodies = [{"name": name, "toml": made["toml"], "revision": 1} for name in ("One", "Two")]
    answers = await asyncio.gather(*(operator.put(f"/v1/price-book-drafts/{made['id']}", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    listed = (await operator.get("/v1/price-book-drafts?limit=1")).json()
    assert (listed["items"][0]["revision"], listed["next"]) == (2, None)
    stale = await operator.post(f"/v1/price-book-drafts/{made['id']}/publish", json={"revision": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "price_draft_changed")
    for _ in range(2):
        assert (await operator.delete(f"/v1/price-book-drafts/{made['id']}")).status_code == 204
    assert (await operator.get(f"/v1/price-book-drafts/{made['id']}")).status_code == 404


@pytest.mark.parametrize("who", ["guest", "viewer", "creator"])
async def test_only_operators_see_and_change_price_books(shop: Shop, who: str) -> None:
    client = await shop.desk.client() if who == "guest" else await person(shop, who, Role(who))
    draft_id, toml = str(new_id(shop.clock)), {"toml": ""}
    calls: list[tuple[str, str, object]] = [
        ("GET", "/v1/price-books", None),
        ("GET", "/v1/price-books/1", None),
        ("GET", "/v1/price-books/1/comparison", None),
        ("POST", "/v1/price-books/1/rollback", {"reason": "x"}),
        ("POST", "/v1/price-books/1/withdraw", {"reason": "x"}),
        ("POST", "/v1/price-books:lint", toml),
        ("GET", "/v1/price-book-drafts", None),
        ("POST", "/v1/price-book-drafts", {"id": draft_id, "name": "x"}),
        ("GET", f"/v1/price-book-drafts/{draft_id}", None),
        ("PUT", f"/v1/price-book-drafts/{draft_id}", {"name": "x", "revision": 1, **toml}),
        ("DELETE", f"/v1/price-book-drafts/{draft_id}", None),
        ("POST", f"/v1/price-book-drafts/{draft_id}/publish", {"revision": 1}),
        ("GET", "/v1/tax-rates", None),
        ("POST", "/v1/tax-rates", {"id": draft_id}),
        ("GET", "/operator/prices", None),
    ]
    for method, path, body in calls:
        answer = await client.request(method, path, **({"json": body} if body else {}))  # type: ignore[arg-type]  # a body or none
        assert answer.status_code in ({401, 303} if who == "guest" else {403}), (method, path, answer.status_code)


async def test_what_is_published_is_changed_by_nobody(
    shop: Shop, database: Database, owner_connection: OwnConnection
) -> None:
    add = "insert into package (version, region, channel, coins, price_minor, sort) values (1, 'US', 'web', 71, 1, 9)"
    attempts = [
        "update price_book set note = 'other'",
        "update price set unit_numerator = 1",
        "delete from package",
        "update price_seller set name = 'other'",
        add,
        "insert into price_seller (version, code, name, address) values (1, 'X', 'X', '')",
    ]
    for attempt in [*attempts[:-3], add]:
        with pytest.raises(asyncpg.CheckViolationError) as caught:
            await owner_connection.execute(attempt)
        assert caught.value.constraint_name == "price_book_never_changes", attempt
    for attempt in attempts:
        async with database.read() as connection:
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
                await connection.execute(attempt)
    assert await us_price(shop) == 74


async def test_versions_published_at_once_get_numbers_one_after_another(
    shop: Shop, operator: httpx2.AsyncClient
) -> None:
    drafts = [await draft(shop, operator) for _ in range(3)]
    answers = await asyncio.gather(*(publish(operator, made) for made in drafts))
    assert sorted(answer.json()["version"] for answer in answers) == [2, 3, 4]


# Offers, sellers, quotes


async def test_an_offer_is_charged_while_it_holds_and_shown_with_its_end(
    shop: Shop, operator: httpx2.AsyncClient
) -> None:
    start, end = shop.clock.now() + DAY, shop.clock.now() + 3 * DAY
    offer = (
        f'offer = {{code = "spring", price_minor = 70, starts_at = {start.isoformat()}, ends_at = {end.isoformat()}}}'
    )
    made = await draft(shop, operator)
    head, tail = made["toml"].split("[regions.US.web]")
    tail = tail.replace("{coins = 70, price_minor = 74}", f"{{coins = 70, price_minor = 74, {offer}}}", 1)
    body = {"name": "Spring", "toml": f"{head}[regions.US.web]{tail}", "revision": made["revision"]}
    changed = (await operator.put(f"/v1/price-book-drafts/{made['id']}", json=body)).json()
    assert (await publish(operator, changed)).status_code == 201
    buyer = await person(shop, "ada")
    prices = []
    for _ in range(3):
        prices.append((await shop.quote(buyer, package_coins=70))["price"]["amount_minor"])
        shown = (await buyer.get("/v1/prices?region=US")).json()["channels"][0]["packages"][0]
        assert (shown["offer"] is not None) == (prices[-1] == 70)
        shop.clock.advance(timedelta(days=1, seconds=1) if prices[-1] == 74 else 2 * DAY)
    assert prices == [74, 70, 74]


async def test_the_seller_of_a_region_is_that_of_the_book_of_the_moment(
    shop: Shop, operator: httpx2.AsyncClient, database: Database
) -> None:
    before = shop.clock.now()
    shop.clock.advance(timedelta(minutes=1))
    german_tax = 'tax = {name = "MwSt", rate_bps = 1900'
    seller = '[sellers.ACME]\nname = "Acme GmbH"\naddress = "Berlin"\n\n'
    made = await draft(
        shop, operator, ("[regions.AD]", f"{seller}[regions.AD]"), (german_tax, f'seller = "ACME"\n{german_tax}')
    )
    assert (await publish(operator, made)).status_code == 201
    settings = shop.desk.house.settings
    async with database.read() as connection:
        german = await seller_of(connection, "DE", shop.clock.now(), settings)
        elsewhere = await seller_of(connection, "FR", shop.clock.now(), settings)
        earlier = await seller_of(connection, "DE", before, settings)
    assert (german.code, german.name, german.address) == ("ACME", "Acme GmbH", "Berlin")
    assert elsewhere.code == earlier.code == settings.seller_code
    buyer = await shop.desk.person("berta", locale="de-DE")
    order = await shop.order(buyer)
    await shop.pay(order, "4000002760000016")
    assert (await buyer.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "paid"
    assert (await buyer.get(f"/v1/receipts/{order['id']}")).json()["seller"]["name"] == "Acme GmbH"


async def test_a_quote_that_was_altered_is_refused(shop: Shop, owner_connection: OwnConnection) -> None:
    buyer = await person(shop, "ada")
    quotes = [await shop.quote(buyer, package_coins=70) for _ in range(3)]
    assert len({quote["signature"] for quote in quotes}) == 3
    await owner_connection.execute("update quote set coins = 70000 where quote_id = $1", quotes[0]["id"])
    await owner_connection.execute("update quote set signature = '' where quote_id = $1", quotes[1]["id"])
    outcomes = []
    for quote in quotes:
        body = {"id": str(new_id(shop.clock)), "quote_id": quote["id"], "provider": "sandbox"}
        outcomes.append((await buyer.post("/v1/orders", json=body)).json().get("code"))
    assert outcomes == ["quote_not_ours", "quote_not_ours", None]


async def test_all_processes_sign_with_one_key(shop: Shop, database: Database) -> None:

    async def key() -> bytes:
        async with database.transaction() as connection:
            return await quote_key(connection, shop.desk.house.settings)

    assert len(set(await asyncio.gather(*(key() for _ in range(4))))) == 1
    async with database.read() as connection:
        assert await quote_key(connection, Settings(quote_key=Secret("k" * 32))) == b"k" * 32


async def test_rows_come_back_as_they_were_written(owner_connection: OwnConnection) -> None:
    made = seed.make_book(7, datetime(2026, 11, 1, tzinfo=UTC))
    async with owner_connection.transaction():
        assert await write_book(owner_connection, made, published_at=made.effective_at)
        assert not await write_book(owner_connection, made, published_at=made.effective_at)
        assert await read_book(owner_connection, 7) == made


async def test_a_draft_needs_no_book_before_it(desk: Desk) -> None:
    operator = await desk.person("olga", Role.OPERATOR)
    body = {"id": str(new_id(desk.house.clock)), "name": "First"}
    made = (await operator.post("/v1/price-book-drafts", json=body)).json()
    assert made["publishable"], made["findings"][:3]
    assert (await operator.get(f"/v1/price-book-drafts/{made['id']}/comparison")).json()["code"] == "no_prices"
    assert (await publish(operator, made)).json()["version"] == 1


# The command line


def command(database_url: str, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """`plaudit prices …` on the database of the test."""
    return subprocess.run(
        [sys.executable, "-m", "plaudit", "prices", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"DATABASE_URL": database_url, "PATH": "/usr/bin:/bin", "PLAUDIT_ONE_OPERATOR": "yes"},
        **options,
    )


async def test_files_are_exported_linted_published_and_listed(
    database_url: str, owner_connection: OwnConnection, tmp_path: Path
) -> None:
    def plaudit(*arguments: str) -> Any:
        return command(database_url, *arguments)

    none_yet = plaudit("export")
    assert (none_yet.returncode, "No price book holds now" in none_yet.stderr) == (1, True)
    file = tmp_path / "prices.toml"
    file.write_text(plaudit("export", "--today").stdout)
    assert plaudit("lint", str(file)).stdout == "nothing found\n"
    nobody = plaudit("publish", str(file))
    assert (nobody.returncode, "--by PERSON" in nobody.stderr) == (1, True), nobody.stderr
    async with open_desk(database_url, SystemClock()) as desk:
        await grant_role(owner_connection, await desk.person_id("olga"), Role.PRICING, SystemClock())
    published = plaudit("publish", str(file))
    assert (published.returncode, published.stdout.startswith("version 1 current")) == (0, True), published.stderr
    assert plaudit("export").stdout == plaudit("export", "1").stdout == file.read_text()
    assert plaudit("import", str(file), "--name", "Spring").stdout.startswith("draft ")
    file.write_text(file.read_text().replace("coins_max =", "best = true\ncoins_max =", 1))
    wrong = plaudit("publish", str(file))
    assert (wrong.returncode, wrong.stderr) == (1, "plaudit: regions.AD.web.best is not known here\n")
    file.write_text(
        file.read_text()
        .replace("best = true\n", "")
        .replace("store_fee_fixed_minor = ", "store_fee_fixed_minor = 99", 1)
    )
    for verb in ("lint", "publish"):
        refused = plaudit(verb, str(file))
        assert (refused.returncode, refused.stdout.split()[:2]) == (1, ["refuse", "below_fee_floor"]), refused.stdout
    listed = plaudit("list").stdout.splitlines()
    assert len(listed) == 1
    assert listed[0].split()[:2] == ["1", "current"]


async def test_a_key_that_was_given_up_with_its_transaction_is_not_remembered(database: Database) -> None:
    """Else one connection would sign what all others refuse."""
    settings = Settings(vault_keys=Secret("v" * 32))
    async with database.read() as connection:
        await connection.execute("begin")
        given_up = await quote_key(connection, settings)
        await connection.execute("rollback")
        keys = []
        for _ in range(2):
            async with connection.transaction():
                keys.append(await quote_key(connection, settings))
        async with database.read() as other:
            kept = await quote_key(other, settings)
    assert keys == [kept, kept]
    assert kept != given_up
