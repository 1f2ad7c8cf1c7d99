"""Looks at a price book and says what may not be published, and what somebody should look at. Pure: nothing is read.

What the rules rest on: people must be able to see what a thing costs and must not be hurried or misled about it
(UK CAP code on in-game purchases, EU principles on virtual currencies, the EU rule on announced price reductions), and
a sale whose fee is larger than its price helps nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import msgspec

from plaudit.exchange.margin import Loss
from plaudit.limits import (
    PACKAGE_DEARER_BPS_MAX,
    PRICE_FINDINGS_MAX,
    PRICE_JUMP_BPS,
    PRICE_LEFT_AFTER_FEES_BPS_MIN,
    REGION_CROSSING_BPS_MAX,
)
from plaudit.money import payable_step, round_half_up
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.prices.claims import claims_of_channel, claims_of_region, offers_of
from plaudit.selling.prices.model import Finding, Severity
from plaudit.selling.prices.pricing import BPS, PPM, Package, Price, PriceBook
from plaudit.selling.prices.tax_ids import cannot_be_right

WARN, REFUSE = Severity.WARN, Severity.REFUSE


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a book is held against.

    `past` are the versions that held or are scheduled, in any order; `tax_rates_bps` the dated rates of the day the
    book takes effect, `subdivision_rates_ppm` those of states and provinces of each country in which they are charged;
    `default_region` the region that must have prices; `losses` what of the book brings no more than can be paid out.
    """

    past: tuple[PriceBook, ...] = ()
    current: PriceBook | None = None
    tax_rates_bps: Mapping[str, int] = {}
    subdivision_rates_ppm: Mapping[str, Sequence[int]] = {}
    default_region: str | None = None
    losses: tuple[Loss, ...] = ()


def lint(book: PriceBook, around: Surroundings) -> list[Finding]:
    """All that is found, refusals first, each with its place in the file; at most PRICE_FINDINGS_MAX."""
    found = sorted(_findings(book, around), key=lambda finding: finding.severity is WARN)
    return found[:PRICE_FINDINGS_MAX]


def refusals(found: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.severity is REFUSE]


def path_of(price: Price, *parts: str) -> str:
    return ".".join(["regions", price.region, price.channel, *parts])


def _findings(book: PriceBook, around: Surroundings) -> Iterator[Finding]:
    yield from _whole(book, around)
    for loss in around.losses:
        place = "unit_price" if loss.place is None else f"packages[{loss.place}].price_minor"
        yield Finding("sold_below_payout", f"regions.{loss.region}.{loss.channel}.{place}", loss.words, REFUSE)
    for region in sorted({price.region for price in book.prices}):
        prices = [price for price in book.prices if price.region == region]
        yield from _region(region, prices, around)
        yield from claims_of_region(prices)
    for price in book.prices:
        yield from _steps(price)
        yield from _fees(price)
        yield from _order_of_packages(price)
        yield from claims_of_channel(price)
        yield from offers_of(price, book.effective_at, around.past)
    yield from _crossings([price for price in book.prices if price.channel == "web"])
    if around.current:
        yield from _changes(book, around.current)


def _whole(book: PriceBook, around: Surroundings) -> Iterator[Finding]:
    regions = {price.region for price in book.prices}
    if not regions:
        yield Finding("no_prices", "regions", "There is not a single price.", REFUSE)
    elif around.default_region and around.default_region not in regions:
        text = f"The default region {around.default_region} has no prices: who comes from nowhere known could not buy."
        yield Finding("default_region_missing", "regions", text, REFUSE)
    for seller in book.sellers:
        if cannot_be_right(seller.tax_id):
            text = f"{seller.tax_id} is no tax id of the country it names, and receipts would show it."
            yield Finding("tax_id_not_valid", f"sellers.{seller.code}.tax_id", text, WARN)


def _region(region: str, prices: list[Price], around: Surroundings) -> Iterator[Finding]:
    path = f"regions.{region}"
    web = next((price for price in prices if price.channel == "web"), None)
    if web is None:
        text = "There are no prices on the web, which those of the apps are held against."
        yield Finding("web_missing", path, text, REFUSE)
        return
    for price in prices:
        if price.currency != web.currency:
            text = f"{price.channel} sells in {price.currency} and the web in {web.currency}: buyers could not compare."
            yield Finding("currency_mismatch", path_of(price, "currency"), text, REFUSE)
        elif price.channel != "web" and _coin(price) < _coin(web):
            text = f"A coin is cheaper on {price.channel} than on the web, although the store keeps a larger share."
            yield Finding("store_cheaper_than_web", path_of(price, "unit_price"), text, WARN)
        rate_bps = around.tax_rates_bps.get(region)
        if rate_bps is not None and rate_bps != price.tax_rate_bps:
            text = (
                f"The tax table says {_percent(rate_bps)} and is followed; here it is {_percent(price.tax_rate_bps)}."
            )
            yield Finding("tax_differs", path_of(price, "tax.rate_bps"), text, WARN)
    yield from _below(web, around)


def _below(web: Price, around: Surroundings) -> Iterator[Finding]:
    """Where tax is charged by state or province: that rates are known, and that a price leaves the same in all."""
    rates = around.subdivision_rates_ppm.get(web.region)
    if rates is None:
        return
    if not rates:
        text = f"Tax is to be charged by state or province of {web.region}, and no rate of one is known."
        yield Finding("subdivision_rates_missing", path_of(web, "tax"), text, WARN)
    elif web.tax_included and min(rates) != max(rates):
        least, most = (_percent(Fraction(rate, PPM // BPS)) for rate in (min(rates), max(rates)))
        text = (
            f"The price includes a tax that is {least} to {most} by state or province: what it leaves differs as much."
        )
        yield Finding("tax_differs_within", path_of(web, "tax.included"), text, WARN)


def _coin(price: Price) -> Fraction:
    """What a coin costs at the most, with tax."""
    return price.unit * (1 if price.tax_included else Fraction(BPS + price.tax_rate_bps, BPS))


def _percent(bps: int | Fraction) -> str:
    whole, rest = divmod(round_half_up(Fraction(bps)), 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + " %"


def _steps(price: Price) -> Iterator[Finding]:
    """All that is charged can be paid, to the minor unit that is in use."""
    payable = payable_step(price.currency)
    if price.step_minor % payable:
        text = (
            f"{price.currency} is paid in multiples of {payable} minor units; the step of {price.step_minor} is none."
        )
        yield Finding("step_not_payable", path_of(price, "step_minor"), text, REFUSE)
    for index, package in enumerate(price.packages):
        for amount in {package.price_minor, package.lowest_minor}:
            if amount % price.step_minor:
                text = f"{amount} minor units are no multiple of the step, {price.step_minor}."
                yield Finding("price_off_step", path_of(price, f"packages[{index}]"), text, REFUSE)
    yield from _off_the_ladder(price)
    if not price.packages and not price.custom_amounts:
        yield Finding("nothing_to_buy", path_of(price), "There are neither packages nor custom amounts.", REFUSE)


def _off_the_ladder(price: Price) -> Iterator[Finding]:
    """A store sells at its price points only: at any other price each sale would differ from what was said."""
    ladder = channel_of(price.channel).ladder_of(price.currency)
    if ladder is None:
        return
    for index, package in enumerate(price.packages):
        for amount in sorted({package.price_minor, package.lowest_minor}):
            if not ladder.has(amount):
                near = " and ".join(str(one) for one in (ladder.at_most(amount), ladder.at_least(amount)) if one)
                text = f"{amount} minor units are no price point that is known of {price.channel}; {near} are."
                yield Finding("not_a_price_point", path_of(price, f"packages[{index}].price_minor"), text, WARN)


def _fees(price: Price) -> Iterator[Finding]:
    """Enough is left of every price when tax and fees are taken."""
    for index, package in enumerate(price.packages):
        if text := _eaten(price, package.lowest_minor):
            place = f"packages[{index}]" + (".offer" if package.lowest_minor < package.price_minor else "")
            yield Finding("below_fee_floor", path_of(price, place), f"{package.coins} coins: {text}", REFUSE)
    if price.custom_amounts and (text := _eaten(price, price.proportion(price.coins_min))):
        text = f"The smallest custom amount, {price.coins_min} coins: {text}"
        yield Finding("custom_minimum_below_fee_floor", path_of(price, "coins_min"), text, REFUSE)


def fewest_worth_their_fees(price: Price) -> int:
    """The fewest coins that can be a custom amount: of fewer, fees would take too much."""
    return next(n for n in range(price.coins_min, price.coins_max + 1) if not _eaten(price, price.proportion(n)))


def _eaten(price: Price, listed_minor: int) -> str | None:
    """Why a listed price is too small for its fees; None when it is not."""
    net, left = price.taxed(listed_minor).net, price.left_of(listed_minor)
    if left * BPS >= net * PRICE_LEFT_AFTER_FEES_BPS_MIN:
        return None
    share = _percent(left * BPS / net) if left > 0 else "nothing"
    floor = _percent(PRICE_LEFT_AFTER_FEES_BPS_MIN)
    return f"of {net} minor units without tax, {share} is left after fees; at least {floor} must be."


def _order_of_packages(price: Price) -> Iterator[Finding]:
    """More coins are not dearer by the coin, and no package is dearer than the same coins as a custom amount."""
    packages = sorted(enumerate(price.packages), key=lambda entry: entry[1].coins)
    for position, (index, package) in enumerate(packages):
        path = path_of(price, f"packages[{index}].price_minor")
        smaller = [earlier for _, earlier in packages[:position] if _is_dearer(package, earlier, price.step_minor)]
        if smaller:
            text = (
                f"A coin of {package.coins} is dearer by more than {_percent(PACKAGE_DEARER_BPS_MAX)} "
                f"than one of {smaller[-1].coins}: whoever buys more would pay more."
            )
            yield Finding("dearer_than_smaller_package", path, text, REFUSE)
        if price.custom_amounts and price.proportion(package.coins) > package.price_minor + price.step_minor:
            text = f"A custom amount costs more by the coin than {package.coins} coins do: who needs few pays more."
            yield Finding("custom_dearer_than_package", path_of(price, "unit_price"), text, WARN)
        if price.custom_amounts and package.price_minor > price.proportion(package.coins):
            text = f"As a custom amount, {package.coins} coins cost {price.proportion(package.coins)}: less than this."
            yield Finding("dearer_than_custom", path, text, REFUSE)
        if package.coins > price.coins_max:
            text = f"{package.coins} coins are more than coins_max, {price.coins_max}."
            yield Finding("package_above_maximum", path_of(price, f"packages[{index}].coins"), text, REFUSE)


def _is_dearer(package: Package, smaller: Package, step_minor: int) -> bool:
    """Beyond what round figures and the rounding of the smaller price to a step explain."""
    per_coin = Fraction(package.price_minor, package.coins)
    tolerated = Fraction(smaller.price_minor, smaller.coins) * Fraction(BPS + PACKAGE_DEARER_BPS_MAX, BPS)
    return per_coin > max(tolerated, Fraction(smaller.price_minor + step_minor, smaller.coins))


def _crossings(prices: Sequence[Price]) -> Iterator[Finding]:
    """Packages that cost less than where a coin is listed for less. Of regions in doubt the one with the dearer coin
    holds, so such a package is sold cheaply to whoever can raise a doubt."""
    by_coin = sorted(prices, key=lambda price: price.reference_unit)
    for coins in sorted({package.coins for price in prices for package in price.packages}):
        passed: list[tuple[Fraction, str]] = []
        for price in by_coin:
            cents = _reference_cents(price, coins)
            index = next((index for index, package in enumerate(price.packages) if package.coins == coins), None)
            dearest, there = max(passed, default=(Fraction(0), ""))
            if index is not None and cents * BPS < dearest * (BPS - REGION_CROSSING_BPS_MAX):
                text = (
                    f"{coins} coins cost {_percent((1 - cents / dearest) * BPS)} less than in {there}, where a coin is "
                    "listed for less: whoever may be in either region gets this price."
                )
                yield Finding("undercuts_cheaper_region", path_of(price, f"packages[{index}].price_minor"), text, WARN)
            passed.append((cents, price.region))


def _reference_cents(price: Price, coins: int) -> Fraction:
    """What a number of coins costs at the least, with tax, in US cents at the exchange rates of the book."""
    package = price.package(coins)
    listed = package.lowest_minor if package else price.proportion(coins)
    return listed * price.reference_unit / price.unit


def _changes(book: PriceBook, current: PriceBook) -> Iterator[Finding]:
    """What a slip of the pen would look like."""
    known = {(price.region, price.channel): price for price in current.prices}
    new = {(price.region, price.channel): price for price in book.prices}
    for region, channel in sorted(set(known) - set(new)):
        text = f"{channel} in {region} is sold now and would not be any more."
        yield Finding("prices_disappear", f"regions.{region}.{channel}", text, WARN)
    for place, price in new.items():
        before = known.get(place)
        if before and before.currency == price.currency and abs(price.unit / before.unit - 1) * BPS > PRICE_JUMP_BPS:
            text = f"A coin costs {price.unit} minor units, and {before.unit} now. Is that meant?"
            yield Finding("price_jump", path_of(price, "unit_price"), text, WARN)
