"""What lies in the static files: vendored as recorded, nothing from other hosts, and everything the catalogue names."""

import base64
import hashlib
import json
import re

from plaudit.gifts.catalogue.entry import LARGE_ANIMATIONS, SMALL_ANIMATIONS
from plaudit.gifts.catalogue.folder import STARTER, read_folder
from plaudit.gifts.catalogue.pictures import SHIPPED
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


def _rules(sheet: str) -> list[tuple[str, str, bool]]:
    """Selector and declarations of each rule, and whether it is for browsers that mix colours."""
    found, around = [], []
    for opened in re.finditer(r"([^{}]*)([{}])", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        text, sign = opened[1].strip(), opened[2]
        if sign == "{":
            around.append(text.rpartition(";")[2].strip())
        else:
            found.append((around.pop(), text, any(one.startswith("@supports") for one in around)))
    assert around == []
    return found


def test_what_older_browsers_do_not_know_comes_after_what_they_know() -> None:
    wrong = []
    for path in sorted((STATIC / "css").glob("*.css")):
        for selector, declared, is_newer in _rules(path.read_text()):
            parts = [one.strip() for one in declared.split(";")]
            names = [one.partition(":")[0] for one in parts]
            for place, (name, part) in enumerate(zip(names, parts, strict=True)):
                before = names[:place]
                is_alone = ("dvh" in part and name not in before) or (
                    name in {"mask", "mask-image"} and f"-webkit-{name}" not in before
                )
                if is_alone or "light-dark(" in part or ("color-mix(" in part and not is_newer):
                    wrong.append(f"{path.name}: {selector}: {part}")
            if ":has(" in selector and len({":has(" in one for one in selector.split(",")}) > 1:
                wrong.append(f"{path.name}: {selector}")
    assert wrong == []


def test_what_scrolls_holds_what_lies_out_of_its_flow() -> None:
    """Words for screen readers in a long list would else make the page as long as the list."""
    scrolling, wrong = [], []
    for path in sorted((STATIC / "css").glob("*.css")):
        for selector, declared, _ in _rules(path.read_text()):
            if re.search(r"overflow(?:-[xy])?:\s*(?:auto|scroll)", declared):
                scrolling.append(selector)
                holds_text_only = selector == "pre" or "white-space: pre" in declared
                if not holds_text_only and not re.search(r"position: (?:relative|absolute|sticky|fixed)", declared):
                    wrong.append(f"{path.name}: {selector}")
    assert ".video-last" in scrolling
    assert wrong == []


def test_templates_carry_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*(?:src=|application/json))|<style|\sstyle=|\son[a-z]+=")
    templates = list(TEMPLATES.rglob("*.html"))
    assert TEMPLATES / "base.html" in templates
    assert [str(path) for path in templates if inline.search(path.read_text())] == []


def test_the_title_of_each_page_names_the_installation() -> None:
    titles = {path: re.findall(r"{% block title %}.*", path.read_text()) for path in TEMPLATES.rglob("*.html")}
    assert [str(path) for path, found in titles.items() if any("brand().name" not in title for title in found)] == []


def test_items_that_come_with_plaudit_are_right() -> None:
    entries, _, findings = read_folder(STARTER)
    assert findings == []
    assert {entry.size for entry in entries} == {"small", "large"}
    for entry in entries:
        assert (SHIPPED / entry.art).is_file()


def test_python_and_the_stage_know_the_same_animations() -> None:
    """What is known on one side only is refused there, or plays as something else here."""
    tables = {}
    for path in (STATIC / "js" / "stage").glob("*.js"):
        if path.name != "animations.js" and (
            table := re.search(r"^export const (\w+) = \{ ([^}]+) \};$", path.read_text(), re.MULTILINE)
        ):
            tables[table[1]] = [entry.partition(":")[0].strip().strip('"') for entry in table[2].split(",")]
    together = (STATIC / "js" / "stage" / "animations.js").read_text()
    assert set(re.findall(r"\.\.\.(\w+)", together)) == tables.keys()
    assert sorted(name for names in tables.values() for name in names) == sorted(LARGE_ANIMATIONS)

    styles = (STATIC / "css" / "live.css").read_text()
    styled = re.findall(r'\.gift-banner-art \[data-animation="([a-z-]+)"\]', styles)
    assert len(styled) == len(SMALL_ANIMATIONS)
    assert set(styled) == set(SMALL_ANIMATIONS)
