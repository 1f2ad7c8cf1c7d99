"""A standby of an embedded database, which can be made the primary."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plaudit.connections import OwnConnection, connect
from plaudit.embedded import EmbeddedPostgres
from plaudit.postgresql import wheel
from tests.support.waiting import eventually


@contextmanager
def standby_of(primary: EmbeddedPostgres, data: Path) -> Iterator[EmbeddedPostgres]:
    """A standby that follows a primary, for as long as the block runs."""
    data.mkdir(mode=0o700)
    cluster = data / "postgres"
    program = wheel() / "bin" / "pg_basebackup"
    subprocess.run(
        [program, "--pgdata", cluster, "--write-recovery-conf", "--checkpoint=fast", "--dbname", primary.url],
        check=True,
    )
    owner = (primary.data / "postgres").stat()
    for path in [cluster, *cluster.rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    with EmbeddedPostgres(data, options={"fsync": "off"}) as standby:
        yield standby


async def switch_over(primary: EmbeddedPostgres, standby: EmbeddedPostgres) -> None:
    """Let the primary take no writes any more, and the standby take them, with all that was written."""
    old, new = await _owner(primary.url), await _owner(standby.url, writes=False)
    await old.execute("alter system set default_transaction_read_only = on")
    await old.execute("select pg_reload_conf()")

    async def has_all() -> bool:
        return bool(await new.fetchval("select pg_last_wal_replay_lsn() >= $1::text::pg_lsn", await _written(old)))

    await eventually(has_all, "the standby has all that was written")
    await new.execute("select pg_promote(true)")
    await old.close()
    await new.close()


async def _written(connection: OwnConnection) -> str:
    written: str = await connection.fetchval("select pg_current_wal_flush_lsn()::text")
    return written


async def _owner(url: str, *, writes: bool = True) -> OwnConnection:
    return await connect(url, writes=writes)
