"""Packages beside Plaudit, put on the path as an installer does."""

from pathlib import Path

import pytest

from plaudit import plugins


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, *places: str) -> None:
    """A distribution in a folder, on the path until the test ends, that names these plug-ins as its entry points."""
    about = folder / "beside-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: beside\nVersion: 1.0\n")
    entries = "\n".join(f"entry{number} = {place}" for number, place in enumerate(places))
    (about / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{entries}\n")
    monkeypatch.syspath_prepend(folder)
    # A process looks once at what is installed: this test's looks again, and forgets it.
    monkeypatch.setattr(plugins, "_installed", plugins._installed.__wrapped__)
