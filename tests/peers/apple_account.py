"""The account of the app in the pretended App Store."""

import time

BUNDLE_ID, APP_ID, KEY_ID, ISSUER_ID = (
    "example.plaudit",
    987654321,
    "KEY1234567",
    "57246542-96fe-1a63-e053-0824d011072a",
)


def milliseconds() -> int:
    return int(time.time() * 1000)
