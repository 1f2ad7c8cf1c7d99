"""The guide to providers: its plug-in can be installed as it stands there, and its list of methods is whole."""

import importlib
import inspect
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from plaudit.selling.providers import payment_providers
from plaudit.selling.providers.base import PaymentProvider
from plaudit.settings import Settings, known_settings
from tests.support.packages import install

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "adding-a-payment-provider.md").read_text(encoding="utf-8")
CODE = "\n\n".join(re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL))
PROVIDER = """
from plaudit_acme import CAPABILITIES

class Acme:
    name = "acme"
    capabilities = CAPABILITIES

def from_settings(settings):
    return Acme()
"""


def test_its_plug_in_can_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "plaudit_acme"
    package.mkdir()
    (package / "__init__.py").write_text(CODE)
    (package / "provider.py").write_text(PROVIDER)
    place = re.search(r'^\[project.entry-points."plaudit.providers"\]\nacme = "(.*)"$', GUIDE, re.MULTILINE)
    assert place
    install(tmp_path, monkeypatch, place[1])
    monkeypatch.setattr(sys, "modules", dict(sys.modules))  # those of the package go with it
    names = {one.name for one in known_settings() if "Acme" in one.words}
    assert names == {"acme_api_key", "acme_url"}
    settings = Settings.from_environment({"PLAUDIT_ACME_API_KEY": "a key"})
    assert payment_providers(settings).names == ["acme"]
    acme = importlib.import_module("plaudit_acme")
    store = replace(acme.ACME, channel=acme.CHANNEL)
    assert store.channel.code == acme.CAPABILITIES.channel


def test_each_method_is_explained() -> None:
    asked = {name for name, _ in inspect.getmembers(PaymentProvider, inspect.isfunction) if not name.startswith("_")}
    rows = " ".join(re.findall(r"^\| (`.*?`) \|", GUIDE, re.MULTILINE))
    assert asked - set(re.findall(r"`(\w+)`", rows)) == {"close"}
