"""Who asks, as a handler takes it: `caller: Caller`, or `caller: CallerOrGuest` where a handler is public."""

from typing import TypeAlias

from litestar.di import NamedDependency

from plaudit.people import model

Caller: TypeAlias = NamedDependency[model.Caller]
CallerOrGuest: TypeAlias = NamedDependency[model.Caller | None]
"""None: somebody who is not signed in."""
