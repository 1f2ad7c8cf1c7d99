"""What a deployment watches: alerts held by Prometheus' own checks, and nothing in them that /metrics does not have."""

import re
import subprocess
from pathlib import Path

import pytest

from plaudit.http.metrics import figures

FOLDER = Path(__file__).parents[2] / "examples" / "deploy" / "prometheus"
PROMTOOL = "/usr/bin/promtool"
_PARTS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def known() -> set[str]:
    """The names of all series that /metrics can have."""
    declared = re.findall(r"^# TYPE (\w+) (\w+)$", figures().decode(), re.MULTILINE)
    return {name.removesuffix("_total") + part for name, kind in declared for part in _PARTS[kind]}


def named(file: str) -> set[str]:
    return set(re.findall(r"\bplaudit_\w+", (FOLDER / file).read_text()))


@pytest.mark.parametrize("file", ["alerts.yml", "alerts_test.yml", "grafana.json"])
def test_what_is_watched_is_measured(file: str) -> None:
    assert named(file)
    assert named(file) <= known()


@pytest.mark.parametrize(
    "check",
    [("check", "config", "prometheus.yml"), ("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")],
)
def test_prometheus_holds_the_alerts(check: tuple[str, ...]) -> None:
    held = subprocess.run([PROMTOOL, *check], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert held.returncode == 0, held.stdout + held.stderr
