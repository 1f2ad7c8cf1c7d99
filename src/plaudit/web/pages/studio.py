"""The creator's studio: rooms and earnings, cashing out, and the live view of a room."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from plaudit.connections import Connection
from plaudit.creators import actions as creators
from plaudit.creators.model import Balance, RewardRule
from plaudit.freezes.reading import told
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import later, speaking
from plaudit.limits import OVERLAY_TOKENS_MAX, PAGE_ROWS
from plaudit.live import overlays, reading
from plaudit.live.model import NotYourRoom, OverlayToken
from plaudit.live.streams import keys as stream_keys
from plaudit.live.streams.api import are_offered
from plaudit.money import Money
from plaudit.pages import BY_TIME, Number, Places
from plaudit.payouts import actions as payouts
from plaudit.payouts import connections, methods, rates
from plaudit.payouts.connections import AccountConnection, plain_needs
from plaudit.payouts.controls import controls_of, told_creator
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.model import PayoutEvent, PayoutFilter, PayoutRate
from plaudit.payouts.providers import PayoutProviders, ways
from plaudit.payouts.providers.base import AccountState
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import NotFound
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.rules.help import why_no_gifts
from plaudit.web.language import tag_for, voice_for
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.scenes import scene_names
from plaudit.web.pages.tray import item_data

OPEN_STATES = ("requested", "approved", "sent")
ROOMS: Places[int | None] = Places(Number, None)
"""The places of a creator's rooms by their ids, newest first."""


class Standing(msgspec.Struct, frozen=True):
    """What a creator has, and by which rule and rate it is turned into more."""

    balance: Balance
    rule: RewardRule
    rate: PayoutRate

    @property
    def convertible(self) -> int:
        """Diamonds that all of the gift balance makes."""
        return self.rule.reward(self.balance.gift_balance)[1]

    def worth(self, diamonds: int) -> Money:
        """Diamonds in money at today's rate, before fees."""
        return self.rate.worth(diamonds)


async def standing_of(connection: Connection, creator_id: int, currency: str, clock: Clock) -> Standing:
    """What a creator has, in money of a currency."""
    return Standing(
        await creators.balance_of(connection, creator_id),
        await creators.current_rule(connection, clock),
        await rates.rate_at(connection, currency, clock.now()),
    )


async def _overlay_tokens(connection: Connection, creator_id: int) -> list[OverlayToken]:
    found = await overlays.list_tokens(connection, creator_id, BY_TIME.after(None), OVERLAY_TOKENS_MAX)
    return [token for token in found if token.revoked_at is None]


@get("/studio", access=Access.CREATOR, include_in_schema=False)
async def studio(
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    before: FromQuery[str | None] = None,
    rooms_before: FromQuery[str | None] = None,
) -> Response[str]:
    """Rooms, gift balance and diamonds, and what happened to them."""
    me = caller.person_id
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        mine = await methods.methods_of(connection, me)
        rooms = await reading.rooms_of_creator(connection, me, ROOMS.after_or_start(rooms_before), PAGE_ROWS + 1)
        standing = await standing_of(connection, me, mine[0].currency if mine else rates.HOUSE_CURRENCY, clock)
        maturing = await creators.maturing_of(connection, me)
        setting = await creators.setting_of(connection, me)
        earnings = await creators.list_earnings(connection, me, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        tokens = await _overlay_tokens(connection, me)
        freezes = await told(connection, me, clock.now())
        with speaking(voice_for(viewer.person, translated=True)):
            no_gifts = await why_no_gifts(connection, clock, me, asks_stop=settings.rules_ask_stops)
        stream = {
            "offered": are_offered(settings),
            "server": settings.stream_rtmp_url,
            "key": await stream_keys.key_of(connection, me),
            "grace_s": settings.stream_grace_s,
        }
    rule = standing.rule
    return page(
        "studio.html",
        viewer,
        nav="studio",
        rooms=rooms[:PAGE_ROWS],
        rooms_next=ROOMS.next(rooms, PAGE_ROWS, lambda room: room.id),
        standing=standing,
        maturing=maturing,
        setting=setting,
        earnings=earnings[:PAGE_ROWS],
        earnings_next=BY_TIME.next(earnings, PAGE_ROWS, lambda one: (one.at, one.reference)),
        first=before is None,
        tokens=tokens,
        freezes=freezes,
        no_gifts=no_gifts,
        stream=stream,
        scenes=scene_names(),
        data={
            "numerator": rule.numerator,
            "denominator": rule.denominator,
            "coins": standing.balance.gift_balance,
            "coins_needed": rule.coins_needed,
            "rate": _rate_data(standing.rate),
            "matures_at": maturing[0].matures_at.isoformat() if maturing else None,
        },
    )


def _rate_data(rate: PayoutRate) -> dict[str, Any]:
    """What diamonds are worth, as scripts take it: `amount_minor` for `coins` of them."""
    return {"amount_minor": rate.numerator, "coins": rate.denominator, "currency": rate.currency}


@get("/studio/payouts", access=Access.CREATOR, include_in_schema=False)
async def studio_payouts(
    caller: Caller,
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """Cashing out: methods, a quote, and every payout with its way."""
    me, now = caller.person_id, clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        mine = await methods.methods_of(connection, me)
        standing = await standing_of(connection, me, mine[0].currency if mine else rates.HOUSE_CURRENCY, clock)
        terms = await rates.terms_at(connection, MethodKind.BANK_ACCOUNT, now)
        left_today = terms.diamonds_per_day_max - await payouts.diamonds_today(connection, me, now)
        found = await payouts.find_all(
            connection, PayoutFilter(creator_id=me), BY_TIME.after_or_start(before), PAGE_ROWS + 1
        )
        shown = found[:PAGE_ROWS]
        events = await payouts.events_of(connection, me, [payout.id for payout in shown])
        controls = await controls_of(connection, [payout.id for payout in shown], now)
        priced = [rate.currency for rate in await rates.rates_at(connection, now)]
        maturing = await creators.maturing_of(connection, me)
        accounts = await connections.connections_of(connection, me)
    too_new = {one.id for one in mine if one.payable_from is not None and one.payable_from > now}
    not_ready = {method_id for method_id, one in accounts.items() if one.state != AccountState.READY}
    return page(
        "studio_payouts.html",
        viewer,
        nav="studio",
        methods=mine,
        too_new=too_new,
        pays_to=next((one.id for one in mine if one.id not in too_new | not_ready), None),
        standing=standing,
        terms=terms,
        payable=max(0, min(standing.balance.available, left_today)),
        left_today=max(0, left_today),
        payouts=shown,
        next=BY_TIME.next(found, PAGE_ROWS, lambda payout: (payout.requested_at, payout.id)),
        first=before is None,
        events=_by_payout(events),
        waits={payout_id: told_creator(stopped) for payout_id, stopped in controls.items()},
        ways={kind.value: takes for kind, takes in ways(payout_providers, priced).items()},
        companies=_COMPANIES,
        connections=accounts,
        not_ready=not_ready,
        now=now,
        needs={method_id: _needs(one) for method_id, one in accounts.items()},
        maturing=maturing,
        under_way=any(payout.state in OPEN_STATES for payout in shown),
        fee_minimum=Money(terms.fee_fixed_minor, terms.fee_fixed_currency),
    )


_COMPANIES = {MethodKind.STRIPE_ACCOUNT.value: "Stripe", MethodKind.PAYPAL.value: "PayPal"}
_NEEDS = {
    "bank": later("your bank account"),
    "identity": later("the number of your identity card or tax number"),
    "papers": later("a picture of your papers"),
    "address": later("your address"),
    "birth": later("your date of birth"),
    "person": later("who you are"),
    "company": later("your company"),
    "business": later("what you do"),
    "terms": later("your consent to its terms"),
    "currency": later("an account in the currency you chose"),
    "other": later("something it says there"),
}


def _needs(account: AccountConnection) -> list[str]:
    """What a provider asks for, in plain words that the page translates."""
    return [_NEEDS[need] for need in plain_needs(account.needs)]


@get("/studio/payouts/connected/{method_id:uuid}", access=Access.CREATOR, include_in_schema=False)
async def studio_connected(
    method_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
) -> Redirect:
    """Back from a provider: it is asked how the account stands now, and its creator sees that."""
    with suppress(ProviderUnavailable, ProviderRefused):  # its message will say
        await connections.refresh(database, clock, payout_providers, caller.person_id, method_id)
    return Redirect("/studio/payouts#methods", status_code=303)


def _by_payout(events: list[PayoutEvent]) -> dict[UUID, list[PayoutEvent]]:
    found: dict[UUID, list[PayoutEvent]] = {}
    for event in events:
        found.setdefault(event.payout_id, []).append(event)
    return found


@get("/studio/live/{room_id:int}", access=Access.CREATOR, include_in_schema=False)
async def studio_live(
    room_id: FromPath[int],
    caller: Caller,
    database: Database,
    catalogue: NamedDependency[Catalogue],
    settings: Settings,
    clock: Clock,
) -> Response[str]:
    """Gifts of a room as they come, to be ticked off as thanked; and why none can, before it begins."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        room = await reading.find_room(connection, room_id)
        if room is None or room.removed_at:
            raise NotFound("There is no such room.")
        if room.creator_id != caller.person_id:
            raise NotYourRoom
        tokens = await _overlay_tokens(connection, caller.person_id)
        with speaking(voice_for(viewer.person, translated=True)):
            no_gifts = await why_no_gifts(connection, clock, caller.person_id, asks_stop=settings.rules_ask_stops)
    data = {
        "room_id": str(room.id),
        "state": room.state,
        "gifts_enabled": room.gifts_enabled,
        "items": [item_data(item, tag_for(viewer.person)) for item in catalogue.offered()],
        "lang": tag_for(viewer.person),
    }
    return page("studio_live.html", viewer, nav="studio", room=room, tokens=tokens, no_gifts=no_gifts, data=data)


router = Router("/", route_handlers=[studio, studio_payouts, studio_connected, studio_live])
