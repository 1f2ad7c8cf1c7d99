"""The weeks before the demo begins, played day by day through the API: sales, gifts, and what went back of them."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from plaudit.clock import Clock
from plaudit.countries import Country
from plaudit.demo.behaviour import Behaviour, read_behaviour
from plaudit.demo.cast import Cast, Creator, Viewer, read_cast
from plaudit.demo.client import Client, Refused
from plaudit.demo.past_house import PastHouse, open_past
from plaudit.demo.past_plan import Gift, PastPlan, Step, Story, Stray, midnight, next_month
from plaudit.demo.price_books import cheaper_in_bulk, publish_second, raised
from plaudit.demo.videos import Told, publish_videos
from plaudit.demo.world import Item
from plaudit.ids import new_id
from plaudit.limits import RECONCILE_AFTER_H, WEBHOOK_ERRORS_MAX
from plaudit.selling.inbox import actions as inbox
from plaudit.selling.prices.actions import book_in_force
from plaudit.selling.prices.book_text import write_text
from plaudit.selling.prices.pricing import PriceBook
from plaudit.selling.reconciliation import actions as reconciliation
from plaudit.settings import Settings

log = logging.getLogger(__name__)

_NIGHT, _COMPARED, _MORNING, _EVENING = time(1, 10), time(RECONCILE_AFTER_H, 5), time(9, 12), time(18, 30)
_SALES_AT_ONCE = 4
_GIFTS_MAX = 14  # of one sale
_SAY_EVERY = 7  # days between two lines about them
_HOUR = timedelta(hours=1)


async def write_past(
    settings: Settings,
    data: Path,
    listening: socket.socket,
    plan: PastPlan,
    clock: Clock,
    say: Callable[[str], None],
    *,
    seed: int,
) -> None:
    """Play all days of the plan up to yesterday, with the provider on a socket. One time only: what is missed of it is
    missed for good."""
    began_at = midnight(clock.now()) - timedelta(days=plan.days)
    async with open_past(settings, data, listening, began_at) as past:
        player = _Player(past, plan, began_at.date(), read_cast(), read_behaviour(), seed)
        await player.get_ready()
        for day in range(plan.days):
            await player.play(day)
            if (day + 1) % _SAY_EVERY == 0:
                say(f"{day + 1} of the {plan.days} days before today are written …")
        await _reported(player.plan_prices())


@dataclass
class _Sale:
    """A sale that has been made, and what is still to happen to it."""

    buyer: Viewer
    order_id: str
    checkout: str
    price_minor: int
    dispute: str = ""


@dataclass
class _Player:
    past: PastHouse
    plan: PastPlan
    first_day: date
    cast: Cast
    behaviour: Behaviour
    seed: int
    items: list[Item] = field(default_factory=list)
    videos: list[Told] = field(default_factory=list)
    open_videos: list[tuple[Told, list[dict[str, Any]]]] = field(default_factory=list)
    """Those on which gifts are given now, with what can be given."""
    operator_id: int = 0
    waiting: list[tuple[int, _Sale, Step]] = field(default_factory=list)
    """What happens on which day."""

    def __post_init__(self) -> None:
        self.operator: Client = self.past.client(self.cast.operator)
        self.hosts = [creator for creator in self.cast.creators if not creator.starts_late]
        newcomers = _random(self.seed, "history").sample(self.cast.viewers, self.behaviour.history.buyers)
        self.buyers = [viewer for viewer in self.cast.viewers if viewer not in newcomers]

    async def get_ready(self) -> None:
        """Look at the catalogue, and who the operator is; tell of the videos, which are to be published one by one."""
        today = self.past.clock.now() + timedelta(days=self.plan.days)
        self.videos = await publish_videos(self.past.server(), self.past.client, self.cast, today)
        answer = await self.operator.get("/v1/catalogue")
        self.items = msgspec.convert(answer["items"], list[Item])
        self.operator_id = int((await self.operator.get("/v1/me"))["id"])

    async def play(self, day: int) -> None:
        """One day, from its night to its evening."""
        random = _random(self.seed, f"day {day}")
        self._go_to(day, _NIGHT)
        if day:
            await self._compare(day - 1)
        self._go_to(day, _MORNING)
        if day == self.plan.new_prices_on:
            async with self.past.house.database.transaction() as connection:
                await publish_second(connection, self.past.house, self.plan, self.operator_id, self.past.clock)
        for _, sale, step in sorted((one for one in self.waiting if one[0] == day), key=lambda one: one[1].order_id):
            await _reported(self._go_on(sale, step))
        for grant in self.plan.grant:
            if grant.day == day:
                await _reported(self._give(grant, random))
        for stray in self.plan.stray:
            if stray.day == day:
                await self._stray(stray)
        self._go_to(day, _EVENING)
        await self._evening(day, random)
        if day in self.plan.convert_on:
            await asyncio.gather(
                *(_reported(self._convert(creator)) for creator in self.hosts if not creator.left_to_you)
            )

    def _go_to(self, day: int, hour: time) -> None:
        moment = datetime.combine(self.first_day + timedelta(days=day), hour, self.past.clock.now().tzinfo)
        self.past.clock.go_to(moment)

    async def plan_prices(self) -> None:
        """Leave a price book that holds soon, and one in the making."""
        rise, saving = self.plan.rise, self.plan.saving
        async with self.past.house.database.read() as connection:
            present = await book_in_force(connection, self.past.clock.now())
        assert present is not None  # the past began with one
        dearer = msgspec.structs.replace(raised(present, rise.country, rise.percent), note=rise.note)
        draft = await self._draft(rise.name, dearer)
        begins_at = next_month(self.past.clock.now() + timedelta(days=rise.days_ahead))
        body = {"revision": draft["revision"], "effective_at": begins_at.isoformat()}
        await self.operator.post(f"/v1/price-book-drafts/{draft['id']}/publish", body)
        await self._draft(saving.name, cheaper_in_bulk(present, saving.country, saving.percent, saving.coins_from))

    async def _draft(self, name: str, book: PriceBook) -> Any:
        return await self.operator.post(
            "/v1/price-book-drafts", {"id": self._id(), "name": name, "toml": write_text(book)}
        )

    # Sales

    async def _evening(self, day: int, random: Random) -> None:
        """A creator goes live; some viewers recharge and give."""
        host = self.hosts[day % len(self.hosts)]
        room = await self._go_live(host)
        await self._look_at_videos()
        sales = list(self._sales(day, random))
        at_once = asyncio.Semaphore(_SALES_AT_ONCE)

        async def sell(buyer: Viewer, story: Story) -> None:
            async with at_once:
                await _reported(self._sell(buyer, story, room, day))

        await asyncio.gather(*(sell(buyer, story) for buyer, story in sales))
        await self.past.delivered()
        await self.past.client(host).post(f"/v1/rooms/{room}/end")

    async def _look_at_videos(self) -> None:
        published = [one for one in self.videos if one.published_at <= self.past.clock.now()]
        found = [(one, await self.operator.get(f"/v1/videos/{one.id}/catalogue")) for one in published]
        self.open_videos = [(one, catalogue["items"]) for one, catalogue in found if catalogue["reason"] is None]

    async def _go_live(self, host: Creator) -> str:
        client = self.past.client(host)
        room = await client.post("/v1/rooms", {"title": host.title, "cover": host.cover})
        await client.post(f"/v1/rooms/{room['id']}/start")
        return str(room["id"])

    def _sales(self, day: int, random: Random) -> Iterator[tuple[Viewer, Story]]:
        """The stories of a day, and sales of which there is nothing to tell."""
        plan = self.plan
        for story in plan.story:
            if story.day == day:
                yield self._somebody(story.country, random), story
        count = random.randint(*plan.sales_each_day)
        if (self.first_day + timedelta(days=day)).weekday() == plan.busy_weekday:
            count *= 2
        for country in random.choices(list(plan.countries), list(plan.countries.values()), k=count):
            coins = int(random.choices(list(plan.packages), list(plan.packages.values()))[0])
            story = Story(day=day, country=country, coins=coins, spend=random.choice(plan.spend_shares))
            yield self._somebody(country, random), story

    def _somebody(self, country: Country, random: Random) -> Viewer:
        """Somebody of a country who has not been drawn yet, as long as there is one."""
        found = [viewer for viewer in self.buyers if viewer.country == country]
        found = found or [viewer for viewer in self.cast.viewers if viewer.country == country]
        chosen = random.choice(found)
        if chosen in self.buyers:
            self.buyers.remove(chosen)
        return chosen

    async def _sell(self, buyer: Viewer, story: Story, room: str, day: int) -> None:
        past, client = self.past, self.past.client(buyer)
        quote = await client.post("/v1/quotes", {"id": self._id(), "package_coins": story.coins})
        order = await client.post("/v1/orders", {"id": self._id(), "quote_id": quote["id"], "provider": "sandbox"})
        card = story.card or self.behaviour.card_at_home(buyer.country, self.behaviour.good_card)
        await past.browser.post(f"{order['checkout_url']}/pay", data={"card_number": card})
        await past.tell()
        sale = _Sale(buyer, order["id"], order["checkout_url"].rpartition("/")[2], order["price"]["amount_minor"])
        self.waiting += [(day + step.after_days, sale, step) for step in story.steps]
        if story.spend and story.card is None:
            await self._spend(client, room, int(story.coins * story.spend), _random(self.seed, order["id"]))

    async def _spend(self, client: Client, room: str, coins: int, random: Random) -> None:
        """Give some of the coins away: mostly small gifts, the rest in a large one."""
        for _ in range(_GIFTS_MAX):
            fitting = [item for item in self.items if coins / _GIFTS_MAX <= item.coins <= coins]
            if not fitting:
                return
            item = random.choice(fitting)
            given = self._on_a_video(item, random) or {"room_id": room, "item_id": item.id, "coins": item.coins}
            await client.post("/v1/gifts", {"id": self._id(), "count": 1} | given)
            coins -= item.coins

    def _on_a_video(self, item: Item, random: Random) -> dict[str, Any] | None:
        """The gift on a video that takes this item; None: it goes to the room."""
        fitting = [(video, one) for video, items in self.open_videos for one in items if one["id"] == item.id]
        if not fitting or random.random() >= self.plan.video_share:
            return None
        video, offered = random.choice(fitting)
        return video.gift(self._id(), offered, random)

    # What goes back

    async def _go_on(self, sale: _Sale, step: Step) -> None:
        """What becomes of a sale later."""
        past = self.past
        match step.does:
            case "withdraw":
                await past.client(sale.buyer).post("/v1/withdrawals", {"id": self._id(), "order_id": sale.order_id})
            case "refund":
                amount = sale.price_minor * step.percent // 100
                body = {"id": self._id(), "amount_minor": amount, "reason": step.reason}
                await self.operator.post(f"/v1/operator/orders/{sale.order_id}/refunds", body)
            case "dispute":
                opened = await past.ask_provider(f"/checkouts/{sale.checkout}/disputes", reason=step.reason)
                sale.dispute = opened["id"]
            case "win" | "lose":
                outcome = {"win": "won", "lose": "lost"}[step.does]
                await past.ask_provider(f"/disputes/{sale.dispute}/end", outcome=outcome)
            case "warn":
                await past.ask_provider(f"/checkouts/{sale.checkout}/fraud-warnings", reason=step.reason)
        await past.tell()

    # The operator's day

    async def _compare(self, day: int) -> None:
        """What jobs do at night: try again what waits, compare the day before with the provider's list."""
        house = self.past.house
        for _ in range(WEBHOOK_ERRORS_MAX):
            if not await inbox.apply_due(house.database, house.payment_providers, house.settings, house.clock):
                break
            self.past.clock.advance(_HOUR / 4)
        self._go_to(day + 1, _COMPARED)
        await reconciliation.queue_daily(house.database, house.payment_providers, house.clock)
        await reconciliation.run_due(house.database, house.payment_providers, house.settings, house.clock)
        for stray in self.plan.stray:
            if stray.day == day and stray.closed_with:
                await self._close(stray.closed_with)

    async def _close(self, words: str) -> None:
        found = await self.operator.get("/v1/operator/differences", state="open")
        for difference in found["items"]:
            await self.operator.post(f"/v1/operator/differences/{difference['id']}/close", {"resolution": words})

    async def _stray(self, stray: Stray) -> None:
        """A payment that is taken at the provider without the shop."""
        settings, clock = self.past.settings, self.past.clock
        made = await self.past.ask_provider(
            "/checkouts",
            reference=f"link-{stray.day}",
            amount_minor=stray.amount_minor,
            currency=stray.currency,
            description=stray.description,
            return_url=settings.public_url,
            webhook_url=f"{settings.public_url}/v1/webhooks/sandbox",
            expires_at=(clock.now() + _HOUR).isoformat(),
        )
        card = {"card_number": self.behaviour.good_card}
        await self.past.browser.post(f"{made['url']}/pay", data=card)
        await self.past.tell()

    async def _give(self, grant: Gift, random: Random) -> None:
        viewer = self._somebody(grant.country, random)
        person = await self.past.client(viewer).get("/v1/me")
        until = self.past.clock.now() + timedelta(days=grant.expires_days)
        body = {"id": self._id(), "person_id": person["id"], "coins": grant.coins, "reason": grant.reason}
        await self.operator.post("/v1/operator/grants", {**body, "expires_at": until.isoformat()})

    async def _convert(self, creator: Creator) -> None:
        client = self.past.client(creator)
        balance = await client.get("/v1/creators/me/balance")
        coins = int(balance["gift_balance_coins"] * self.behaviour.creator.convert_share)
        if coins:
            await client.post("/v1/conversions", {"id": self._id(), "coins": coins})

    def _id(self) -> str:
        return str(new_id(self.past.clock))


def _random(seed: int, what: str) -> Random:
    return Random(f"{seed}:{what}")  # noqa: S311 - behaviour, no secret


async def _reported(doing: Any) -> None:
    """One thing that fails does not keep the days from going on."""
    try:
        await doing
    except Refused as refused:
        log.warning("the past has a gap: %s", refused)
