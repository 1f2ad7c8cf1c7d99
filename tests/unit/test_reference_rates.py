"""The ECB's document of reference rates: what of it is read, and what is refused."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from plaudit.exchange.ecb import RatesRefused, read_rates, require_steady
from plaudit.exchange.model import Rates
from plaudit.exchange.rates import shipped_rates, shipped_until
from plaudit.settings import Settings, SettingsError
from tests.support.reference_rates import DAY, QUOTED, document

TODAY = DAY + timedelta(days=1)


def test_a_day_is_read_exactly() -> None:
    [rates] = read_rates(document({DAY: QUOTED}))
    assert rates == Rates(DAY, {currency: Decimal(rate) for currency, rate in QUOTED.items()})
    assert rates.quote("EUR") == 1
    assert rates.convert(1_999, "USD", "EUR") == 1_599  # 15.992
    assert rates.convert(100, "EUR", "JPY") == 160
    assert rates.convert(160, "JPY", "USD") == 125
    assert rates.convert(1, "XAU", "EUR") is None
    assert rates.minor_per_minor("USD", "JPY") == Fraction(160, 125)
    assert (rates.shown("USD", "EUR"), rates.shown("EUR", "USD"), rates.shown("JPY", "GBP")) == ("1.25", "0.8", "200")


def test_several_days_come_in_their_order() -> None:
    days = [DAY - timedelta(days=number) for number in range(3)]
    assert [rates.day for rates in read_rates(document(dict.fromkeys(days, QUOTED)))] == days[::-1]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no XML"),
        (b"<html><body>Maintenance</body>", "no XML"),
        (b"<html/>", "no day"),
        (document({DAY: QUOTED})[:-40], "no XML"),
        (document({}), "no day"),
        (document({DAY: {}}), "0 rates"),
        (document({DAY: dict(list(QUOTED.items())[:3])}), "3 rates"),
        (document({DAY: {name: rate for name, rate in QUOTED.items() if name != "USD"}}), "no rate of USD"),
        (document({DAY: QUOTED | {"USD": "0"}}), "no rate"),
        (document({DAY: QUOTED | {"USD": "-1.1"}}), "no rate"),
        (document({DAY: QUOTED | {"USD": "NaN"}}), "no rate"),
        (document({DAY: QUOTED | {"USD": "1e99"}}), "no rate"),
        (document({DAY: QUOTED | {"USD": "N/A"}}), "no rate"),
        (document({DAY: QUOTED | {"usd": "1.1"}}), "no currency"),
        (document({DAY: QUOTED | {"EUR": "1"}}), "no currency"),
        (document({DAY: QUOTED}).replace(b"time='", b"time='x"), "no day"),
        (document({DAY: QUOTED}).replace(b" time='", b" when='"), "has no day"),
        (document({DAY: QUOTED}).replace(b"</Cube></Cube>", b"<Cube currency='USD' rate='1'/></Cube></Cube>"), "twice"),
        (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + document({DAY: QUOTED})[39:], "document type"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_rates_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(RatesRefused, match=why):
        read_rates(body)


def test_only_days_that_are_new_and_have_come_are_taken() -> None:
    known = Rates(DAY, {"USD": Decimal("1.25")})
    later = Rates(TODAY, {"USD": Decimal("1.3")})
    assert require_steady([known, later], [known], TODAY, 20) == [later]
    assert require_steady([known], [known], TODAY, 20) == []
    assert require_steady([known], [], TODAY, 20) == [known]
    with pytest.raises(RatesRefused, match="not come"):
        require_steady([later], [known], DAY, 20)


@pytest.mark.parametrize(("rate", "is_taken"), [("1.5", True), ("1.5001", False), ("1.0417", True), ("1.0416", False)])
def test_a_jump_is_refused_from_one_day_to_the_next(rate: str, is_taken: bool) -> None:
    known = Rates(DAY, {"USD": Decimal("1.25"), "GBP": Decimal("0.8")})
    moved = Rates(TODAY, {"USD": Decimal(rate), "GBP": Decimal("0.8"), "SEK": Decimal(11)})
    if is_taken:
        assert require_steady([moved], [known], TODAY, 20) == [moved]
        return
    with pytest.raises(RatesRefused, match="USD went from"):
        require_steady([moved], [known], TODAY, 20)


def test_what_moves_day_by_day_may_go_far() -> None:
    known = Rates(DAY, {"USD": Decimal("1.25")})
    days = [Rates(DAY + timedelta(days=number), {"USD": Decimal(rate)}) for number, rate in ((1, "1.4"), (2, "1.6"))]
    assert require_steady(days, [known], TODAY + timedelta(days=1), 20) == days


@pytest.mark.parametrize(("rate", "is_taken"), [("1.3", True), ("1.1", True), ("1.6", False), ("0.9", False)])
def test_a_gap_is_filled_between_its_neighbours(rate: str, is_taken: bool) -> None:
    days = [DAY - timedelta(days=number) for number in (2, 1, 0)]
    first, gap, last = (Rates(day, {"USD": Decimal(at)}) for day, at in zip(days, ("1.25", rate, "1.1"), strict=True))
    for known in ([first, last], [last]):  # the first may be new, too
        if is_taken:
            assert require_steady([first, gap, last], known, TODAY, 20) == [
                one for one in (first, gap) if one not in known
            ]
            continue
        with pytest.raises(RatesRefused, match="USD went from"):
            require_steady([first, gap, last], known, TODAY, 20)


def test_those_that_came_with_plaudit_are_whole() -> None:
    last = shipped_until()
    days = list(shipped_rates(last - timedelta(days=9)))
    assert days[-1].day == last
    assert 5 <= len(days) <= 8, "no weekends"
    assert all(len(rates.per_euro) > 20 and rates.quote("USD") for rates in days)


def test_rates_come_by_https_only() -> None:
    address = "https://rates.example/eurofxref-daily.xml"
    assert Settings.from_environment({"PLAUDIT_EXCHANGE_RATES_URL": address}).exchange_rates_url == address
    with pytest.raises(SettingsError, match="https"):
        Settings.from_environment({"PLAUDIT_EXCHANGE_RATES_URL": "http://rates.example/eurofxref-daily.xml"})


def test_each_seller_reports_in_its_currency() -> None:
    settings = Settings.from_environment({"PLAUDIT_REPORTING_CURRENCIES": "USD ACMEUK=GBP"})
    assert [settings.reporting_currency_of(code) for code in ("ACMEUK", "ACME")] == ["GBP", "USD"]
    assert Settings().reporting_currency_of("ACME") == "EUR"
    for wrong in ("euro", "ACME=", "=EUR", "acme=EUR"):
        with pytest.raises(SettingsError, match="must be a currency"):
            Settings.from_environment({"PLAUDIT_REPORTING_CURRENCIES": wrong})
