"""Limits: each name is one limit, for the second of two of one name would hold for both; and each is heeded."""

import re
from collections import Counter
from pathlib import Path

from plaudit import limits


def test_each_name_is_one_limit() -> None:
    names = re.findall(r"^([A-Z0-9_]+) =", Path(limits.__file__).read_text(), re.MULTILINE)
    assert len(names) > 300
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_each_limit_is_heeded() -> None:
    source = [path.read_text() for path in Path(limits.__file__).parent.rglob("*.py")]
    named = Counter(word for text in source for word in re.findall(r"[A-Z][A-Z0-9_]+", text))
    kept = [
        name
        for path in Path(limits.__file__).parent.rglob("limits.py")
        for name in re.findall(r"^([A-Z0-9_]+) =", path.read_text(), re.MULTILINE)
    ]
    assert len(kept) > 500
    assert [name for name in kept if named[name] < 2] == []
