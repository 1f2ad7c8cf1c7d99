"""What lies in the static files: vendored as recorded, nothing from other hosts, and everything the catalogue names."""

import base64
import hashlib
import json
import re
import tomllib

from plaudit.gifts.catalogue.folder import STARTER
from plaudit.web.templating import STATIC, TEMPLATES

ADDRESS = re.compile(r"""(?:href|src|url|from|import|fetch|action)\s*[=(]?\s*["'`(]\s*(?:https?:)?//[\w.-]+""")


def test_vendored_files_are_those_of_the_manifest() -> None:
    manifest = json.loads((STATIC / "vendor" / "manifest.json").read_text())
    assert {package["name"] for package in manifest} >= {"htmx.org"}
    for package in manifest:
        assert package["licence"]
        for file in package["files"]:
            digest = hashlib.sha384((STATIC / "vendor" / file["path"]).read_bytes()).digest()
            assert file["integrity"] == f"sha384-{base64.b64encode(digest).decode()}", file["path"]
        assert any("LICENSE" in file["path"] for file in package["files"]), package["name"]


def test_pages_and_scripts_name_no_other_host() -> None:
    own = [path for path in STATIC.rglob("*") if path.suffix in (".js", ".css", ".svg") and "vendor" not in path.parts]
    templates = list(TEMPLATES.rglob("*.html"))
    assert {path.name for path in [*own, *templates]} >= {"room-socket.js", "live.css", "base.html"}
    found = {
        str(path): match.group()
        for path in [*own, *templates]
        if (match := ADDRESS.search(path.read_text())) is not None
    }
    assert found == {}


def test_templates_carry_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*(?:src=|application/json))|<style|\sstyle=|\son[a-z]+=")
    templates = list(TEMPLATES.rglob("*.html"))
    assert TEMPLATES / "base.html" in templates
    assert [str(path) for path in templates if inline.search(path.read_text())] == []


def test_catalogue_names_drawings_and_animations_that_exist() -> None:
    items = tomllib.loads(STARTER.read_text())["item"]
    scripts = "".join(path.read_text() for path in (STATIC / "js" / "stage").glob("*.js"))
    styles = (STATIC / "css" / "live.css").read_text()
    assert {item["size"] for item in items} == {"small", "large"}
    for item in items:
        assert (STATIC / item["art"]).is_file()
        name = item["animation"]
        if item["size"] == "large":
            assert re.search(rf"async function {name}\(|\"{name}\":", scripts), item["sku"]
        else:
            assert f'[data-animation="{name}"]' in styles or name == "bounce", item["sku"]
