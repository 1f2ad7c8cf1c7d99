"""What a serving process knows of its own readiness: asked when somebody looks, and a little of it each minute."""

from collections.abc import Callable, Collection

import httpx2

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job, JobState
from plaudit.limits import READINESS_EVERY_S
from plaudit.outgoing import tls_context
from plaudit.payouts.providers import PayoutProviders
from plaudit.readiness.model import CheckResult, Grounds, Report, SeenRequest, State
from plaudit.readiness.running import look
from plaudit.selling.providers import PaymentProviders
from plaudit.settings import Settings


class Readiness:
    """Looks for one process. Whoever makes this closes it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        payments: PaymentProviders,
        payouts: PayoutProviders,
        jobs: Callable[[], Collection[JobState]],
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._payments = payments
        self._payouts = payouts
        self._jobs = jobs
        self._client = httpx2.AsyncClient(verify=tls_context(), follow_redirects=False)
        self.blocking: list[CheckResult] = []
        """What blocks, of what can be seen from within, as of the last look."""

    @property
    def job(self) -> Job:
        return Job("readiness", READINESS_EVERY_S, self.glance)

    async def close(self) -> None:
        await self._client.aclose()

    async def glance(self) -> None:
        """See what can be seen from within."""
        self.blocking = (await look(self._grounds(None), slow_too=False)).of(State.BLOCKING)

    async def look(self, seen: SeenRequest) -> Report:
        """The state of everything, for somebody whose request looked like this."""
        await self.glance()
        return await look(self._grounds(seen))

    def _grounds(self, seen: SeenRequest | None) -> Grounds:
        return Grounds(
            settings=self._settings,
            clock=self._clock,
            client=self._client,
            database=self._database,
            payments=self._payments,
            payouts=self._payouts,
            seen=seen,
            jobs=self._jobs(),
        )
