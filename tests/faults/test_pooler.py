"""Debian's PgBouncer between Plaudit and its database: refused with a word, however it is set up."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import pytest

from plaudit.connections import DatabaseUnreachable, connect
from plaudit.postgresql import folder_for_sockets
from tests.support.databases import run_aside
from tests.support.waiting import WAIT_S, until

PGBOUNCER = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
DEAF = "ignore_startup_parameters = role, statement_timeout, jit, client_connection_check_interval, extra_float_digits"


@pytest.mark.skipif(PGBOUNCER is None, reason="wants Debian's package pgbouncer")
@pytest.mark.parametrize("mode", ["session", "transaction"])
@pytest.mark.parametrize("more", ["", DEAF])
def test_a_pooler_is_refused_with_a_word(database_url: str, mode: str, more: str) -> None:
    parts = urlsplit(database_url)
    database, options = parts.path.removeprefix("/"), parse_qs(parts.query)
    host, user = Path(options["host"][0]), options["user"][0]
    with TemporaryDirectory(dir=folder_for_sockets()) as folder:
        owner = host.stat()
        file = Path(folder) / "pgbouncer.ini"
        file.write_text(
            f"[databases]\n{database} = host={host} user={user}\n[pgbouncer]\nlisten_addr =\nauth_type = any\n"
            f"unix_socket_dir = {folder}\nlisten_port = 6432\npool_mode = {mode}\n{more}\n"
        )
        for path in (folder, file):
            os.chown(path, owner.st_uid, owner.st_gid)
        pooler = subprocess.Popen([str(PGBOUNCER), str(file)], user=owner.st_uid, group=owner.st_gid)
        try:
            until((Path(folder) / ".s.PGSQL.6432").exists, "the pooler listens")
            with pytest.raises(DatabaseUnreachable, match="not through PgBouncer"):
                run_aside(connect(f"postgresql:///{database}?host={folder}&port=6432&user={user}"))
        finally:
            pooler.terminate()
            pooler.wait(WAIT_S)
