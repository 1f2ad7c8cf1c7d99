"""How far one decision may go: what holds, in words of people, and proposing another value."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.params import Parameter

from plaudit.decisions.bounds import BOUND, BoundAnswer, list_bounds, list_wider
from plaudit.decisions.kinds import brought_kinds
from plaudit.injected import Clock, Database
from plaudit.languages.formats import format_coins, format_days, format_diamonds, format_number, format_share
from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.people.access import fits_staff
from plaudit.people.injected import Caller
from plaudit.web.pages.filters import span
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.proposals import proposed

_DECIDERS = frozenset(kind.access for kind in brought_kinds())
_UNITS: dict[str, tuple[str, Callable[[int], str]]] = {
    "bps": ("1/10,000", format_share),
    "s": ("seconds", span),
    "days": ("days", format_days),
    "coins": ("coins", format_coins),
    "diamonds": ("diamonds", format_diamonds),
}
"""By the last word of a name: the unit of its value, and how that reads."""
TITLES = {
    "bound_lead_s": "A wider bound holds after",
    "change_window_s": "What counts together as one change",
    "grant_alone_coins": "Coins one operator gives alone, at once",
    "grant_alone_day_coins": "Coins one operator gives alone in a day",
    "key_life_days": "Longest life of a key",
    "payout_account_week_creators": "Creators paid to one bank account in a week",
    "payout_account_week_diamonds": "Paid to one bank account in a week",
    "payout_alone_diamonds": "Payout one operator approves alone",
    "payout_alone_day_diamonds": "Payouts one operator approves alone in a day",
    "payout_house_day_diamonds": "Paid to everybody in a day",
    "payout_new_creator_diamonds": "Paid to a new creator",
    "payout_new_creator_window_s": "How long a creator is new",
    "payout_person_day_count": "Payouts to one person in a day",
    "payout_person_day_diamonds": "Paid to one person in a day",
    "payout_person_week_count": "Payouts to one person in a week",
    "payout_person_week_diamonds": "Paid to one person in a week",
    "payout_unnamed_diamonds": "Paid without a person to whom nobody vouches for",
    "payout_rate_change_bps": "Change of a payout rate",
    "payout_rate_lead_s": "A payout rate holds after",
    "payout_terms_change_bps": "Change of payout terms",
    "payout_terms_fee_bps": "Change of a payout's fee, of the amount",
    "payout_terms_lead_s": "Payout terms hold after",
    "policy_pack_lead_s": "Rules of a country hold after",
    "policy_pack_loosening_lead_s": "Rules that allow more hold after",
    "price_book_change_bps": "Change of a price",
    "price_book_fee_bps": "Change of a channel's fee",
    "price_book_lead_s": "Prices hold after",
    "refund_alone_day_us_cents": "Refunds one operator gives alone in a day, in US cents",
    "refund_alone_us_cents": "Refund of an order one operator gives alone, in US cents",
    "rename_alone_coins": "Coins of somebody a key alone gives another subject",
    "rename_alone_diamonds": "Diamonds of somebody a key alone gives another subject",
    "reward_rule_change_bps": "Change of a reward rule",
    "reward_rule_lead_s": "A reward rule holds after",
    "reward_rule_maturity_change_bps": "Change of a reward's maturity",
    "safety_case_score": "Score from which a case is opened",
    "safety_new_account_coins": "Coins a new account gives that rules look at",
    "safety_ring_coins": "Coins each gives in a ring",
    "safety_shared_coins": "Coins given to whom one shares a card or device with",
    "safety_shared_percent": "Their share of all that comes in there",
    "safety_taken_back_coins": "Coins taken back after the thanks",
    "safety_testing_small_orders": "Small orders in a day",
    "safety_through_coins": "Coins given through others who share a device",
    "safety_through_percent": "Their share of all that comes in",
    "safety_velocity_day_coins": "Coins in a day, much more than ever",
    "screening_alone_diamonds": "Payout whose screening one operator judges alone",
    "tax_rate_change_bps": "Change of a tax rate",
}
BoundName = Annotated[str, Parameter(max_length=60)]


class BoundLine(msgspec.Struct, frozen=True):
    """A bound as people read it."""

    title: str
    text: str
    unit: str


def line_of(name: str, value: int) -> BoundLine:
    """A value of a bound, by the bound's name, which ends in its unit."""
    rest, _, word = name.rpartition("_")
    unit, said = _UNITS.get(word, (word, format_number))
    return BoundLine(TITLES.get(name, rest.replace("_", " ").capitalize()), said(value), unit)


def _is_a_time(bound: BoundAnswer) -> bool:
    """Whether more of it leaves less room."""
    return bound.name.endswith(("_lead_s", "_window_s"))


@get("/operator/bounds", access=_DECIDERS, include_in_schema=False)
async def bounds(caller: Caller, database: Database, clock: Clock, name: BoundName = "") -> Response[str]:
    """`name`: of the one to propose another value of."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await list_bounds(connection)
        wider = await list_wider(connection)
        proposals = await proposed(connection, clock, BOUND.name)
    chosen = next((one for one in found if one.name == name), None)
    return page(
        "bounds.html",
        viewer,
        nav="operator",
        bounds=found,
        line_of=line_of,
        is_a_time=_is_a_time,
        wider=wider,
        chosen=chosen,
        proposals=proposals,
        may_propose=fits_staff(BOUND.access, caller.roles, reading=False),
        note_length_max=NOTE_LENGTH_MAX,
    )


router = Router("/", route_handlers=[bounds])
