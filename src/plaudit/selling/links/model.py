"""Links out of an app: what is said of one, and why it is not taken."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from plaudit.limits import STORE_LINK_LENGTH_MAX
from plaudit.problems import Problem


class StoreLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The link by which a buyer came from an app: its store is told what is bought."""

    store: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,30}$(?!\n)", description="The app's store.", examples=["apple"])]
    token: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=STORE_LINK_LENGTH_MAX,
            description="What the store gave the app for it: Apple's external purchase token, or Google's external "
            "transaction token.",
        ),
    ]


class LinkedTo(msgspec.Struct, frozen=True):
    """The link an order began with."""

    provider: str
    token: str | None


class LinkNotTaken(Problem):
    """The order is not placed: a sale that a store must hear of, and would not take, is none."""

    code: ClassVar[str] = "store_link_not_taken"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "This store has no such link from the app to here."

    class Fields(msgspec.Struct, frozen=True):
        store: str
        reason: Annotated[
            str,
            Meta(
                description="`store`: links of it are not taken here; `region`: not from there; "
                "`malformed`, `other_app`, `other_environment`: the token is none of this app."
            ),
        ]

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(store=store, reason=reason)
