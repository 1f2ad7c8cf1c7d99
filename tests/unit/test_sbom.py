"""What Plaudit is delivered with is listed whole: each package of the lock, each vendored part."""

import json
import re
from pathlib import Path

from scripts import sbom

PROJECT = Path(__file__).parents[2]


def test_each_package_of_the_lock_is_listed_with_each_of_its_hashes() -> None:
    locked = (PROJECT / "requirements/runtime.txt").read_text()
    packages = sbom.python_packages()
    assert {f"{one['name']}=={one['version']}" for one in packages} == set(
        re.findall(r"^[^\s#;]+==[^\s;]+", locked, re.M)
    )
    hashes = [file["hashes"][0]["content"] for one in packages for file in one["components"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", locked))


def test_each_vendored_part_is_listed_by_the_hashes_of_what_is_served() -> None:
    names = {(one["name"], one["version"]) for one in json.loads(sbom.VENDORED.read_text())}
    assert {(one["name"], one["version"]) for one in sbom.vendored_parts()} == names
    (htmx,) = (one for one in sbom.vendored_parts() if one["name"] == "htmx.org")
    assert htmx["purl"].startswith("pkg:npm/htmx.org@")
    assert [len(file["hashes"][0]["content"]) for file in htmx["components"]] == [96, 96]


def test_what_it_is_made_of_is_named_once() -> None:
    whole = sbom.document()
    references = [one["bom-ref"] for one in whole["components"]]
    assert len(set(references)) == len(references)
    assert whole["dependencies"][0]["dependsOn"] == sorted(references)
