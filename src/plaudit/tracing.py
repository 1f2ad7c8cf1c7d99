"""What a task is at, a request or a run of a job, so that all lines of the log about one can be found."""

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

from plaudit.limits import TRACE_ID_BYTES

_GIVEN = re.compile(r"[A-Za-z0-9_.-]{8,64}", re.ASCII)
_at: ContextVar[Mapping[str, str]] = ContextVar("plaudit.at", default=MappingProxyType({}))


def at() -> Mapping[str, str]:
    """What this task is at: `request`, or `job` and `run`; nothing when it is at neither."""
    return _at.get()


def request_id() -> str:
    """The id of the request this task answers; empty: it answers none."""
    return _at.get().get("request", "")


def begin_request(given: str = "") -> str:
    """This task answers a request from now on; its id is the one given, if that can be one, else a new one."""
    found = given if _GIVEN.fullmatch(given) else new_id()
    _at.set({"request": found})
    return found


def begin_run(job: str) -> None:
    """This task runs a job from now on."""
    _at.set({"job": job, "run": new_id()})


def new_id() -> str:
    """An id nobody else has."""
    return secrets.token_hex(TRACE_ID_BYTES)
