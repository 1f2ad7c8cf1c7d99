"""Statements out of `queries.sql`: names, structs, what is refused."""

import re
from pathlib import Path

import pytest

import plaudit
from plaudit.db import Statement, read_statements, statements
from plaudit.schema import migrate


def written(folder: Path, text: str) -> Path:
    file = folder / "queries.sql"
    file.write_text(text)
    return file


def test_statements_have_names_and_structs(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "-- What this file is.\n\n-- name: one\nselect 1;\n\n-- name: two -> Row\n-- Why.\nselect 2 as id\nfrom t;\n\n"
        "-- Other matters\n\n-- name: three\nselect 3\n",
    )
    assert read_statements(file) == [
        Statement("one", "select 1", None),
        Statement("two", "-- Why.\nselect 2 as id\nfrom t", "Row"),
        Statement("three", "select 3", None),
    ]


def test_they_are_found_beside_a_module(tmp_path: Path) -> None:
    written(tmp_path, "-- name: one\nselect 1;\n")
    assert statements(str(tmp_path / "actions.py")) == {"one": "select 1"}


def test_they_are_found_by_a_packages_name() -> None:
    assert statements("plaudit.schema") == statements(migrate.__file__)


@pytest.mark.parametrize(
    "text", ["-- name: one\nselect 1;\n-- name: one\nselect 2;\n", "-- name: one\n\n-- name: two\nselect 2;\n"]
)
def test_a_name_without_one_statement_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="there twice or empty"):
        read_statements(written(tmp_path, text))


def test_a_module_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no module"):
        statements("plaudit.nonsense")


def test_every_statement_is_asked() -> None:
    unasked = []
    for file in sorted(Path(plaudit.__file__).parent.rglob("queries.sql")):
        code = "".join(module.read_text(encoding="utf-8") for module in sorted(file.parent.rglob("*.py")))
        families = tuple(re.findall(r'f"(\w+)\{', code))
        names = [one.name for one in read_statements(file)]
        unasked += [f"{file}: {name}" for name in names if f'"{name}"' not in code and not name.startswith(families)]
    assert unasked == []
