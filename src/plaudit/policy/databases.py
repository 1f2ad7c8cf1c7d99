"""What databases say of a network address: its country, and whether its network hides who uses it.

Files are in MaxMind's format (MMDB). Those an operator mounts are mapped into memory and read anew when they change;
the country database that ships is unpacked into memory.
"""

import logging
import lzma
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import maxminddb
from maxminddb import InvalidDatabaseError
from maxminddb.reader import Metadata

from plaudit.countries import country_code
from plaudit.policy.model import DatabaseVersion, Evidence, EvidenceSource, NetworkKind
from plaudit.policy.networks import Address
from plaudit.settings import Settings, SettingsError

log = logging.getLogger(__name__)

BUNDLED = Path(__file__).parent / "data" / "countries.mmdb.xz"
"""Countries of IPFire Location, made by scripts/country_database.py; countries.txt beside it has licence and date."""

_COUNTRY_TYPES = ("country", "city", "enterprise", "location", "insights")
_ANONYMITY_TYPES = ("anonym", "privacy", "proxy", "network")

# The same thing in the words of MaxMind, of IPinfo and of ours, the plainest case of hiding first.
_FLAGS = (
    (NetworkKind.TOR, ("is_tor_exit_node", "tor")),
    (NetworkKind.VPN, ("is_anonymous_vpn", "vpn")),
    (NetworkKind.PUBLIC_PROXY, ("is_public_proxy", "proxy")),
    (NetworkKind.HOSTING, ("is_hosting_provider", "hosting")),
    (NetworkKind.RESIDENTIAL_PROXY, ("is_residential_proxy", "residential_proxy", "res_proxy")),
    (NetworkKind.ANONYMOUS, ("is_anonymous", "anonymous")),
)
_KINDS = {kind.value: kind for kind in NetworkKind}
_RELAY_FLAGS = ("relay", "is_relay")
_RELAY_NAMES = frozenset({"icloud private relay", "apple icloud private relay", "apple private relay"})
_RELAY_USERS = "consumer_privacy_network"


class MountedDatabase:
    """A file an operator keeps up to date, by renaming a new one over it."""

    def __init__(self, file: Path) -> None:
        """Open the file.

        Raises:
            OSError: it cannot be read.
            InvalidDatabaseError: it is no such file.
        """
        self._file = file
        self._seen = self._state()
        self._reader = maxminddb.open_database(file)

    def get(self, address: Address) -> Any:
        """The record of an address, of the file as it is now; None when there is none."""
        self._follow()
        return _record(self._reader, address)

    @property
    def metadata(self) -> Metadata:
        return self._reader.metadata()

    def _state(self) -> tuple[int, int, int]:
        now = os.stat(self._file)
        return now.st_mtime_ns, now.st_size, now.st_ino

    def _follow(self) -> None:
        """Read the file anew when it is another; one that cannot be read leaves the old one in use."""
        try:
            state = self._state()
            if state == self._seen:
                return
            self._seen = state
            self._reader = maxminddb.open_database(self._file)
        except (OSError, InvalidDatabaseError, ValueError):
            log.warning("%s cannot be read; what was read before stays in use", self._file)


class BundledDatabase:
    """The country database that ships."""

    def __init__(self) -> None:
        with lzma.open(BUNDLED) as file:
            self._reader = maxminddb.open_database(file, maxminddb.MODE_FD)

    def get(self, address: Address) -> Any:
        return _record(self._reader, address)

    @property
    def metadata(self) -> Metadata:
        return self._reader.metadata()


def _record(reader: maxminddb.Reader, address: Address) -> Any:
    if address.version == 6 and reader.metadata().ip_version == 4:
        return None
    return reader.get(address)


class NetworkDatabases:
    """The databases of one process: one of countries, and one of anonymising networks where there is one."""

    def __init__(self, countries: MountedDatabase | BundledDatabase, anonymity: MountedDatabase | None = None) -> None:
        self._countries = countries
        self._anonymity = anonymity

    def observe(self, address: Address, now: datetime) -> Evidence:
        """What an address shows. Without a database of anonymising networks its kind is unknown."""
        country = country_of(self._countries.get(address))
        kind, service = NetworkKind.UNKNOWN, ""
        if self._anonymity is not None:
            kind, service = network_kind(self._anonymity.get(address))
        return Evidence(source=EvidenceSource.IP, country=country, observed_at=now, network_kind=kind, detail=service)

    @property
    def versions(self) -> dict[str, DatabaseVersion]:
        """What is asked now."""
        found = {"country": _version(self._countries.metadata)}
        if self._anonymity is not None:
            found["anonymity"] = _version(self._anonymity.metadata)
        return found


def _version(metadata: Metadata) -> DatabaseVersion:
    return DatabaseVersion(metadata.database_type, datetime.fromtimestamp(metadata.build_epoch, UTC))


def country_of(record: Any) -> str | None:
    """The country in a record of GeoIP2, GeoLite2, DB-IP (`country.iso_code`) or IPinfo (`country_code`, `country`)."""
    if not isinstance(record, Mapping):
        return None
    country = record.get("country")
    if isinstance(country, Mapping):
        country = country.get("iso_code")
    found = record.get("country_code") or country
    return country_code(found) if isinstance(found, str) else None


def network_kind(record: Any) -> tuple[NetworkKind, str]:
    """The kind of network in a record, and the name of its service. One that is not listed hides nothing."""
    if not isinstance(record, Mapping):
        return NetworkKind.PLAIN, ""
    service = str(record.get("provider_name") or record.get("service") or "")[:100]
    if isinstance(own := record.get("kind"), str):
        return _KINDS.get(own, NetworkKind.ANONYMOUS), service
    relayed = any(_is_set(record.get(flag)) for flag in _RELAY_FLAGS)
    if relayed or service.lower() in _RELAY_NAMES or record.get("user_type") == _RELAY_USERS:
        return NetworkKind.RELAY, service
    for kind, flags in _FLAGS:
        if any(_is_set(record.get(flag)) for flag in flags):
            return kind, service
    return NetworkKind.PLAIN, service


def _is_set(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in {"true", "1", "yes"})


def network_databases(settings: Settings) -> NetworkDatabases:
    """The databases the settings name; the same ones each time.

    Raises:
        SettingsError: a file cannot be read, or is a database of something else.
    """
    return _open(settings.country_database, settings.anonymity_database)


@cache
def _open(country_file: str, anonymity_file: str) -> NetworkDatabases:
    countries = _mounted("PLAUDIT_COUNTRY_DATABASE", country_file, _COUNTRY_TYPES) if country_file else _bundled()
    anonymity = _mounted("PLAUDIT_ANONYMITY_DATABASE", anonymity_file, _ANONYMITY_TYPES) if anonymity_file else None
    return NetworkDatabases(countries, anonymity)


@cache
def _bundled() -> BundledDatabase:
    return BundledDatabase()


def _mounted(variable: str, file: str, types: tuple[str, ...]) -> MountedDatabase:
    try:
        database = MountedDatabase(Path(file))
    except (OSError, InvalidDatabaseError, ValueError) as error:
        raise SettingsError(f"{variable}: {file} cannot be read: {error}") from error
    kind = database.metadata.database_type
    if not any(word in kind.lower() for word in types):
        raise SettingsError(f"{variable}: {file} is a database of something else ({kind})")
    return database
