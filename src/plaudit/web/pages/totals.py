"""What a creator received, day by day, and from whom, with what and where the most of it came."""

from datetime import UTC, date, timedelta

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from plaudit.connections import Connection
from plaudit.creators.totals import actions
from plaudit.creators.totals.model import By, Period, Total
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.catalogue.names import name_in
from plaudit.injected import Clock, Database
from plaudit.limits import FOLLOWER_ENTRIES_MAX, TOTALS_SHOWN
from plaudit.live.reading import rooms_by_ids
from plaudit.payouts import methods, rates
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.rules.memory import Rules
from plaudit.videos.reading import videos_known
from plaudit.web.language import tag_for
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.studio import standing_of

DAYS = (7, 30, 90)
"""The lengths of time one can choose."""
_LENGTH_DEFAULT = 30


class Sum(msgspec.Struct, frozen=True):
    """All of a period."""

    gifts: int
    coins_received: int
    coins_taken_back: int

    @classmethod
    def of(cls, days: list[Total]) -> "Sum":
        return cls(
            sum(one.gifts for one in days),
            sum(one.coins_received for one in days),
            sum(one.coins_taken_back for one in days),
        )

    @property
    def coins(self) -> int:
        return self.coins_received - self.coins_taken_back


def without_gaps(found: list[Total], period: Period) -> list[Total]:
    """A total for each day, nothing where nothing came."""
    known = {one.day: one for one in found}
    days = [period.first + timedelta(days=number) for number in range((period.last - period.first).days + 1)]
    nothing = Total(day=None, key=0, gifts=0, coins_received=0, coins_taken_back=0)
    return [known.get(day) or msgspec.structs.replace(nothing, day=day) for day in days]


def _period(days: int | None, today: date) -> tuple[int, Period]:
    length = days if days in DAYS else _LENGTH_DEFAULT
    return length, Period(today - timedelta(days=length - 1), today)


@get("/studio/totals", access=Access.CREATOR, include_in_schema=False)
async def totals(
    caller: Caller,
    database: Database,
    catalogue: NamedDependency[Catalogue],
    clock: Clock,
    rules: NamedDependency[Rules],
    days: FromQuery[int | None] = None,
) -> Response[str]:
    """The last days by UTC; `days` is one of DAYS."""
    length, period = _period(days, clock.now().astimezone(UTC).date())
    me = caller.person_id
    by_gifts = bool(await rules.unranked({me}))
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = without_gaps(await actions.totals_by_day(connection, me, period), period)
        rooms = await _most(connection, me, "room", period)
        items = await _most(connection, me, "item", period)
        supporters = await actions.totals_by(connection, me, "supporter", period, TOTALS_SHOWN, by_gifts=by_gifts)
        people = await people_by_ids(connection, [one.key for one in supporters])
        titles = await rooms_by_ids(connection, [one.key for one in rooms])
        videos = await _most(connection, me, "video", period)
        known_videos = await videos_known(connection, [one.key for one in videos])
        known_videos = {key: one.as_known_to(me, clock.now()) for key, one in known_videos.items()}
        behind = await actions.behind(connection, me)
        mine = await methods.methods_of(connection, me)
        standing = await standing_of(connection, me, mine[0].currency if mine else rates.HOUSE_CURRENCY, clock)
    known = {one.key: catalogue.item(one.key) for one in items}
    tag = tag_for(viewer.person)
    return page(
        "studio_totals.html",
        viewer,
        nav="studio",
        lengths=DAYS,
        length=length,
        days=found,
        sum=Sum.of(found),
        most=max(one.coins_received for one in found),
        rooms=rooms,
        titles=titles,
        videos=videos,
        known_videos=known_videos,
        items=items,
        known={key: item for key, item in known.items() if item},
        names={key: name_in(item, [tag]) for key, item in known.items() if item},
        supporters=supporters,
        people=people,
        catching_up=behind > FOLLOWER_ENTRIES_MAX,
        standing=standing,
    )


async def _most(connection: Connection, creator_id: int, by: By, period: Period) -> list[Total]:
    return await actions.totals_by(connection, creator_id, by, period, TOTALS_SHOWN)


router = Router("/", route_handlers=[totals])
