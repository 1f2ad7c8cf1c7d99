"""Children that must not outlive their parent: killed parents, ending threads, watchdogs."""

import signal
import subprocess
import threading
from pathlib import Path

import pytest

from plaudit.processes import Launch, TiedProcess, processes_in
from tests.support.processes import helper, is_running
from tests.support.waiting import until

PARENT = """
import json, signal, sys
from plaudit.processes import Launch, TiedProcess
if "ignore" in sys.argv:  # as in the background of a script
    signal.signal(signal.SIGINT, signal.SIG_IGN)
child = TiedProcess(Launch(command=["/bin/sleep", "1000"], death_signal=signal.SIGINT))
print(json.dumps(child.pid), flush=True)
sys.stdin.read()
"""

WATCHING_PARENT = """
import json, signal, sys
from plaudit.processes import _watch
watchdog = _watch(int(sys.argv[1]), signal.SIGTERM)
print(json.dumps(watchdog.pid), flush=True)
sys.stdin.read()
"""


def test_a_child_ends_with_a_parent_that_was_killed() -> None:
    with helper(PARENT) as parent:
        child = parent.ready()
        assert is_running(child)
        parent.kill()
        until(lambda: not is_running(child), "the child has ended")


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for the child in /proc")
@pytest.mark.parametrize("signals", ["as they are", "ignore"])
def test_a_child_that_has_begun_ends_with_its_parent(signals: str) -> None:
    with helper(PARENT, signals) as parent:
        child = parent.ready()
        until(lambda: Path(f"/proc/{child}/comm").read_text() == "sleep\n", "the child has begun")
        assert parent.end()[0] == 0
        until(lambda: not is_running(child), "the child has ended")


def test_a_child_ends_with_a_parent_that_exits_at_once() -> None:
    with helper(PARENT) as parent:
        child = parent.ready()
        assert parent.end()[0] == 0
        until(lambda: not is_running(child), "the child has ended")


def test_a_watchdog_ends_a_process_when_its_parent_was_killed() -> None:
    with subprocess.Popen(["/bin/sleep", "1000"]) as child, helper(WATCHING_PARENT, str(child.pid)) as parent:
        watchdog = parent.ready()
        parent.kill()
        assert child.wait(60) == -signal.SIGTERM
        until(lambda: not is_running(watchdog), "the watchdog has ended")


def test_a_child_survives_the_thread_that_started_it() -> None:
    started: list[TiedProcess] = []
    thread = threading.Thread(target=lambda: started.append(TiedProcess(Launch(command=["/bin/sleep", "1000"]))))
    thread.start()
    thread.join()
    child = started[0]
    assert child.wait(0.3) is None
    child.send(signal.SIGTERM)
    assert child.wait(60) == -signal.SIGTERM
    child.send(signal.SIGTERM)  # nothing is there any more, and nothing happens


def test_the_return_code_is_known() -> None:
    assert TiedProcess(Launch(command=["/bin/sh", "-c", "exit 7"])).wait(60) == 7


def test_a_folder_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        TiedProcess(Launch(command=["/bin/true"], directory=tmp_path / "gone"))


def test_processes_are_found_by_where_they_work(tmp_path: Path) -> None:
    child = TiedProcess(Launch(command=["/bin/sleep", "1000"], directory=tmp_path))
    until(lambda: processes_in(tmp_path, "sleep") == [child.pid], "it is found")
    assert processes_in(tmp_path, "postgres") == []
    assert child.pid not in processes_in(Path("/"), "sleep")
    child.send(signal.SIGKILL)
    child.wait()
    assert processes_in(tmp_path, "sleep") == []
