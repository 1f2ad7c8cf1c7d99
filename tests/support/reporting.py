"""What a run says at its end: how to run alone what failed, where the time went by kind, and which tests took most."""

import shlex
import time
from collections import Counter, defaultdict

import pytest

_SLOWEST_SHOWN = 20
_FEW_TESTS = 20
"""A run of fewer tests says nothing of time: somebody looks at one thing."""


class Report:
    """Adds up the reports of tests; with workers, in the process that has them all."""

    def __init__(self, config: pytest.Config) -> None:
        self._begin = time.monotonic()
        self._is_worker = hasattr(config, "workerinput")
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._failed: dict[str, None] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration
        if report.failed:
            self._failed[report.nodeid] = None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._is_worker:
            return
        write = terminalreporter.write_line
        if self._failed:
            write("")
            write("Alone:")
            for test in self._failed:
                write(f"  make one TEST={shlex.quote(test)}")
        if len(self._seconds) < _FEW_TESTS:
            return
        write("")
        for kind, line in self._kinds():
            write(f"{kind:12} {line}")
        write(f"{'all':12} {time.monotonic() - self._begin:6.0f} s from beginning to end")
        write("")
        write(f"The {_SLOWEST_SHOWN} slowest:")
        for test, seconds in Counter(self._seconds).most_common(_SLOWEST_SHOWN):
            write(f"{seconds:6.1f} s  {test}")

    def _kinds(self) -> list[tuple[str, str]]:
        """What each folder of tests took, added up over tests that ran side by side."""
        seconds: defaultdict[str, list[float]] = defaultdict(list)
        for test, taken in self._seconds.items():
            seconds[test.split("/")[1]].append(taken)
        by_time = sorted(seconds.items(), key=lambda item: -sum(item[1]))
        return [(kind, f"{sum(taken):6.0f} s in {len(taken)} tests") for kind, taken in by_time]
