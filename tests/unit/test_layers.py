"""The table of rooms and layers in the docs says what the contracts of imports say."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def contract(name: str) -> list[set[str]]:
    """Layers of a contract, from above to below."""
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in written if one["name"] == name]
    return [set(re.findall(r"\w+", layer)) - {"__main__"} for layer in layers]


def documented() -> list[list[str]]:
    """Names in each row of the table, as they stand."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text.partition("## Identity")[0], re.MULTILINE)
    return [re.findall(r"`(\w+)`", rooms) for layer, rooms in rows if layer != "layer"]


def test_rooms_stand_in_the_docs_in_the_order_of_their_imports() -> None:
    layers = [layer for layer in contract("Imports run one way") if layer]
    rows = documented()
    assert len(rows) > 5
    for names in rows:
        assert len(set(names)) == len(names), "a name stands there twice"
        wanted: set[str] = set()
        while layers and len(wanted) < len(names):
            wanted |= layers.pop(0)
        assert set(names) == wanted
    assert layers == [], "no row names them"
