"""The messages of the room socket: described as AsyncAPI wants it, and known to our own scripts by their types."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from plaudit.clock import ManualClock
from plaudit.http.asyncapi import describe_socket
from plaudit.http.typescript import FILE, types
from plaudit.ledger.model import Frame
from plaudit.live.frames import encode, people_of

SPECIFICATION = (
    Path(__file__).parents[2] / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0-without-$id.json"
)


@pytest.fixture(scope="module")
def asyncapi() -> Any:
    if not SPECIFICATION.exists():
        pytest.fail("`make check` brings AsyncAPI's schema with npm")
    return jsonschema_rs.validator_for(json.loads(SPECIFICATION.read_text()))


def test_the_description_is_asyncapi(asyncapi: Any) -> None:
    description = describe_socket("plaudit.example")
    assert [str(error) for error in asyncapi.iter_errors(description)] == []
    wrong = description | {"operations": {"tell": {"action": "shout", "channel": {"$ref": "#/channels/room"}}}}
    assert not asyncapi.is_valid(wrong)


def test_everything_that_is_referred_to_is_there() -> None:
    description = describe_socket("plaudit.example")

    def references(part: Any) -> set[str]:
        if isinstance(part, list):
            return set().union(*map(references, part))
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*map(references, part.values()))
        return set()

    found = references(description)
    assert len(found) > 20
    for reference in sorted(found):
        place: Any = description
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place, reference


def test_the_types_of_our_scripts_are_those_of_the_messages() -> None:
    assert FILE.read_text() == types(), "run `python -m plaudit.http.typescript`"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("poll", {"question": "more tea?"}),
        ("room", {"event": "moved", "stage_url": None, "stage_kind": "hls"}),
        ("chat", {"messages": [{"id": "1", "sender_id": 7}]}),
    ],
)
def test_of_a_frame_that_a_later_version_wrote_the_number_is_told(
    kind: str, body: dict[str, Any], clock: ManualClock
) -> None:
    frame = Frame({"room_id": 1, "seq": 3, "kind": kind, "at": clock.now(), "body": body})
    assert list(people_of(frame)) == []
    told = json.loads(encode(frame, {}))
    assert (told.pop("seq"), told.pop("kind"), list(told)) == (3, kind, ["at"])


def test_what_a_later_version_added_to_a_frame_is_left_out(clock: ManualClock) -> None:
    body = {"event": "started", "stage_url": None, "stage_kind": "hls", "mood": "fine"}
    frame = Frame({"room_id": 1, "seq": 3, "kind": "room", "at": clock.now(), "body": body})
    assert sorted(json.loads(encode(frame, {}))) == ["at", "event", "kind", "seq", "stage_kind", "stage_url"]
