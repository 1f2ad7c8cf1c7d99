"""The part of the linter about words beside prices: best value, savings, offers with an end. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from plaudit.limits import OFFER_DAYS_MAX, OFFER_REST_DAYS
from plaudit.selling.prices.model import Finding, Severity
from plaudit.selling.prices.pricing import Offer, Package, Price, PriceBook

_REST = timedelta(days=OFFER_REST_DAYS)


def _path(price: Price, index: int, *parts: str) -> str:
    return ".".join(["regions", price.region, price.channel, f"packages[{index}]", *parts])


def claims_of_channel(price: Price) -> Iterator[Finding]:
    """ "Best value" is true at every moment: cheaper by the coin than every other way to buy coins on the channel."""
    for index, package in enumerate(price.packages):
        if not package.best_value:
            continue
        mine = Fraction(package.price_minor, package.coins)
        others = [Fraction(other.lowest_minor, other.coins) for other in price.packages if other is not package]
        if price.custom_amounts:
            others.append(price.unit)
        if any(other <= mine for other in others):
            text = (
                f'"Best value" on {package.coins} coins is not true: another package or a custom amount costs '
                "as little by the coin, or less, be it for the time of an offer."
            )
            yield Finding("best_value_not_lowest", _path(price, index, "best_value"), text, Severity.REFUSE)
        elif not others:
            text = '"Best value" needs something to be better than.'
            yield Finding("best_value_alone", _path(price, index, "best_value"), text, Severity.REFUSE)


def claims_of_region(prices: Sequence[Price]) -> Iterator[Finding]:
    """A saving against the apps is true against each of them, whatever offer holds there."""
    stores = [price for price in prices if price.channel != "web"]
    for price in prices:
        for index, package in enumerate(price.packages):
            if package.saving_percent is None:
                continue
            path = _path(price, index, "saving_percent")
            if price.channel != "web":
                text = "A saving against the apps can only be claimed on the web."
                yield Finding("saving_in_the_app", path, text, Severity.REFUSE)
            elif reason := _false_saving(price, package, package.saving_percent, stores):
                yield Finding("saving_false", path, reason, Severity.REFUSE)


def _false_saving(price: Price, package: Package, percent: int, stores: Sequence[Price]) -> str | None:
    """Why a saving is not true; None when it is."""
    mine = price.taxed(package.price_minor).gross
    compared = [(store, other) for store in stores if (other := store.package(package.coins))]
    if not compared:
        return f"No app sells {package.coins} coins, so there is nothing they are cheaper than."
    for store, other in compared:
        theirs = store.taxed(other.lowest_minor).gross
        if store.currency != price.currency:
            return f"{store.channel} sells in another currency."
        if mine * 100 > theirs * (100 - percent):
            really = (theirs - mine) * 100 // theirs
            costs = f"{package.coins} coins cost {mine} here and {theirs} on {store.channel}"
            return f"{costs}: that is {really} % less, not {percent} %."
    return None


def offers_of(price: Price, effective_at: datetime, past: Sequence[PriceBook]) -> Iterator[Finding]:
    """An offer is an occasion: cheaper than usual, soon over, and then over."""
    shown = list(_shown(price, past))
    for index, package in enumerate(price.packages):
        offer, path = package.offer, _path(price, index, "offer")
        if offer is None:
            continue
        if offer.price_minor >= package.price_minor:
            text = f"The offer costs {offer.price_minor}, and the package without it {package.price_minor}."
            yield Finding("offer_not_cheaper", f"{path}.price_minor", text, Severity.REFUSE)
        if offer.ends_at - offer.starts_at > timedelta(days=OFFER_DAYS_MAX):
            text = f"An offer may last {OFFER_DAYS_MAX} days; what lasts longer is the price."
            yield Finding("offer_too_long", f"{path}.ends_at", text, Severity.REFUSE)
        if offer.ends_at <= effective_at:
            text = "The offer is over before these prices hold."
            yield Finding("offer_over", f"{path}.ends_at", text, Severity.WARN)
            continue
        yield from _again(offer, path, [old for known, old in shown if known.coins == package.coins])
        yield from _crossed_out(price, package, offer, path, past)


def _again(offer: Offer, path: str, earlier: Sequence[Offer]) -> Iterator[Finding]:
    """A countdown that restarts: the same package offered again soon after its end, or the end put off."""
    for old in earlier:
        if old.ends_at < offer.ends_at and offer.starts_at < old.ends_at + _REST:
            text = (
                f"The package was offered until {_time(old.ends_at)} (“{old.code}”), and people were told so; "
                f"it may be offered again from {_time(old.ends_at + _REST)}, {OFFER_REST_DAYS} days later."
            )
            yield Finding("countdown_restarts", f"{path}.starts_at", text, Severity.REFUSE)
            return


def _crossed_out(
    price: Price, package: Package, offer: Offer, path: str, past: Sequence[PriceBook]
) -> Iterator[Finding]:
    """The usual price beside an offer is the lowest of the days before it, not one made for the occasion."""
    for book, until in _spans(past):
        if until is not None and until <= offer.starts_at - _REST:
            continue
        before = book.price(price.region, price.channel)
        known = before.package(package.coins) if before and before.currency == price.currency else None
        if known and known.price_minor < package.price_minor and book.effective_at < offer.starts_at:
            text = (
                f"The offer is shown beside {package.price_minor}, but version {book.version} asked "
                f"{known.price_minor} within the {OFFER_REST_DAYS} days before."
            )
            yield Finding("crossed_out_price_false", f"{path}.price_minor", text, Severity.REFUSE)
            return


def _shown(price: Price, past: Sequence[PriceBook]) -> Iterator[tuple[Package, Offer]]:
    """Offers of the same region and channel that buyers saw, or will see."""
    for book, until in _spans(past):
        known = book.price(price.region, price.channel)
        for package in known.packages if known else ():
            offer = package.offer
            if offer and offer.ends_at > book.effective_at and (until is None or offer.starts_at < until):
                yield package, offer


def _spans(past: Sequence[PriceBook]) -> Iterator[tuple[PriceBook, datetime | None]]:
    """Each version with the moment the next one took its place; those that never held are left out."""
    ordered = sorted(past, key=lambda book: (book.effective_at, book.version))
    for position, book in enumerate(ordered):
        until = ordered[position + 1].effective_at if position + 1 < len(ordered) else None
        if until is None or until > book.effective_at:
            yield book, until


def _time(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"
