"""Price books out of TOML files, exactly: amounts are whole minor units, proportions fractions, nothing a float.

    note = "Spring"
    rates_date = 2026-10-30

    [sources]
    rates = "ECB reference rates"

    [rates]                     # minor units of a currency for one US cent
    EUR = "8673/10000"

    [sellers.ACME]              # a region without a seller has that of the settings
    name = "Acme GmbH"
    address = "Berlin"

    [regions.DE]
    currency = "EUR"
    tax = {name = "MwSt", rate_bps = 1900, included = true}
    seller = "ACME"

    [regions.DE.web]
    unit_price = "11/10"        # minor units of one coin
    step_minor = 1
    store_fee_bps = 290
    coins_min = 70
    coins_max = 175000
    custom_amounts = true
    packages = [
        {coins = 70, price_minor = 77},
    ]

A channel may have a currency, tax and seller of its own. The file says nothing of version and time: those come with
publishing.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any, TypeVar

import msgspec
from iso4217 import Currency
from msgspec import Meta

from plaudit.countries import COUNTRY
from plaudit.limits import (
    COINS_PER_QUOTE_MAX,
    FIELD_ERRORS_MAX,
    MONEY_MINOR_MAX,
    NOTE_LENGTH_MAX,
    PRICE_BOOK_TEXT_MAX,
    PRICE_PACKAGES_MAX,
    PRICE_REGIONS_MAX,
)
from plaudit.moments import OUT_OF_RANGE, Moment, out_of_range
from plaudit.selling.prices.channels import channels
from plaudit.selling.prices.model import BookNotReadable
from plaudit.selling.prices.pricing import Offer, Package, Price, PriceBook, SellerOfRecord, reference_of

T = TypeVar("T")

_BIGINT_MAX = 2**63 - 1
_FRACTION = r"^(0|[1-9][0-9]{0,17})(/[1-9][0-9]{0,17})?$(?!\n)"
_Fraction = Annotated[str, Meta(pattern=_FRACTION, description="A fraction of whole numbers")]
_Note = Annotated[str, Meta(max_length=NOTE_LENGTH_MAX)]
_Minor = Annotated[int, Meta(ge=1, le=MONEY_MINOR_MAX)]
_Coins = Annotated[int, Meta(ge=1, le=COINS_PER_QUOTE_MAX)]
_Bps = Annotated[int, Meta(ge=0, le=10_000)]
_Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: a key it does not know is a mistake."""


class _Tax(_Strict, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    rate_bps: _Bps
    included: bool


class _Seller(_Strict, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    address: Annotated[str, Meta(max_length=500)] = ""
    tax_id: Annotated[str, Meta(max_length=40)] = ""


class _Offer(_Strict, frozen=True, kw_only=True):
    code: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}$(?!\n)")]
    price_minor: _Minor
    starts_at: Moment
    ends_at: Moment


class _Package(_Strict, frozen=True, kw_only=True):
    coins: _Coins
    price_minor: _Minor
    best_value: bool = False
    saving_percent: Annotated[int, Meta(ge=1, le=99)] | None = None
    offer: _Offer | None = None


class _Channel(_Strict, frozen=True, kw_only=True):
    unit_price: _Fraction
    step_minor: _Minor
    store_fee_bps: _Bps
    coins_min: _Coins
    coins_max: _Coins
    custom_amounts: bool
    store_fee_fixed_minor: Annotated[int, Meta(ge=0, le=MONEY_MINOR_MAX)] = 0
    currency: _Currency | None = None
    tax: _Tax | None = None
    seller: str | None = None


class _Region(_Strict, frozen=True, kw_only=True):
    currency: _Currency
    tax: _Tax
    seller: str | None = None


class _Head(_Strict, frozen=True, kw_only=True):
    note: _Note
    rates_date: date


class _Reader:
    """Reads one file and gathers what is wrong with it, by the path of the field."""

    def __init__(self) -> None:
        self.errors: list[tuple[str, str]] = []

    def wrong(self, path: str, reason: str) -> None:
        if len(self.errors) < FIELD_ERRORS_MAX:
            self.errors.append((path, reason))

    def table(self, path: str, value: object, kind: type[T]) -> T | None:
        """A table as its struct; None when it is wrong, which is then known."""
        if not isinstance(value, Mapping):
            self.wrong(path, "must be a table")
            return None
        try:
            table = msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            self.wrong(*_place(path, error))
            return None
        if where := out_of_range(table, kind, path):
            self.wrong(where, OUT_OF_RANGE)
            return None
        return table

    def texts(self, path: str, value: object, kind: Any) -> dict[str, str]:
        """A table of texts by name, in the order of the names."""
        if not isinstance(value, Mapping):
            self.wrong(path, "must be a table")
            return {}
        found = {}
        for name, entry in sorted(value.items()):
            try:
                found[name] = msgspec.convert(entry, kind)
            except msgspec.ValidationError as error:
                self.wrong(*_place(f"{path}.{name}", error))
        return found

    def named(self, path: str, value: object, pattern: str, names: str, longest: int) -> dict[str, Any]:
        """A table of tables by names that fit a pattern."""
        if not isinstance(value, Mapping):
            self.wrong(path, "must be a table")
            return {}
        if len(value) > longest:
            self.wrong(path, f"must have at most {longest} entries")
        for name in value:
            if not re.fullmatch(pattern, name):
                self.wrong(f"{path}.{name}", f"must be {names}")
        return {name: entry for name, entry in value.items() if re.fullmatch(pattern, name)}


def _place(path: str, error: msgspec.ValidationError) -> tuple[str, str]:
    """Where in the file an error is, and what it says."""
    said, _, place = str(error).partition(" - at ")
    place = place.strip("`").removeprefix("$")
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", said)
    missing = re.fullmatch(r"Object missing required field `(.+)`", said)
    if unknown:
        return f"{path}{place}.{unknown[1]}".lstrip("."), "is not known here"
    if missing:
        return f"{path}{place}.{missing[1]}".lstrip("."), "is missing"
    reason = (
        said.replace("Expected", "must be", 1).replace("`", "").replace("int", "whole number").replace("str", "text")
    )
    if "matching regex" in said:
        looks = said.split("regex ")[1]
        reason = 'must be a fraction like "11/10"' if looks == repr(_FRACTION) else f"must look like {looks}"
    return f"{path}{place}".lstrip(".") or "the file", reason


def read_text(text: str, version: int, effective_at: datetime) -> PriceBook:
    """The price book of a file, as the version and from the time it is to have.

    Raises:
        BookNotReadable: the text is no TOML, or no price book; names each place.
    """
    if len(text) > PRICE_BOOK_TEXT_MAX:
        raise BookNotReadable([("the file", f"must have at most {PRICE_BOOK_TEXT_MAX} characters")])
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BookNotReadable([("the file", f"is not TOML: {error}")]) from None
    reader = _Reader()
    book = _read_book(reader, document, version, effective_at)
    if reader.errors or book is None:
        raise BookNotReadable(reader.errors)
    return book


def _read_book(reader: _Reader, document: dict[str, Any], version: int, effective_at: datetime) -> PriceBook | None:
    sellers_found, regions_found = document.pop("sellers", {}), document.pop("regions", None)
    sources = reader.texts("sources", document.pop("sources", {}), _Note)
    rates = _read_rates(reader, document.pop("rates", None))
    head = reader.table("", document, _Head)
    sellers = {
        code: reader.table(f"sellers.{code}", entry, _Seller)
        for code, entry in reader.named(
            "sellers", sellers_found, "[A-Z0-9]{1,20}", "1 to 20 capital letters and digits", PRICE_REGIONS_MAX
        ).items()
    }
    if regions_found is None:
        reader.wrong("regions", "is missing")
    regions = reader.named("regions", regions_found or {}, COUNTRY, "an ISO 3166 country code", PRICE_REGIONS_MAX)
    prices = [
        price
        for region, entry in sorted(regions.items())
        for price in _read_region(reader, region, entry, rates, set(sellers), version)
    ]
    if head is None:
        return None
    return PriceBook(
        version=version,
        effective_at=effective_at,
        rates_date=head.rates_date,
        note=head.note,
        sources=sources,
        rates=rates,
        sellers=tuple(SellerOfRecord(code, s.name, s.address, s.tax_id) for code, s in sorted(sellers.items()) if s),
        prices=tuple(prices),
    )


def _read_rates(reader: _Reader, found: Any) -> dict[str, str]:
    if found is None:
        reader.wrong("rates", "is missing")
        return {}
    rates = {name: Fraction(rate) for name, rate in reader.texts("rates", found, _Fraction).items()}
    for currency, rate in rates.items():
        if not _is_currency(currency):
            reader.wrong(f"rates.{currency}", "is not an ISO 4217 currency")
        if rate <= 0:
            reader.wrong(f"rates.{currency}", "must be above zero")
    return {name: str(rate) for name, rate in rates.items() if rate > 0}


def _is_currency(code: str) -> bool:
    try:
        return Currency(code).exponent is not None
    except ValueError:
        return False


def _read_region(
    reader: _Reader, region: str, entry: Any, rates: Mapping[str, str], sellers: set[str], version: int
) -> list[Price]:
    path, known = f"regions.{region}", channels()
    own = entry if isinstance(entry, Mapping) else {}
    head = reader.table(path, {key: own[key] for key in own if key not in known} if own else entry, _Region)
    if not any(channel in own for channel in known):
        reader.wrong(path, f"must have prices of a channel: {', '.join(known)}")
    if head is None:
        return []
    return [
        Price(version=version, region=region, channel=name, **fields)
        for name in known
        if name in own and (fields := _read_channel(reader, f"{path}.{name}", own[name], head, rates, sellers))
    ]


def _read_channel(
    reader: _Reader, path: str, entry: Any, region: _Region, rates: Mapping[str, str], sellers: set[str]
) -> dict[str, Any] | None:
    """The fields of a price; None when something is wrong with it."""
    own = dict(entry) if isinstance(entry, Mapping) else entry
    listed = own.pop("packages", []) if isinstance(own, dict) else []
    packages = _read_packages(reader, f"{path}.packages", listed)
    channel = reader.table(path, own, _Channel)
    if channel is None:
        return None
    currency, tax, seller = (
        channel.currency or region.currency,
        channel.tax or region.tax,
        channel.seller or region.seller,
    )
    unit, rate = Fraction(channel.unit_price), rates.get(currency)
    before = len(reader.errors)
    if not _is_currency(currency):
        reader.wrong(f"{path}.currency", f"is not an ISO 4217 currency: {currency}")
    if rate is None:
        reader.wrong(f"rates.{currency}", f"is missing: {path} is in this currency")
    if seller is not None and seller not in sellers:
        reader.wrong(f"{path}.seller", f"is not among the sellers: {seller}")
    if unit <= 0:
        reader.wrong(f"{path}.unit_price", "must be above zero")
    if channel.coins_max < channel.coins_min:
        reader.wrong(f"{path}.coins_max", "must not be below coins_min")
    if len(reader.errors) > before or rate is None:
        return None
    reference = reference_of(unit, tax.rate_bps, Fraction(rate), tax_included=tax.included)
    if max(reference.numerator, reference.denominator) > _BIGINT_MAX:
        reader.wrong(f"{path}.unit_price", "is too fine together with the rate of its currency; use shorter fractions")
        return None
    return {
        **{name: getattr(channel, name) for name in ("step_minor", "store_fee_bps", "store_fee_fixed_minor")},
        **{name: getattr(channel, name) for name in ("custom_amounts", "coins_min", "coins_max")},
        "currency": currency,
        "unit_numerator": unit.numerator,
        "unit_denominator": unit.denominator,
        "tax_name": tax.name,
        "tax_rate_bps": tax.rate_bps,
        "tax_included": tax.included,
        "reference_numerator": reference.numerator,
        "reference_denominator": reference.denominator,
        "seller_code": seller,
        "packages": packages,
    }


def _read_packages(reader: _Reader, path: str, listed: Any) -> tuple[Package, ...]:
    if not isinstance(listed, list):
        reader.wrong(path, "must be a list of tables")
        return ()
    if len(listed) > PRICE_PACKAGES_MAX:
        reader.wrong(path, f"must have at most {PRICE_PACKAGES_MAX} entries")
        return ()
    found: list[Package] = []
    for index, entry in enumerate(listed):
        package = reader.table(f"{path}[{index}]", entry, _Package)
        if package is None:
            continue
        if any(known.coins == package.coins for known in found):
            reader.wrong(f"{path}[{index}].coins", f"is there twice: {package.coins}")
        if package.offer and package.offer.ends_at <= package.offer.starts_at:
            reader.wrong(f"{path}[{index}].offer.ends_at", "must be after starts_at")
        offer = msgspec.convert(package.offer, Offer, from_attributes=True) if package.offer else None
        found.append(Package(package.coins, package.price_minor, package.best_value, package.saving_percent, offer))
    return tuple(found)
