"""What a room has received and from whom, as its frames say it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from plaudit.ledger.model import Frame
from plaudit.live.tally import Tally

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NO_GIFTS: dict[str, Any] = dict.fromkeys(
    ("gift_ids", "viewer_ids", "creator_ids", "item_ids", "counts", "gift_coins", "combo_ids", "combo_counts")
)


def frame(kind: str, **columns: Any) -> Any:
    """A frame as it comes out of the database."""
    return Frame({"room_id": 7, "seq": 1, "kind": kind, "at": AT, "body": None} | NO_GIFTS | columns)


def gifts(*sent: tuple[int, int]) -> Any:
    ids = [UUID(int=number) for number in range(len(sent))]
    return frame(
        "gift", gift_ids=ids, viewer_ids=[viewer for viewer, _ in sent], creator_ids=[3] * len(sent),
        item_ids=[1] * len(sent), counts=[1] * len(sent), gift_coins=[coins for _, coins in sent], combo_ids=ids,
        combo_counts=[1] * len(sent),
    )  # fmt: skip


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


def test_talk_changes_nothing() -> None:
    tally = Tally(9, {1: 9})
    tally.changed = False
    tally.apply(frame("chat", body={"messages": []}))
    tally.apply(frame("room", body={"event": "ended"}))
    assert (tally.coins, tally.top(), tally.changed) == (9, [(1, 9)], False)
