"""A room is added by a line in the one list. Tried in a process of its own, whose list has one more."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json
from datetime import UTC, datetime

from plaudit import rooms

rooms.ROOMS += ("tests.support.added_room",)

import msgspec
from click.testing import CliRunner

from plaudit.cli import group
from plaudit.http.assembly import framework
from plaudit.http.asyncapi import describe_socket
from plaudit.http.openapi import describe
from plaudit.http.typescript import types
from plaudit.ledger.model import Frame
from plaudit.live.conversation import FramePage
from plaudit.live.frames import encode, people_of
from plaudit.schema.audit import laws

body = {"person_id": 7, "wish": "tea"}
frame = Frame({"room_id": 1, "seq": 3, "kind": "wish", "at": datetime(2026, 1, 2, tzinfo=UTC), "body": body})
told = encode(frame, {7: msgspec.Raw(b'{"id":"7","name":"Ada","avatar":""}')})
page = msgspec.json.decode(b'{"items":[%b],"cursor":"1:3","next":null}' % told, type=FramePage)
openapi = describe(framework(), "http://plaudit.example")
print(json.dumps({
    "command": CliRunner().invoke(group, ["wishes"]).output,
    "operation": openapi["paths"]["/v1/wishes"]["get"]["operationId"],
    "frames": "WishFrame" in openapi["components"]["schemas"],
    "socket": "WishFrame" in describe_socket("plaudit.example")["components"]["schemas"],
    "types": " | WishFrame;" in types(),
    "law": laws()[-1].statement,
    "people": list(people_of(frame)),
    "told": json.loads(told),
    "read": type(page.items[0]).__name__,
}))
"""


def test_a_room_is_added_by_one_line() -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout) == {
        "command": "tea\n",
        "operation": "ListWishes",
        "frames": True,
        "socket": True,
        "types": True,
        "law": "Nobody wishes for nothing.",
        "people": [7],
        "told": {
            "kind": "wish",
            "seq": 3,
            "at": "2026-01-02T00:00:00.000Z",
            "person": {"id": "7", "name": "Ada", "avatar": ""},
            "wish": "tea",
        },
        "read": "WishFrame",
    }
