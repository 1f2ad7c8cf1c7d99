"""Asks a tax service: `POST` of a place as JSON, answered with a name, a rate in percent and a reference."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

import httpx2
import msgspec
from msgspec import Meta

from plaudit.limits import TAX_ANSWER_BYTES_MAX, TAX_PROVIDER_TIMEOUT_S
from plaudit.outgoing import tls_context
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.tax_providers.base import TaxAnswer, TaxPlace
from plaudit.selling.tax_providers.service.settings import TaxServiceSettings
from plaudit.settings import Settings

_PPM_OF_PERCENT = 10_000


class _Said(msgspec.Struct, frozen=True):
    """What a service says. A rate is a text, so that nobody rounds it on the way."""

    name: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\S")]
    rate_percent: Annotated[str, Meta(pattern=r"^(100|\d{1,2}(\.\d{1,4})?)$(?!\n)")]
    reference: Annotated[str, Meta(max_length=200)] = ""


class TaxService:
    """One service at one address."""

    name = "tax_service"

    def __init__(self, settings: TaxServiceSettings) -> None:
        self._url = settings.url
        headers = {"Authorization": f"Bearer {settings.key.reveal()}"} if settings.key else {}
        self._client = httpx2.AsyncClient(
            verify=tls_context(), headers=headers, timeout=TAX_PROVIDER_TIMEOUT_S, follow_redirects=False
        )

    async def rate(self, place: TaxPlace, at: datetime) -> TaxAnswer | None:
        """204 says that it knows nothing of the place."""
        body = msgspec.json.encode({**msgspec.structs.asdict(place), "at": at})
        try:
            async with self._client.stream(
                "POST", self._url, content=body, headers={"Content-Type": "application/json"}
            ) as answer:
                read = await _read(answer)
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(self.name, detail=str(error)) from error
        if answer.status_code == HTTPStatus.NO_CONTENT:
            return None
        if answer.is_client_error:
            raise ProviderRefused(self.name, f"status {answer.status_code}")
        if answer.status_code != HTTPStatus.OK or read is None:
            raise ProviderUnavailable(self.name, detail=f"status {answer.status_code}, or too long an answer")
        try:
            said = msgspec.json.decode(read, type=_Said)
        except (msgspec.MsgspecError, ValueError) as error:
            raise ProviderUnavailable(self.name, detail=f"an answer that is none: {error}") from error
        rate_ppm = int(Decimal(said.rate_percent) * _PPM_OF_PERCENT)
        return TaxAnswer(
            provider=self.name, name=said.name, rate_ppm=rate_ppm, reference=said.reference, answered_at=at
        )

    async def close(self) -> None:
        await self._client.aclose()


async def _read(answer: httpx2.Response) -> bytes | None:
    """The body; None: it is too long."""
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > TAX_ANSWER_BYTES_MAX:
            return None
    return bytes(body)


def from_settings(settings: Settings) -> TaxService:
    """The service the settings describe."""
    return TaxService(settings.of(TaxServiceSettings))
