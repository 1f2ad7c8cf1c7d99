"""What gifts become for creators: reward rules, payout rates and terms, and what a new one would mean."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromQuery, JSONBody, Parameter

from plaudit.connections import Connection
from plaudit.creators import actions as creators
from plaudit.creators.model import NewRewardRule, RewardRule
from plaudit.injected import Clock, Database
from plaudit.limits import NOTE_LENGTH_MAX, PAGE_ROWS
from plaudit.money import Money, exponent
from plaudit.pages import BY_NUMBER
from plaudit.payouts import rates
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.model import NewPayoutRate, NewPayoutTerms, NoPayoutRate, PayoutRate, PayoutTerms
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import InvalidField
from plaudit.spreadsheets import decimal
from plaudit.web.pages.frame import page, viewer_of

EXAMPLE_COINS = 1_000
"""Coins of gifts in the examples."""
EXAMPLE_DIAMONDS = 1_000
"""Diamonds a rate is written for, where it comes out even."""

Currency = Annotated[str | None, Parameter(pattern=r"^[A-Z]{3}$(?!\n)")]


class Version(Protocol):
    """What rules, rates and terms have in common."""

    @property
    def version(self) -> int: ...

    @property
    def effective_at(self) -> datetime: ...


V = TypeVar("V", bound=Version)


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Coins of gifts on their way to money, and the smallest payout; without `arrives` nothing would be left of it."""

    coins: int
    diamonds: int
    maturity_s: int
    worth: Money
    smallest_diamonds: int
    smallest_coins: int
    smallest: Money
    fee: Money
    arrives: Money | None


class Basis(msgspec.Struct, frozen=True):
    """What an example rests on."""

    rule: RewardRule
    rate: PayoutRate
    terms: PayoutTerms
    fixed_rate: PayoutRate

    def example(self) -> Example:
        diamonds = self.rule.reward(EXAMPLE_COINS)[1]
        smallest = self.rate.worth(self.terms.diamonds_min)
        fee = self.terms.fee(smallest, self.fixed_rate, self.rate)
        rule = self.rule
        return Example(
            coins=EXAMPLE_COINS,
            diamonds=diamonds,
            maturity_s=rule.maturity_s,
            worth=self.rate.worth(diamonds),
            smallest_diamonds=self.terms.diamonds_min,
            smallest_coins=-(-self.terms.diamonds_min * rule.denominator // rule.numerator),
            smallest=smallest,
            fee=fee,
            arrives=smallest - fee if fee < smallest else None,
        )


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator is about to publish; the rest is as it holds now."""

    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    rule: NewRewardRule | None = None
    rate: NewPayoutRate | None = None
    terms: NewPayoutTerms | None = None


async def _basis(connection: Connection, clock: Clock, currency: str) -> Basis:
    now = clock.now()
    terms = await rates.terms_at(connection, MethodKind.BANK_ACCOUNT, now)
    return Basis(
        await creators.current_rule(connection, clock),
        await rates.rate_at(connection, currency, now),
        terms,
        await rates.rate_at(connection, terms.fee_fixed_currency, now),
    )


def state_of(one: Version, current: Version, now: datetime) -> str:
    """Whether a version holds, will hold, or did."""
    if one.version == current.version:
        return "current"
    return "scheduled" if one.effective_at > now else "past"


@get("/operator/rewards", access=Access.FINANCE, include_in_schema=False)
async def rewards(
    caller: Caller,
    database: Database,
    clock: Clock,
    currency: Currency = None,
    rules_before: FromQuery[str | None] = None,
    rates_before: FromQuery[str | None] = None,
    terms_before: FromQuery[str | None] = None,
) -> Response[str]:
    """What holds now, from when, and every version before and to come."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        holding = {rate.currency: rate for rate in await rates.rates_at(connection, now)}
        shown = currency if currency in holding else rates.HOUSE_CURRENCY
        basis = await _basis(connection, clock, shown)
        rules = await creators.list_rules(connection, BY_NUMBER.after_or_start(rules_before), PAGE_ROWS + 1)
        versions = await rates.list_rates(connection, BY_NUMBER.after_or_start(rates_before), PAGE_ROWS + 1)
        terms = await rates.list_terms(connection, BY_NUMBER.after_or_start(terms_before), PAGE_ROWS + 1)
    current: dict[str, Any] = {"rule": basis.rule, "terms": basis.terms, "rates": holding}
    return page(
        "rewards.html",
        viewer,
        nav="operator",
        now=now,
        example=basis.example(),
        currency=shown,
        currencies=sorted(holding),
        current=current,
        rules=_part(rules, basis.rule, now),
        terms=_part(terms, basis.terms, now),
        versions=[(one, state_of(one, holding.get(one.currency, one), now)) for one in versions[:PAGE_ROWS]],
        rules_next=_next(rules),
        rates_next=_next(versions),
        terms_next=_next(terms),
        figures=figures,
        note_length_max=NOTE_LENGTH_MAX,
    )


def _part(found: Sequence[V], current: Version, now: datetime) -> list[tuple[V, str]]:
    return [(one, state_of(one, current, now)) for one in found[:PAGE_ROWS]]


def _next(found: Sequence[Version]) -> str | None:
    return BY_NUMBER.next(found, PAGE_ROWS, lambda one: one.version)


def figures(one: RewardRule | PayoutRate | PayoutTerms) -> str:
    """The figures of a version as a form has them, as JSON."""
    return msgspec.json.encode(_figures(one)).decode()


def _figures(one: RewardRule | PayoutRate | PayoutTerms) -> dict[str, Any]:
    match one:
        case RewardRule():
            unit = next(unit for unit in (86_400, 3_600, 60, 1) if one.maturity_s % unit == 0)
            return {
                "numerator": one.numerator,
                "denominator": one.denominator,
                "hold": one.maturity_s // unit,
                "hold_unit": unit,
                "coins_min": one.coins_min,
            }
        case PayoutRate():
            minor, rest = divmod(one.numerator * EXAMPLE_DIAMONDS, one.denominator)
            minor, diamonds = (one.numerator, one.denominator) if rest else (minor, EXAMPLE_DIAMONDS)
            return {"currency": one.currency, "amount": decimal(minor, one.currency), "diamonds": diamonds}
        case PayoutTerms():
            return {
                "fee_fixed": decimal(one.fee_fixed_minor, one.fee_fixed_currency),
                "fee_fixed_currency": one.fee_fixed_currency,
                "fee_share": f"{one.fee_bps / 100:g}",
                "diamonds_min": one.diamonds_min,
                "diamonds_per_day_max": one.diamonds_per_day_max,
            }


@post("/operator/rewards/preview", access=Access.FINANCE, include_in_schema=False, status_code=200)
async def preview(data: JSONBody[Wanted], database: Database, clock: Clock) -> Response[str]:
    """What a creator would get, beside what a creator gets now. Nothing is changed."""
    now = clock.now()
    currency = data.rate.currency if data.rate is not None else data.currency
    exponent(currency)
    async with database.snapshot() as connection:
        holding = {rate.currency: rate for rate in await rates.rates_at(connection, now)}
        basis = await _basis(connection, clock, currency if currency in holding else rates.HOUSE_CURRENCY)
    then = basis
    if data.rule is not None:
        rule = data.rule
        then = msgspec.structs.replace(
            then,
            rule=RewardRule(0, rule.numerator, rule.denominator, rule.maturity_s, rule.coins_min, now, rule.note),
        )
    if data.rate is not None:
        rate = data.rate
        then = msgspec.structs.replace(
            then, rate=PayoutRate(0, currency, rate.numerator, rate.denominator, "operator", rate.note, now)
        )
        holding |= {currency: then.rate}
    if data.terms is not None:
        then = _with_terms(then, data.terms, holding, now)
    elif then.fixed_rate.currency == currency:
        then = msgspec.structs.replace(then, fixed_rate=then.rate)
    is_known = data.rate is None or basis.rate.currency == currency
    return page("_reward_preview.html", before=basis.example() if is_known else None, then=then.example())


def _with_terms(then: Basis, new: NewPayoutTerms, holding: dict[str, PayoutRate], now: datetime) -> Basis:
    fixed_rate = holding.get(new.fee_fixed_currency)
    if fixed_rate is None:
        raise NoPayoutRate(currency=new.fee_fixed_currency)
    if new.diamonds_per_day_max < new.diamonds_min:
        raise InvalidField(field="diamonds_per_day_max", reason="must not be below diamonds_min")
    figures = msgspec.structs.asdict(new) | {"version": 0, "effective_at": now}
    return msgspec.structs.replace(then, terms=PayoutTerms(**figures), fixed_rate=fixed_rate)


router = Router("/", route_handlers=[rewards, preview])
