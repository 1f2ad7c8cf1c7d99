"""What works for whoever reads it: where they are, at their age, and why; a creator sees whether gifts can arrive."""

from litestar import Response, Router, get
from litestar.di import NamedDependency

from plaudit.freezes.reading import told
from plaudit.gifts.whereabouts import Whereabouts
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import speaking
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Role
from plaudit.rules.help import rules_for
from plaudit.web.language import voice_for
from plaudit.web.pages.frame import page, viewer_of

OF_CREATORS = frozenset({"receive", "convert", "cash_out", "sell_content"})
"""What only creators do, and see first."""


@get("/rules", access=Access.VIEWER, include_in_schema=False)
async def rules(
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    whereabouts: NamedDependency[Whereabouts],
    network_address: NamedDependency[str | None],
) -> Response[str]:
    """Each action, with what holds of it."""
    seen = await whereabouts.countries(caller.person_id, network_address)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        freezes = await told(connection, caller.person_id, clock.now())
        with speaking(voice_for(viewer.person, translated=True)):
            found = await rules_for(connection, clock, caller.person_id, seen, settings)
    is_creator = Role.CREATOR in caller.roles
    shown = [one for one in found.items if is_creator or one.action not in OF_CREATORS]
    return page(
        "rules.html",
        viewer,
        nav="wallet",
        found=found,
        freezes=freezes,
        found_in=_narrowest(found.countries),
        items=sorted(shown, key=lambda one: is_creator and one.action not in OF_CREATORS),
        is_creator=is_creator,
    )


def _narrowest(places: list[str]) -> list[str]:
    """Without countries of which a part is among them: its name says the country too."""
    return [one for one in places if not any(other.startswith(f"{one}-") for other in places)]


router = Router("/", route_handlers=[rules])
