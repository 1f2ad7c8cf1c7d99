"""Asks somebody's wallet for a proof of age, and believes what it proves, once."""

import base64
import binascii
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import msgspec
from cryptography import x509

from plaudit import foreign
from plaudit.ages.limits import (
    AGE_ISSUERS_MAX,
    AGE_PROOFS_SHOWN_MAX,
    AGE_REQUEST_S,
    AGE_REQUESTS_KEPT_DAYS,
    AGE_REQUESTS_PER_HOUR_MAX,
    NONCE_BYTES,
)
from plaudit.ages.mdoc import AGE_OVER, DOC_TYPE, NAMESPACE, Audience, ProofRefused, Reason, verify
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.environment import SettingsError
from plaudit.ids import IdMeta, new_id, require_uuid7
from plaudit.people.allowances import TooOften
from plaudit.problems import Conflict, IdempotencyConflict, NotFound, Problem
from plaudit.rules import ages
from plaudit.rules.ages import AgeAssurance, NewAssurance
from plaudit.rules.facts import PLATFORM
from plaudit.rules.model import AgeFact
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

METHOD = "eu_proof_of_age"
SOURCE = "EU proof of age"
QUERY = "age"
"""What the question is called in the answer."""
WITHDRAWN = "Withdrawn by the person."
HOUR = timedelta(hours=1)


class NewAgeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question to be asked."""

    id: Annotated[UUID, IdMeta]


class AgeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A question to somebody's wallet."""

    id: UUID
    person_id: int
    nonce: str
    made_at: datetime
    ends_at: datetime
    refused_with: str | None
    used_at: datetime | None
    assurance_id: UUID | None


class AgeProofsNotTaken(Conflict):
    code: ClassVar[str] = "age_proofs_not_taken"
    title: ClassVar[str] = "No proofs of age are taken here: the operator named no issuers of them."


class AgeRequestOver(Conflict):
    code: ClassVar[str] = "age_request_over"
    title: ClassVar[str] = "This question was answered before, or it is too late to. Ask again."


class AgeProofNotValid(Problem):
    """`reason`: of what. `device`: it was made for somebody else or another question, or by another device."""

    code: ClassVar[str] = "age_proof_not_valid"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "This proves no age."

    class Fields(msgspec.Struct, frozen=True):
        reason: Reason


class OnlyOwnProofs(Conflict):
    code: ClassVar[str] = "only_own_proofs"
    title: ClassVar[str] = "Only what your own wallet proved can be taken back here; for the rest ask who found it out."


@lru_cache(maxsize=4)
def _read(file: str, _: float) -> tuple[x509.Certificate, ...]:
    try:
        found = tuple(x509.load_pem_x509_certificates(Path(file).read_bytes()))
    except ValueError as error:
        raise SettingsError(f"PLAUDIT_AGE_PROOF_ISSUERS names {file}, which holds no certificates: {error}") from error
    if len(found) > AGE_ISSUERS_MAX:
        raise SettingsError(f"PLAUDIT_AGE_PROOF_ISSUERS may name at most {AGE_ISSUERS_MAX} certificates")
    return found


def issuers(settings: Settings) -> tuple[x509.Certificate, ...]:
    """The certificates of issuers whose proofs are taken; read anew when the file is another.

    Raises:
        SettingsError: the file holds none.
    """
    if not settings.age_proof_issuers:
        return ()
    return _read(settings.age_proof_issuers, Path(settings.age_proof_issuers).stat().st_mtime)


def audience(settings: Settings, request: AgeRequest) -> Audience:
    """For whom an answer to a question has to be made: us, at the address of the question."""
    address = f"{settings.public_url}/v1/age-requests/{request.id}/answer"
    return Audience(client_id=f"redirect_uri:{address}", response_uri=address, nonce=request.nonce)


def link(settings: Settings, request: AgeRequest) -> str:
    """What opens a wallet with the question: whether somebody is 18 or older, and nothing else."""
    asked = audience(settings, request)
    claim = {"path": [NAMESPACE, f"{AGE_OVER}18"]}
    query = {
        "credentials": [{"id": QUERY, "format": "mso_mdoc", "meta": {"doctype_value": DOC_TYPE}, "claims": [claim]}]
    }
    said = {
        "client_id": asked.client_id,
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "response_uri": asked.response_uri,
        "nonce": asked.nonce,
        "state": str(request.id),
        "dcql_query": msgspec.json.encode(query).decode(),
    }
    return f"openid4vp://?{urlencode(said, quote_via=quote)}"


async def ask(connection: Connection, clock: Clock, settings: Settings, person_id: int, request_id: UUID) -> AgeRequest:
    """Ask somebody's wallet; once per id.

    Raises:
        InvalidField: the id is no UUIDv7.
        AgeProofsNotTaken: there are no issuers.
        IdempotencyConflict: the id is another's.
        TooOften: they asked too often.
    """
    require_uuid7(request_id, "body.id", clock)
    if not issuers(settings):
        raise AgeProofsNotTaken
    now = clock.now()
    if known := await fetch_one(connection, SQL["find_request"], AgeRequest, request_id):
        if known.person_id != person_id:
            raise IdempotencyConflict(id=request_id)
        return known
    if await connection.fetchval(SQL["count_requests"], person_id, now - HOUR) >= AGE_REQUESTS_PER_HOUR_MAX:
        raise TooOften(times_per_hour=AGE_REQUESTS_PER_HOUR_MAX, retry_after_s=int(HOUR.total_seconds()))
    ends_at = now + timedelta(seconds=AGE_REQUEST_S)
    await connection.execute(
        SQL["add_request"], request_id, person_id, secrets.token_urlsafe(NONCE_BYTES), now, ends_at
    )
    made = await fetch_one(connection, SQL["find_request"], AgeRequest, request_id)
    assert made is not None, "it was just made"
    return made


async def answer(
    database: Database, clock: Clock, settings: Settings, request_id: UUID, presented: str
) -> AgeAssurance:
    """Believe what a wallet presents in answer to a question; once, and nothing of it is kept but the bounds.

    Raises:
        NotFound: nobody asked that.
        AgeRequestOver: it was answered, or is too old.
        AgeProofNotValid: it does not hold.
    """
    async with database.transaction() as connection:
        request = await fetch_one(connection, SQL["lock_request"], AgeRequest, request_id)
        if request is None:
            raise NotFound("Nobody was asked that.", id=request_id)
        now = clock.now()
        if request.used_at is not None or now >= request.ends_at:
            raise AgeRequestOver
        try:
            proved = verify(_token(presented), audience(settings, request), issuers(settings), now)
        except ProofRefused as error:
            refused = error.reason
            await connection.execute(SQL["refuse_request"], request.id, refused)
        else:
            new = NewAssurance(
                id=new_id(clock),
                at_least=proved.at_least,
                level="verified",
                method=METHOD,
                source=SOURCE,
                proved_at=now,
                until=proved.until,
            )
            kept = await ages.keep(connection, clock, request.person_id, new)
            await connection.execute(SQL["use_request"], request.id, now, kept.id)
            return kept
    raise AgeProofNotValid(reason=refused)


def _token(presented: str) -> bytes:
    """The one document of an answer.

    Raises:
        ProofRefused: there is not one that can be read.
    """
    try:
        (token,) = foreign.decode(presented, dict[str, list[str]])[QUERY]
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (msgspec.DecodeError, KeyError, ValueError, binascii.Error) as error:
        raise ProofRefused("unreadable") from error


async def name_of(connection: Connection, age: AgeFact) -> str | None:
    """What people call who says how old somebody is: of a platform what its sign-in calls it, or its domain."""
    if age.method != PLATFORM:
        return age.source
    label: str | None = await connection.fetchval(SQL["label_of_issuer"], age.source)
    return label or urlsplit(age.source).hostname


async def proofs_of(connection: Connection, person_id: int, now: datetime) -> list[AgeAssurance]:
    """What others found out about somebody's age and still holds, the surest first."""
    return await fetch_all(connection, SQL["proofs_of"], AgeAssurance, person_id, now, AGE_PROOFS_SHOWN_MAX)


async def newest_request(connection: Connection, person_id: int) -> AgeRequest | None:
    """What somebody's wallet was asked last."""
    return await fetch_one(connection, SQL["newest_request"], AgeRequest, person_id)


async def withdraw(connection: Connection, clock: Clock, person_id: int, proof_id: UUID) -> None:
    """Take back what one's own wallet proved. Repeating it changes nothing.

    Raises:
        NotFound: it is not theirs.
        OnlyOwnProofs: somebody else found it out: who is found too young does not undo that.
        AssuranceIsOver: it was taken back before, by somebody else.
    """
    found = await ages.find(connection, person_id, proof_id)
    if found.method != METHOD:
        raise OnlyOwnProofs
    await ages.revoke(connection, clock, person_id, proof_id, WITHDRAWN)


async def forget_requests(database: Database, clock: Clock) -> None:
    """Forget questions that are long over."""
    async with database.transaction() as connection:
        await connection.execute(SQL["forget_requests"], clock.now() - timedelta(days=AGE_REQUESTS_KEPT_DAYS))
