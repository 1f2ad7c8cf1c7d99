"""PostgreSQL without an installation: the server out of a wheel, as a child of this process, on a private socket."""

import fcntl
import json
import logging
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from plaudit.connections import APPLICATION_ROLE, DatabaseUnreachable
from plaudit.limits import (
    DATABASE_LOG_BYTES_MAX,
    DATABASE_ORPHAN_PATIENCE_S,
    DATABASE_RESTART_QUICK_S,
    DATABASE_RESTARTS_MAX,
    DATABASE_START_WAIT_S,
    DATABASE_STOP_WAIT_S,
)
from plaudit.postgresql import (
    DataFolderInUse,
    EmbeddedError,
    copy_for_roots_user,
    folder_for_sockets,
    is_ready,
    last_line_that_tells,
    opened,
    postmaster,
    try_lock,
    wheel,
)
from plaudit.processes import Launch, TiedProcess, processes_in
from plaudit.server_memory import machine_memory_mb, memory_options
from plaudit.settings import Settings

log = logging.getLogger(__name__)

_OWNER = "plaudit"
"""The login that owns an embedded cluster. Who may open the socket is whoever the data folder belongs to, so neither
login has a password: it would lie beside the socket, for the same user to read."""

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC"}
_BUILTIN_LOCALES_SINCE = 17
_POLL_S = 0.01

# For a small machine that runs other things too. Durability is never traded: fsync and synchronous_commit stay on.
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "cluster_name": "plaudit",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Logins:
    """URLs of one database: as who serves, and as who owns its tables, for `plaudit migrate` and the like."""

    application: str
    owner: str

    @classmethod
    def at(cls, sockets: str) -> Self:
        """Those of an embedded server, by the folder of its socket."""
        to = f"postgresql:///plaudit?host={quote(sockets)}&user="
        return cls(to + APPLICATION_ROLE, to + _OWNER)


class EmbeddedPostgres:
    """The database of one data folder. Starts it again when it is killed; stops it when this process ends.

    In the folder: `postgres/` the cluster, `postgres.lock` held by whoever runs it, `postgres.json` how to reach it,
    `postgres.log`. As root the server runs as an unprivileged user, who reaches the cluster through an open
    directory, so that nothing above it needs to be opened to him.
    """

    def __init__(
        self, data: Path, *, installation: Path | None = None, options: Mapping[str, str] | None = None
    ) -> None:
        """Nothing happens before `start()`. `installation` is another PostgreSQL's folder, above its `bin`."""
        self.data = data.absolute()
        self.logins = Logins("", "")
        self._cluster = self.data / "postgres"
        self._installation = installation
        self._options = _OPTIONS | memory_options(machine_memory_mb()) | dict(options or {})
        self._lock: IO[str] | None = None
        self._sockets: Path | None = None
        self._user: tuple[int, int] | None = None
        self._process: TiedProcess | None = None
        self._stopping = threading.Event()
        self._guard = threading.Lock()  # between stop() and a restart

    @property
    def url(self) -> str:
        """The database, as its owner."""
        return self.logins.owner

    @property
    def application_url(self) -> str:
        """The database, as who serves: there is such a login once it was migrated."""
        return self.logins.application

    def start(self) -> str:
        """Start the server, creating or recovering its data; the URL of database `plaudit`, as its owner.

        Raises:
            DataFolderInUse: somebody else runs it.
            EmbeddedError: it cannot run here.
        """
        self._stopping = threading.Event()  # a new one: the last run's supervisor may still be ending
        self._take_lock()
        try:
            self._user = self._server_user()
            self._installation, major = self._usable_installation()
            if not (self._cluster / "PG_VERSION").exists():
                self._create_cluster(major)
            if (found := (self._cluster / "PG_VERSION").read_text().strip()) != str(major):
                raise EmbeddedError(
                    f"{self._cluster} was made by PostgreSQL {found}, this is {major}: dump it with the old one"
                )
            self._make_socket_folder()
            self._process = self._launch()
        except BaseException:
            self._release()
            raise
        supervision = (self._process, self._stopping)
        threading.Thread(target=self._supervise, args=supervision, name="database supervisor", daemon=True).start()
        return self.url

    def stop(self) -> None:
        """Stop the server and wait for it: sessions are ended, a last checkpoint is written."""
        with self._guard:
            self._stopping.set()
            process = self._process
        if process:
            _end(process)
        self._release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process of the server, None when it does not run."""
        return self._process.pid if self._process and self._process.return_code is None else None

    # The folder

    def _take_lock(self) -> None:
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.data / "postgres.lock").open("a+")
        except OSError as error:
            raise EmbeddedError(
                f"cannot use the data folder {self.data}: {error.strerror}: choose another with --data or PLAUDIT_DATA"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise DataFolderInUse(
                f"the data folder {self.data} is in use by process {holder}: stop it, or choose another with --data"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _release(self) -> None:
        if not self._lock:
            return
        self._process = None
        if self._sockets:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None
        (self.data / "postgres.json").unlink(missing_ok=True)
        self._lock.truncate(0)
        self._lock.close()
        self._lock = None

    def _server_user(self) -> tuple[int, int] | None:
        """Who runs the server: whoever owns the cluster, else this user, else (root) an unprivileged one."""
        owner = self._cluster.stat() if self._cluster.exists() else None
        if os.geteuid() != 0:
            if owner and owner.st_uid != os.geteuid():
                raise EmbeddedError(f"{self._cluster} belongs to user {owner.st_uid}: run as that user or as root")
            return None
        if owner and owner.st_uid != 0:
            return owner.st_uid, owner.st_gid
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                user = pwd.getpwnam(name)
                return user.pw_uid, user.pw_gid
        raise EmbeddedError("PostgreSQL does not run as root and there is no user nobody: run as another user")

    def _make_socket_folder(self) -> None:
        """A short path, because a socket's is limited to some 100 bytes; a folder left by a killed process goes."""
        address = self.data / "postgres.json"
        with suppress(OSError, ValueError, KeyError, TypeError):
            left = Path(json.loads(address.read_text())["sockets"])
            if left.name.startswith("plaudit-") and left.parent == folder_for_sockets():
                shutil.rmtree(left)
        self._sockets = Path(tempfile.mkdtemp(prefix="plaudit-", dir=folder_for_sockets()))
        if self._user:
            os.chown(self._sockets, *self._user)
        self.logins = Logins.at(str(self._sockets))
        address.write_text(json.dumps({"sockets": str(self._sockets)}))

    # The binaries

    def _usable_installation(self) -> tuple[Path, int]:
        """A folder of PostgreSQL that the server's user can execute, and its major version."""
        folder = self._installation or wheel()
        if (major := self._version(folder)) is None and self._user and self._installation is None:
            folder = copy_for_roots_user(folder)
            major = self._version(folder)
        if major is None:
            raise EmbeddedError(f"{folder}/bin/postgres does not run on this machine: set DATABASE_URL")
        return folder, major

    def _version(self, folder: Path) -> int | None:
        with tempfile.TemporaryFile() as output:
            command: list[str | Path] = [folder / "bin" / "postgres", "--version"]
            process = TiedProcess(Launch(command=command, user=self._user, environment=_ENVIRONMENT, output=output))
            if process.wait(DATABASE_START_WAIT_S) != 0:
                return None
            output.seek(0)
            # It may complain, in the same breath, of folders above it that this user cannot read.
            found = re.search(rb"\(PostgreSQL\) (\d+)", output.read())
            return int(found[1]) if found else None

    # The cluster

    def _create_cluster(self, major: int) -> None:
        """Beside its place first, so that one interrupted half way is never taken for a database."""
        draft = self.data / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self._user:
            os.chown(draft, *self._user)
        if major >= _BUILTIN_LOCALES_SINCE:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            locale = ["--locale=C.UTF-8"]
        access = [f"--username={_OWNER}", "--auth-local=trust", "--auth-host=reject"]
        with opened(draft, self._user) as (directory, path), tempfile.TemporaryFile() as statement:
            statement.write(b"CREATE DATABASE plaudit;\n")
            statement.seek(0)
            self._run("initdb", f"--pgdata={path}", "--encoding=UTF8", *locale, *access, keep=directory)
            self._run("postgres", "--single", "-D", path, "postgres", keep=directory, stdin=statement)
        draft.rename(self._cluster)

    def _run(self, program: str, *arguments: str, keep: int, stdin: int | IO[bytes] = subprocess.DEVNULL) -> None:
        with tempfile.TemporaryFile() as output:
            launch = Launch(
                command=[self._program(program), *arguments],
                death_signal=signal.SIGKILL,
                user=self._user,
                environment=_ENVIRONMENT,
                stdin=stdin,
                output=output,
                pass_fds=[keep],
            )
            if TiedProcess(launch).wait() != 0:
                output.seek(0)
                raise EmbeddedError(f"{program} failed: {last_line_that_tells(output.read())}")

    def _program(self, name: str) -> Path:
        return (self._installation or wheel()) / "bin" / name

    # The server

    def _launch(self) -> TiedProcess:
        """Start the server on the cluster and wait until it answers."""
        journal = self.data / "postgres.log"
        if journal.exists() and journal.stat().st_size > DATABASE_LOG_BYTES_MAX:
            journal.rename(journal.with_suffix(".log.1"))
        with opened(self._cluster, self._user) as (directory, path), journal.open("ab") as output:
            self._wait_for_leftovers(directory)
            log_begins_at = output.tell()
            options = [f"--{name}={value}" for name, value in self._options.items()]
            launch = Launch(
                command=[self._program("postgres"), "-D", path, "-k", str(self._sockets), *options],
                death_signal=signal.SIGINT,
                user=self._user,
                environment=_ENVIRONMENT,
                output=output,
                pass_fds=[directory],
            )
            process = TiedProcess(launch)
        try:
            self._wait_until_ready(process, journal, log_begins_at)
        except BaseException:
            _end(process)
            raise
        return process

    def _wait_until_ready(self, process: TiedProcess, journal: Path, log_begins_at: int) -> None:
        deadline = time.monotonic() + DATABASE_START_WAIT_S
        while not is_ready(self._cluster, process.pid):
            if process.return_code is not None:
                with journal.open("rb") as entries:
                    entries.seek(log_begins_at)
                    raise EmbeddedError(
                        f"the database did not start: {last_line_that_tells(entries.read())} ({journal})"
                    )
            if time.monotonic() > deadline:
                raise EmbeddedError(f"the database was not ready after {DATABASE_START_WAIT_S} s: see {journal}")
            time.sleep(_POLL_S)

    def _wait_for_leftovers(self, directory: int) -> None:
        """Wait until no process of an earlier server is left; each of them holds a lock on the open directory.

        After `kill -9` of our predecessor the server is writing its last checkpoint; after `kill -9` of the server
        its sessions are ending, and one that is busy is told to.
        """
        begin = time.monotonic()
        while not try_lock(directory):
            waited = time.monotonic() - begin
            if waited > DATABASE_STOP_WAIT_S:
                raise EmbeddedError(f"an earlier server is still running on {self._cluster}: stop it first")
            processes = processes_in(self._cluster, "postgres")
            if waited > DATABASE_ORPHAN_PATIENCE_S and postmaster(self._cluster) not in processes:
                for orphan in processes:
                    with suppress(ProcessLookupError):
                        os.kill(orphan, signal.SIGQUIT)
            time.sleep(_POLL_S)
        if processes_in(self._cluster, "postgres"):
            raise EmbeddedError(f"a server that Plaudit did not start runs on {self._cluster}: stop it first")
        if Path("/proc/self").exists():
            # PostgreSQL takes a zombie, or another process that got the number, for a living server.
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)

    def _supervise(self, process: TiedProcess, stopping: threading.Event) -> None:
        """Start the server again when it ends without being told to; the thread of that name."""
        quick_ends = 0
        while True:
            begin = time.monotonic()
            code = process.wait()
            with self._guard:
                if stopping.is_set():
                    return
                quick_ends = quick_ends + 1 if time.monotonic() - begin < DATABASE_RESTART_QUICK_S else 0
                if quick_ends > DATABASE_RESTARTS_MAX:
                    log.error("the database ended with %s once more and stays down", code)
                    return
                log.warning("the database ended with %s; starting it again", code)
                try:
                    self._process = process = self._launch()
                except EmbeddedError as error:
                    log.error("%s", error)
                    return


@contextmanager
def naming_the_setting(settings: Settings) -> Iterator[None]:
    """Whatever keeps a database of the settings from being reached comes out with the name of the setting.

    Raises:
        DatabaseUnreachable: as it comes out of the block.
    """
    try:
        yield
    except DatabaseUnreachable as error:
        if not settings.database_url:
            raise
        raise DatabaseUnreachable(f"DATABASE_URL: {error}") from error


@contextmanager
def database_logins(settings: Settings, data: Path | None = None, *, share: bool = False) -> Iterator[Logins]:
    """How to log in to the database to work on: DATABASE_URL if it is set, whose owner logs in by
    PLAUDIT_OWNER_DATABASE_URL or by the same; else the embedded one of the data folder.

    `share`: use a server that another process already runs on that folder instead of refusing.

    Raises:
        DataFolderInUse: another process runs it, and `share` is off.
        EmbeddedError: it cannot run here.
        DatabaseUnreachable: as it comes out of the block, with the name of the setting.
    """
    if settings.database_url:
        with naming_the_setting(settings):
            application = settings.database_url.reveal()
            yield Logins(application, settings.owner_database_url.reveal() or application)
        return
    server = EmbeddedPostgres(data or settings.data)
    try:
        server.start()
        logins = server.logins
    except DataFolderInUse:
        if not share:
            raise
        logins = _running(server.data)
    try:
        yield logins
    finally:
        server.stop()


@contextmanager
def database_url(settings: Settings, data: Path | None = None, *, share: bool = False) -> Iterator[str]:
    """`database_logins`, for who works as the application only; raises the same."""
    with database_logins(settings, data, share=share) as logins:
        yield logins.application


def _running(data: Path) -> Logins:
    """How to reach the server that another process runs on this folder; waits for one that is starting."""
    deadline = time.monotonic() + DATABASE_START_WAIT_S
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError, KeyError):
            address = json.loads((data / "postgres.json").read_text())
            if is_ready(data / "postgres") and Path(address["sockets"]).is_dir():
                return Logins.at(address["sockets"])
        time.sleep(_POLL_S)
    raise EmbeddedError(f"another process uses {data}, but its database cannot be reached from here")


def _end(process: TiedProcess) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send(number)
        if process.wait(DATABASE_STOP_WAIT_S) is not None:
            return
        log.warning("the database did not stop within %s s of %s", DATABASE_STOP_WAIT_S, number.name)
