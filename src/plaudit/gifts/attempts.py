"""From what was asked to an order for the books, with why it must not be posted. One way for rooms and videos."""

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.db import acting_key
from plaudit.gifts.actions import check
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.model import Item, ItemUnknown, PriceChanged, TooDear
from plaudit.gifts.places import GiftPlace, Giver, Places, VideoPlaces
from plaudit.gifts.whereabouts import Whereabouts
from plaudit.ids import require_uuid7
from plaudit.ledger.model import GiftOrder
from plaudit.limits import GIFT_COINS_MAX
from plaudit.problems import Problem
from plaudit.rules.deciding import stricter
from plaudit.rules.memory import Rules
from plaudit.rules.model import GIFT_ROOM, GIFT_VIDEO, MESSAGE, RuleAction, RuleDecision


class Regions(Protocol):
    """Whose prices somebody sees."""

    async def region_of(self, person_id: int) -> str | None:
        """None while there are no prices."""
        ...


class WantedGift(msgspec.Struct, frozen=True):
    """A gift as it arrives from any side, to a room or to a video. `coins` is the total that was shown, if any was."""

    id: UUID
    viewer_id: int
    room_id: int | None
    item_id: int
    count: int
    coins: int | None = None
    creator_id: int | None = None
    video_id: int | None = None
    position_ms: int | None = None
    message: str | None = None
    video_token: str | None = None
    """Names the video instead of `video_id`."""
    issuer_id: int | None = None
    """The sender's platform; None where no video is asked for."""
    network_address: str | None = None
    """Where the sender sends from, as far as that can be told."""
    confirmed_minor: int | None = None
    """What the sender confirmed, in minor units of their limits."""


class Attempt(msgspec.Struct, frozen=True):
    """A gift on its way: what was asked for, the order it became, and why that must not be posted."""

    wanted: WantedGift
    order: GiftOrder
    refusal: Problem | None


class Attempts:
    """Makes orders of what is asked for, by what is at hand."""

    def __init__(
        self,
        clock: Clock,
        catalogue: Catalogue,
        rooms: Places,
        videos: VideoPlaces,
        prices: Regions,
        whereabouts: Whereabouts,
        rules: Rules,
    ) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._rooms = rooms
        self._videos = videos
        self._prices = prices
        self._whereabouts = whereabouts
        self._rules = rules

    async def make(self, wanted: WantedGift) -> Attempt:
        """An order of what somebody asks for.

        Raises:
            InvalidField: the id is no UUIDv7, or of the future; or what the token of a video says cannot be kept.
            NotFound, TooDear: it could never be sent.
        """
        return self.at_once(wanted) or await self._looked_up(wanted)

    async def make_many(self, many: Sequence[WantedGift]) -> list[Attempt | Problem]:
        """The same of many. What is not at hand is looked up for all of them together."""
        await self._rules.know({one for wanted in many for one in (wanted.viewer_id, self._receiver_id(wanted)) if one})
        found: dict[int, Attempt | Problem] = {}
        missing: list[int] = []
        for place, wanted in enumerate(many):
            try:
                attempt = self.at_once(wanted)
            except Problem as problem:
                found[place] = problem
                continue
            if attempt:
                found[place] = attempt
            else:
                missing.append(place)
        looked_up = await asyncio.gather(*(self._looked_up(many[place]) for place in missing), return_exceptions=True)
        for place, one in zip(missing, looked_up, strict=True):
            if not isinstance(one, Attempt | Problem):
                raise one
            found[place] = one
        return [found[place] for place in range(len(many))]

    def at_once(self, wanted: WantedGift) -> Attempt | None:
        """The same, if nothing has to be looked up; None: something has to."""
        place = self._at_hand(wanted)
        if place is None or place.asks_where:
            return None
        item = self._item(wanted)
        if item.regions:
            return None
        ruled = self._ruled_at_hand(place, wanted)
        if ruled is None:
            return None
        attempt = self._attempt(place, item, wanted, Giver(wanted.viewer_id, wanted.issuer_id), ruled)
        # Another process may have learned of a new price before this one did.
        return None if isinstance(attempt.refusal, PriceChanged) else attempt

    def _at_hand(self, wanted: WantedGift) -> GiftPlace | None:
        if wanted.room_id is not None:
            return self._rooms.at_hand(wanted.room_id)
        return None if wanted.video_id is None else self._videos.at_hand(wanted.video_id)

    def _receiver_id(self, wanted: WantedGift) -> int | None:
        place = self._at_hand(wanted)
        return wanted.creator_id or (place.creator_id if place else None)

    async def _looked_up(self, wanted: WantedGift) -> Attempt:
        if wanted.video_token is not None:
            video_id = await self._videos.named_by(wanted.video_token)
            wanted = msgspec.structs.replace(wanted, video_id=video_id)
        place = await self._place(wanted)
        attempt = await self._attempt_now(place, wanted)
        if isinstance(attempt.refusal, PriceChanged):
            await self._catalogue.refresh()
            attempt = await self._attempt_now(place, wanted)
        return attempt

    async def _place(self, wanted: WantedGift) -> GiftPlace:
        if wanted.room_id is not None:
            return self._rooms.at_hand(wanted.room_id) or await self._rooms.find(wanted.room_id)
        assert wanted.video_id is not None, "a gift goes somewhere"
        return self._videos.at_hand(wanted.video_id) or await self._videos.find(wanted.video_id)

    async def _attempt_now(self, place: GiftPlace, wanted: WantedGift) -> Attempt:
        item = self._item(wanted)
        region = await self._prices.region_of(wanted.viewer_id) if item.regions else None
        giver = Giver(wanted.viewer_id, wanted.issuer_id)
        if place.asks_where:
            countries = await self._whereabouts.countries(wanted.viewer_id, wanted.network_address)
            giver = msgspec.structs.replace(giver, countries=countries)
        ruled = await self._ruled(place, wanted, giver.countries)
        return self._attempt(place, item, wanted, giver, ruled, region)

    def _ruled_at_hand(self, place: GiftPlace, wanted: WantedGift) -> RuleDecision | None:
        """What the rules say of it; None: somebody is not known here, or where they are is to be asked."""
        now, receiver_id = self._clock.now(), wanted.creator_id or place.creator_id
        found = self._rules.at_hand(_action(wanted), wanted.viewer_id, receiver_id, now)
        if found is None or not wanted.message:
            return found
        words = self._rules.at_hand(MESSAGE, wanted.viewer_id, receiver_id, now)
        return words and stricter(found, words)

    async def _ruled(self, place: GiftPlace, wanted: WantedGift, countries: frozenset[str]) -> RuleDecision:
        """The same, whatever has to be read. `countries`: where evidence names the sender, if that was asked."""
        now, receiver_id = self._clock.now(), wanted.creator_id or place.creator_id
        if not countries:
            await self._rules.know((wanted.viewer_id, receiver_id))
            if found := self._ruled_at_hand(place, wanted):
                return found
            countries = await self._whereabouts.countries(wanted.viewer_id, wanted.network_address)
        found = await self._rules.ask(_action(wanted), wanted.viewer_id, receiver_id, countries, now)
        if not wanted.message:
            return found
        return stricter(found, await self._rules.ask(MESSAGE, wanted.viewer_id, receiver_id, countries, now))

    def _item(self, wanted: WantedGift) -> Item:
        item = self._catalogue.item(wanted.item_id)
        if item is None:
            raise ItemUnknown(item_id=wanted.item_id)
        return item

    def _attempt(
        self,
        place: GiftPlace,
        item: Item,
        wanted: WantedGift,
        giver: Giver,
        ruled: RuleDecision,
        region: str | None = None,
    ) -> Attempt:
        require_uuid7(wanted.id, "id", self._clock)
        coins = item.coins * wanted.count
        if coins > GIFT_COINS_MAX:
            raise TooDear(coins=coins, coins_max=GIFT_COINS_MAX)
        order = GiftOrder(
            wanted.id,
            wanted.viewer_id,
            wanted.creator_id or place.creator_id,
            wanted.room_id,
            wanted.item_id,
            wanted.count,
            wanted.coins or coins,
            video_id=wanted.video_id,
            position_ms=wanted.position_ms,
            shown_shard=place.shard,
            message=wanted.message,
            key_id=acting_key.get(),
            confirmed_minor=wanted.confirmed_minor,
        )
        unit_coins, rest = divmod(order.coins, order.count)
        is_honoured = rest == 0 and self._catalogue.is_honoured(item, unit_coins)
        now = self._clock.now()
        refusal = check(order, item, place, giver, now, region=region, is_honoured=is_honoured)
        refusal = refusal or self._rules.stopped_by(ruled, wanted.viewer_id, now)
        if refusal:
            order = msgspec.structs.replace(order, refusal=refusal.code)
        return Attempt(wanted, order, refusal)


def _action(wanted: WantedGift) -> RuleAction:
    return GIFT_VIDEO if wanted.room_id is None else GIFT_ROOM
