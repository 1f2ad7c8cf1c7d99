"""Commands of ours in the process of the test: what they print and how they end, without the second a process takes."""

import io
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest import mock

from plaudit.cli import main
from tests.support.databases import owner_of


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    stdout: str
    stderr: str


def plaudit(url: str, *arguments: str, **variables: str) -> Ended:
    """What somebody sees who types `plaudit …` beside a database."""
    logins = {"DATABASE_URL": url, "PLAUDIT_OWNER_DATABASE_URL": owner_of(url)}
    with ThreadPoolExecutor(max_workers=1) as executor:  # commands have event loops of their own
        return executor.submit(_run, arguments, logins | variables).result()


def _run(arguments: tuple[str, ...], variables: Mapping[str, str]) -> Ended:
    out, errors = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    with (
        mock.patch.dict(os.environ, variables),
        mock.patch.object(sys, "argv", ["plaudit", *arguments]),
        redirect_stdout(out),
        redirect_stderr(errors),
    ):
        try:
            main()
        except SystemExit as ended:
            return Ended(int(ended.code or 0), _text(out), _text(errors))


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
