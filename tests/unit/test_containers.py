"""The files of a deployment name what is there: no container runtime is at hand to say so."""

import re
from pathlib import Path

import pytest

from plaudit.settings import known_settings

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "examples" / "deploy"
FOLDER = DEPLOY / "container"
OWNER = "PLAUDIT_OWNER_DATABASE_URL"
_OF_SCRIPTS = {"PLAUDIT", "DATABASE_URL", "PLAUDIT_ENV_FILE"}


def test_the_image_is_made_of_what_is_here() -> None:
    written = (FOLDER / "Containerfile").read_text()
    copied = [one for line in re.findall(r"^COPY (?!--from)(.+) \S+$", written, re.MULTILINE) for one in line.split()]
    assert {"src", "requirements/runtime.txt"} <= set(copied)
    assert [one for one in copied if not (PROJECT / one).exists()] == []
    let_in = re.findall(r"^!(\S+)$", (FOLDER / "Containerfile.containerignore").read_text(), re.MULTILINE)
    assert {one.partition("/")[0] for one in copied} == {one.partition("/")[0] for one in let_in}


def test_what_is_mounted_and_secret_in_containers_is_there() -> None:
    written = (FOLDER / "compose.yaml").read_text()
    mounted = re.findall(r'"\./([^:"]+):', written)
    assert mounted
    assert [one for one in mounted if not (FOLDER / one).exists()] == []
    used, _, declared = written.partition("\nsecrets:\n")
    files = dict(re.findall(r"^  (\w+): {file: secrets/(\w+)}$", declared, re.MULTILINE))
    names = {name for line in re.findall(r"secrets: \[(.+)\]", used) for name in line.split(", ")}
    assert names | set(re.findall(r"source: (\w+)", used)) == set(files)
    assert list(files) == list(files.values())


def test_who_owns_the_tables_logs_in_where_nobody_serves() -> None:
    """In containers and by systemd; each secret lies in a file of its name."""
    composed = (FOLDER / "compose.yaml").read_text()
    services = re.findall(r"^    command: \[(\w+).*?^    secrets: \[(.+?)\]$", composed, re.MULTILINE | re.DOTALL)
    given = {command: set(names.split(", ")) for command, names in services}
    for unit in ("migrate", "backup", "base-backup"):
        given[unit + ".service"] = _credentials(f"plaudit-{unit}.service")
    given["serve.service"] = _credentials("plaudit.service")
    assert [who for who, names in given.items() if "DATABASE_URL" not in names] == []
    owners = {who for who, names in given.items() if OWNER in names}
    assert owners == {"migrate", "migrate.service", "backup.service"}


def _credentials(unit: str) -> set[str]:
    lines = re.findall(r"^LoadCredential=(\w+):/etc/plaudit/(\w+)/(\w+)$", (DEPLOY / unit).read_text(), re.MULTILINE)
    assert [folder for _, folder, _ in lines] == ["owner" if name == OWNER else "secrets" for name, _, _ in lines]
    assert [name for name, _, _ in lines] == [file for _, _, file in lines]
    return {name for name, _, _ in lines}


@pytest.mark.parametrize(
    "file",
    [
        "container/Containerfile", "container/compose.yaml", "plaudit.env", "plaudit.service", "nginx.conf",
        "Caddyfile",
        "plaudit-migrate.service", "plaudit-backup.service", "plaudit-base-backup.service", "prometheus/prometheus.yml",
    ],
)  # fmt: skip
def test_each_setting_that_a_deployment_names_is_one(file: str) -> None:
    named = set(re.findall(r"\bPLAUDIT_[A-Z_]+", (DEPLOY / file).read_text()))
    assert named <= {one.variable for one in known_settings()} | _OF_SCRIPTS
