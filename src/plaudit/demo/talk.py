"""What people of the demo say: lines of `talk.toml`, chosen so that a room does not repeat itself."""

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec

from plaudit.demo.cast import read_toml

_TALK_FILE = Path(__file__).with_name("talk.toml")
_LINES_REMEMBERED = 40  # of one room, within which nothing is said twice
_NAMES_USED = 4  # times one person is named among the lines remembered


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question, and what others answer."""

    ask: str
    answers: list[str]


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said in one language."""

    hello: list[str]
    bye: list[str]
    small_talk: list[str]
    combo: list[str]
    large: list[str]
    welcome: list[str]
    thanks: list[str]
    thanks_large: list[str]
    exchange: list[Exchange]
    topic: dict[str, list[str]]

    def about(self, topic: str) -> list[str]:
        """What viewers say of a topic; nothing when the language has no words for it."""
        return self.topic.get(topic, [])

    def working_on(self, topic: str) -> list[str]:
        """What a creator says meanwhile."""
        return self.topic.get(f"{topic}_creator", [])

    def answers_to(self, text: str) -> list[str]:
        """What somebody could answer; nothing when it is no question they know."""
        return next((exchange.answers for exchange in self.exchange if exchange.ask == text), [])


def read_talk() -> dict[str, Phrases]:
    """Phrases by language."""
    talk: dict[str, Phrases] = read_toml(_TALK_FILE, dict[str, Phrases])
    return talk


class Memory:
    """What was said in one room lately, by anybody: people do not say what was just said."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_LINES_REMEMBERED)

    def heard(self, text: str) -> None:
        self._lines.append(text)

    def choose(self, random: Random, lines: Sequence[str], **names: str) -> str | None:
        """A line nobody said lately, filled in; None when there is none, or a name was heard enough."""
        filled = [line.format(**names) for line in lines]
        fresh = [line for line in filled if line not in self._lines]
        if any(sum(name in line for line in self._lines) >= _NAMES_USED for name in names.values()):
            fresh = [line for line in fresh if not any(name in line for name in names.values())]
        return random.choice(fresh) if fresh else None

    def count_since(self, text: str, answers: Sequence[str]) -> int:
        """How many of the answers followed the newest saying of a question."""
        lines = list(self._lines)
        if text not in lines:
            return 0
        begin = len(lines) - lines[::-1].index(text)
        return sum(line in answers for line in lines[begin:])
