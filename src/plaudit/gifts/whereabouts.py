"""Where givers are, by the evidence there is: asked only where a place has a rule about it, and remembered a while."""

import time
from collections import OrderedDict

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.limits import WHEREABOUTS_KEPT_S, WHEREABOUTS_REMEMBERED
from plaudit.policy.regions import countries_named
from plaudit.selling.orders.regions import evidence_of
from plaudit.settings import Settings


class Whereabouts:
    """The countries that evidence names of people and their networks."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._known: OrderedDict[tuple[int | None, str | None], tuple[float, frozenset[str]]] = OrderedDict()

    async def countries(self, person_id: int | None, network_address: str | None) -> frozenset[str]:
        """Every country that a sign of some weight names. `person_id` None: a guest."""
        key, now = (person_id, network_address), time.monotonic()
        known = self._known.get(key)
        if known and now - known[0] < WHEREABOUTS_KEPT_S:
            return known[1]
        at = self._clock.now()
        async with self._database.read() as connection:
            evidence, _ = await evidence_of(connection, person_id, network_address, self._settings, at)
        found = countries_named(evidence, at)
        self._known[key] = (now, found)
        self._known.move_to_end(key)
        while len(self._known) > WHEREABOUTS_REMEMBERED:
            self._known.popitem(last=False)
        return found
