"""The embedded server: who may start it, what remains of what was killed, as root and as a plain user."""

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from plaudit.connections import DatabaseUnreachable, connect
from plaudit.embedded import EmbeddedPostgres, database_logins, database_url
from plaudit.postgresql import DataFolderInUse, EmbeddedError, copy_for_roots_user, wheel
from plaudit.processes import processes_in
from plaudit.settings import Secret, Settings
from tests.support.processes import helper, is_running, kill
from tests.support.waiting import eventually, until

HOLDER = """
import json, logging, sys
from pathlib import Path
from plaudit.embedded import EmbeddedPostgres
logging.basicConfig(level="WARNING")
installation = Path(sys.argv[2]) if len(sys.argv) > 2 else None
with EmbeddedPostgres(Path(sys.argv[1]), installation=installation) as server:
    print(json.dumps({"url": server.url, "pid": server.pid}), flush=True)
    sys.stdin.read()
"""

AS_ROOT = os.geteuid() == 0
NOBODY = 65534
# A plain user who may still read the interpreter, wherever the one who runs the tests keeps it.
AS_PLAIN_USER = (
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
    "--bounding-set=-all,+dac_read_search", "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",
)  # fmt: skip
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root can become another user")


@pytest.fixture(params=["as_we_are", "as_plain_user"] if AS_ROOT else ["as_we_are"])
def prefix(request: pytest.FixtureRequest) -> Sequence[str]:
    """What goes before a command to run it as the user under test."""
    return AS_PLAIN_USER if request.param == "as_plain_user" else ()


@pytest.fixture
def data(prefix: Sequence[str]) -> Iterator[Path]:
    """A folder that the user under test may fill."""
    with tempfile.TemporaryDirectory(prefix="plaudit-data-") as folder:
        if prefix:
            os.chown(folder, NOBODY, NOBODY)
        yield Path(folder) / "data"
        clusters = list(Path(folder).glob("*/postgres"))
        until(
            lambda: not any(processes_in(one, "postgres") for one in clusters), "servers of killed holders have ended"
        )
        for address in Path(folder).rglob("postgres.json"):  # what a killed holder left, and nobody started again
            shutil.rmtree(json.loads(address.read_text())["sockets"], ignore_errors=True)


def run(url: str, *statements: str) -> Any:
    """The value that the last of some statements gives, each committed by itself."""

    async def work() -> Any:
        connection = await connect(url)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(work())


def answers(url: str) -> bool:
    try:
        return bool(run(url, "select true"))
    except (OSError, DatabaseUnreachable, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


def held(data: Path, prefix: Sequence[str]) -> Any:
    # A plain user has a wheel of his own; here it is a copy of ours, which may lie where he cannot walk.
    installation = [str(copy_for_roots_user(wheel()))] if prefix else []
    return helper(HOLDER, str(data), *installation, prefix=prefix)


def test_what_was_written_is_there_after_a_stop(data: Path, prefix: Sequence[str]) -> None:
    with held(data, prefix) as holder:
        url = holder.ready()["url"]
        run(url, "create table kept (id int)", "insert into kept values (1)")
        assert run(url, "show listen_addresses") == ""
        assert run(url, "show fsync") == "on"
        sockets = Path(run(url, "show unix_socket_directories"))
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert holder.end() == (0, "")
        assert not sockets.exists()
    with held(data, prefix) as holder:
        assert run(holder.ready()["url"], "select count(*) from kept") == 1


def test_a_second_start_is_refused(data: Path, prefix: Sequence[str]) -> None:
    with held(data, prefix) as holder:
        url = holder.ready()["url"]
        with held(data, prefix) as second:
            status, errors = second.end()
        assert status == 1
        assert f"the data folder {data} is in use by process" in errors.splitlines()[-1]
        assert answers(url)


def test_a_second_process_can_share_the_server(data: Path, prefix: Sequence[str]) -> None:
    with held(data, prefix) as holder:
        url = holder.ready()["url"]
        with database_logins(Settings(), data, share=True) as shared:
            assert shared.owner == url
            assert run(shared.owner, "select true")
        with pytest.raises(DataFolderInUse), database_url(Settings(), data):
            pass
        assert answers(url)


def test_the_server_ends_in_order_when_its_parent_was_killed(data: Path, prefix: Sequence[str]) -> None:
    with held(data, prefix) as holder:
        server = holder.ready()
        run(server["url"], "create table kept as select generate_series(1, 1000) as id")
        holder.kill()
        until(lambda: not is_running(server["pid"]), "the server has ended")
        assert "database system is shut down" in (data / "postgres.log").read_text()
    with held(data, prefix) as holder:
        assert run(holder.ready()["url"], "select count(*) from kept") == 1000
    assert "not properly shut down" not in (data / "postgres.log").read_text()


def test_a_start_waits_for_the_last_checkpoint_of_its_predecessor(data: Path, prefix: Sequence[str]) -> None:
    with held(data, prefix) as holder:
        server = holder.ready()
        run(server["url"], "create table kept as select generate_series(1, 100000) as id")
        os.kill(server["pid"], signal.SIGSTOP)
        holder.kill()
        address = data / "postgres.json"
        left = address.read_text()
        with held(data, prefix) as following:
            until(lambda: address.read_text() not in {left, ""}, "all is prepared for the next server")
            os.kill(server["pid"], signal.SIGCONT)
            assert run(following.ready()["url"], "select count(*) from kept") == 100_000


def test_a_killed_server_is_started_again_under_the_same_url(data: Path, prefix: Sequence[str]) -> None:
    with held(data, prefix) as holder:
        server = holder.ready()
        run(server["url"], "create table kept (id int)", "insert into kept values (1)")
        for _ in range(2):
            kill(int((data / "postgres" / "postmaster.pid").read_text().split()[0]))
            until(lambda: answers(server["url"]), "the server answers again")
        assert run(server["url"], "select count(*) from kept") == 1
        status, errors = holder.end()
        assert status == 0
        assert "starting it again" in errors


def test_a_session_that_is_busy_does_not_keep_a_killed_server_down(data: Path, prefix: Sequence[str]) -> None:
    async def be_busy(url: str, kill_server: Any) -> None:
        connection = await connect(url, statement_timeout_ms=0)
        query = asyncio.create_task(connection.fetchval("select count(*) from generate_series(1, 100000000000)"))
        watching = await connect(url)
        is_busy = "select state = 'active' and query like '%generate_series%' from pg_stat_activity where pid = $1"
        await eventually(lambda: watching.fetchval(is_busy, connection.get_server_pid()), "the session is busy")
        kill_server()
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await query
        watching.terminate()
        connection.terminate()

    with held(data, prefix) as holder:
        server = holder.ready()
        asyncio.run(be_busy(server["url"], lambda: kill(server["pid"])))
        until(lambda: answers(server["url"]), "the server answers again")


def test_both_killed_at_once_are_recovered_from(data: Path, prefix: Sequence[str]) -> None:
    with held(data, prefix) as holder:
        server = holder.ready()
        run(server["url"], "create table kept (id int)", "insert into kept values (1)")
        sockets = Path(run(server["url"], "show unix_socket_directories"))
        kill(server["pid"])
        holder.kill()
    with held(data, prefix) as holder:
        url = holder.ready()["url"]
        assert run(url, "select count(*) from kept") == 1
        assert not sockets.exists(), "the folder of the killed server's socket is still there"
    assert "automatic recovery in progress" in (data / "postgres.log").read_text()


def test_a_process_that_got_the_number_of_the_killed_server_is_not_taken_for_it(
    data: Path, prefix: Sequence[str]
) -> None:
    with held(data, prefix) as holder:
        assert holder.ready()
        record = (data / "postgres" / "postmaster.pid").read_text()
        assert holder.end()[0] == 0
    forged = data / "postgres" / "postmaster.pid"
    forged.write_text("\n".join([str(os.getpid()), *record.splitlines()[1:]]) + "\n")
    os.chown(forged, (data / "postgres").stat().st_uid, (data / "postgres").stat().st_gid)
    with held(data, prefix) as holder:
        assert answers(holder.ready()["url"])


def test_a_creation_that_was_cut_off_is_begun_again(data: Path, prefix: Sequence[str]) -> None:
    with held(data, prefix) as holder:
        until((data / "postgres.new").exists, "the creation has begun")
        holder.kill()
    assert not (data / "postgres").exists()
    with held(data, prefix) as holder:
        assert answers(holder.ready()["url"])


def test_a_long_path_with_spaces_is_no_obstacle(data: Path, prefix: Sequence[str]) -> None:
    with held(data.parent / ("long & 'odd' " * 12) / "data", prefix) as holder:
        assert answers(holder.ready()["url"])


def test_the_folder_of_sockets_may_have_an_odd_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="a & b=%41+", dir="/tmp") as odd:
        os.chmod(odd, 0o711)  # noqa: S103 - the server's user must walk it
        monkeypatch.setattr("plaudit.embedded.folder_for_sockets", lambda: Path(odd))
        with EmbeddedPostgres(tmp_path) as server:
            assert answers(server.url)


def test_data_of_another_version_are_left_alone(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path):
        pass
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 17"):
        EmbeddedPostgres(tmp_path).start()


def test_a_server_that_cannot_start_says_why_and_frees_the_folder(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="unrecognized configuration parameter"):
        EmbeddedPostgres(tmp_path, options={"no_such_option": "1"}).start()
    with EmbeddedPostgres(tmp_path) as server:
        assert answers(server.url)


def test_it_can_be_started_again_after_a_stop(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path)
    for _ in range(3):
        assert answers(server.start())
        server.stop()
        server.stop()
        assert server.pid is None


def test_a_server_that_others_started_is_left_alone(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        owner = server._user or (os.geteuid(), os.getegid())
    with tempfile.TemporaryDirectory(prefix="plaudit-", dir="/tmp") as sockets:
        os.chown(sockets, *owner)
        directory = os.open(tmp_path / "postgres", os.O_RDONLY)
        programs = (copy_for_roots_user(wheel()) if AS_ROOT else wheel()) / "bin"
        command = [str(programs / "postgres"), "-D", f"/proc/self/fd/{directory}", "-h", "", "-k", sockets]
        if AS_ROOT:
            command = ["setpriv", f"--reuid={owner[0]}", f"--regid={owner[1]}", "--clear-groups", *command]
        with subprocess.Popen(command, pass_fds=[directory], cwd="/", stderr=subprocess.DEVNULL) as other:
            os.close(directory)
            until(lambda: bool(processes_in(tmp_path / "postgres", "postgres")), "the other server runs")
            with pytest.raises(EmbeddedError, match="a server that Plaudit did not start runs on"):
                EmbeddedPostgres(tmp_path).start()
            assert other.poll() is None
            other.send_signal(signal.SIGINT)


def test_the_environment_has_the_last_word(tmp_path: Path) -> None:
    settings = Settings(database_url=Secret("postgresql://elsewhere/plaudit"), data=tmp_path)
    with database_url(settings) as url:
        assert url == "postgresql://elsewhere/plaudit"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match="cannot use the data folder"):
        EmbeddedPostgres(tmp_path / "file" / "data").start()


@needs_root
def test_root_keeps_data_where_the_servers_user_cannot_walk() -> None:
    with tempfile.TemporaryDirectory(prefix="plaudit-closed-") as closed:
        os.chmod(closed, 0o700)
        data = Path(closed) / "deeper" / "data"
        with EmbeddedPostgres(data) as server:
            assert server.pid
            assert Path(f"/proc/{server.pid}").stat().st_uid != 0
            assert answers(server.url)
        assert stat.S_IMODE(Path(closed).stat().st_mode) == 0o700
        assert data.stat().st_uid == 0


@needs_root
def test_root_copies_programs_that_the_servers_user_cannot_reach(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="plaudit-closed-") as closed, tempfile.TemporaryDirectory() as copies:
        Path(copies).chmod(0o711)
        package = wheel().parent
        unreachable = Path(closed) / package.name / wheel().name
        shutil.copytree(wheel(), unreachable)
        shutil.copytree(package.with_name(f"{package.name}.libs"), Path(closed) / f"{package.name}.libs")
        monkeypatch.setattr("plaudit.embedded.wheel", lambda: unreachable)
        monkeypatch.setattr("plaudit.postgresql._ROOTS_COPY", Path(copies) / "plaudit")
        data = tmp_path_factory.mktemp("data")
        for _ in range(2):
            with EmbeddedPostgres(data) as server:
                assert answers(server.url)
        assert len(list((Path(copies) / "plaudit").iterdir())) == 1
        assert stat.S_IMODE(Path(closed).stat().st_mode) == 0o700


@needs_root
def test_root_goes_on_with_what_a_plain_user_began() -> None:
    with tempfile.TemporaryDirectory(prefix="plaudit-data-") as folder:
        os.chown(folder, NOBODY, NOBODY)
        data = Path(folder) / "data"
        with held(data, AS_PLAIN_USER) as holder:
            run(holder.ready()["url"], "create table kept (id int)")
            assert holder.end()[0] == 0
        with EmbeddedPostgres(data) as server:
            assert run(server.url, "select count(*) from kept") == 0
        with held(data, AS_PLAIN_USER) as holder:
            assert run(holder.ready()["url"], "select count(*) from kept") == 0


def test_the_address_names_the_database_and_no_secret(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        address = json.loads((tmp_path / "postgres.json").read_text())
        assert quote(address.pop("sockets")) in server.url
        assert address == {}
        assert run(server.url, "select current_database()") == "plaudit"
    assert not (tmp_path / "postgres.json").exists()
