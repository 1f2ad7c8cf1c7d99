"""Child processes that must not outlive this one, however it ends."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

# Runs in the child between fork and exec, as a program of its own: code between the two in a process with threads
# may deadlock. The signal must end whatever the child becomes: a script's background ignores SIGINT, and Python would
# keep one that comes just now to itself. The user is changed first, because changing it clears the death signal. A
# parent that is gone before the signal is set shows in getppid().
_LAUNCHER = """
import ctypes, os, signal, sys
parent, death_signal, user, group = map(int, sys.argv[1:5])
if death_signal != signal.SIGKILL:  # which nothing can ignore
    signal.signal(death_signal, signal.SIG_DFL)
if user >= 0:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
if os.getppid() != parent:
    sys.exit("the parent is gone")
os.execv(sys.argv[5], sys.argv[5:])
"""

# Where the kernel has no death signal: a second child that notices the end of its input, which only this process holds.
_WATCHDOG = """
import os, sys
sys.stdin.read()
try:
    os.kill(int(sys.argv[1]), int(sys.argv[2]))
except ProcessLookupError:
    pass
"""


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What to start, as whom, and what it inherits."""

    command: Sequence[str | Path]
    death_signal: signal.Signals = signal.SIGTERM
    """What the child gets when this process ends."""
    user: tuple[int, int] | None = None
    """User and group id to run as; None: as this process."""
    environment: dict[str, str] | None = None
    """None: the environment of this process."""
    stdin: int | IO[bytes] = subprocess.DEVNULL
    output: int | IO[bytes] | None = None
    """Where standard output and error go; None: where ours go."""
    pass_fds: Sequence[int] = field(default=())
    directory: Path = Path("/")


class TiedProcess:
    """A child in a session of its own that is signalled when this process ends, even by `kill -9`.

    Linux sends the death signal when the *thread* that forked ends, so each child has a thread that lives as long.
    """

    def __init__(self, launch: Launch) -> None:
        """Start it.

        Raises:
            OSError: it could not be started.
        """
        self._launch = launch
        self._started = threading.Event()
        self._ended = threading.Event()
        self._failure: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._run, name=f"child {launch.command[0]}", daemon=True).start()
        self._started.wait()
        if self._failure:
            raise self._failure

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def return_code(self) -> int | None:
        """The code it ended with (minus the signal's number when killed), None while it runs."""
        return self._child.returncode if self._ended.is_set() else None

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        self._child.send_signal(number)

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait until it has ended and been reaped; its return code, or None after the timeout."""
        self._ended.wait(timeout_s)
        return self.return_code

    @property
    def _child(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the child was not started")
        return self._process

    def _run(self) -> None:
        launch = self._launch
        user, group = launch.user or (-1, -1)
        identity = [str(number) for number in (os.getpid(), int(launch.death_signal), user, group)]
        try:
            self._process = child = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _LAUNCHER, *identity, *map(str, launch.command)],
                stdin=launch.stdin,
                stdout=launch.output,
                stderr=launch.output,
                env=launch.environment,
                pass_fds=launch.pass_fds,
                cwd=launch.directory,
                start_new_session=True,  # Ctrl-C in a terminal is for the parent, which then stops its children
            )
            watchdog = None if sys.platform == "linux" else _watch(child.pid, launch.death_signal)
        except OSError as error:
            self._failure = error
            self._started.set()
            return
        self._started.set()
        child.wait()
        if watchdog:
            watchdog.kill()
            watchdog.wait()
        self._ended.set()


def _watch(pid: int, death_signal: signal.Signals) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WATCHDOG, str(pid), str(int(death_signal))],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def processes_in(directory: Path, name: str) -> list[int]:
    """Ids of running processes of that name that work in this directory; empty where there is no /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile, or belongs to somebody else
            if (entry / "comm").read_text().strip() == name and (entry / "cwd").samefile(directory):
                found.append(int(entry.name))
    return found
