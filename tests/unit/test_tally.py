"""What a room has received and from whom, as its frames say it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from plaudit.ledger.model import Frame
from plaudit.live.tally import Tally

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def frame(kind: str, **columns: Any) -> Any:
    """A frame as it comes out of the database."""
    return Frame({"room_id": 7, "seq": 1, "kind": kind, "at": AT, "body": None, "lines": None} | columns)


def gifts(*sent: tuple[int, int]) -> Any:
    ids = [UUID(int=number) for number in range(len(sent))]
    lines = [
        (id, viewer, 3, coins, 7, 1, 1, coins, id, 1, None, False)
        for id, (viewer, coins) in zip(ids, sent, strict=True)
    ]
    return frame("gift", lines=lines)


def reversal(event: str, *gifters: list[int]) -> Any:
    return frame("reversal", body={"event": event, "gifters": list(gifters)})


def test_what_is_taken_back_changes_total_and_order() -> None:
    tally = Tally(0, {})
    tally.apply(gifts((1, 50), (2, 30)))
    tally.changed = False
    tally.apply(reversal("taken_back", [1, 40]))
    assert tally.changed
    assert (tally.coins, tally.top()) == (40, [(2, 30), (1, 10)])


def test_a_gifter_of_nothing_is_not_listed_until_it_is_given_back() -> None:
    tally = Tally(0, {})
    tally.apply(gifts((1, 50), (2, 30)))
    tally.apply(reversal("taken_back", [1, 50], [2, 5]))
    assert (tally.coins, tally.top()) == (25, [(2, 25)])
    tally.apply(reversal("given_back", [1, 50]))
    tally.apply(reversal("given_back", [2, 5]))
    assert (tally.coins, tally.top()) == (80, [(1, 50), (2, 30)])


def test_what_is_taken_back_before_it_is_seen_counts_once() -> None:
    """Another creator's part of a gift can be taken in that creator's shard before the gift is shown here."""
    tally = Tally(0, {})
    tally.apply(reversal("taken_back", [1, 40]))
    assert (tally.coins, tally.top()) == (-40, [])
    tally.apply(gifts((1, 50), (2, 30)))
    assert (tally.coins, tally.top()) == (40, [(2, 30), (1, 10)])


def test_who_hides_is_not_listed() -> None:
    tally = Tally(0, {})
    hidden = (UUID(int=1), 1, 3, 50, 7, 1, 1, 50, UUID(int=1), 1, None, True)
    tally.apply(frame("gift", lines=[hidden]))
    tally.apply(gifts((2, 30)))
    assert (tally.coins, tally.top()) == (80, [(2, 30)])


def test_talk_changes_nothing() -> None:
    tally = Tally(9, {1: 9})
    tally.changed = False
    tally.apply(frame("chat", body={"messages": []}))
    tally.apply(frame("room", body={"event": "ended"}))
    assert (tally.coins, tally.top(), tally.changed) == (9, [(1, 9)], False)
