"""The linter: what it refuses, where, and what it lets pass."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from plaudit.limits import OFFER_DAYS_MAX, OFFER_REST_DAYS
from plaudit.selling.prices.lint import Surroundings, lint
from plaudit.selling.prices.model import Severity
from plaudit.selling.prices.pricing import Offer, Package, Price, PriceBook, SellerOfRecord
from plaudit.selling.prices.seed import make_book
from plaudit.selling.providers.apple.price_points import apple_ladder
from tests.support.books import BEGIN, book, price

DAY = timedelta(days=1)


def found(checked: PriceBook, **around: Any) -> list[tuple[str, str]]:
    """Codes and paths of what is refused."""
    around.setdefault("default_region", "US")
    return [
        (finding.code, finding.path)
        for finding in lint(checked, Surroundings(**around))
        if finding.severity is Severity.REFUSE
    ]


def warned(checked: PriceBook, **around: Any) -> set[str]:
    return {finding.code for finding in lint(checked, Surroundings(**around)) if finding.severity is Severity.WARN}


def web(*packages: Package, **changed: Any) -> PriceBook:
    return book(price(packages=packages, **changed), price("apple"), price("google"))


def offered(starts: int, ends: int, price_minor: int = 100, code: str = "spring") -> Package:
    """100 coins, offered from one day to another after the beginning."""
    return Package(100, 110, offer=Offer(code, price_minor, BEGIN + starts * DAY, BEGIN + ends * DAY))


def test_the_first_book_and_a_plain_one_are_clean() -> None:
    first = make_book(1, BEGIN)
    assert lint(first, Surroundings(default_region="US", past=(first,), current=first)) == []
    assert lint(book(), Surroundings(default_region="US")) == []


@pytest.mark.parametrize(
    ("tax_id", "wrong"),
    [
        ("DE 136 695 976", False), ("DE136695977", True), ("ATU13585627", False), ("ATU13585626", True),
        ("ESB58378431", False), ("EL094259216", False), ("FR40303265045", False), ("FR84323140391", True),
        ("GB 980 7806 84", False), ("GB123", True), ("CHE-107.787.577 IVA", False), ("CHE-107.787.578 IVA", True),
        ("NO 995 525 828 MVA", False), ("NO995525829MVA", True), ("T5835678256246", False), ("T5835678256247", True),
        ("12/345/67890", False), ("US 98-7654321", False), ("", False), ("Deutsche Steuer", False),
    ],
)  # fmt: skip
def test_tax_ids_are_held_against_their_country(tax_id: str, *, wrong: bool) -> None:
    checked = msgspec.structs.replace(web(), sellers=(SellerOfRecord("ACME", "Acme", "Here", tax_id),))
    assert warned(checked) == ({"tax_id_not_valid"} if wrong else set())


def test_what_the_app_store_does_not_sell_at_is_found() -> None:
    """Google sells at any amount, and of a currency whose ladder is not known nothing is said."""
    packages = (Package(100, 149), Package(1_000, 1_501))
    checked = book(price(), price("apple", packages=packages), price("google", packages=packages))
    (found,) = lint(checked, Surroundings())
    assert (found.code, found.path) == ("not_a_price_point", "regions.US.apple.packages[1].price_minor")
    assert "1500 and 1549 are" in found.text
    assert apple_ladder("XAF") is None


def test_the_first_prices_in_the_app_store_are_price_points() -> None:
    for one in make_book(1, BEGIN).prices:
        if one.channel == "apple" and one.currency != "ISK":
            ladder = apple_ladder(one.currency)
            assert ladder, one.currency
            assert len(one.packages) >= 7
            assert all(ladder.has(package.price_minor) for package in one.packages), one.region


@pytest.mark.parametrize(
    ("currency", "points", "others"),
    [
        ("USD", (29, 99, 990, 995, 999, 1_049, 24_999, 99_999), (28, 100_001, 105, 1_050, 20_500)),
        ("JPY", (50, 160, 2_280, 10_400), (155, 2_250)),
        ("HUF", (9_900, 44_900), (44_500,)),
        ("IDR", (300_000, 1_800_000), (310_000,)),
    ],
)
def test_rungs_of_apples_ladder(currency: str, points: tuple[int, ...], others: tuple[int, ...]) -> None:
    ladder = apple_ladder(currency)
    assert ladder
    assert [minor for minor in points if not ladder.has(minor)] == []
    assert [minor for minor in others if ladder.has(minor)] == []
    for minor in (*points, *others):
        above, below = ladder.at_least(minor), ladder.at_most(minor)
        assert above is None or (above >= minor and ladder.has(above))
        assert below is None or (below <= minor and ladder.has(below))


@pytest.mark.parametrize(
    ("checked", "code", "path"),
    [
        (book(price("apple")), "web_missing", "regions.US"),
        (book(price(region="DE")), "default_region_missing", "regions"),
        (
            book(price(), price("apple", currency="EUR")),
            "currency_mismatch",
            "regions.US.apple.currency",
        ),
        (web(Package(10, 9, best_value=True), Package(100, 90)), "best_value_not_lowest", "packages[0].best_value"),
        (web(Package(100, 110, best_value=True)), "best_value_not_lowest", "packages[0].best_value"),
        (web(Package(100, 110, saving_percent=27)), "saving_false", "packages[0].saving_percent"),
        (web(Package(90, 99, saving_percent=1)), "saving_false", "packages[0].saving_percent"),
        (
            book(price(), price("apple", packages=(Package(100, 150, saving_percent=5),))),
            "saving_in_the_app",
            "packages[0].saving_percent",
        ),
        (web(offered(0, 7, 110)), "offer_not_cheaper", "offer.price_minor"),
        (web(offered(0, OFFER_DAYS_MAX + 1)), "offer_too_long", "offer.ends_at"),
        (web(store_fee_fixed_minor=30), "custom_minimum_below_fee_floor", "coins_min"),
        (web(Package(20, 22), store_fee_fixed_minor=10, coins_min=100), "below_fee_floor", "packages[0]"),
        (web(Package(100, 100), Package(1_000, 1_100)), "dearer_than_smaller_package", "packages[1].price_minor"),
        (web(Package(100, 111)), "dearer_than_custom", "packages[0].price_minor"),
        (web(Package(200_000, 219_000)), "package_above_maximum", "packages[0].coins"),
        (web(Package(100, 107), step_minor=5), "price_off_step", "packages[0]"),
        (web(custom_amounts=False), "nothing_to_buy", "regions.US.web"),
        (
            book(price(currency="HUF", step_minor=1, unit_numerator=400, packages=())),
            "step_not_payable",
            "regions.US.web.step_minor",
        ),
    ],
)
def test_it_refuses(checked: PriceBook, code: str, path: str) -> None:
    refused = found(checked)
    assert any(known == code and place.endswith(path) for known, place in refused), refused


def test_a_true_best_value_and_a_true_saving_pass() -> None:
    best = web(Package(100, 110), Package(1_000, 1_000, best_value=True, saving_percent=32))
    assert found(best) == []


def test_best_value_must_hold_during_the_offer_of_another() -> None:
    others = Package(100, 110, offer=Offer("spring", 90, BEGIN, BEGIN + DAY))
    assert [code for code, _ in found(web(others, Package(1_000, 1_000, best_value=True)))] == ["best_value_not_lowest"]


def test_a_saving_is_against_the_lowest_price_the_apps_have() -> None:
    cheaper = price("google", packages=(Package(100, 150, offer=Offer("spring", 115, BEGIN, BEGIN + DAY)),))
    claimed = book(price(packages=(Package(100, 110, saving_percent=26),)), price("apple"), cheaper)
    assert [code for code, _ in found(claimed)] == ["saving_false"]


def past_with(*packages: Package, version: int = 1, at: int = -60) -> PriceBook:
    return book(price(packages=packages), version=version, effective_at=BEGIN + at * DAY)


@pytest.mark.parametrize(
    ("before", "now", "restarts"),
    [
        (offered(-20, -10), offered(0, 7), True),
        (offered(-20, -10), offered(0, 7, code="other-words"), True),
        (offered(-20, 3), offered(-20, 10), True),
        (offered(-20, -OFFER_REST_DAYS), offered(0, 7), False),
        (offered(-3, 4), offered(-3, 4), False),
        (offered(-3, 4), offered(-3, 2), False),
    ],
    ids=["soon again", "under another name", "put off", "after a rest", "carried over", "cut short"],
)
def test_a_countdown_does_not_restart(before: Package, now: Package, restarts: bool) -> None:
    refused = [code for code, _ in found(web(now), past=(past_with(before),))]
    assert refused == (["countdown_restarts"] if restarts else [])


def test_an_offer_nobody_saw_is_no_countdown() -> None:
    never_held = past_with(offered(-20, -10), at=-60)
    instead = past_with(Package(100, 110), version=2, at=-60)
    assert found(web(offered(0, 7)), past=(never_held, instead)) == []


def test_the_crossed_out_price_is_not_made_for_the_occasion() -> None:
    raised = web(Package(100, 110, offer=Offer("spring", 105, BEGIN + DAY, BEGIN + 3 * DAY)))
    assert [code for code, _ in found(raised, past=(past_with(Package(100, 107)),))] == ["crossed_out_price_false"]
    long_ago = (past_with(Package(100, 107)), past_with(Package(100, 110), version=2, at=-40))
    assert found(raised, past=long_ago) == []


def test_what_somebody_should_look_at() -> None:
    assert warned(book(), tax_rates_bps={"US": 2_100}) == {"tax_differs"}
    assert warned(book(price(unit_numerator=22, packages=()), price("apple")), current=book()) >= {
        "price_jump",
        "prices_disappear",
        "store_cheaper_than_web",
    }
    assert warned(web(Package(1_000, 1_000))) == {"custom_dearer_than_package"}
    assert warned(web(offered(-9, -2))) == {"offer_over"}


def test_a_package_that_undercuts_a_region_where_a_coin_is_listed_for_less() -> None:
    def beside_france(*packages: Package) -> PriceBook:
        return book(price(packages=packages), price(region="FR", unit_numerator=12, unit_denominator=10, packages=()))

    assert warned(beside_france(Package(1_000, 1_100))) == set()
    saved = Package(1_000, 1_000)
    assert warned(beside_france(saved)) == {"custom_dearer_than_package"}  # here a coin is listed for less
    dearer = price(region="FR", unit_numerator=12, unit_denominator=10, packages=(Package(1_000, 1_060),))
    [crossing] = [one for one in lint(book(price(), dearer), Surroundings()) if one.code == "undercuts_cheaper_region"]
    assert (crossing.severity, crossing.path) == (Severity.WARN, "regions.FR.web.packages[0].price_minor")
    assert "3.64 % less than in US" in crossing.text
    rounded = price(region="FR", unit_numerator=12, unit_denominator=10, packages=(Package(1_000, 1_090),))
    assert "undercuts_cheaper_region" not in warned(book(price(), rounded))


def test_an_offer_holds_from_its_start_until_before_its_end() -> None:
    def at(moment: Any) -> Price:
        return web(offered(0, 1)).prices[0].at(moment)

    before, during = at(BEGIN - timedelta(microseconds=1)).packages[0], at(BEGIN).packages[0]
    assert (before.price_minor, before.offer, before.regular_minor) == (110, None, None)
    assert (during.price_minor, during.regular_minor) == (100, 110)
    assert at(BEGIN + DAY - timedelta(microseconds=1)).cost(100).gross == 100
    assert at(BEGIN + DAY).cost(100).gross == 110


def test_tax_below_a_country_is_known_and_leaves_the_same() -> None:
    assert "subdivision_rates_missing" in warned(book(price()), subdivision_rates_ppm={"US": ()})
    within = {"US": (50_000, 149_750)}
    assert "tax_differs_within" in warned(book(price()), subdivision_rates_ppm=within)
    for checked, rates in (
        (book(price(tax_included=False)), within),
        (book(price()), {"US": (50_000, 50_000)}),
        (book(price()), {"CA": (50_000, 149_750)}),
    ):
        assert not warned(checked, subdivision_rates_ppm=rates) & {"tax_differs_within", "subdivision_rates_missing"}
