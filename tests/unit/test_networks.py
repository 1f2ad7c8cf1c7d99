"""Network addresses: whose word is believed about them, what databases say, and how little is kept."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plaudit.countries import country_code
from plaudit.policy.databases import country_of, network_databases, network_kind
from plaudit.policy.networks import client_address, kept_network, public_address, read_address
from plaudit.settings import Settings, SettingsError
from tests.support.networks import (
    AT_HOME,
    BUILT,
    HOSTING,
    HOUSEHOLD,
    PROXY,
    RELAY,
    TOR,
    VPN,
    anonymity_database,
    write_database,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def asked_by(peer: str | None, *headers: tuple[str, str], **settings: str) -> str | None:
    """What is believed of a request."""
    scope: dict[str, Any] = {
        "client": (peer, 1234) if peer else None,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    return client_address(scope, Settings(**settings))  # type: ignore[arg-type]  # texts only


def test_without_trusted_proxies_only_the_connection_counts() -> None:
    assert asked_by("81.2.69.160", ("x-forwarded-for", "8.8.8.8")) == "81.2.69.160"
    assert asked_by("127.0.0.1", ("x-forwarded-for", "8.8.8.8")) == "127.0.0.1"
    assert asked_by(None, ("x-forwarded-for", "8.8.8.8")) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("1.1.1.1, 8.8.8.8", "8.8.8.8"),  # the first was there when it came
        ("8.8.8.8, 10.0.0.7", "8.8.8.8"),  # two proxies
        ("8.8.8.8:51234", "8.8.8.8"),
        ("[2001:4860:4860::8888]:443", "2001:4860:4860::8888"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("unknown", None),
        ("8.8.8.8, nonsense", None),
        ("", "10.0.0.1"),
        ("10.0.0.9", "10.0.0.9"),  # all of them ours
    ],
)
def test_a_trusted_proxy_is_believed_as_far_as_it_wrote(header: str, found: str | None) -> None:
    assert asked_by("10.0.0.1", ("x-forwarded-for", header), trusted_proxies="10.0.0.0/8") == found


def test_several_headers_are_one_list() -> None:
    headers = (("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "8.8.8.8"))
    assert asked_by("10.0.0.1", *headers, trusted_proxies="10.0.0.0/8 fd00::/8") == "8.8.8.8"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('for=1.1.1.1;proto=https, for="[2001:db8::1]:4711";by=10.0.0.1', "2001:db8::1"),
        ("proto=https;For=8.8.8.8", "8.8.8.8"),
        ("for=_hidden", None),
        ("proto=https", None),
    ],
)
def test_the_standard_header_is_read_when_it_is_the_one_that_is_set(header: str, found: str | None) -> None:
    set_to = {"trusted_proxies": "10.0.0.0/8", "forwarded_header": "Forwarded"}
    assert asked_by("10.0.0.1", ("forwarded", header), ("x-forwarded-for", "9.9.9.9"), **set_to) == found


@pytest.mark.parametrize("text", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1", "100.64.0.1", "192.0.2.1", "x", "", None])
def test_some_addresses_are_nowhere(text: str | None) -> None:
    assert public_address(text) is None


def test_no_more_than_a_network_is_kept() -> None:
    for text, kept in (("81.2.69.160", "81.2.69.0/24"), ("2a00:1450:4001:81b::200e", "2a00:1450:4001::/48")):
        address = public_address(text)
        assert address is not None
        assert kept_network(address) == kept


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (None, "plain"),
        ({}, "plain"),
        ({"is_anonymous": True}, "anonymous"),
        ({"is_anonymous": True, "is_residential_proxy": True}, "residential_proxy"),
        ({"is_anonymous": True, "is_anonymous_vpn": True, "is_tor_exit_node": True}, "tor"),
        ({"vpn": True, "proxy": False, "tor": False, "relay": False, "hosting": True}, "vpn"),
        ({"vpn": "", "proxy": "", "tor": "", "relay": "true", "hosting": "true"}, "relay"),
        ({"vpn": "false", "proxy": "true"}, "public_proxy"),
        ({"is_anonymous": True, "is_hosting_provider": True, "user_type": "consumer_privacy_network"}, "relay"),
        ({"kind": "hosting"}, "hosting"),
        ({"kind": "of another kind"}, "anonymous"),
    ],
)
def test_databases_say_the_same_in_different_words(record: Mapping[str, Any] | None, kind: str) -> None:
    assert network_kind(record)[0] == kind


@pytest.mark.parametrize(
    ("record", "country"),
    [
        ({"country": {"iso_code": "SE"}, "registered_country": {"iso_code": "US"}}, "SE"),
        ({"country": "SE", "country_name": "Sweden"}, "SE"),
        ({"country": "Sweden", "country_code": "SE"}, "SE"),
        ({"country": {"iso_code": "EU"}}, None),
        ({"country": {}}, None),
        ({"registered_country": {"iso_code": "US"}}, None),
        (None, None),
        ("SE", None),
    ],
)
def test_countries_are_found_in_records_of_several_makers(record: Any, country: str | None) -> None:
    assert country_of(record) == country


def test_only_countries_are_countries() -> None:
    assert [country_code(code) for code in ("de", "UK", "EU", "AP", "ZZ", "??", "A1", "", None)] == [
        "DE", "GB", None, None, None, None, None, None, None,
    ]  # fmt: skip


def test_the_database_that_ships_knows_countries_and_no_networks() -> None:
    databases = network_databases(Settings())
    for country, text in AT_HOME.items():
        address = read_address(text)
        assert address is not None
        sign = databases.observe(address, NOW)
        assert (sign.country, sign.network_kind) == (country, "unknown")
    (version,) = databases.versions.values()
    assert version.type == "Plaudit-Country"
    assert version.built_at.year >= 2026
    assert network_databases(Settings()) is databases


def test_mounted_databases_are_asked(tmp_path: Path) -> None:
    file = anonymity_database(tmp_path / "anonymity.mmdb")
    countries = write_database(
        tmp_path / "city.mmdb", "DBIP-City-Lite", {"81.2.0.0/16": {"country": {"iso_code": "SE"}}}, ip_version=4
    )
    databases = network_databases(Settings(country_database=str(countries), anonymity_database=str(file)))
    kinds = {TOR: "tor", VPN: "vpn", HOSTING: "hosting", PROXY: "public_proxy", RELAY: "relay",
             HOUSEHOLD: "residential_proxy", "81.2.69.160": "plain", "2a00:1450:4001::1": "plain"}  # fmt: skip
    for text, kind in kinds.items():
        address = read_address(text)
        assert address is not None
        sign = databases.observe(address, NOW)
        assert sign.network_kind == kind, text
        assert sign.country == ("SE" if text.startswith("81.2.") else None)
    assert {name: version.type for name, version in databases.versions.items()} == {
        "country": "DBIP-City-Lite", "anonymity": "GeoIP-Anonymous-Plus",
    }  # fmt: skip
    assert databases.versions["anonymity"].built_at == BUILT


def test_a_database_that_changes_is_read_anew(tmp_path: Path) -> None:
    file, address = tmp_path / "countries.mmdb", read_address("81.2.69.160")
    assert address is not None

    def write(country: str) -> None:
        write_database(file, "GeoLite2-Country", {"81.2.0.0/16": {"country": {"iso_code": country}}})

    write("SE")
    databases = network_databases(Settings(country_database=str(file)))
    assert databases.observe(address, NOW).country == "SE"
    write("NO")
    assert databases.observe(address, NOW).country == "NO"
    (tmp_path / "half").write_bytes(b"half a file")
    (tmp_path / "half").rename(file)
    assert databases.observe(address, NOW).country == "NO"
    file.unlink()
    assert databases.observe(address, NOW).country == "NO"
    write("FI")
    assert databases.observe(address, NOW).country == "FI"


def test_files_that_are_something_else_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "countries.csv"
    text.write_text("81.2.69.0/24,GB")
    other = write_database(tmp_path / "asn.mmdb", "GeoLite2-ASN", {"81.2.0.0/16": {"autonomous_system_number": 1}})
    for wrong in (
        Settings(country_database=str(text)),
        Settings(country_database=str(tmp_path / "absent.mmdb")),
        Settings(country_database=str(other)),
    ):
        with pytest.raises(SettingsError, match="PLAUDIT_COUNTRY_DATABASE"):
            network_databases(wrong)
    with pytest.raises(SettingsError, match=r"PLAUDIT_ANONYMITY_DATABASE.*something else"):
        network_databases(Settings(anonymity_database=str(other)))
