"""Who would give on a video, and where they are: what handlers ask for by the name `occasion`."""

from litestar.di import NamedDependency, Provide

from plaudit.injected import Clock, Database, Settings
from plaudit.people.injected import CallerOrGuest
from plaudit.policy.regions import countries_named
from plaudit.selling.orders.regions import evidence_of
from plaudit.videos.eligibility import Occasion, Rule


async def occasion_of(
    caller: CallerOrGuest,
    database: Database,
    settings: Settings,
    clock: Clock,
    network_address: NamedDependency[str | None],
) -> Occasion:
    """The caller, here and now."""
    person_id, now = (caller.person_id or None) if caller else None, clock.now()
    async with database.read() as connection:
        evidence, _ = await evidence_of(connection, person_id, network_address, settings, now)
    return Occasion(
        person_id=person_id,
        issuer_id=caller.issuer_id if caller else None,
        countries=countries_named(evidence, now),
        rule=Rule.of(settings),
        now=now,
    )


OCCASION = {"occasion": Provide(occasion_of)}
