"""The processes of one demo: started in order, replaced when one dies, stopped in reverse; none outlives this one."""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from plaudit.processes import Launch, TiedProcess
from plaudit.settings import SetupError

_STOP_WAIT_S = 20.0
_QUICK_S = 10.0  # a process that ended within this time of its start ended soon
_QUICK_ENDS_MAX = 3
_POLL_S = 0.2


@dataclass
class _Child:
    name: str
    launch: Launch
    process: TiedProcess
    started_at: float = field(default_factory=time.monotonic)
    quick_ends: int = 0


class Children:
    """The processes beside this one. Use as a context: at its end all are stopped."""

    def __init__(self, logs: Path) -> None:
        """`logs` is the folder their output goes to."""
        self._logs = logs
        self._children: list[_Child] = []
        self._files = ExitStack()

    def __enter__(self) -> "Children":
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            _end(child.process)
        self._files.close()

    def start(
        self,
        name: str,
        arguments: Sequence[str | Path],
        environment: Mapping[str, str],
        *,
        pass_fds: Sequence[int] = (),
        first_time: Sequence[str] = (),
        first_fds: Sequence[int] = (),
        quiet: bool = True,
    ) -> None:
        """Start `python -m ...` with variables beside those of this process.

        Args:
            name: of its log.
            arguments: what to run.
            environment: variables beside those of this process.
            pass_fds: descriptors it inherits.
            first_time: arguments more, which those that replace it do not get.
            first_fds: descriptors that only the first one inherits.
            quiet: it says nothing here.
        """
        output = self._files.enter_context((self._logs / f"{name}.log").open("ab")) if quiet else None
        launch = Launch(
            command=[sys.executable, "-m", *arguments],
            environment={**os.environ, **environment},
            output=output,
            pass_fds=pass_fds,
            directory=Path.cwd(),
        )
        first = replace(launch, command=[*launch.command, *first_time], pass_fds=[*pass_fds, *first_fds])
        self._children.append(_Child(name, launch, TiedProcess(first)))

    def watch(self) -> None:
        """Replace who dies, until interrupted.

        Raises:
            SetupError: one of them dies again and again; says where to read why.
        """
        while True:
            time.sleep(_POLL_S)
            for child in self._children:
                if child.process.return_code is not None:
                    self._replace(child)

    def _replace(self, child: _Child) -> None:
        lived_s = time.monotonic() - child.started_at
        child.quick_ends = child.quick_ends + 1 if lived_s < _QUICK_S else 0
        if child.quick_ends >= _QUICK_ENDS_MAX:
            log = self._logs / f"{child.name}.log"
            raise SetupError(f"the {child.name} of the demo ends as soon as it starts: {log} says why")
        child.process = TiedProcess(child.launch)
        child.started_at = time.monotonic()


def _end(process: TiedProcess) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.return_code is None:
            process.send(number)
        if process.wait(_STOP_WAIT_S) is not None:
            return
