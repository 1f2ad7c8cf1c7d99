"""What a room has received and from whom: read once when it opens, then kept by the frames that follow."""

from heapq import nlargest

from plaudit.ledger.model import Frame
from plaudit.limits import GIFTERS_TRACKED_MAX, TOP_GIFTERS_LENGTH
from plaudit.live.frames import ReversalBody, body_of
from plaudit.people.model import HIDDEN


class Tally:
    """Coins of a room, in all and by gifter. Frames must be applied once each; the room's sequence sees to that."""

    __slots__ = ("_by_gifter", "changed", "coins")

    def __init__(self, coins: int, by_gifter: dict[int, int]) -> None:
        self.coins = coins
        self._by_gifter = by_gifter
        self.changed = True

    def apply(self, frame: Frame) -> None:
        if frame.kind == "reversal":
            self._reverse(frame)
        if frame.kind != "gift":
            return
        by_gifter = self._by_gifter
        for gift in frame.gifts:
            gifter = HIDDEN if gift.anonymous else gift.viewer_id
            by_gifter[gifter] = by_gifter.get(gifter, 0) + gift.coins
            self.coins += gift.coins
        self.changed = True
        if len(by_gifter) > GIFTERS_TRACKED_MAX:
            # The smallest half can hardly reach the top again before the room is read anew.
            self._by_gifter = dict(self.top(GIFTERS_TRACKED_MAX // 2))

    def _reverse(self, frame: Frame) -> None:
        """Coins of gifts were taken back, or given back again."""
        body = body_of(frame)
        if not isinstance(body, ReversalBody):
            return
        sign = -1 if body.event == "taken_back" else 1
        for gifter, coins in body.gifters:
            self.coins += sign * coins
            left = self._by_gifter.get(gifter, 0) + sign * coins
            if left:  # below nothing while what another creator earned is taken back before it is seen here
                self._by_gifter[gifter] = left
            else:
                self._by_gifter.pop(gifter, None)
        self.changed = True

    def top(self, length: int = TOP_GIFTERS_LENGTH) -> list[tuple[int, int]]:
        """Gifters and their coins, most coins first; equals in the order of their ids."""
        standing = ((gifter, coins) for gifter, coins in self._by_gifter.items() if coins > 0 and gifter != HIDDEN)
        return nlargest(length, standing, key=lambda entry: (entry[1], -entry[0]))
