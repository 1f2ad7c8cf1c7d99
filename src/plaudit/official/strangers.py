"""How often somebody who is not signed in may ask or report: so many times a minute from one address."""

from collections import OrderedDict

from plaudit.limits import CHECK_ASKERS_REMEMBERED, CHECKS_PER_MINUTE
from plaudit.policy.networks import guest_address
from plaudit.problems import TooBusy

_MINUTE_S = 60


class Strangers:
    """What one process remembers of them; those who asked longest ago are forgotten first."""

    def __init__(self) -> None:
        self._asked: OrderedDict[tuple[str, str | None], tuple[int, int]] = OrderedDict()

    def take(self, what: str, address: str | None, now: float, per_minute: int = CHECKS_PER_MINUTE) -> None:
        """Count something that somebody is about to ask for. Those whose address cannot be told share what one may.

        Raises:
            TooBusy: not in this minute.
        """
        asker, this = (what, guest_address(address)), int(now // _MINUTE_S)
        minute, times = self._asked.get(asker, (this, 0))
        times = times if minute == this else 0
        if times >= per_minute:
            raise TooBusy(retry_after_s=_MINUTE_S - int(now % _MINUTE_S))
        self._asked[asker] = (this, times + 1)
        self._asked.move_to_end(asker)
        if len(self._asked) > CHECK_ASKERS_REMEMBERED:
            self._asked.popitem(last=False)
