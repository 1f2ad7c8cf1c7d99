"""Who shows keys and tokens that are not good: so many a minute from one address are checked, the rest is not."""

from collections import OrderedDict

from plaudit.limits import WRONG_KEY_ADDRESSES_REMEMBERED, WRONG_KEYS_PER_MINUTE
from plaudit.problems import TooBusy

_MINUTE_S = 60


class WrongKeys:
    """What one process remembers of it; those who were wrong longest ago are forgotten first."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, int]] = OrderedDict()  # by address: the minute, and how many in it

    def check(self, address: str | None, now: float) -> None:
        """Whether one more may be checked. None: an address that cannot be told, or is everybody's.

        Raises:
            TooBusy: not in this minute.
        """
        if address is None:
            return
        minute, wrong = self._wrong.get(address, (0, 0))
        if minute == now // _MINUTE_S and wrong >= WRONG_KEYS_PER_MINUTE:
            raise TooBusy(retry_after_s=_MINUTE_S - int(now % _MINUTE_S))

    def count(self, address: str | None, now: float) -> None:
        if address is None:
            return
        minute, wrong = self._wrong.get(address, (0, 0))
        this = int(now // _MINUTE_S)
        self._wrong[address] = (this, wrong + 1 if minute == this else 1)
        self._wrong.move_to_end(address)
        if len(self._wrong) > WRONG_KEY_ADDRESSES_REMEMBERED:
            self._wrong.popitem(last=False)
