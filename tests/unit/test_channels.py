"""Which channels a server sells in, and what is said of prices where it has no app."""

from typing import Any

import pytest

from plaudit.selling.prices.channels import as_sold, channels_of
from plaudit.selling.prices.pricing import Package
from plaudit.settings import Settings
from tests.unit.test_recharge import price

WEB, APPLE, GOOGLE = (
    price(packages=(Package(70, 74, saving_percent=20),)),
    price(channel="apple"),
    price(channel="google"),
)


@pytest.mark.parametrize(
    ("described", "channels"),
    [
        ({}, ["web"]),
        ({"apple_bundle_id": "com.example"}, ["web", "apple"]),
        ({"google_package": "com.example"}, ["web", "google"]),
        ({"apple_bundle_id": "com.example", "google_package": "com.example"}, ["web", "apple", "google"]),
    ],
)
def test_a_store_is_a_channel_when_an_app_is_named(described: dict[str, Any], channels: list[str]) -> None:
    settings = Settings.of_values(**described)
    assert channels_of(settings) == set(channels)
    assert [one.channel for one in as_sold([WEB, APPLE, GOOGLE], settings)] == channels


def test_nothing_is_cheaper_than_in_an_app_that_is_not_there() -> None:
    (alone,) = as_sold([WEB, APPLE, GOOGLE], Settings())
    assert alone.packages == (Package(70, 74),)
    with_app = as_sold([WEB, APPLE, GOOGLE], Settings.of_values(google_package="com.example"))
    assert with_app[0].packages == WEB.packages
