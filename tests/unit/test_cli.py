"""The command line: what is imported when, and how errors read."""

import subprocess
import sys

import pytest

from plaudit import __version__
from plaudit.cli import COMMANDS


def plaudit(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "plaudit", *arguments], capture_output=True, text=True, env=environment, check=False
    )


_EACH_ALONE = """
import os, sys
import asyncpg, httpx2, litestar, litestar.openapi, litestar.plugins, msgspec, stripe
assert not [name for name in sys.modules if name.split(".")[0] == "plaudit"]
for name in sys.argv[1:]:
    if child := os.fork():
        if os.waitpid(child, 0)[1]:
            sys.exit(f"plaudit {name} --help fails")
        continue
    from click.testing import CliRunner
    from plaudit.cli import group
    shown = CliRunner().invoke(group, [name, "--help"], catch_exceptions=False)
    print(name, shown.output.split()[0], flush=True)
    os._exit(shown.exit_code)
"""


def test_help_names_the_commands_and_imports_none() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from plaudit.cli import group; "
        "print(CliRunner().invoke(group, ['--help']).output); "
        "print([name for name in sys.modules if name.startswith(('litestar', 'asyncpg')) or '.commands' in name])"
    )
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    *text, imported = outcome.stdout.splitlines()
    assert imported == "[]"
    for name, (_, command) in COMMANDS.items():
        assert any(line.split()[:1] == [name] for line in text) == bool(command.description)


def test_each_command_is_there() -> None:
    """Each is imported alone, in a process that has loaded what others wrote and nothing of ours."""
    ran = subprocess.run([sys.executable, "-c", _EACH_ALONE, *COMMANDS], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [word for name in COMMANDS for word in (name, "Usage:")]


def test_the_version() -> None:
    assert plaudit("--version").stdout.strip() == f"plaudit, version {__version__}"


def test_what_can_be_put_right_is_one_line_and_status_1() -> None:
    outcome = plaudit("migrate", DATABASE_URL="postgresql:///plaudit?host=/nonexistent")
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines() == [
        "plaudit: DATABASE_URL: the database cannot be reached: [Errno 2] No such file or directory"
    ]


def test_a_setting_that_makes_no_sense_is_named() -> None:
    outcome = plaudit("migrate", PLAUDIT_DATABASE_CONNECTIONS="many")
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines() == ["plaudit: PLAUDIT_DATABASE_CONNECTIONS must be a whole number above zero"]


@pytest.mark.parametrize("arguments", [["nonsense"], ["migrate", "--nonsense"]])
def test_a_command_that_is_not_there_is_a_usage_error(arguments: list[str]) -> None:
    outcome = plaudit(*arguments)
    assert outcome.returncode == 2
    assert "No such" in outcome.stderr
