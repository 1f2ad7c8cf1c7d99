"""Google Play Age Signals: what Play told the app on the device; and Play Integrity, which says it was that app."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

import httpx2
import msgspec

from plaudit import foreign
from plaudit.ages.limits import AGE_WORD_FRESH_S
from plaudit.ages.sources.base import OF_AGE, AgeWord, AgeWordNotValid, GuardianState, GuardianWord, ToldAge
from plaudit.limits import PROVIDER_TIMEOUT_S
from plaudit.outgoing import tls_context
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.rules.limits import AGE_YEARS_MAX, PROVED_AHEAD_S
from plaudit.rules.model import Level
from plaudit.selling.providers.google.auth import INTEGRITY_SCOPE, NAME, Account, read_account
from plaudit.selling.providers.google.settings import GoogleSettings
from plaudit.settings import Settings, SettingsError

_STATES: dict[str, GuardianState] = {
    "SUPERVISED": "given",
    "SUPERVISED_APPROVAL_PENDING": "pending",
    "SUPERVISED_APPROVAL_DENIED": "denied",
}


class Signals(msgspec.Struct, frozen=True, rename="camel"):
    """`AgeSignalsResult`: other fields, such as the day of the last approval, change nothing here."""

    user_status: (
        Literal[
            "VERIFIED",
            "DECLARED",
            "SUPERVISED",
            "SUPERVISED_APPROVAL_PENDING",
            "SUPERVISED_APPROVAL_DENIED",
            "UNKNOWN",
            "",
        ]
        | None
    )
    """Empty: Play has to tell nothing where this account is."""
    age_lower: int | None = None
    age_upper: int | None = None
    """Included."""
    install_id: str | None = None


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    request_package_name: str = ""
    request_hash: str = ""
    timestamp_millis: str = "0"


class _App(msgspec.Struct, frozen=True, rename="camel"):
    app_recognition_verdict: str = ""
    package_name: str = ""


class _Device(msgspec.Struct, frozen=True, rename="camel"):
    device_recognition_verdict: list[str] = msgspec.field(default_factory=list)


class _Verdict(msgspec.Struct, frozen=True, rename="camel"):
    request_details: _Request = msgspec.field(default_factory=_Request)
    app_integrity: _App = msgspec.field(default_factory=_App)
    device_integrity: _Device = msgspec.field(default_factory=_Device)


class _Decoded(msgspec.Struct, frozen=True, rename="camel"):
    token_payload_external: _Verdict


def request_hash(subject: str, said: str) -> str:
    """What an app lets Play Integrity sign: whose word it is, and the word."""
    digest = hashlib.sha256(f"{subject}\n{said}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class AgeSignals:
    """Reads words of Google Play, for one app."""

    name = NAME
    title = "Google Play"

    def __init__(self, package: str, account: Account, url: str) -> None:
        self._package = package
        self._account = account
        self._client = httpx2.AsyncClient(
            verify=tls_context(), base_url=url, timeout=PROVIDER_TIMEOUT_S, follow_redirects=False
        )

    async def read(self, told: ToldAge, at: datetime) -> AgeWord:
        signals = _signals(told.said)
        if told.proof is None:
            return word_of(signals, told.said_at, is_bound=told.is_attested)
        said_at = _require(await self._verdict(told.proof), self._package, request_hash(told.subject, told.said), at)
        return word_of(signals, said_at, is_bound=True)

    async def _verdict(self, token: str) -> _Verdict:
        """What Google reads out of a token."""
        path = f"/v1/{quote(self._package, safe='')}:decodeIntegrityToken"
        access = await self._account.token()
        answer = await self._post(path, access, token)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:  # the access was revoked before its time
            answer = await self._post(path, await self._account.token(refused=access), token)
        if answer.status_code == HTTPStatus.BAD_REQUEST:
            raise AgeWordNotValid("signature")
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise ProviderUnavailable(NAME)
        if not answer.is_success:
            raise ProviderRefused(NAME, f"Play Integrity answers {answer.status_code}")
        try:
            return foreign.decode(answer.content, _Decoded).token_payload_external
        except msgspec.MsgspecError as error:
            raise ProviderUnavailable(NAME, detail="Play Integrity answers what cannot be read") from error

    async def _post(self, path: str, access: str, token: str) -> httpx2.Response:
        try:
            return await self._client.post(
                path, headers={"Authorization": f"Bearer {access}"}, json={"integrityToken": token}
            )
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(NAME) from error

    async def close(self) -> None:
        await self._client.aclose()
        await self._account.close()


def _signals(said: str) -> Signals:
    try:
        found = foreign.decode(said, Signals)
    except msgspec.MsgspecError as error:
        raise AgeWordNotValid("unreadable") from error
    bounds = [one for one in (found.age_lower, found.age_upper) if one is not None]
    if any(not 0 <= one <= AGE_YEARS_MAX for one in bounds) or bounds != sorted(bounds):
        raise AgeWordNotValid("unreadable")
    return found


def _require(verdict: _Verdict, package: str, expected_hash: str, at: datetime) -> datetime:
    """When our app, as Play delivered it, on a device that is whole, said just these words of this person."""
    asked = verdict.request_details
    if asked.request_package_name != package or verdict.app_integrity.package_name != package:
        raise AgeWordNotValid("app")
    if verdict.app_integrity.app_recognition_verdict != "PLAY_RECOGNIZED":
        raise AgeWordNotValid("app")
    if "MEETS_DEVICE_INTEGRITY" not in verdict.device_integrity.device_recognition_verdict:
        raise AgeWordNotValid("device")
    if asked.request_hash != expected_hash:
        raise AgeWordNotValid("changed")
    if not asked.timestamp_millis.isdecimal() or not foreign.is_moment(int(asked.timestamp_millis) / 1000):
        raise AgeWordNotValid("unreadable")
    said_at = datetime.fromtimestamp(int(asked.timestamp_millis) / 1000, UTC)
    if said_at < at - timedelta(seconds=AGE_WORD_FRESH_S):
        raise AgeWordNotValid("expired")
    if said_at > at + timedelta(seconds=PROVED_AHEAD_S):
        raise AgeWordNotValid("not_yet")
    return said_at


def word_of(signals: Signals, said_at: datetime, *, is_bound: bool) -> AgeWord:
    """What signals come to. Google looked at who is verified, a parent set the age of who is supervised; what somebody
    declared is their own word."""
    checked = Level.CHECKED if is_bound else Level.CLAIMED
    status, lower = signals.user_status, signals.age_lower or 0
    under = signals.age_upper + 1 if signals.age_upper is not None else None
    if status == "VERIFIED":
        return AgeWord(
            said_at=said_at, is_bound=is_bound, at_least=max(OF_AGE, lower), level=checked, guardian=_free(signals)
        )
    if status == "DECLARED":
        return AgeWord(said_at=said_at, is_bound=is_bound, at_least=lower, under=under, guardian=_free(signals))
    if status in _STATES:
        is_minor = under is not None and under <= OF_AGE
        return AgeWord(
            said_at=said_at,
            is_bound=is_bound,
            at_least=lower,
            under=under,
            level=Level.CHECKED if is_minor else checked,
            guardian=_guardian(signals, _STATES[status]),
        )
    return AgeWord(said_at=said_at, is_bound=is_bound, guardian=_free(signals))


def _guardian(signals: Signals, state: GuardianState) -> GuardianWord | None:
    """Of an install; Play names one of whoever is supervised."""
    account = signals.install_id or ""
    if not account and state in {"given", "free"}:
        return None
    if not account:  # what withholds is heard all the same
        return GuardianWord(account="-", state=state)
    if len(account) > 200 or not account.isascii() or not account.isprintable() or " " in account:
        raise AgeWordNotValid("unreadable")
    return GuardianWord(account=account, state=state)


def _free(signals: Signals) -> GuardianWord | None:
    return _guardian(signals, "free")


def from_settings(settings: Settings) -> AgeSignals:
    """The source of the settings.

    Raises:
        SettingsError: it is described in part only.
    """
    own = settings.of(GoogleSettings)
    if not own.service_account_file:
        raise SettingsError("PLAUDIT_GOOGLE_PACKAGE needs PLAUDIT_GOOGLE_SERVICE_ACCOUNT_FILE")
    account = Account(read_account(own.service_account_file), INTEGRITY_SCOPE)
    return AgeSignals(own.package, account, own.integrity_url)
