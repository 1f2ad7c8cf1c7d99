"""What a room brings to the house. `ROOM` of its `room.py` says it; `plaudit/rooms.py` lists the rooms.

What is brought is named by where it lies in the room, as `module:name`, and imported when it is asked for: so the
command line stays quick, and the lowest may read what the highest bring.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RoomCommand:
    """A command of `plaudit`: its name, where it lies, and its line in `plaudit --help`. Without one it is hidden."""

    name: str
    place: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Room:
    """A package of the house. What lies in its folders `audit` and `functions` is found by itself."""

    package: str
    tables: str = ""
    """The tables and views that are its own, with blanks between: nobody else writes them."""
    held: str = ""
    """A tuple with a `Holding` for each of its tables."""
    erased_by: str = ""
    """The SQL function that takes what identifies somebody out of its tables, some rows a call: given person and most
    rows it answers how many there were; none: that was all."""
    kept: str = ""
    """A tuple of the `Retention`s of its tables: what goes when it is old."""
    sealed: str = ""
    """A tuple of the columns of its tables that the vault seals."""
    routers: tuple[str, ...] = ()
    """Routers of Litestar, or tuples of them."""
    jobs: str = ""
    """A function that answers the room's `Job`s. It is given parts of the house by the types it asks for."""
    queues: str = ""
    """A tuple of the queues that its jobs work on."""
    pages: tuple[str, ...] = ()
    """Modules of `web/pages` that show it."""
    parts: tuple[str, ...] = ()
    """What it adds to the pages of a live room: `web/templates/parts/<name>.html`, `web/static/js/parts/<name>.js`."""
    frames: str = ""
    """A tuple of the `FrameKind`s that it adds to what a live room is told."""
    refusals: str = ""
    """A tuple of the problems by which it refuses gifts to what it keeps."""
    decisions: str = ""
    """A tuple of the `DecisionKind`s that one person proposes and another confirms."""
    actions: str = ""
    """A tuple of the `RuleAction`s that packs of rules say who may do."""
    followers: tuple[str, ...] = ()
    """The names by which it follows the log of what creators receive."""
    commands: tuple[RoomCommand, ...] = ()

    @property
    def name(self) -> str:
        """What the room is called, as in `creators.totals`."""
        return self.package.partition(".")[2]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return Path(str(import_module(self.package).__file__)).parent

    def bring(self, place: str) -> Any:
        """What lies at a place of the room.

        Raises:
            ImportError, AttributeError: there is nothing.
        """
        module, _, name = place.partition(":")
        return getattr(import_module(f".{module}", self.package), name)

    def files(self, folder: str) -> Iterable[Path]:
        """The SQL of one of its folders, by name."""
        return sorted((self.folder / folder).glob("*.sql"))
