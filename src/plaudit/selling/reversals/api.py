"""Withdrawals, refunds and what went back, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, Parameter, QueryParameter

from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, Proposal, ask, content_of, told
from plaudit.decisions.model import REFUSED, Decision
from plaudit.ids import IdMeta
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_ID, BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import Conflict, NotFound
from plaudit.selling.orders import actions as order_actions
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import asking, reading, rules, sending
from plaudit.selling.reversals.answers import (
    OperatorReversalAnswer,
    ReversalAnswer,
    WithdrawalPreview,
    operator_answer,
    preview_answer,
    reversal_answer,
)
from plaudit.selling.reversals.decisions import WITHDRAWAL_RULE
from plaudit.selling.reversals.model import (
    AmountNotPayable,
    CoinsWereSpent,
    Kind,
    NothingLeftToRefund,
    OrderNotPaid,
    RefundAtStore,
    RefundExceedsOrder,
    RefundRequest,
    RegionRule,
    State,
    WithdrawalNotPossible,
    WithdrawalRequest,
)
from plaudit.selling.reversals.refunds import REFUND, GivesBack

TAGS = ["Reversals"]
OPERATOR_TAGS = ["Operator"]
OWNER = frozenset({Access.VIEWER, Access.SUPPORT, Access.FINANCE})


class RegionRuleProposal(RegionRule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule of withdrawal somebody proposes."""

    id: Annotated[UUID, IdMeta] | None = None


@get(
    "/orders/{order_id:uuid}/withdrawal",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="PreviewWithdrawal",
    tags=TAGS,
    problems=(NotFound,),
    summary="What I can take back of an order",
)
async def preview_withdrawal(
    order_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> WithdrawalPreview:
    """Unspent coins, the money that would come back, and until when; or why not, and whom to ask instead."""
    async with database.snapshot() as connection:
        order = await order_actions.find_order(connection, caller.person_id, order_id)
        found = await asking.withdrawable(connection, payment_providers, order, settings, clock.now())
        reversals = await reading.of_order(connection, order)
    return preview_answer(found, reversals)


@post(
    "/withdrawals",
    access=Access.VIEWER,
    scope=Scope.CONSENTS,
    operation_id="Withdraw",
    tags=TAGS,
    problems=(NotFound, NothingLeftToRefund, WithdrawalNotPossible, CoinsWereSpent),
    summary="Take back what is unspent of an order",
)
async def withdraw(
    data: JSONBody[WithdrawalRequest],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> ReversalAnswer:
    """The coins leave the wallet at once and the money goes back the way it came. If the provider refuses, the coins
    are there again and the answer's state is "undone"."""
    return reversal_answer(await sending.withdraw(database, payment_providers, caller.person_id, data, settings, clock))


@get(
    "/reversals",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="ListReversals",
    personal=True,
    tags=TAGS,
    summary="What went back of my orders",
)
async def list_reversals(
    caller: Caller,
    database: Database,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ReversalAnswer]:
    """Withdrawals, refunds, store voids and chargebacks, newest first."""
    async with database.read() as connection:
        found = await reading.list_of_person(connection, caller.person_id, BY_ID.after(cursor), limit + 1)
    return BY_ID.page(found, limit, lambda one: one.reversal_id, reversal_answer)


@get(
    "/reversals/{reversal_id:uuid}",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="GetReversal",
    personal=True,
    tags=TAGS,
    problems=(NotFound,),
    summary="One of them",
)
async def get_reversal(reversal_id: FromPath[UUID], caller: Caller, database: Database) -> ReversalAnswer:
    """As it is now."""
    async with database.read() as connection:
        return reversal_answer(await reading.find_of_person(connection, caller.person_id, reversal_id))


@get(
    "/orders/{order_id:uuid}/reversals",
    access=OWNER,
    scope=Scope.MONEY_READ,
    operation_id="ListReversalsOfOrder",
    personal=True,
    tags=TAGS,
    problems=(NotFound,),
    summary="What went back of an order",
)
async def list_reversals_of_order(order_id: FromPath[UUID], caller: Caller, database: Database) -> Page[ReversalAnswer]:
    """All of it, the oldest first; for its buyer, and for operators."""
    async with database.read() as connection:
        order = await order_actions.order_for(connection, caller, order_id)
        found = await reading.of_order(connection, order)
    return Page([reversal_answer(one) for one in found], None)


@post(
    "/operator/orders/{order_id:uuid}/refunds",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="Refund",
    tags=OPERATOR_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(
        *(NotFound, NothingLeftToRefund, RefundExceedsOrder, RefundAtStore, OrderNotPaid, AmountNotPayable),
        *REFUSED,
    ),
    summary="Give back an order, or a part of it",
)
async def refund(
    order_id: FromPath[UUID],
    data: JSONBody[RefundRequest],
    caller: Caller,
    database: Database,
    clock: Clock,
    house: NamedDependency[GivesBack],
) -> Response[OperatorReversalAnswer]:
    """Spent or not: unspent coins go first, then those spent last; their gifts are marked and taken back from creators.

    Give exactly one of amount_minor, coins and all. 202 with the decision that waits for another operator, when it is
    more of an order, or in a day, than one gives back alone.
    """
    asked = await sending.refund(database, house, caller.person_id, order_id, data, clock)
    made = asked if isinstance(asked, Decision) else operator_answer(asked)
    async with database.read() as connection:
        return await told(connection, REFUND, made)


@get(
    "/operator/reversals",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="ListAllReversals",
    personal=True,
    tags=OPERATOR_TAGS,
    summary="What went back of all orders",
)
async def list_all_reversals(
    database: Database,
    kind: FromQuery[Kind | None] = None,
    reversal_state: Annotated[
        State | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    provider: Annotated[str | None, Parameter(pattern=r"^[a-z0-9_]{1,30}$(?!\n)", description="Only its.")] = None,
    person_id: Annotated[
        str | None, Parameter(pattern=r"^[0-9]{1,18}$(?!\n)", description="Only those of this person's orders.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[OperatorReversalAnswer]:
    """Newest first, those that claim more than was left included."""
    person = None if person_id is None else int(person_id)
    async with database.read() as connection:
        found = await reading.list_all(
            connection, kind, reversal_state, provider, person, BY_TIME.after(cursor), limit + 1
        )
    return BY_TIME.page(found, limit, lambda one: (one.created_at, one.reversal_id), operator_answer)


@get(
    "/operator/withdrawal-rules",
    access=Access.PRICING,
    operation_id="ListWithdrawalRules",
    tags=OPERATOR_TAGS,
    summary="How long unspent coins can be taken back",
)
async def list_withdrawal_rules(database: Database) -> Page[RegionRule]:
    """What laws say, by region."""
    async with database.read() as connection:
        return Page(await rules.list_rules(connection), None)


@post(
    "/operator/withdrawal-rules",
    access=Access.PRICING,
    operation_id="AddWithdrawalRule",
    tags=OPERATOR_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(Conflict, *REFUSED),
    summary="Propose a rule for days to come",
)
async def add_withdrawal_rule(
    data: JSONBody[RegionRuleProposal], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[RegionRule]:
    """For orders paid from that day on; what was promised before stays. 202 with the decision that waits for another
    operator; 201 with the rule where one decides alone."""
    proposal = Proposal(data.id, content_of(data, RegionRule), data.basis, caller.person_id)
    async with database.transaction() as connection:
        return await told(connection, WITHDRAWAL_RULE, await ask(connection, clock, house, WITHDRAWAL_RULE, proposal))


HANDLERS = (
    preview_withdrawal,
    withdraw,
    list_reversals,
    get_reversal,
    list_reversals_of_order,
    refund,
    list_all_reversals,
    list_withdrawal_rules,
    add_withdrawal_rule,
)
