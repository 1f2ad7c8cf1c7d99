"""Whether Apple signed something: certificate chains, their roots, and how old a signature may be."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import cattrs
import jwt
from appstoreserverlibrary.models.AppTransaction import AppTransaction
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.models.JWSTransactionDecodedPayload import JWSTransactionDecodedPayload
from appstoreserverlibrary.models.ResponseBodyV2DecodedPayload import ResponseBodyV2DecodedPayload
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier, VerificationException, VerificationStatus
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from plaudit.clock import Clock
from plaudit.providers import ProviderUnavailable
from plaudit.selling.providers.apple.limits import APPLE_CLOCK_LEEWAY_S
from plaudit.selling.providers.apple.settings import AppleSettings
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.settings import SettingsError

NAME = "apple"
ACCOUNT = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
"""An `appTransactionId`: of the app as one Apple account got it."""
T = TypeVar("T")

ROOT_FILE = Path(__file__).parent / "root_ca_g3.der"
ROOT_SHA256 = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"

# The library's other environments accept any signature at all.
ENVIRONMENTS = {environment.value: environment for environment in (Environment.PRODUCTION, Environment.SANDBOX)}

_REASONS = {
    VerificationStatus.INVALID_APP_IDENTIFIER: "other_app",
    VerificationStatus.INVALID_ENVIRONMENT: "other_environment",
}


def environment_of(name: str) -> Environment:
    """The environment a setting names.

    Raises:
        SettingsError: one where signatures are not checked, or none.
    """
    if name not in ENVIRONMENTS:
        raise SettingsError(f"PLAUDIT_APPLE_ENVIRONMENT must be one of: {', '.join(ENVIRONMENTS)}")
    return ENVIRONMENTS[name]


def root_certificates(path: str) -> list[bytes]:
    """The roots to trust, as DER: those of a folder or file, or Apple's own, which is shipped.

    Raises:
        SettingsError: there is none, or one cannot be read.
    """
    if not path:
        shipped = ROOT_FILE.read_bytes()
        if hashlib.sha256(shipped).hexdigest() != ROOT_SHA256:
            raise SettingsError(f"{ROOT_FILE} is not Apple Root CA - G3: it was altered after it was installed")
        return [shipped]
    place = Path(path)
    files = sorted(file for file in place.iterdir() if file.is_file()) if place.is_dir() else [place]
    try:
        found = [certificate for file in files for certificate in _certificates(file.read_bytes())]
    except (OSError, ValueError) as error:
        raise SettingsError(f"PLAUDIT_APPLE_ROOT_CERTIFICATES: {path} cannot be read: {error}") from None
    if not found:
        raise SettingsError(f"PLAUDIT_APPLE_ROOT_CERTIFICATES: {path} holds no certificate")
    return found


def _certificates(contents: bytes) -> list[bytes]:
    if b"-----BEGIN" in contents:
        loaded = x509.load_pem_x509_certificates(contents)
    else:
        loaded = [x509.load_der_x509_certificate(contents)]
    return [certificate.public_bytes(Encoding.DER) for certificate in loaded]


def moment(milliseconds: int | None) -> datetime | None:
    """A time of Apple's."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


class AppleSignatures:
    """Verifies what Apple signs, for one app in one environment.

    What arrives is held to certificates that are good now. What was verified when it arrived and kept is read with
    those that were good when it was signed, so that it can be read for ever.
    """

    def __init__(
        self,
        *,
        roots: list[bytes],
        environment: Environment,
        bundle_id: str,
        app_id: int | None,
        online_checks: bool,
        clock: Clock,
    ) -> None:
        if environment not in ENVIRONMENTS.values():
            raise ValueError("signatures are not checked in this environment")
        self._arriving = SignedDataVerifier(roots, online_checks, environment, bundle_id, app_id)
        self._kept = SignedDataVerifier(roots, False, environment, bundle_id, app_id)
        self._clock = clock
        self.environment = environment
        self.bundle_id = bundle_id
        self.app_id = app_id

    def arriving_transaction(self, signed: str) -> JWSTransactionDecodedPayload:
        """A transaction somebody brings; see is_present(). Blocks while Apple is asked about its certificates.

        Raises:
            PurchaseNotValid: its signature, app or environment is not ours.
            ProviderUnavailable: Apple cannot be asked now.
        """
        return _checked(self._arriving.verify_and_decode_signed_transaction, signed)

    def kept_transaction(self, signed: str) -> JWSTransactionDecodedPayload:
        """A transaction inside something that was verified. Raises PurchaseNotValid."""
        return _checked(self._kept.verify_and_decode_signed_transaction, signed)

    def arriving_app(self, signed: str) -> AppTransaction:
        """The app as somebody got it; as arriving_transaction()."""
        return _checked(self._arriving.verify_and_decode_app_transaction, signed)

    def kept_app(self, signed: str) -> AppTransaction:
        """The same inside something that was verified. Raises PurchaseNotValid."""
        return _checked(self._kept.verify_and_decode_app_transaction, signed)

    def arriving_notification(self, signed: str) -> ResponseBodyV2DecodedPayload:
        """A notification that comes in; as arriving_transaction()."""
        return _checked(self._arriving.verify_and_decode_notification, signed)

    def kept_notification(self, signed: str) -> ResponseBodyV2DecodedPayload:
        """A notification that was verified when it came. Raises PurchaseNotValid."""
        return _checked(self._kept.verify_and_decode_notification, signed)

    def is_present(self, signed: str, signed_at: int | None, age_s_max: int) -> bool:
        """Whether something verified was signed within this time, and with certificates that have not expired since:
        without online checks the library believes the date in the signed text, so that an expired key could sign for
        the past.

        Raises:
            PurchaseNotValid: signed in the future, or never.
        """
        at, now = moment(signed_at), self._clock.now()
        if at is None or at > now + timedelta(seconds=APPLE_CLOCK_LEEWAY_S):
            raise PurchaseNotValid("signed_in_the_future" if at else "unreadable")
        if at < now - timedelta(seconds=age_s_max):
            return False
        certificates = (
            x509.load_der_x509_certificate(b64decode(encoded))
            for encoded in jwt.get_unverified_header(signed)["x5c"][:2]
        )
        return all(one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in certificates)


def of_settings(own: AppleSettings, clock: Clock) -> AppleSignatures:
    """Those of the app that settings describe.

    Raises:
        SettingsError: they are described in part only, or in a way that would let forgeries pass.
    """
    environment = environment_of(own.environment)
    if environment is Environment.PRODUCTION and not own.app_id:
        raise SettingsError("PLAUDIT_APPLE_APP_ID is needed in production")
    return AppleSignatures(
        roots=root_certificates(own.root_certificates),
        environment=environment,
        bundle_id=own.bundle_id,
        app_id=own.app_id or None,
        online_checks=own.online_checks,
        clock=clock,
    )


def _checked(verify: Callable[[str], T], signed: str) -> T:
    try:
        return verify(signed)
    except VerificationException as error:
        if error.status is VerificationStatus.RETRYABLE_VERIFICATION_FAILURE:
            raise ProviderUnavailable(NAME) from error
        raise PurchaseNotValid(_REASONS.get(error.status, "signature_not_valid")) from error
    except (
        cattrs.BaseValidationError,
        ValueError,
        TypeError,
        RecursionError,
    ) as error:  # signed, and not what it should be
        raise PurchaseNotValid("unreadable") from error
