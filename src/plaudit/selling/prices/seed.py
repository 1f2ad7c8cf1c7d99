"""The first price book: public coin packs, converted at the ECB's rates, with the VAT of the region.

In regions with VAT the tax goes on top of the converted price and is included in what is shown, as the public packs of
the United Kingdom were: 65 coins for $0.99 in the United States and £0.89 there, which is the dollar price at the rate
of the day plus 20 %. Outside the data of `eu-vat-rates-data` no rate is known here: the tax is named and zero until the
operator says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.metadata import version as package_version

import eu_vat_rates_data
import msgspec
from currency_converter import CurrencyConverter

from plaudit.exchange.rates import shipped, shipped_source
from plaudit.limits import PACKAGE_DEARER_BPS_MAX
from plaudit.money import exponent, payable_step, round_up
from plaudit.selling.prices.channels import ChannelInfo, channels
from plaudit.selling.prices.lint import fewest_worth_their_fees
from plaudit.selling.prices.pricing import BPS, Package, Price, PriceBook, reference_of
from plaudit.selling.prices.taxes import TaxRate

BASE_COINS = 70
WEB_CENTS = 74  # 70 coins on the web in the United States
WEB_PACKAGES = (70, 350, 700, 1_400, 3_500, 7_000, 17_500)
STORE_PACKS_CENTS = {  # coins and cents in the apps in the United States
    5: 7,
    70: 99,
    350: 499,
    700: 999,
    1_400: 1_999,
    3_500: 4_999,
    7_000: 9_999,
    17_500: 24_999,
}
WEB_COINS_MAX = 10 * max(WEB_PACKAGES)
NO_REGION = {"XI"}  # Northern Ireland has VAT rules of its own and no country code; its people are of GB


class Tax(msgspec.Struct, frozen=True):
    """What is added to the price in a region, and whether shown prices include it."""

    name: str
    rate_bps: int
    included: bool = True


ELSEWHERE = {
    "US": ("USD", Tax("Sales tax", 0, included=False)),
    "CA": ("CAD", Tax("GST/HST", 0, included=False)),
    "MX": ("MXN", Tax("IVA", 0)),
    "BR": ("BRL", Tax("ISS/PIS/COFINS", 0)),
    "JP": ("JPY", Tax("Consumption tax", 0)),
    "KR": ("KRW", Tax("VAT", 0)),
    "HK": ("HKD", Tax("Sales tax", 0)),
    "SG": ("SGD", Tax("GST", 0)),
    "MY": ("MYR", Tax("Service tax", 0)),
    "ID": ("IDR", Tax("PPN", 0)),
    "PH": ("PHP", Tax("VAT", 0)),
    "TH": ("THB", Tax("VAT", 0)),
    "IN": ("INR", Tax("GST", 0)),
    "IL": ("ILS", Tax("VAT", 0)),
    "ZA": ("ZAR", Tax("VAT", 0)),
    "AU": ("AUD", Tax("GST", 0)),
    "NZ": ("NZD", Tax("GST", 0)),
}


def make_book(version: int, effective_at: datetime, taxes: Mapping[str, Tax] | None = None) -> PriceBook:
    """The price book of the installed sources; the same sources make the same book.

    Args:
        version: its number.
        effective_at: from when it holds.
        taxes: the operator's own taxes by region, instead of those known here.
    """
    sources = _installed()
    prices = []
    rates: dict[str, str] = {}
    for region, (currency, known) in sorted(sources.regions.items()):
        tax = (taxes or {}).get(region, known)
        per_dollar = sources.per_euro[currency] / sources.per_euro["USD"]
        minor_per_cent = per_dollar * Fraction(10) ** (exponent(currency) - 2)
        rates[currency] = str(minor_per_cent)
        prices += [_price(version, region, channel, currency, tax, minor_per_cent) for channel in channels().values()]
    return PriceBook(
        version=version,
        effective_at=effective_at,
        rates_date=sources.rates_date,
        note="Public packs of the United States, converted; tax outside Europe is zero until the operator sets it.",
        sources={
            "packs": f"public prices: {BASE_COINS} coins for {WEB_CENTS} cents on the web, from 99 cents in the apps",
            "rates": f"{shipped_source()}, of {sources.rates_date}",
            "vat": f"eu-vat-rates-data {package_version('eu-vat-rates-data')} of {eu_vat_rates_data.data_version}",
        },
        rates=dict(sorted(rates.items())),
        prices=tuple(prices),
    )


@dataclass(frozen=True)
class _Sources:
    """What the installed packages know: currency and tax of each region, and the newest reference rates."""

    regions: Mapping[str, tuple[str, Tax]]
    rates_date: date
    per_euro: Mapping[str, Fraction]


@cache
def _installed() -> _Sources:
    """Read once: the rates come as a file of all days since 1999."""
    converter = shipped()
    regions = {**_european(converter), **ELSEWHERE}
    currencies = {currency for currency, _ in regions.values()} - {"EUR"}
    rates_date = min(converter.bounds[currency].last_date for currency in currencies)
    per_euro = {
        currency: Fraction(converter.convert(Decimal(1), "EUR", currency, rates_date)) for currency in currencies
    }
    return _Sources(regions, rates_date, {"EUR": Fraction(1), **per_euro})


def _european(converter: CurrencyConverter) -> dict[str, tuple[str, Tax]]:
    """Countries of the VAT data whose currency the ECB quotes today."""
    latest = converter.bounds["USD"].last_date
    quoted = {currency for currency, bounds in converter.bounds.items() if bounds and bounds.last_date == latest} | {
        "EUR"
    }
    found = {}
    for region, rate in eu_vat_rates_data.get_all_rates().items():
        if rate["currency"] in quoted and region not in NO_REGION:
            rate_bps = int(Decimal(str(rate["standard"])) * 100)
            found[region] = (rate["currency"], Tax(rate["vat_abbr"], rate_bps))
    return found


def _at_price_points(packs: Mapping[int, int], channel: ChannelInfo, currency: str) -> tuple[Package, ...]:
    """Packs at prices their store sells at: the next above, unless more coins were dearer by the coin then than round
    figures explain. Those far below the least of all are left out."""
    ladder = channel.ladder_of(currency)
    if ladder is None:
        return tuple(Package(coins, minor) for coins, minor in packs.items())
    packages: list[Package] = []
    for coins, minor in packs.items():
        point = ladder.at_least(minor)
        cheapest = min((Fraction(one.price_minor, one.coins) for one in packages), default=Fraction(minor))
        most = int(cheapest * coins * Fraction(BPS + PACKAGE_DEARER_BPS_MAX, BPS))
        if point and point > most:
            point = ladder.at_most(most)
        if point and point < 2 * minor:
            packages.append(Package(coins, point))
    return tuple(packages)


def _price(version: int, region: str, channel: ChannelInfo, currency: str, tax: Tax, minor_per_cent: Fraction) -> Price:
    """Prices of one channel: the web in exact proportion to its smallest pack, the stores by their packs only."""
    step = payable_step(currency)
    factor = minor_per_cent * (Fraction(BPS + tax.rate_bps, BPS) if tax.included else 1)

    def converted(cents: int) -> int:
        return round_up(factor * cents / step) * step

    web = not channel.is_store
    if web:
        base_minor = converted(WEB_CENTS)
        packages = tuple(Package(n, base_minor * n // BASE_COINS) for n in WEB_PACKAGES)
    else:
        packages = _at_price_points({n: converted(cents) for n, cents in STORE_PACKS_CENTS.items()}, channel, currency)
        base_minor = next(package.price_minor for package in packages if package.coins == BASE_COINS)
    unit = Fraction(base_minor, BASE_COINS)
    reference = reference_of(unit, tax.rate_bps, minor_per_cent, tax_included=tax.included)
    price = Price(
        version=version,
        region=region,
        channel=channel.code,
        currency=currency,
        unit_numerator=unit.numerator,
        unit_denominator=unit.denominator,
        step_minor=step,
        tax_name=tax.name,
        tax_rate_bps=tax.rate_bps,
        tax_included=tax.included,
        store_fee_bps=channel.fee_bps,
        store_fee_fixed_minor=round_up(channel.fee_fixed_us_cents * minor_per_cent),
        custom_amounts=web,
        coins_min=1 if web else min(package.coins for package in packages),
        coins_max=WEB_COINS_MAX if web else max(package.coins for package in packages),
        reference_numerator=reference.numerator,
        reference_denominator=reference.denominator,
        packages=packages,
    )
    return msgspec.structs.replace(price, coins_min=fewest_worth_their_fees(price)) if web else price


def own_taxes(rates: Mapping[str, TaxRate]) -> dict[str, Tax]:
    """Taxes of the dated table in the words of `make_book`; whether prices include them is the region's custom."""
    return {
        country: Tax(rate.name, rate.rate_bps, ELSEWHERE[country][1].included if country in ELSEWHERE else True)
        for country, rate in rates.items()
    }
