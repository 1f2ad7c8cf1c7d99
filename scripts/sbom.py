"""What Plaudit is delivered with, as CycloneDX 1.6: each Python package of the lock with its hashes, each vendored part
of the pages. The same for the same sources, so that two versions can be compared. sbom.py [FILE]

Written from the locks, not from an environment: what pip may install is what is listed, and nothing else.
"""

import base64
import json
import re
import sys
from pathlib import Path
from typing import Any

import plaudit

PROJECT = Path(__file__).parents[1]
LOCK = PROJECT / "requirements" / "runtime.txt"
VENDORED = PROJECT / "src" / "plaudit" / "web" / "static" / "vendor" / "manifest.json"
_PACKAGE = re.compile(r"^([\w.-]+)==([^\s;\\]+)([^\n]*(?:\n    --hash=sha256:[0-9a-f]{64}[^\n]*)+)", re.MULTILINE)
_ALGORITHMS = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}


def python_packages() -> list[dict[str, Any]]:
    """Those of the lock. A package has a hash for each file it may be installed from: one part of it each."""
    found = []
    for name, version, rest in _PACKAGE.findall(LOCK.read_text()):
        purl = f"pkg:pypi/{re.sub('[-_.]+', '-', name).lower()}@{version}"
        files = [
            {"type": "file", "name": f"sha256:{one}", "hashes": [{"alg": "SHA-256", "content": one}]}
            for one in re.findall(r"sha256:([0-9a-f]{64})", rest)
        ]
        found.append(_part("library", name, version, purl) | {"components": files})
    return found


def vendored_parts() -> list[dict[str, Any]]:
    """Those of the pages: what is served is in the repository, by its hashes."""
    found = []
    for part in json.loads(VENDORED.read_text()):
        purl = f"pkg:npm/{part['name'].replace('@', '%40')}@{part['version']}"
        licences = {"licenses": [{"license": {"id": part["licence"]}}]}
        files = [{"type": "file", "name": file["path"], "hashes": [_hash(file["integrity"])]} for file in part["files"]]
        found.append(_part("library", part["name"], part["version"], purl) | licences | {"components": files})
    return found


def document() -> dict[str, Any]:
    """The whole."""
    parts = [*python_packages(), *vendored_parts()]
    itself = f"pkg:pypi/plaudit@{plaudit.__version__}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": _part("application", "plaudit", plaudit.__version__, itself)
            | {"licenses": [{"license": {"id": "MIT"}}]}
        },
        "components": parts,
        "dependencies": [{"ref": itself, "dependsOn": sorted(one["bom-ref"] for one in parts)}],
    }


def _part(kind: str, name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _hash(integrity: str) -> dict[str, str]:
    """A hash as browsers write it, as CycloneDX does."""
    algorithm, _, content = integrity.partition("-")
    return {"alg": _ALGORITHMS[algorithm], "content": base64.b64decode(content).hex()}


if __name__ == "__main__":
    text = json.dumps(document(), indent=1) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text)
    else:
        sys.stdout.write(text)
