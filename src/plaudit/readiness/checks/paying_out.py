"""What a cash-out takes: a rule for rewards, terms and rates, and a rail."""

from plaudit.creators.actions import current_rule
from plaudit.exchange.margin import losses_from
from plaudit.ids import new_id
from plaudit.payouts import rates
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.providers import ways
from plaudit.payouts.screenings import SCREENINGS
from plaudit.providers import ProviderUnavailable
from plaudit.readiness.model import CheckOutcome, Grounds, attention, not_asked, ok

_KINDS = {MethodKind.BANK_ACCOUNT: "bank accounts", MethodKind.STRIPE_ACCOUNT: "Stripe", MethodKind.PAYPAL: "PayPal"}
_OF_THE_TABLES = 1  # the version of a rule and of terms that come with the tables


async def terms(grounds: Grounds) -> CheckOutcome:
    now = grounds.clock.now()
    async with grounds.opened.read() as connection:
        rule = await current_rule(connection, grounds.clock)
        holding = await rates.terms_at(connection, MethodKind.BANK_ACCOUNT, now)
        currencies = len(await rates.rates_at(connection, now))
    words = f"rule {rule.version}, terms {holding.version}, payout rates: {currencies}"
    if _OF_THE_TABLES in {rule.version, holding.version}:
        return attention(f"{words}: what came with Plaudit still holds; decide it yourself", page="/operator/rewards")
    return ok(words)


async def margin(grounds: Grounds) -> CheckOutcome:
    """What was published is held against the day's reference rates and taxes: both change by themselves."""
    async with grounds.opened.read() as connection:
        losses = await losses_from(connection, grounds.clock.now())
    if not losses:
        return ok("wherever coins are sold they bring more than can be paid out for them")
    regions = ", ".join(sorted({loss.region for loss in losses}))
    return attention(
        f"coins bring no more than can be paid out for them in {regions}: {losses[0].words}", page="/operator/prices"
    )


async def rail(grounds: Grounds) -> CheckOutcome:
    if grounds.payouts is None:
        return not_asked(grounds.providers_problem)
    if not grounds.payouts.names:
        return attention("nobody pays creators: set PLAUDIT_MANUAL_PAYOUTS to pay by hand, or describe a provider")
    for name in grounds.payouts.names:
        provider = grounds.payouts.get(name)
        try:
            if provider and not provider.by_hand:
                await provider.fetch(new_id(grounds.clock))  # nobody's payout: the question is whether it answers us
        except ProviderUnavailable as error:
            return attention(f"{name} does not answer as it should: {error}", command="plaudit config")
    async with grounds.opened.read() as connection:
        priced = [rate.currency for rate in await rates.rates_at(connection, grounds.clock.now())]
    kinds = ", ".join(f"{_KINDS[kind]} in {' '.join(takes)}" for kind, takes in ways(grounds.payouts, priced).items())
    if not kinds:
        return attention("who pays creators pays in no currency that has a payout rate", page="/operator/rewards")
    return ok(f"{', '.join(grounds.payouts.names)}: {kinds}")


async def screening(grounds: Grounds) -> CheckOutcome:
    """Whether somebody is asked about whom is paid, and answers."""
    if not grounds.settings.screening_source:
        return ok("nobody is asked whether sanctions name them: PLAUDIT_SCREENING_SOURCE is not set")
    async with grounds.opened.read() as connection:
        failing = (await SCREENINGS.standing(connection, grounds.clock.now())).failing
    source = f"{grounds.settings.screening_source}, every {grounds.settings.screening_days} days"
    if failing:
        return attention(f"{source}: {failing} accounts wait, for the source does not answer", page="/operator/queues")
    return ok(source)


async def step_up(grounds: Grounds) -> CheckOutcome:
    """Whether what moves money asks for a recent sign-in."""
    if not (grounds.settings.step_up_max_age_s or grounds.settings.step_up_acr_values):
        return attention("nobody is asked to sign in again before they say where they are paid, or agree to payouts")
    return ok(f"within {grounds.settings.step_up_max_age_s} s")
