"""Limits: each name is one limit. The second of two of one name would hold for both."""

import re
from collections import Counter
from pathlib import Path

from plaudit import limits


def test_each_name_is_one_limit() -> None:
    names = re.findall(r"^([A-Z0-9_]+) =", Path(limits.__file__).read_text(), re.MULTILINE)
    assert len(names) > 300
    assert [name for name, times in Counter(names).items() if times > 1] == []
