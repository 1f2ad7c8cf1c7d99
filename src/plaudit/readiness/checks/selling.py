"""What a sale takes: something to give, prices, somebody who sells, and somebody who takes the money."""

from contextlib import aclosing
from datetime import timedelta

from plaudit.exchange.rates import newest_day
from plaudit.gifts.catalogue.actions import read_shelf
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.readiness.checks.database import SQL
from plaudit.readiness.checks.reach import is_loopback
from plaudit.readiness.model import CheckOutcome, Grounds, attention, blocking, not_asked, ok
from plaudit.selling.prices import current as shop
from plaudit.selling.prices.legal import missing
from plaudit.selling.prices.pricing import NoPrices, NoSeller
from plaudit.selling.prices.tax_ids import cannot_be_right
from plaudit.selling.prices.taxes import published_day, waiting_taxes
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.reversals.rules import list_rules

_LIST_OF_S = 60  # how much of its list a provider is asked for: the question is whether it answers our key
_REASON_LENGTH_MAX = 200


async def keys(grounds: Grounds) -> CheckOutcome:
    if grounds.settings.quote_key:
        return ok("quotes are signed with the key of the settings")
    async with grounds.opened.read() as connection:
        if await connection.fetchval(SQL["has_quote_key"]):
            return ok("quotes are signed with a key of the vault")
    return attention("the key that quotes are signed with is not made yet; the first start of a server makes it")


async def catalogue(grounds: Grounds) -> CheckOutcome:
    now = grounds.clock.now()
    async with grounds.opened.read() as connection:
        shelf = await read_shelf(connection)
    current = [shelf.current(item_id, now) for item_id in shelf.ids]
    offered = sum(1 for item in current if item and item.is_offered(now) and not item.hidden)
    if not offered:
        return blocking("nothing can be given", command="plaudit catalogue starter", page="/operator/catalogue")
    return ok(f"{offered} {'item' if offered == 1 else 'items'} to give")


async def seller(grounds: Grounds) -> CheckOutcome:
    region, now = grounds.settings.default_region, grounds.clock.now()
    async with grounds.opened.read() as connection:
        try:
            named = await shop.seller_of(connection, region, now, grounds.settings)
        except NoSeller:
            return blocking("receipts must name who sells: set PLAUDIT_SELLER_NAME and PLAUDIT_SELLER_ADDRESS")
    if cannot_be_right(named.tax_id):
        return attention(f"receipts would show {named.tax_id}, which is no tax id of the country it names")
    return ok(f"{named.name}, for {region}")


async def consumers(grounds: Grounds) -> CheckOutcome:
    """What buyers with a right of withdrawal must be able to read before they pay."""
    settings, now = grounds.settings, grounds.clock.now()
    async with grounds.opened.read() as connection:
        try:
            book = await shop.current_book(connection, grounds.clock)
        except NoPrices:
            return not_asked("nothing is for sale")
        by_law = {rule.region for rule in await list_rules(connection) if rule.days and rule.valid_from <= now.date()}
        regions = [region for region in await shop.regions(connection, book) if region in by_law]
        codes = {}
        for region in regions:
            named = await shop.named_seller(connection, region, now)
            codes[region] = named.code if named else settings.seller_code
    wanting = {region: lacks for region in regions if (lacks := missing(settings, region, codes[region]))}
    if wanting:
        kinds = " and ".join(sorted({kind for lacks in wanting.values() for kind in lacks}))
        return attention(f"PLAUDIT_LEGAL_LINKS does not say where buyers in {' '.join(sorted(wanting))} read {kinds}")
    return ok(f"named for {' '.join(regions)}" if regions else "no region for sale asks for it")


async def prices(grounds: Grounds) -> CheckOutcome:
    region = grounds.settings.default_region
    begin = "plaudit prices export --today > prices.toml && plaudit prices publish prices.toml"
    async with grounds.opened.read() as connection:
        try:
            book = await shop.current_book(connection, grounds.clock)
        except NoPrices:
            return blocking("no price book holds, so nothing is for sale", command=begin, page="/operator/prices")
        regions = await shop.regions(connection, book)
        here = await shop.prices(connection, book, region, grounds.settings)
    if not any(price.channel == "web" for price in here):
        return blocking(
            f"PLAUDIT_DEFAULT_REGION is {region}, for whoever is nowhere else, and version {book.version} has no price"
            " on the web there",
            page="/operator/prices",
        )
    return ok(f"version {book.version}, {len(regions)} {'region' if len(regions) == 1 else 'regions'}")


async def rates(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        known = await newest_day(connection)
    if known is None:
        return attention("no exchange rates are known: a server that runs keeps those that came with Plaudit")
    age_days = (grounds.clock.now().date() - known).days
    if age_days < grounds.settings.exchange_days_max:
        return ok(f"of {known}")
    mend = "set PLAUDIT_EXCHANGE_RATES_URL, or upgrade"
    if grounds.settings.exchange_rates_url:
        mend = "look at the job exchange.rates, which fetches them"
    return attention(f"of {known}, {age_days} days old: {mend}", page="/operator/taxes")


async def taxes(grounds: Grounds) -> CheckOutcome:
    known, now = published_day(), grounds.clock.now()
    async with grounds.opened.read() as connection:
        waiting = [one.country for one in await waiting_taxes(connection, now)]
    if waiting:
        text = f"other rates came with Plaudit for {' '.join(waiting)}; they hold once they are decided"
        return attention(text, page="/operator/prices")
    age_days = (now.date() - known).days
    if age_days < grounds.settings.tax_rates_days_max:
        return ok(f"published rates of {known}")
    return attention(f"published rates of {known}, {age_days} days old: upgrade", page="/operator/prices")


async def payment(grounds: Grounds) -> CheckOutcome:
    if grounds.payments is None:
        return blocking(grounds.providers_problem, command="plaudit config")
    names = grounds.payments.names
    if not names:
        return blocking("nobody takes payments: describe a provider in the settings, such as PLAUDIT_STRIPE_SECRET_KEY")
    takers = [one for name in names if (one := grounds.payments.get(name))]
    if all(one.capabilities.is_play_money for one in takers) and not is_loopback(grounds.settings.public_url):
        return attention("only the sandbox takes payments: coins are sold for play money")
    return ok(", ".join(names))


async def payment_answers(grounds: Grounds) -> CheckOutcome:
    if grounds.payments is None or not grounds.payments.names:
        return not_asked("no provider is described")
    for name in grounds.payments.names:
        provider = grounds.payments.get(name)
        if provider and (reason := await _silence(provider, grounds)):
            return blocking(f"{name} does not answer as it should: {reason}", command="plaudit config")
    return ok(f"{', '.join(grounds.payments.names)} answered to our key")


async def _silence(provider: PaymentProvider, grounds: Grounds) -> str:
    """Why a provider does not answer a question that only we may ask; empty when it does."""
    now = grounds.clock.now()
    try:
        async with aclosing(provider.list_news(now - timedelta(seconds=_LIST_OF_S), now)) as news:  # type: ignore[type-var]  # all are generators
            async for _ in news:
                break
    except (ProviderUnavailable, ProviderRefused) as error:
        return str(error.__cause__ or error)[:_REASON_LENGTH_MAX]
    return ""
