"""Statements out of `queries.sql`: names, structs, what is refused."""

import re
from pathlib import Path

import pytest

import plaudit
from plaudit.schema import migrate
from plaudit.statements import Statement, read_statements, statements


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


def test_columns_stand_for_themselves(tmp_path: Path) -> None:
    file = written(tmp_path, "-- columns: row\nt.id,\nt.at\n\n-- name: one -> Row\nselect {row}, '{}' as x from t;\n")
    assert read_statements(file) == [Statement("one", "select t.id,\nt.at, '{}' as x from t", "Row")]


@pytest.mark.parametrize(
    "text", ["-- name: one\nselect {row} from t;\n", "-- name: one\nselect {row};\n-- columns: row\nid\n"]
)
def test_columns_that_do_not_stand_above_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="do not stand above"):
        read_statements(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "-- name: one\nselect 1;\n-- name: one\nselect 2;\n",
        "-- name: one\n\n-- name: two\nselect 2;\n",
        "-- columns: row\nid\n-- columns: row\nat\n",
    ],
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


STAR = re.compile(r"\*\s*(?=from\b|into\b|,|\)|;|$)", re.IGNORECASE)
ALLOWED = re.compile(r"count\(\*\)|select \* from unnest\(", re.IGNORECASE)
"""Rows, and arguments: there are no more columns than the statement says."""


def stars(sql: str) -> list[str]:
    """Where a statement takes whatever columns there are, with what stands before."""
    bare = ALLOWED.sub("", re.sub(r"--.*|'[^']*'", "", sql))
    return [bare[max(one.start() - 30, 0) : one.end()] for one in STAR.finditer(bare)]


def test_statements_name_their_columns() -> None:
    package = Path(plaudit.__file__).parent
    found = {file: stars(file.read_text(encoding="utf-8")) for file in sorted(package.rglob("queries.sql"))}
    assert len(found) > 20
    assert {file: places for file, places in found.items() if places} == {}
    assert [
        file for file in package.rglob("*.py") if re.search(r"(select|returning) \*|select \w+\.\*", file.read_text())
    ] == []


@pytest.mark.parametrize(
    "sql",
    ["select * from t", "select t.*, 1 from t", "delete from t returning *", "select distinct on (a) * from t",
     "with x as (select * from t) select 1 from x", "select a, t.* from t", "select 1 from (select t.*\nfrom t) x"],
)  # fmt: skip
def test_stars_are_seen(sql: str) -> None:
    assert stars(sql)


@pytest.mark.parametrize(
    "sql", ["select count(*) from t", "select a * b from t", "select * from unnest($1::text[])", "select '*'"]
)
def test_what_is_no_star_is_not(sql: str) -> None:
    assert stars(sql) == []
