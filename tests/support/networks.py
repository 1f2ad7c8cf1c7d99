"""Small databases of network addresses, as operators mount them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter, TreeWriter
from netaddr import IPSet  # type: ignore[import-untyped]  # it publishes no types

AT_HOME = {"US": "8.8.8.8", "GB": "81.2.69.160", "DE": "85.214.132.117", "ID": "103.10.66.1"}
"""Public addresses of some countries, in the database that ships too."""
TOR, VPN, HOSTING, PROXY, RELAY, HOUSEHOLD = (
    "185.220.101.1", "81.2.70.1", "81.2.71.1", "81.2.72.1", "81.2.73.1", "81.2.74.1",
)  # fmt: skip
BUILT = datetime(2026, 11, 1, tzinfo=UTC)


def write_database(
    file: Path, database_type: str, records: Mapping[str, Mapping[str, Any]], *, ip_version: int = 6
) -> Path:
    """An MMDB of networks and their records; put in place by a rename, as it should be."""
    writer = MMDBWriter(ip_version, database_type, ["en"], database_type, ipv4_compatible=ip_version == 6)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), dict(record))
    fresh = file.with_suffix(".new")
    meta = {
        "ip_version": ip_version,
        "database_type": database_type,
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": int(BUILT.timestamp()),
        "description": {"en": "of a test"},
    }
    TreeWriter(writer.tree, meta).write(str(fresh))
    return fresh.rename(file)


def anonymity_database(file: Path) -> Path:
    """Networks that hide who uses them, in the words of GeoIP2 Anonymous IP."""
    hidden = {"is_anonymous": True}
    return write_database(
        file,
        "GeoIP-Anonymous-Plus",
        {
            f"{TOR}/32": hidden | {"is_tor_exit_node": True},
            f"{VPN}/24": hidden | {"is_anonymous_vpn": True, "provider_name": "Example VPN"},
            f"{HOSTING}/24": hidden | {"is_hosting_provider": True},
            f"{PROXY}/24": hidden | {"is_public_proxy": True},
            f"{RELAY}/24": hidden | {"is_anonymous_vpn": True, "provider_name": "iCloud Private Relay"},
            f"{HOUSEHOLD}/24": hidden | {"is_residential_proxy": True},
        },
    )
