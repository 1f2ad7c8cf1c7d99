"""A simulated world, the same for the same seed: people who give, those who cheat, and honest ones like them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from plaudit.instruments.model import InstrumentKind
from plaudit.safety.limits import RING_PEOPLE_MAX, WINDOW_DAYS
from plaudit.safety.picture import Flow, GivingDay, Picture, SeenOrder, SeenReversal, Shared
from plaudit.safety.rulebook import RuleBook

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
_FIRST_DAY = (NOW - timedelta(days=WINDOW_DAYS - 1)).date()
CARD, DEVICE, ADDRESS = InstrumentKind.CARD, InstrumentKind.DEVICE, InstrumentKind.ADDRESS


class World:
    """People by number, what they did within the window, and who of them was planted to be found by which rule."""

    def __init__(self, people: int, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a simulation, no secret
        self.people = people
        self.created_at: dict[int, datetime] = {}
        self.gifts: dict[tuple[int, int, date], list[int]] = {}
        self.prints: list[tuple[InstrumentKind, frozenset[int]]] = []
        self.orders: defaultdict[int, list[SeenOrder]] = defaultdict(list)
        self.reversals: defaultdict[int, list[SeenReversal]] = defaultdict(list)
        self.planted: defaultdict[str, set[int]] = defaultdict(set)
        self._ids = 0
        self.creators = [self.born(400) for _ in range(max(people // 25, 8))]
        for story in (*_FRAUDS, *_HONEST):
            story(self)
        while len(self.created_at) < people:
            _viewer(self)

    def times(self, per_10_000: int) -> range:
        """So many of each ten thousand, one at least."""
        return range(max(self.people * per_10_000 // 10_000, 1))

    def born(self, days_ago_max: int, days_ago_min: int = 40) -> int:
        """Somebody new, with an account so many days old."""
        person_id = len(self.created_at) + 1
        self.created_at[person_id] = NOW - timedelta(days=self.random.randint(days_ago_min, days_ago_max))
        return person_id

    def few(self, least: int, most: int, days_ago_max: int = 400) -> list[int]:
        """Some new people."""
        return [self.born(days_ago_max) for _ in range(self.random.randint(least, most))]

    def day(self) -> date:
        """Any of the window."""
        return _FIRST_DAY + timedelta(days=self.random.randrange(WINDOW_DAYS))

    def give(self, giver_id: int, receiver_id: int, coins: int, day: date | None = None, gifts: int = 1) -> None:
        """Coins on a day."""
        sums = self.gifts.setdefault((giver_id, receiver_id, day or self.day()), [0, 0])
        sums[0] += gifts
        sums[1] += coins

    def give_over_days(self, giver_id: int, receiver_id: int, coins: int, days: int) -> None:
        """Coins in as many parts."""
        for _ in range(days):
            self.give(giver_id, receiver_id, max(coins // days, 1), gifts=self.random.randint(1, 5))

    def some_creators(self, most: int) -> list[int]:
        """Few that everybody gives to, and seldom others."""
        known = len(self.creators)
        return [self.creators[min(int(self.random.paretovariate(0.7)) - 1, known - 1)] for _ in range(most)]

    def share(self, kind: InstrumentKind, people: Iterable[int]) -> None:
        """An instrument of several."""
        self.prints.append((kind, frozenset(people)))

    def order(self, person_id: int, coins: int, at: datetime, *, is_declined: bool = False) -> None:
        """An order."""
        self.orders[person_id].append(SeenOrder(self._id(), at, coins, is_declined))

    def take_back(self, person_id: int, kind: str, thanked_coins: int) -> None:
        """Money that went back."""
        at = NOW - timedelta(days=self.random.randint(0, 20))
        self.reversals[person_id].append(SeenReversal(self._id(), at, kind, thanked_coins))

    def _id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def pictures(self, book: RuleBook) -> Iterator[Picture]:
        """Everybody as the rules see them."""
        flows: dict[tuple[int, int], list[int]] = {}
        days: defaultdict[int, defaultdict[date, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for (giver_id, receiver_id, day), (gifts, coins) in self.gifts.items():
            sums = flows.setdefault((giver_id, receiver_id), [0, 0])
            sums[0] += gifts
            sums[1] += coins
            days[giver_id][day].append((coins, receiver_id))
        given: defaultdict[int, list[Flow]] = defaultdict(list)
        received: defaultdict[int, list[Flow]] = defaultdict(list)
        wide: defaultdict[int, list[Flow]] = defaultdict(list)
        for (giver_id, receiver_id), (gifts, coins) in flows.items():
            flow = Flow(giver_id, receiver_id, gifts, coins)
            given[giver_id].append(flow)
            received[receiver_id].append(flow)
            if coins >= book.rules["rings"]["ring_coins"]:
                wide[giver_id].append(flow)
        shared: defaultdict[int, list[Shared]] = defaultdict(list)
        for number, (kind, people) in enumerate(self.prints):
            one = Shared(kind, f"{number:08x}", people)
            for person_id in people:
                shared[person_id].append(one)
        for person_id, created_at in self.created_at.items():
            givers = [person_id, *(flow.giver_id for flow in received[person_id])]
            to = [person_id, *(flow.receiver_id for flow in given[person_id])]
            yield Picture(
                person_id=person_id,
                at=NOW,
                created_at=created_at,
                given=tuple(given[person_id]),
                received=tuple(received[person_id]),
                near=tuple(_near(wide, person_id)),
                days=tuple(_days(days[person_id])),
                givers_of={one: len(received[one]) for one in to},
                income_of={one: sum(flow.coins for flow in received[one]) for one in to},
                shared=tuple({one.name: one for giver in givers for one in shared[giver]}.values()),
                orders=tuple(self.orders[person_id]),
                reversals=tuple(self.reversals[person_id]),
            )


def _near(wide: dict[int, list[Flow]], person_id: int) -> Iterator[Flow]:
    seen, front = {person_id}, [person_id]
    for _ in range(RING_PEOPLE_MAX):
        ways = [flow for one in front for flow in wide.get(one, ())]
        yield from ways
        front = [one for one in {flow.receiver_id for flow in ways} if one not in seen]
        seen.update(front)


def _days(days: dict[date, list[tuple[int, int]]]) -> Iterator[GivingDay]:
    for day, gifts in sorted(days.items()):
        most_coins, most_to = max(gifts)
        yield GivingDay(day, sum(coins for coins, _ in gifts), most_to, most_coins)


def _viewer(world: World) -> None:
    """Nearly everybody: gives little, to those whom many give to."""
    me = world.born(500, 1)
    for creator in world.some_creators(world.random.randint(0, 5)):
        world.give(me, creator, int(world.random.paretovariate(1.1) * 10), gifts=world.random.randint(1, 4))
    if world.random.random() < 0.3:
        world.order(me, world.random.choice((70, 350, 700, 1400)), NOW - timedelta(days=world.random.randint(0, 29)))


# Those who cheat.


def _rings(world: World) -> None:
    for number in world.times(25):
        ring = world.few(3, 4) if number % 4 else world.few(2, 2)
        coins = world.random.randint(1_500, 20_000)
        for giver, receiver in zip(ring, [*ring[1:], ring[0]], strict=True):
            world.give_over_days(giver, receiver, coins * world.random.randint(75, 100) // 100, 4)
            world.give(giver, world.some_creators(1)[0], 50)
        world.planted["rings"].update(ring)


def _pairs(world: World) -> None:
    for _ in world.times(40):
        giver, receiver = world.born(300), world.born(300)
        world.give_over_days(giver, receiver, world.random.randint(800, 15_000), 5)
        world.share(world.random.choice((CARD, DEVICE)), (giver, receiver))
        for friend in world.few(0, 3):
            world.give(friend, receiver, world.random.randint(10, 400))
        world.planted["shared_instrument"].update((giver, receiver))


def _mules(world: World) -> None:
    for _ in world.times(15):
        creator, mules = world.born(200), world.few(3, 8)
        for mule in mules:
            world.give_over_days(mule, creator, world.random.randint(600, 4_000), 3)
        # Some are careful: each of their mules has a device of its own.
        if world.random.random() < 0.85:
            world.share(world.random.choice((CARD, DEVICE)), mules)
        world.planted["through_others"].update((creator, *mules))


def _stolen_cards(world: World) -> None:
    for _ in world.times(15):
        accomplice = world.born(120)
        for _ in range(world.random.randint(1, 4)):
            thief = world.born(6, 0)
            world.give(thief, accomplice, world.random.randint(4_000, 40_000), NOW.date(), gifts=9)
            world.planted["new_account"].update((thief, accomplice))


def _testers(world: World) -> None:
    for _ in world.times(40):
        me, at = world.born(30, 0), NOW - timedelta(days=world.random.randint(1, 20))
        tries = world.random.randint(5, 30)
        for number in range(tries):
            world.order(me, 70, at + timedelta(minutes=7 * number), is_declined=world.random.random() < 0.8)
        world.planted["card_testing"].add(me)


def _takers_back(world: World) -> None:
    for _ in world.times(40):
        me, coins = world.born(200), world.random.randint(1_500, 20_000)
        for creator in world.some_creators(2):
            world.give(me, creator, coins)
            world.take_back(me, world.random.choice(("chargeback", "refund", "void")), coins)
        world.planted["refund_after_shout_out"].add(me)


def _taken_over(world: World) -> None:
    for _ in world.times(25):
        me, thief = world.born(500, 60), world.born(100)
        for creator in world.some_creators(3):
            world.give(me, creator, world.random.randint(20, 300))
        world.give(me, thief, world.random.randint(8_000, 50_000), gifts=20)
        world.planted["velocity"].update((me, thief))


# Honest people who look like them.


def _families(world: World) -> None:
    for number in world.times(300):
        family = world.few(2, 4)
        world.share(world.random.choice((CARD, CARD, DEVICE, ADDRESS)), family)
        for one in family:
            for creator in world.some_creators(3):
                world.give(one, creator, world.random.randint(10, 900))
        # A daughter streams, and the family gives; now and then nearly nobody else does.
        if number % 5 == 0:
            for fan in world.few(0, 6):
                world.give(fan, family[0], world.random.randint(50, 900))
            for one in family[1:]:
                world.give(one, family[0], min(int(world.random.paretovariate(1) * 60), 6_000))


def _houses(world: World) -> None:
    for _ in world.times(20):
        house = world.few(8, 20)
        world.share(ADDRESS, house)
        for one in house:
            world.give(one, world.some_creators(1)[0], world.random.randint(10, 500))
            world.give(one, house[0], world.random.randint(10, 300))


def _big_fans(world: World) -> None:
    for _ in world.times(80):
        me, favourite = world.born(500), world.some_creators(1)[0]
        for _ in range(12):
            world.give(me, favourite, world.random.randint(800, 9_000), gifts=10)


def _generous_newcomers(world: World) -> None:
    for number in world.times(80):
        me = world.born(6, 0)
        # One of ten came for the first streams of a friend.
        to = world.born(60) if number % 10 == 0 else world.some_creators(1)[0]
        world.give(me, to, world.random.randint(1_000, 12_000), NOW.date(), gifts=8)
        for other in world.few(2, 6) if number % 10 == 0 else ():
            world.give(other, to, world.random.randint(50, 500))


def _birthdays(world: World) -> None:
    for _ in world.times(60):
        me = world.born(500)
        for creator in world.some_creators(4):
            world.give(me, creator, world.random.randint(20, 300))
        world.give(me, world.some_creators(1)[0], world.random.randint(5_000, 30_000), gifts=3)


def _friends_who_stream(world: World) -> None:
    for number in world.times(60):
        one, other = world.born(400), world.born(400)
        coins = 2_500 if number % 15 == 0 else 700
        for giver, receiver in ((one, other), (other, one)):
            world.give(giver, receiver, world.random.randint(100, coins))
            for fan in world.few(2, 5):
                world.give(fan, receiver, world.random.randint(50, 800))


def _declined(world: World) -> None:
    for _ in world.times(200):
        me, at = world.born(400), NOW - timedelta(days=world.random.randint(1, 20))
        coins = world.random.choice((70, 350, 700, 1_400))
        for number in range(min(int(world.random.paretovariate(1) * 2), 12)):
            world.order(me, coins, at + timedelta(minutes=number), is_declined=True)


def _unlucky(world: World) -> None:
    for _ in world.times(100):
        me, coins = world.born(400), world.random.randint(100, 2_600)
        world.give(me, world.some_creators(1)[0], coins)
        world.take_back(me, "refund", coins if world.random.random() < 0.5 else 0)


Story = Callable[[World], None]
_FRAUDS: tuple[Story, ...] = (_rings, _pairs, _mules, _stolen_cards, _testers, _takers_back, _taken_over)
_HONEST: tuple[Story, ...] = (
    _families, _houses, _big_fans, _generous_newcomers, _birthdays, _friends_who_stream, _declined, _unlucky,
)  # fmt: skip
