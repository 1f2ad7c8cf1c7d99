"""The catalogue of events: one struct for each kind, and the envelope they travel in. Both are what hosts rely on.

A field may be added; none is ever removed, renamed or given another meaning. What must change becomes another kind.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ids import id_text
from plaudit.problems import Problem

ENVELOPE_VERSION = 1

Minor = Annotated[int, Meta(description="In minor units of `currency`.", examples=[110])]
Currency = Annotated[str, Meta(description="ISO 4217.", examples=["EUR"])]
RoomId = Annotated[str, Meta(description="The room.", examples=["7"])]
OrderId = Annotated[UUID, Meta(description="The order.")]


class PersonReference(msgspec.Struct, frozen=True):
    """Somebody, by our id and by the name their own platform knows them by."""

    id: Annotated[str, Meta(description="Our id of the person.", examples=["12"])]
    issuer: Annotated[str, Meta(description="Their platform, as its tokens say it.", examples=["https://id.example"])]
    subject: Annotated[str, Meta(description="Who they are there: `sub` of their tokens.", examples=["user-4711"])]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened; its fields are `data` of the envelope."""

    kind: ClassVar[str] = ""
    on_request: ClassVar[bool] = False
    """Told only to those who name the kind: there are very many of them."""
    always: ClassVar[bool] = False
    """Told also to those who name other kinds only."""

    @property
    def subject(self) -> str:
        """What it is about; events of one subject are told in their order."""
        raise NotImplementedError

    @property
    def person(self) -> PersonReference:
        """Whose platform is told."""
        raise NotImplementedError

    @property
    def platform(self) -> str:
        """The issuer of those who are told."""
        return self.person.issuer


class OrderPaid(Event, frozen=True, kw_only=True):
    """An order was paid, and its coins are in the buyer's wallet. Once for each order."""

    kind: ClassVar[str] = "order.paid"
    order_id: OrderId
    buyer: PersonReference
    coins: Annotated[int, Meta(description="Coins that were bought.", examples=[70])]
    price_minor: Annotated[int, Meta(description="What was paid, tax included, in minor units.", examples=[110])]
    tax_minor: Annotated[int, Meta(description="The tax inside it, in minor units.", examples=[18])]
    currency: Currency
    channel: Annotated[str, Meta(description="Where: `web`, `apple` or `google`.", examples=["web"])]
    provider: Annotated[str, Meta(description="Who took the money.", examples=["stripe"])]

    @property
    def subject(self) -> str:
        return f"order:{self.order_id}"

    @property
    def person(self) -> PersonReference:
        return self.buyer


class ReversalMoved(Event, frozen=True, kw_only=True):
    """Money of an order goes back to its buyer and coins leave the wallet, or it came further on that way.

    `undone`: what was taken is back where it was.
    """

    kind: ClassVar[str] = "reversal.moved"
    reversal_id: Annotated[UUID, Meta(description="The reversal.")]
    order_id: OrderId
    buyer: PersonReference
    reason: Annotated[str, Meta(description="`withdrawal`, `refund`, `void` or `chargeback`.", examples=["withdrawal"])]
    state: Annotated[
        str, Meta(description="`requested`, `sent`, `opened`, `done` or `undone`.", examples=["requested"])
    ]
    amount_minor: Minor
    currency: Currency
    coins: Annotated[int, Meta(description="Coins it takes.", examples=[70])]
    coins_unspent: Annotated[int, Meta(description="Of them those that were in the wallet.", examples=[50])]
    coins_spent: Annotated[int, Meta(description="Of them those that gifts had been sent with.", examples=[20])]

    @property
    def subject(self) -> str:
        return f"order:{self.order_id}"

    @property
    def person(self) -> PersonReference:
        return self.buyer


class MailDue(Event, frozen=True, kw_only=True):
    """A buyer is to be mailed, and the settings say that you do it (`PLAUDIT_MAIL_BY=webhook`). Once for each mail."""

    kind: ClassVar[str] = "mail.due"
    mail_id: Annotated[UUID, Meta(description="The mail. Make its `Message-ID` of it, and tell of a bounce by that.")]
    mail_kind: Annotated[
        str,
        Meta(
            description="`receipt`, `credit_note`, `withdrawal`, `voucher` or `voucher_reminder`.", examples=["receipt"]
        ),
    ]
    reader: Annotated[PersonReference, Meta(description="Whom to mail.")]
    order_id: OrderId
    reversal_id: Annotated[UUID | None, Meta(description="The reversal, of a credit note or a withdrawal.")]
    language: Annotated[str, Meta(description="What it is written in, as a tag of BCP 47.", examples=["de"])]
    subject_line: Annotated[str, Meta(description="Its subject.", examples=["Your receipt PLAUDIT-1-000042"])]
    text: Annotated[str, Meta(description="The mail as plain text.")]
    html: Annotated[str, Meta(description="The same as HTML.")]
    paper: Annotated[
        str | None,
        Meta(description="Path of the PDF that belongs to it, for your server with `Plaudit-Subject`; null: none."),
    ]

    @property
    def subject(self) -> str:
        return f"mail:{self.mail_id}"

    @property
    def person(self) -> PersonReference:
        return self.reader


class _OfRoom(Event, frozen=True, kw_only=True):
    room_id: RoomId
    creator: PersonReference

    @property
    def subject(self) -> str:
        return f"room:{self.room_id}"

    @property
    def person(self) -> PersonReference:
        return self.creator


class RoomStarted(_OfRoom, frozen=True, kw_only=True):
    """A room went live. Once for each room."""

    kind: ClassVar[str] = "room.started"
    title: Annotated[str, Meta(description="Its title then.", examples=["Tea and songs"])]


class RoomEnded(_OfRoom, frozen=True, kw_only=True):
    """A room is over. Once for each room."""

    kind: ClassVar[str] = "room.ended"
    started_at: Annotated[datetime, Meta(description="When it had gone live.")]


class PayoutMoved(Event, frozen=True, kw_only=True):
    """A payout was asked for, or came into another state."""

    kind: ClassVar[str] = "payout.moved"
    payout_id: Annotated[UUID, Meta(description="The payout.")]
    creator: PersonReference
    state: Annotated[
        str,
        Meta(
            description="`requested`, `approved`, `sent`, `paid`, `failed`, `returned`, `refused` or `cancelled`.",
            examples=["paid"],
        ),
    ]
    diamonds: Annotated[int, Meta(description="Diamonds it is for.", examples=[2_000])]
    gross_minor: Minor
    fee_minor: Annotated[int, Meta(description="What it costs, in minor units.", examples=[50])]
    net_minor: Annotated[int, Meta(description="What the creator gets, in minor units.", examples=[950])]
    currency: Currency

    @property
    def subject(self) -> str:
        return f"payout:{self.payout_id}"

    @property
    def person(self) -> PersonReference:
        return self.creator


class PayoutMethodChanged(Event, frozen=True, kw_only=True):
    """A creator's bank account was added or removed. Tell them in a way they had before: it may not have been them."""

    kind: ClassVar[str] = "payout_method.changed"
    method_id: Annotated[UUID, Meta(description="The payout method.")]
    creator: PersonReference
    change: Annotated[str, Meta(description="`added` or `removed`.", examples=["added"])]
    account_ending: Annotated[str, Meta(description="The last four characters of the account.", examples=["3000"])]
    currency: Currency
    payable_from: Annotated[datetime | None, Meta(description="Nothing can be paid to it before; null: at once.")]

    @property
    def subject(self) -> str:
        return f"payout_method:{self.method_id}"

    @property
    def person(self) -> PersonReference:
        return self.creator


class StatementMade(Event, frozen=True, kw_only=True):
    """The statement of a creator's month was issued, or one that corrects it. Tell them, and where to read it."""

    kind: ClassVar[str] = "statement.made"
    number: Annotated[str, Meta(description="Its number.", examples=["2026-S000042"])]
    creator: PersonReference
    month: Annotated[str, Meta(description="The month it is of, in UTC.", examples=["2026-11"])]
    edition: Annotated[int, Meta(description="Above one: it corrects the edition before.", examples=[1])]

    @property
    def subject(self) -> str:
        return f"statement:{self.number}"

    @property
    def person(self) -> PersonReference:
        return self.creator


class EmergencyDecided(Event, frozen=True, kw_only=True):
    """An operator alone decided what otherwise takes two. The pages of others tell of it until one has seen it."""

    kind: ClassVar[str] = "decision.emergency"
    decision_id: Annotated[UUID, Meta(description="The decision.")]
    what: Annotated[str, Meta(description="What kind of thing it decides.", examples=["Payout rate"])]
    operator: PersonReference
    reason: Annotated[str, Meta(description="Why it could not wait, in the operator's words.")]

    @property
    def subject(self) -> str:
        return f"decision:{self.decision_id}"

    @property
    def person(self) -> PersonReference:
        return self.operator


class PersonMoved(Event, frozen=True, kw_only=True):
    """Somebody comes by another subject, as their server said; `merged_id`: of the account that is no more."""

    kind: ClassVar[str] = "person.moved"
    who: PersonReference
    former_subject: str
    merged_id: Annotated[str | None, Meta(description="null: the person has another subject.")]

    @property
    def subject(self) -> str:
        return f"person:{self.who.id}"

    @property
    def person(self) -> PersonReference:
        return self.who


class GuardianshipBegan(Event, frozen=True, kw_only=True):
    """Somebody of age answers for a minor from now on: by the platform's word, or by a code that both confirmed."""

    kind: ClassVar[str] = "guardianship.began"
    guardianship_id: UUID
    minor: PersonReference
    guardian: PersonReference
    by: Literal["platform", "code"]

    @property
    def subject(self) -> str:
        return f"guardianship:{self.guardianship_id}"

    @property
    def person(self) -> PersonReference:
        return self.minor


class GuardianshipEnded(Event, frozen=True, kw_only=True):
    """Nobody answers for a minor by this guardianship any more; its limits, stops and consents ended with it."""

    kind: ClassVar[str] = "guardianship.ended"
    guardianship_id: UUID
    minor: PersonReference
    guardian: PersonReference
    because: Annotated[
        Literal["guardian", "platform", "of_age"], Meta(description="Who ended it; `of_age`: the minor is one no more.")
    ]

    @property
    def subject(self) -> str:
        return f"guardianship:{self.guardianship_id}"

    @property
    def person(self) -> PersonReference:
        return self.minor


class PersonFirstSignedIn(Event, frozen=True, kw_only=True):
    """Somebody of a platform was here for the first time. Once for each person."""

    kind: ClassVar[str] = "person.first_signed_in"
    who: PersonReference

    @property
    def subject(self) -> str:
        return f"person:{self.who.id}"

    @property
    def person(self) -> PersonReference:
        return self.who


class DatabaseRestored(Event, frozen=True, kw_only=True):
    """The data went back to an earlier moment, or another database took over: what happened since may be lost. Once for
    each platform, whatever kinds it asks for.
    """

    kind: ClassVar[str] = "database.restored"
    always: ClassVar[bool] = True
    issuer: Annotated[str, Meta(description="Your platform, as its tokens say it.", examples=["https://id.example"])]
    epoch: Annotated[int, Meta(description="Of envelopes from now on.", examples=[2])]
    kept_sequence: Annotated[
        int, Meta(description="The last event from before that is known here; later numbers are given anew.")
    ]
    lost_since: Annotated[
        datetime | None,
        Meta(description="What happened from then on, until `at`, may be missing; null: nothing is known from before."),
    ]

    @property
    def subject(self) -> str:
        return f"database:{self.epoch}"

    @property
    def platform(self) -> str:
        return self.issuer


class SelfExclusionBegan(Event, frozen=True, kw_only=True):
    """Somebody excluded themself from buying and giving. Send them no offers and renew nothing of theirs until then."""

    kind: ClassVar[str] = "person.self_excluded"
    who: PersonReference
    ends_at: Annotated[datetime, Meta(description="Nobody can end it before.")]

    @property
    def subject(self) -> str:
        return f"person:{self.who.id}"

    @property
    def person(self) -> PersonReference:
        return self.who


class DataExportReady(Event, frozen=True, kw_only=True):
    """A copy of all that is held of somebody is there to be fetched. Once for each export."""

    kind: ClassVar[str] = "data_export.ready"
    export_id: Annotated[UUID, Meta(description="The export; fetch it with your server's key and `Plaudit-Subject`.")]
    who: Annotated[PersonReference, Meta(description="Whose data it is.")]
    asked_by: Annotated[str, Meta(description="`person`, `platform` or `operator`.", examples=["person"])]
    delete_at: Annotated[datetime, Meta(description="When the file is deleted.")]

    @property
    def subject(self) -> str:
        return f"data_export:{self.export_id}"

    @property
    def person(self) -> PersonReference:
        return self.who


class ErasureRequested(Event, frozen=True, kw_only=True):
    """Somebody is to be erased. Keep `erasure_id` beside them: `person.erased` says who by it, when no name is left."""

    kind: ClassVar[str] = "person.erasure_requested"
    erasure_id: Annotated[UUID, Meta(description="The erasure.")]
    who: PersonReference
    asked_by: Annotated[str, Meta(description="`person`, `platform` or `operator`.", examples=["person"])]
    begins_at: Annotated[datetime, Meta(description="Until then it can be taken back.")]

    @property
    def subject(self) -> str:
        return f"erasure:{self.erasure_id}"

    @property
    def person(self) -> PersonReference:
        return self.who


class ErasureWithdrawn(Event, frozen=True, kw_only=True):
    """Somebody stays, after all."""

    kind: ClassVar[str] = "person.erasure_withdrawn"
    erasure_id: Annotated[UUID, Meta(description="The erasure.")]
    who: PersonReference

    @property
    def subject(self) -> str:
        return f"erasure:{self.erasure_id}"

    @property
    def person(self) -> PersonReference:
        return self.who


class PersonErased(Event, frozen=True, kw_only=True):
    """Somebody is erased: what identified them is gone here, and should be where you copied it. Once for each erasure.
    It names nobody: `person.erasure_requested` said of whom the erasure is."""

    kind: ClassVar[str] = "person.erased"
    erasure_id: Annotated[UUID, Meta(description="The erasure.")]
    person_id: Annotated[str, Meta(description="The number they had here, which leads to nobody now.", examples=["12"])]
    issuer: Annotated[str, Meta(description="Your platform, as its tokens say it.", examples=["https://id.example"])]

    @property
    def subject(self) -> str:
        return f"erasure:{self.erasure_id}"

    @property
    def platform(self) -> str:
        return self.issuer


Sender = Annotated[PersonReference | None, Meta(description="Who sent it; null: they hide, from everybody.")]
Anonymous = Annotated[bool, Meta(description="Whether its sender hides.", examples=[False])]


class DeliveredGift(msgspec.Struct, frozen=True, kw_only=True):
    """A gift that the creator has received."""

    id: Annotated[UUID, Meta(description="The gift.")]
    sender: Sender
    anonymous: Anonymous
    item_id: Annotated[int, Meta(description="The catalogue item.", examples=[1])]
    sku: Annotated[str, Meta(description="Its name in files and tools.", examples=["rose"])]
    count: Annotated[int, Meta(description="How many of it.", examples=[1])]
    coins: Annotated[int, Meta(description="What was paid for all of them.", examples=[1])]
    combo_id: Annotated[UUID, Meta(description="The combo it is part of; a gift alone is a combo of its own.")]
    combo_count: Annotated[int, Meta(description="Items of the combo, with this gift.", examples=[3])]


class GiftsDelivered(_OfRoom, frozen=True, kw_only=True):
    """Gifts of one room that were delivered together, in their order: seldom more than one, many in a storm."""

    kind: ClassVar[str] = "gift.delivered"
    on_request: ClassVar[bool] = True
    seq: Annotated[int, Meta(description="The number of the room's frame that showed them.", examples=[18])]
    gifts: Annotated[list[DeliveredGift], Meta(min_length=1)]


class _OfVideo(Event, frozen=True, kw_only=True):
    video_id: Annotated[str, Meta(description="The video, by our id.", examples=["12"])]
    external_id: Annotated[str, Meta(description="Its platform's own id of it.", examples=["v-4711"])]
    title: Annotated[str, Meta(description="What it is called then.", examples=["Sixty rooftops"])]
    creator: Annotated[PersonReference, Meta(description="Who received them: its owner when they were sent.")]

    @property
    def subject(self) -> str:
        return f"video:{self.video_id}"

    @property
    def person(self) -> PersonReference:
        return self.creator


class DeliveredVideoGift(DeliveredGift, frozen=True, kw_only=True):
    """A gift on a video that the creator has received."""

    position_ms: Annotated[int | None, Meta(description="Where in the video.", examples=[42_000])]
    message: Annotated[str | None, Meta(description="What the sender says with it.", examples=["Such a view"])]


class VideoGiftsDelivered(_OfVideo, frozen=True, kw_only=True):
    """Gifts on one video that were delivered together, in their order: seldom more than one, many in a storm."""

    kind: ClassVar[str] = "video_gift.delivered"
    on_request: ClassVar[bool] = True
    seq: Annotated[int, Meta(description="The number of the video's frame that showed them.", examples=[18])]
    gifts: Annotated[list[DeliveredVideoGift], Meta(min_length=1)]


class VideoGiftMessageRemoved(_OfVideo, frozen=True, kw_only=True):
    """The words of a gift on a video were taken away; the gift stays. They are to be shown no more, also if the gift is
    told of only after this, without them then."""

    kind: ClassVar[str] = "video_gift.message_removed"
    seq: Annotated[int, Meta(description="The number of the video's frame that shows the gift.", examples=[18])]
    gift_id: Annotated[UUID, Meta(description="The gift.")]
    removed_by: Annotated[
        str, Meta(description="`creator`, or `platform`: an operator or your server.", examples=["creator"])
    ]


class EndedCombo(msgspec.Struct, frozen=True, kw_only=True):
    """A combo that is over, with all of it."""

    id: Annotated[UUID, Meta(description="The combo.")]
    sender: Sender
    anonymous: Anonymous
    item_id: Annotated[int, Meta(description="The catalogue item.", examples=[1])]
    sku: Annotated[str, Meta(description="Its name in files and tools.", examples=["rose"])]
    count: Annotated[int, Meta(description="Items in all.", examples=[12])]
    gifts: Annotated[int, Meta(description="Gifts in all.", examples=[12])]
    coins: Annotated[int, Meta(description="Coins in all.", examples=[12])]
    last_at: Annotated[datetime, Meta(description="When its last gift was delivered.")]


class CombosEnded(_OfRoom, frozen=True, kw_only=True):
    """Combos of one room that are over. Each combo once, after all its gifts."""

    kind: ClassVar[str] = "combo.ended"
    on_request: ClassVar[bool] = True
    combos: Annotated[list[EndedCombo], Meta(min_length=1)]


class VideoCombosEnded(_OfVideo, frozen=True, kw_only=True):
    """Combos of one video that are over. Each combo once, after all its gifts."""

    kind: ClassVar[str] = "video_combo.ended"
    on_request: ClassVar[bool] = True
    combos: Annotated[list[EndedCombo], Meta(min_length=1)]


CATALOGUE: Mapping[str, type[Event]] = {
    each.kind: each
    for each in (
        OrderPaid,
        ReversalMoved,
        MailDue,
        RoomStarted,
        RoomEnded,
        PayoutMoved,
        PayoutMethodChanged,
        StatementMade,
        EmergencyDecided,
        PersonFirstSignedIn,
        PersonMoved,
        GuardianshipBegan,
        GuardianshipEnded,
        DatabaseRestored,
        SelfExclusionBegan,
        DataExportReady,
        ErasureRequested,
        ErasureWithdrawn,
        PersonErased,
        GiftsDelivered,
        CombosEnded,
        VideoGiftsDelivered,
        VideoGiftMessageRemoved,
        VideoCombosEnded,
    )
}
"""Every kind of event, by its name."""

ON_REQUEST: tuple[str, ...] = tuple(kind for kind, each in CATALOGUE.items() if each.on_request)
"""Kinds that are told only to those who name them."""

ALWAYS: tuple[str, ...] = tuple(kind for kind, each in CATALOGUE.items() if each.always)
"""Kinds that are told to all, whatever they name."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is told."""

    id: Annotated[UUID, Meta(description="The same however often it is told: forget what you have seen.")]
    version: Annotated[int, Meta(description="Of this envelope.", examples=[ENVELOPE_VERSION])] = ENVELOPE_VERSION
    type: Annotated[str, Meta(description="The kind of event; says what `data` is.", examples=["order.paid"])]
    at: Annotated[datetime, Meta(description="When it happened.")]
    subject: Annotated[str, Meta(description="What it is about; its events come in their order.", examples=["room:7"])]
    sequence: Annotated[
        int, Meta(description="Its place in the log; later events have larger numbers. 0: a test.", examples=[17])
    ]
    epoch: Annotated[
        int,
        Meta(description="Whose `sequence` it is. A larger one than before: the database was restored.", examples=[1]),
    ]
    key_id: Annotated[
        str | None,
        Meta(description="The API key with which a server did it; null: people themselves, or nobody.", examples=["3"]),
    ]
    data: Annotated[dict[str, Any], Meta(description="The event; its fields depend on `type`.")]


class KeptEvent(msgspec.Struct, frozen=True):
    """An event of the log."""

    position: int
    id: UUID
    type: str
    at: datetime
    subject: str
    platform: str
    data: dict[str, Any]
    key_id: int | None

    def envelope(self, epoch: int) -> Envelope:
        """As it is told in a life of the database."""
        return Envelope(
            id=self.id,
            type=self.type,
            at=self.at,
            subject=self.subject,
            sequence=self.position,
            epoch=epoch,
            key_id=id_text(self.key_id),
            data=self.data,
        )


class LogState(msgspec.Struct, frozen=True):
    """How far the log goes: events after `forgotten_through`, up to `last`. Cursors of another epoch are void."""

    epoch: int
    last: int
    forgotten_through: int

    def cursor(self, position: int) -> str:
        return f"{self.epoch}:{position}"


class CursorTooOld(Problem):
    """What came after the cursor was forgotten in part, or another history followed it. `oldest` is a cursor."""

    code = "cursor_too_old"
    status = 410
    title = "Events after this cursor are not kept any more. Begin again at `oldest`."

    class Fields(msgspec.Struct, frozen=True):
        oldest: str

    def __init__(self, oldest: str) -> None:
        super().__init__(oldest=oldest)
