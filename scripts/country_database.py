"""Makes the country database that ships with Plaudit out of Debian's package tor-geoipdb: country_database.py [DEB]

The package carries the countries of IPFire Location (CC BY-SA 4.0) as text. Without DEB it is fetched with apt-get. The
same package makes the same file: nothing of the day or the machine goes into it.
"""

import lzma
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any

from mmdb_writer import SearchTreeLeaf, SearchTreeNode, TreeWriter

from plaudit.countries import country_code
from plaudit.policy.databases import BUNDLED

DATABASE_TYPE = "Plaudit-Country"

Range = tuple[int, int, str]
"""First and last address, and the country."""

NOTICE = """countries.mmdb.xz: which country a network address belongs to.

Made by scripts/country_database.py from {package}, which carries IPFire Location.
Data generated: {generated:%d %B %Y}
Source: https://location.ipfire.org/ (IPFire Project)
Changes made: addresses whose code is no country are left out, and the text is turned into the MaxMind DB format.

Licence of this file: Creative Commons Attribution-ShareAlike 4.0 International (CC BY-SA 4.0),
https://creativecommons.org/licenses/by-sa/4.0/. It is a work of its own beside the program, whose licence is another.
"""


def main() -> int:
    """The exit status."""
    with tempfile.TemporaryDirectory(prefix="plaudit-countries-") as name:
        folder = Path(name)
        package = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else _fetched(folder)
        subprocess.run(["/usr/bin/dpkg-deb", "-x", str(package), str(folder)], check=True)
        files = folder / "usr/share/tor/geoip", folder / "usr/share/tor/geoip6"
        generated = generation(files[0].read_text("ascii"))
        unpacked = folder / "countries.mmdb"
        write(unpacked, read(files[0], int), read(files[1], lambda text: int(IPv6Address(text))), generated)
        BUNDLED.write_bytes(lzma.compress(unpacked.read_bytes(), preset=9 | lzma.PRESET_EXTREME))
        notice = NOTICE.format(package=package.name, generated=generated)
        (BUNDLED.parent / "countries.txt").write_text(notice)
        _say(f"{BUNDLED}: {BUNDLED.stat().st_size} bytes, {unpacked.stat().st_size} unpacked, of {generated:%Y-%m-%d}")
    return 0


def _fetched(folder: Path) -> Path:
    subprocess.run(["/usr/bin/apt-get", "download", "tor-geoipdb"], check=True, cwd=folder)
    return next(folder.glob("tor-geoipdb_*.deb"))


def generation(text: str) -> datetime:
    """When the data was made, as its header says.

    Raises:
        SystemExit: the header is another, so the licence may be another too.
    """
    found = re.search(r"^# Generated: (.+)$", text, re.MULTILINE)
    if found is None or "# License:   CC BY-SA 4.0" not in text:
        sys.exit("the header of the data names no date, or not the licence CC BY-SA 4.0")
    return parsedate_to_datetime(found[1]).astimezone(UTC)


def read(file: Path, address: Callable[[str], int]) -> Iterator[Range]:
    """The ranges of a file that belong to a country, in its order, which is that of the addresses."""
    with file.open(encoding="ascii") as lines:
        for line in lines:
            if not line.startswith("#") and line.strip():
                first, last, code = line.strip().split(",")
                if country := country_code(code):
                    yield address(first), address(last), country


def write(file: Path, ipv4: Iterator[Range], ipv6: Iterator[Range], generated: datetime) -> None:
    """The database; IPv4 lies in ::/96, as readers expect it."""
    leaves: dict[str, SearchTreeLeaf] = {}
    root = _tree(sorted([*ipv4, *ipv6]), 0, 128, leaves)
    meta: dict[str, Any] = {
        "ip_version": 6,
        "database_type": DATABASE_TYPE,
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": int(generated.timestamp()),
        "description": {"en": "Countries of IPFire Location (https://location.ipfire.org/), CC BY-SA 4.0"},
    }
    TreeWriter(root, meta).write(str(file))


def _tree(ranges: Sequence[Range], start: int, bits: int, leaves: dict[str, SearchTreeLeaf]) -> Any:
    """The node of all addresses from `start` whose last `bits` are free: a leaf when they are all of one country."""
    if not ranges:
        return None
    end = start + (1 << bits) - 1
    first, last, code = ranges[0]
    if first <= start and last >= end:
        return leaves.setdefault(code, SearchTreeLeaf({"country": {"iso_code": code}}))
    middle = start + (1 << (bits - 1))
    left = _tree([one for one in ranges if one[0] < middle], start, bits - 1, leaves)
    right = _tree([one for one in ranges if one[1] >= middle], middle, bits - 1, leaves)
    return left if left is right and left is not None else SearchTreeNode(left, right)


def _say(text: str) -> None:
    print(text)  # noqa: T201 - what was made is what whoever runs this wants to know


if __name__ == "__main__":
    sys.exit(main())
