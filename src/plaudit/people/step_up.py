"""Who does something grave proved a short while ago who they are, in a way that suffices (RFC 9470)."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.people.model import Caller, Scope, ScopeMissing
from plaudit.problems import Unauthenticated
from plaudit.settings import Settings


class StepUpRequired(Unauthenticated):
    """Their sign-in is too long ago, or of another kind than is asked for, or their platform does not say."""

    code: ClassVar[str] = "step_up_required"
    title: ClassVar[str] = "Sign in again to do this."

    class Fields(msgspec.Struct, frozen=True):
        max_age_s: Annotated[int, Meta(description="How long ago the sign-in may be: `max_age` of OpenID Connect.")]
        acr_values: Annotated[list[str], Meta(description="Kinds of sign-in of which one is needed; empty: any.")]

    def __init__(self, *, max_age_s: int, acr_values: list[str]) -> None:
        super().__init__(max_age_s=max_age_s, acr_values=acr_values)
        self.max_age_s = max_age_s
        self.acr_values = acr_values

    def headers(self) -> dict[str, str]:
        said = ['error="insufficient_user_authentication"', 'error_description="A more recent sign-in is required"']
        said.append(f'max_age="{self.max_age_s}"')
        if self.acr_values:
            said.append(f'acr_values="{" ".join(self.acr_values)}"')
        return {"WWW-Authenticate": f"Bearer {', '.join(said)}"}


def suffices(settings: Settings, clock: Clock, auth_time: float | None, acr: str | None) -> bool:
    """Whether a sign-in at `auth_time` (seconds since 1970, UTC) of a kind is what is asked for now."""
    if settings.step_up_max_age_s and (
        auth_time is None or clock.now().timestamp() - auth_time > settings.step_up_max_age_s
    ):
        return False
    wanted = settings.step_up_acr_values.split()
    return not wanted or acr in wanted


def require_recent_sign_in(settings: Settings, clock: Clock, caller: Caller) -> None:
    """That somebody proved a short while ago who they are, as far as the settings ask. A key has no sign-in to show: it
    needs the scope that says that its platform asks.

    Raises:
        StepUpRequired: their sign-in does not suffice.
        ScopeMissing: they came by a key that was not given it.
    """
    if not (settings.step_up_max_age_s or settings.step_up_acr_values):
        return
    if caller.acting_key is not None:
        if Scope.STEP_UP not in (caller.scopes or ()):
            raise ScopeMissing(Scope.STEP_UP)
    elif not suffices(settings, clock, caller.auth_time, caller.acr):
        raise StepUpRequired(max_age_s=settings.step_up_max_age_s, acr_values=settings.step_up_acr_values.split())
