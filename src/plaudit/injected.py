"""What the house hands to handlers by the name of a parameter, with its type marked for the framework: the parts of the
spine. Of any other part a handler says `NamedDependency[…]`."""

from typing import TypeAlias

from litestar.di import NamedDependency

from plaudit import clock, db, settings

Clock: TypeAlias = NamedDependency[clock.Clock]
Database: TypeAlias = NamedDependency[db.Database]
Settings: TypeAlias = NamedDependency[settings.Settings]
