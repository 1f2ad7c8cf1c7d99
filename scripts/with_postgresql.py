"""Runs a command with DATABASE_URL of a fresh server of another PostgreSQL: with_postgresql.py FOLDER COMMAND…"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from plaudit.embedded import EmbeddedPostgres
from plaudit.settings import SetupError


def main() -> int:
    """The command's exit status."""
    installation, *command = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="plaudit-postgresql-") as folder:
        try:
            with EmbeddedPostgres(Path(folder), installation=Path(installation), options={"fsync": "off"}) as server:
                print(f"PostgreSQL of {installation}", flush=True)  # noqa: T201 - the heading of what follows
                return subprocess.run(command, env=os.environ | {"DATABASE_URL": server.url}, check=False).returncode
        except SetupError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main())
