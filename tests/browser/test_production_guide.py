"""The guide "In production in fifteen minutes": its commands in their order, then its steps, each by who takes it."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from plaudit.embedded import EmbeddedPostgres
from plaudit.postgresql import folder_for_sockets
from tests.browser.conftest import PATIENCE_MS
from tests.browser.deciding import let_pass
from tests.browser.glimpses import glimpse
from tests.support.nginx import HOST, make_certificate, nginx
from tests.support.peers import peer
from tests.support.ports import LOOPBACK, held_port
from tests.support.processes import first_line
from tests.support.waiting import WAIT_S, until

PROJECT = Path(__file__).parents[2]
GUIDE = PROJECT / "docs/guides/production.md"
DEBIAN = Path("/usr/lib/postgresql/15")
SECRET = "the-secret-of-the-client"

STAND_INS = {
    "apt-get": "", "certbot": "", "systemctl": "", "python3": "",  # what the machine of the test has, or the test does
    # The embedded server has a database of that name for its own use.
    "su": """as_owner="{psql} --quiet --set=ON_ERROR_STOP=1 --host={sockets} --username=plaudit postgres"
$as_owner --command="drop database if exists plaudit"
exec $as_owner""",
}  # fmt: skip
"""What belongs to the machine, as this test's own machine does it."""
_NAMES = """
import socket

known = socket.getaddrinfo
ours = {name!r}, {name!r}.encode()
socket.getaddrinfo = lambda host, *more, **named: known({here!r} if host in ours else host, *more, **named)
"""
"""Leads the guide's name to this machine, in every Python that is started."""


def blocks() -> list[str]:
    """What the guide has typed."""
    return re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), flags=re.DOTALL | re.MULTILINE)


@dataclass
class Machine:
    """A machine on which nothing of Plaudit is yet. Names of folders and ports of the guide lead below `folder`."""

    folder: Path
    here: dict[str, str]
    environment: dict[str, str]
    processes: ExitStack
    said: list[str] = field(default_factory=list)

    def type(self, block: str) -> str:
        """Run a block as one who types it; variables stay for the next."""
        for known, here in self.here.items():
            block = block.replace(known, here)
        kept = self.folder / "variables"
        script = f"test ! -e {kept} || . {kept}\nset -aeu\ncd {PROJECT}\n{block}\ndeclare -px > {kept}\n"
        log = self.folder / f"typed-{len(self.said)}.log"  # not a pipe, which what goes on behind would hold open
        with log.open("w") as written:
            ended = subprocess.run(
                ["/bin/bash", "-c", script], env=self.environment, stdout=written, stderr=subprocess.STDOUT,
                timeout=WAIT_S, check=False,
            )  # fmt: skip
        self.said.append(log.read_text())
        assert ended.returncode == 0, f"{block}\n{self.said[-1]}"
        return self.said[-1]

    def start_service(self, port: int) -> None:
        """What systemd does with the unit and its drop-in."""
        units = self.folder / "etc/systemd/system"
        unit = (units / "plaudit.service").read_text()
        secrets = re.findall(r"LoadCredential=(\w+):(\S+)", (units / "plaudit.service.d/secrets.conf").read_text())
        credentials = self.folder / "credentials"
        credentials.mkdir()
        for name, source in secrets:
            shutil.copy(source, credentials / name)
        command = re.search(r"^ExecStart=\S+/plaudit (serve .*)$", unit, flags=re.MULTILINE)
        assert command, unit
        environment = self.environment | {
            "PLAUDIT_DATA": str(self.folder / "data"),
            "PLAUDIT_ENV_FILE": str(self.folder / "etc/plaudit/plaudit.env"),
            "CREDENTIALS_DIRECTORY": str(credentials),
        }
        started = [sys.executable, "-m", "plaudit", *command[1].split(), "--port", str(port)]
        log = self.processes.enter_context((self.folder / "service.log").open("w"))
        process = subprocess.Popen(started, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        self.processes.callback(_end, process)
        assert first_line(process), (self.folder / "service.log").read_text()


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.wait(WAIT_S)


@contextmanager
def _machine(folder: Path, ports: tuple[int, ...], platform: str, sockets: Path, psql: Path) -> Iterator[Machine]:
    server_port, encrypted, sandbox_port = ports
    programs = folder / "programs"
    programs.mkdir()
    for name, does in STAND_INS.items():
        program = programs / name
        program.write_text("#!/bin/sh\n" + does.format(psql=psql, sockets=sockets) + "\n")
        program.chmod(0o755)
    installed = folder / "opt/plaudit/bin"
    installed.mkdir(parents=True)
    (installed / "plaudit").symlink_to(Path(sys.executable).with_name("plaudit"))
    (installed / "pip").symlink_to("/bin/true")
    for made in ("etc/systemd/system", "etc/nginx/sites-enabled", "var/lib"):
        (folder / made).mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(_NAMES.format(here=LOOPBACK, name=HOST))
    here = {
        "https://id.example": platform, "subject-of-yours-at-the-provider": "otto",
        "https://$NAME": f"https://$NAME:{encrypted}", "@127.0.0.1/plaudit": f"@/plaudit?host={sockets}",
        "/opt/plaudit/": f"{folder}/opt/plaudit/", "/etc/": f"{folder}/etc/", "/var/lib/": f"{folder}/var/lib/",
        "8100": str(sandbox_port), "http://127.0.0.1:8000": f"http://{LOOPBACK}:{server_port}",
        "prices.toml": f"{folder}/prices.toml",
    }  # fmt: skip
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8",
        "PYTHONPATH": str(folder), "SSL_CERT_FILE": str(make_certificate(folder)), "TMPDIR": str(folder_for_sockets()),
        "PLAUDIT_PAYOUT_METHOD_HOLD_HOURS": "0",  # the guide's reader waits three days
    }  # fmt: skip
    with ExitStack() as processes:
        yield Machine(folder, here, environment, processes)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Machine, str]]:
    """The machine after the commands of the guide, and its public address."""
    with (
        held_port() as server_port, held_port() as plain, held_port() as encrypted, held_port() as sandbox_port,
        EmbeddedPostgres(tmp_path / "cluster", installation=DEBIAN, options={"fsync": "off"}) as server,
    ):  # fmt: skip
        address = f"https://{HOST}:{encrypted}"
        sockets = re.search(r"host=([^&]+)", server.url)
        assert sockets
        told = ["--client-secret", SECRET, "--redirect-uri", f"{address}/sign-in/callback"]
        with (
            peer("identity", *told) as platform,
            _machine(
                tmp_path, (server_port, encrypted, sandbox_port), platform, Path(sockets[1]), DEBIAN / "bin/psql"
            ) as machine,
        ):
            *commands, audit = blocks()
            for block in commands:
                machine.type(block)
                if "plaudit sandbox" in block:
                    machine.processes.callback(_end_what_listens, sandbox_port)
                if "systemctl enable --now plaudit" in block:
                    machine.start_service(server_port)
                if "systemctl start nginx" in block:
                    site = (tmp_path / "etc/nginx/sites-enabled/plaudit").read_text()
                    machine.processes.enter_context(nginx(tmp_path, site, server_port, plain, encrypted))
            yield machine, address
            assert "The books balance" in machine.type(audit) or "balance" in machine.said[-1]


def _end_what_listens(port: int) -> None:
    """The provider that was started behind the prompt."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"sandbox" in command and str(port).encode() in command:
            os.kill(int(process.name), 15)


def test_from_nothing_to_the_first_gift_cashed_out(
    opened: tuple[Machine, str], browser: Browser, tmp_path: Path
) -> None:
    machine, address = opened
    assert "blocking" not in machine.said[-1].lower(), machine.said[-1]
    with ExitStack() as contexts:

        def somebody(name: str) -> Page:
            context = browser.new_context(ignore_https_errors=True, locale="en-GB", reduced_motion="reduce")
            contexts.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.goto(f"{address}/sign-in?next=/people")
            page.get_by_role("button", name=name).click()
            expect(page.get_by_role("heading", level=1)).to_have_text(f"You are {name}")
            return page

        operator, creator, viewer = somebody("Otto"), somebody("Cleo"), somebody("Ada Lovelace")
        _let_diamonds_be_available_at_once(operator, address)
        room, overlay_address = _go_live(creator, address)
        overlay = creator.context.browser.new_context(ignore_https_errors=True).new_page()  # type: ignore[union-attr]  # it has one
        contexts.callback(overlay.context.close)
        overlay.goto(overlay_address)
        expect(overlay.locator("gift-stage .gift-banners")).to_be_attached()
        _buy_and_send(viewer, overlay, room)
        _cash_out(creator, address)
        _pay_by_hand(operator, address)
        creator.goto(f"{address}/studio/payouts")
        expect(creator.locator(".payout[data-state='paid']")).to_be_visible()


def _let_diamonds_be_available_at_once(page: Page, address: str) -> None:
    page.goto(f"{address}/operator/rewards")
    page.get_by_role("button", name="New rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Held").fill("0")
    dialog.get_by_label("Why?").fill("A trial.")
    dialog.get_by_role("button", name="Publish").click()
    expect(page.locator("#rules tbody tr").first).to_contain_text("held not at all")


def _go_live(page: Page, address: str) -> tuple[str, str]:
    """The addresses of the room and of the overlay."""
    page.goto(f"{address}/studio")
    page.get_by_role("button", name="New link").click()
    link = page.locator("#overlay-url")
    expect(link).to_have_value(re.compile("/overlay#token="))
    overlay = link.input_value()
    page.get_by_role("button", name="New room").first.click()
    page.get_by_label("What is it about?").fill("Tea and songs")
    page.get_by_role("button", name="Go live").click()
    page.wait_for_url("**/studio/live/*")
    return page.url.replace("/studio/live/", "/rooms/"), overlay


def _buy_and_send(page: Page, overlay: Page, room: str) -> None:
    page.goto(room)
    tray = page.locator(".room-side gift-tray")
    tray.get_by_role("radio", name=re.compile("^Race Day")).click()
    send = tray.get_by_role("button", name="Send Race Day for 2,999 coins")
    send.click()
    tray.get_by_role("button", name=re.compile("^Buy ")).click()
    page.get_by_role("button", name="succeeds DE").click()
    expect(page.get_by_role("heading", level=1, name="coins are yours")).to_be_visible()
    page.get_by_role("link", name="Back to the room").click()
    with glimpse(overlay, "gift-stage[data-playing='racing-car']"):
        send.click()


def _cash_out(page: Page, address: str) -> None:
    page.goto(f"{address}/studio")
    page.get_by_role("button", name="Convert to diamonds").click()
    page.get_by_role("button", name="Convert", exact=True).click()
    expect(page.locator(".way-step", has_text="Diamonds available").locator(".amount-number")).to_have_text("2,999")
    page.get_by_role("link", name="Cash out").last.click()
    page.get_by_role("button", name="Add a bank account").click()
    dialog = page.get_by_role("dialog", name="Add a bank account")
    dialog.get_by_label("Country").select_option("DE")
    dialog.get_by_label("Currency").select_option("EUR")
    dialog.get_by_label("IBAN", exact=True).last.fill("DE89 3704 0044 0532 0130 00")
    dialog.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="See what arrives").click()
    page.get_by_role("dialog", name="What arrives").get_by_role("button", name="Cash out").click()
    expect(page.locator(".payout[data-state='requested']")).to_be_visible()


def _pay_by_hand(page: Page, address: str) -> None:
    page.goto(f"{address}/operator")
    waiting = page.locator(".decide", has_text="Cleo")
    let_pass(page, waiting)
    waiting.get_by_role("button", name="Approve").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Export it under Payouts").first).to_be_visible()
    page.goto(f"{address}/operator/payouts")
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Export").click()
    page.wait_for_url("**/operator/payouts/exports/1")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Fetch the file").click()
    (line,) = csv.DictReader(io.StringIO(downloading.value.path().read_text(), newline=""))
    assert line["iban"] == "DE89370400440532013000"
    row = page.locator(f"[data-payout='{line['payout_id']}']")
    row.get_by_role("button", name="Mark").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reference of the bank").fill("TX-1")
    dialog.get_by_role("button", name="Mark").click()
    until(lambda: "TX-1" in row.inner_text(), "the bank's reference stands beside it")
