"""Guardianships and invitations, and what can go wrong with them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ids import IdMeta
from plaudit.problems import Conflict, Forbidden

GUARDIANS_MAX = 4
"""Of one minor."""
MINORS_MAX = 12
"""Of one guardian."""
INVITATION_S = 86_400
"""For how long a code can be used."""
INVITATIONS_OPEN_MAX = 5
"""Of one guardian at a time."""
CODE_LENGTH = 10
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Those that nobody takes for another."""

EndedBecause = Literal["guardian", "platform", "of_age"]


class Guardianship(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of age answers for a minor."""

    id: UUID
    guardian_id: int
    minor_id: int
    began_by: Literal["platform", "code"]
    began_at: datetime
    ended_at: datetime | None
    ended_because: str | None


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A code by which a guardian and a minor say the same of each other."""

    id: UUID
    guardian_id: int
    made_at: datetime
    ends_at: datetime
    minor_id: int | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: Literal["confirmed", "withdrawn"] | None


class NewInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An invitation to be made."""

    id: Annotated[UUID, IdMeta]


class GivenCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A code that somebody was given by their guardian."""

    code: Annotated[
        str, Meta(min_length=CODE_LENGTH, max_length=20, description="Blanks, dashes and small letters do not matter.")
    ]


class Answer(GivenCode, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A minor agrees that whoever gave them the code is their guardian."""

    understood: Annotated[
        Literal[True], Meta(description="They were told who it is, what the guardian may do, and what they see.")
    ]


class NotOfAge(Forbidden):
    """Who answers for others has to be known to be of age by a proof of the level `checked` or better."""

    code: ClassVar[str] = "not_of_age"
    title: ClassVar[str] = "Prove first that you are of age; a word is not enough for this."


class IsOfAge(Conflict):
    code: ClassVar[str] = "is_of_age"
    title: ClassVar[str] = "Nobody answers for somebody who is of age."


class IsNotOfAge(Conflict):
    code: ClassVar[str] = "is_not_of_age"
    title: ClassVar[str] = "This ends by itself only for who is known to be of age; a guardian can end it."


class CodeUnknown(Conflict):
    code: ClassVar[str] = "guardian_code_unknown"
    title: ClassVar[str] = "This code is not known, or too old. Ask for another."


class NotAnswered(Conflict):
    code: ClassVar[str] = "invitation_not_answered"
    title: ClassVar[str] = "Nobody has answered this invitation yet."


class TooManyGuardians(Conflict):
    code: ClassVar[str] = "too_many_guardians"
    title: ClassVar[str] = "There are as many guardians, minors or open codes as there can be."
