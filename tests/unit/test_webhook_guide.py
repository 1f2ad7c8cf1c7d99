"""The guide to webhooks: its examples are events as they are, its list is whole, and its receiver verifies."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from standardwebhooks import WebhookVerificationError

from plaudit.events.model import CATALOGUE, Envelope
from plaudit.feeds.webhooks.sending import signed_headers

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "webhooks.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^### `([a-z._]+)`\n.*?^```json\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL))
SECRET = "whsec_" + "c2VjcmV0" * 6


def test_all_events_are_there() -> None:
    assert set(EXAMPLES) == set(CATALOGUE)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_an_example_is_an_event_as_it_is(kind: str) -> None:
    example = json.loads(EXAMPLES[kind])
    event = msgspec.convert(example, CATALOGUE[kind])
    assert msgspec.to_builtins(event) == example


def test_the_receiver_verifies() -> None:
    code, envelope = (
        re.search(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL) for language in ("python", "json")
    )
    assert code
    assert envelope
    known: dict[str, Any] = {}
    exec(code[1].replace("whsec_…", SECRET), known)  # noqa: S102 - what readers of the guide would run
    body = envelope[1].encode()
    told = msgspec.json.decode(body, type=Envelope)
    headers = signed_headers([SECRET], told.id, datetime.now(UTC), body.decode())
    assert known["receive"](body, headers)["type"] == "room.started"
    with pytest.raises(WebhookVerificationError):
        known["receive"](body.replace(b"Tea", b"Tee"), headers)
    forged = signed_headers(["whsec_" + "Z3Vlc3M=" * 4], UUID(int=1), datetime.now(UTC), body.decode())
    with pytest.raises(WebhookVerificationError):
        known["receive"](body, forged)
