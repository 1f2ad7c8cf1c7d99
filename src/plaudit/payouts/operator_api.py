"""What operators do about payouts: look, approve, refuse, decide rates and terms."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter

from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, Proposal, ask, content_of, told
from plaudit.decisions.model import REFUSED, Decision, OwnBenefit
from plaudit.exchange.margin import SoldBelowPayout
from plaudit.ids import IdMeta
from plaudit.injected import Clock, Database
from plaudit.jobs import JobRunner
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_NUMBER, BY_TIME, Cursor, Limit, Page
from plaudit.payouts import actions, rates, recalls
from plaudit.payouts.answers import (
    OperatorPayout,
    Refusal,
    operator_payout,
    place_of,
)
from plaudit.payouts.approvals import PAYOUT, PaysOut, approve_or_ask
from plaudit.payouts.controls import PayoutControlled
from plaudit.payouts.decisions import PAYOUT_RATE, PAYOUT_TERMS
from plaudit.payouts.jobs import SENDS
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.model import (
    NewPayoutRate,
    NewPayoutTerms,
    NoPayoutRate,
    PayoutFilter,
    PayoutMayBeSent,
    PayoutProviderMissing,
    PayoutRate,
    PayoutStandsStill,
    PayoutState,
    PayoutStateConflict,
    PayoutTerms,
)
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.base import NothingToRecall
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.providers import ProviderUnavailable

_TAGS = ["Payouts"]


class PayoutRateProposal(NewPayoutRate, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A payout rate somebody proposes."""

    id: Annotated[UUID, IdMeta] | None = None


class PayoutTermsProposal(NewPayoutTerms, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Terms of payouts somebody proposes."""

    id: Annotated[UUID, IdMeta] | None = None


_CREATOR_OR_OPERATOR = frozenset({Access.CREATOR, Access.OPERATOR})


@get(
    "/v1/operator/payouts",
    access=Access.FINANCE,
    operation_id="ListAllPayouts",
    personal=True,
    tags=["Operator"],
    summary="Payouts of all creators",
)
async def list_all(
    database: Database,
    payout_state: Annotated[
        PayoutState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    creator_id: Annotated[int | None, Parameter(ge=1, le=2**63 - 1, description="Only those of this creator.")] = None,
    currency: Annotated[
        str | None, Parameter(pattern=r"^[A-Z]{3}$(?!\n)", description="Only those in this currency.")
    ] = None,
    attention: Annotated[
        bool | None, Parameter(description="Only those a person must look at, or only the others.")
    ] = None,
    provider: Annotated[str | None, Parameter(max_length=40, description="Only those of this provider.")] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[OperatorPayout]:
    """Newest first. Filters add up."""
    wanted = PayoutFilter(
        creator_id=creator_id, state=payout_state, currency=currency, attention=attention, provider=provider
    )
    async with database.read() as connection:
        found = await actions.find_all(connection, wanted, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, place_of, operator_payout)


@get(
    "/v1/operator/payouts/overdue",
    access=Access.FINANCE,
    operation_id="ListOverduePayouts",
    personal=True,
    tags=["Operator"],
    summary="Payouts that wait too long",
)
async def list_overdue(
    database: Database, clock: Clock, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[OperatorPayout]:
    """Those whose next step (`next`) was to be done by now, newest first: nobody decided, it did not leave, its
    provider did not say that it arrived."""
    wanted = PayoutFilter(overdue_at=clock.now())
    async with database.read() as connection:
        found = await actions.find_all(connection, wanted, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, place_of, operator_payout)


@post(
    "/v1/payouts/{payout_id:uuid}/approve",
    access=Access.FINANCE,
    step_up=True,
    operation_id="ApprovePayout",
    tags=_TAGS,
    status_code=200,
    other_answers={202: DecisionAnswer},
    summary="Agree to a payout",
    problems=(
        *(PayoutControlled, PayoutMayBeSent, PayoutProviderMissing, PayoutStandsStill, PayoutStateConflict),
        *REFUSED,
    ),
)
async def approve(
    payout_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    clock: Clock,
    jobs: NamedDependency[JobRunner],
    house: NamedDependency[PaysOut],
) -> Response[OperatorPayout]:
    """It is sent soon after, or waits to be exported where people pay by hand. Refused when nobody here pays in its
    currency, and when it is the caller's own. 202 with the decision that waits for another operator, when it is more
    than one approves alone. Repeating it changes nothing, but that one whose provider is gone goes to one that is
    here."""
    async with database.transaction() as connection:
        asked = await approve_or_ask(connection, clock, house, payout_id, caller.person_id)
        shown = asked if isinstance(asked, Decision) else operator_payout(asked)
        answered = await told(connection, PAYOUT, shown, 200)
    jobs.wake(SENDS.name)
    return answered


@post(
    "/v1/payouts/{payout_id:uuid}/refuse",
    access=Access.FINANCE,
    operation_id="RefusePayout",
    tags=_TAGS,
    status_code=200,
    summary="Refuse a payout",
    problems=(PayoutMayBeSent, PayoutStateConflict),
)
async def refuse(
    payout_id: FromPath[UUID], data: JSONBody[Refusal], caller: Caller, database: Database, clock: Clock
) -> OperatorPayout:
    """As long as nobody was told to pay it. The creator reads the reason; the diamonds are available again. Repeating
    it changes nothing."""
    async with database.transaction() as connection:
        return operator_payout(await actions.refuse(connection, clock, caller.person_id, payout_id, data.reason))


@post(
    "/v1/payouts/{payout_id:uuid}/recall",
    access=Access.FINANCE,
    operation_id="RecallPayout",
    tags=_TAGS,
    status_code=200,
    summary="Take back what nobody took",
    problems=(NothingToRecall, OwnBenefit, PayoutProviderMissing, PayoutStateConflict, ProviderUnavailable),
)
async def recall(
    payout_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
) -> OperatorPayout:
    """Of a payout that its provider has: one that its receiver did not claim, or that has not left. The diamonds are
    available again when the provider says that it gave it back; 503: it did not say, and is asked again by itself."""
    return operator_payout(await recalls.recall(database, clock, payout_providers, caller.person_id, payout_id))


@get(
    "/v1/payout-rates",
    access=_CREATOR_OR_OPERATOR,
    scope=Scope.MONEY_READ,
    operation_id="ListPayoutRates",
    tags=_TAGS,
    summary="What a diamond is worth",
)
async def list_rates(database: Database, clock: Clock) -> Page[PayoutRate]:
    """The rate in effect of each currency, and where it is from."""
    async with database.read() as connection:
        return Page(await rates.rates_at(connection, clock.now()), None)


@get(
    "/v1/payout-rates/versions",
    access=Access.FINANCE,
    operation_id="ListPayoutRateVersions",
    tags=_TAGS,
    summary="All payout rates",
)
async def list_rate_versions(
    database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[PayoutRate]:
    """Newest first, those that are not in effect yet included."""
    async with database.read() as connection:
        found = await rates.list_rates(connection, BY_NUMBER.after(cursor), limit + 1)
    return Page(found[:limit], BY_NUMBER.next(found, limit, lambda rate: rate.version))


@post(
    "/v1/payout-rates",
    access=Access.FINANCE,
    operation_id="RecordPayoutRate",
    tags=_TAGS,
    summary="Propose a payout rate",
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(*REFUSED, SoldBelowPayout),
)
async def record_rate(
    data: JSONBody[PayoutRateProposal], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[PayoutRate]:
    """202 with the decision that waits for another operator; 201 with the rate where one decides alone. Rates are never
    changed: the new one takes over when it takes effect. Quotes keep theirs. Refused when creators could be paid more
    for coins than they bring, after tax and fees, anywhere that they are sold."""
    content = content_of(data, NewPayoutRate)
    proposal = Proposal(data.id, content, data.note, caller.person_id)
    async with database.transaction() as connection:
        return await told(connection, PAYOUT_RATE, await ask(connection, clock, house, PAYOUT_RATE, proposal))


@get(
    "/v1/payout-terms/current",
    access=_CREATOR_OR_OPERATOR,
    scope=Scope.MONEY_READ,
    operation_id="GetCurrentPayoutTerms",
    tags=_TAGS,
    summary="Threshold, daily maximum and fee",
)
async def get_current_terms(database: Database, clock: Clock) -> PayoutTerms:
    """The terms of payouts to bank accounts."""
    async with database.read() as connection:
        return await rates.terms_at(connection, MethodKind.BANK_ACCOUNT, clock.now())


@get(
    "/v1/payout-terms",
    access=Access.FINANCE,
    operation_id="ListPayoutTerms",
    tags=_TAGS,
    summary="All terms of payouts",
)
async def list_terms(
    database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[PayoutTerms]:
    """Newest first, those that are not in effect yet included."""
    async with database.read() as connection:
        found = await rates.list_terms(connection, BY_NUMBER.after(cursor), limit + 1)
    return Page(found[:limit], BY_NUMBER.next(found, limit, lambda terms: terms.version))


@post(
    "/v1/payout-terms",
    access=Access.FINANCE,
    operation_id="RecordPayoutTerms",
    tags=_TAGS,
    summary="Propose terms of payouts",
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(NoPayoutRate, *REFUSED),
)
async def record_terms(
    data: JSONBody[PayoutTermsProposal], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[PayoutTerms]:
    """202 with the decision that waits for another operator; 201 with the terms where one decides alone. Terms never
    change: the new ones take over when they take effect. Quotes keep theirs."""
    proposal = Proposal(data.id, content_of(data, NewPayoutTerms), data.note, caller.person_id)
    async with database.transaction() as connection:
        return await told(connection, PAYOUT_TERMS, await ask(connection, clock, house, PAYOUT_TERMS, proposal))


HANDLERS: list[Any] = [
    list_all,
    list_overdue,
    approve,
    refuse,
    recall,
    list_rates,
    list_rate_versions,
    record_rate,
    get_current_terms,
    list_terms,
    record_terms,
]
