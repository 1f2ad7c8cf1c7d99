"""Where tests write: a folder in memory if this machine has one with room, for on disks a third of a run is waiting."""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - ours alone: a folder with an unguessable name in it
_PREFIX = "plaudit-tests-"
_ROOM_MIN_BYTES = 6 * 2**30
"""A whole run has needed less than half of it at its widest."""


def write_in_memory() -> Path | None:
    """Have this process and those it starts make their temporary folders in memory; the folder, to be removed when all
    is over. Folders of runs that were killed go first.

    Nothing is done where a user has said where to write, or where memory is no place: no such file system (macOS), one
    that is small (containers), or that runs no programs.
    """
    if "TMPDIR" in os.environ or not _has_room():
        return None
    for left in _MEMORY.glob(f"{_PREFIX}*"):
        if not _runs(int(left.name.removeprefix(_PREFIX).partition("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY))
    folder.chmod(0o755)  # as root, databases run as somebody else
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def _has_room() -> bool:
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        return False
    its = os.statvfs(_MEMORY)
    return its.f_bavail * its.f_frsize >= _ROOM_MIN_BYTES and not its.f_flag & os.ST_NOEXEC


def _runs(process_id: int) -> bool:
    return Path("/proc", str(process_id)).exists()
