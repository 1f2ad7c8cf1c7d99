"""All checks, in the order in which somebody who begins would take them up: one line for each."""

from plaudit.readiness.checks import database, mail, paying_out, people, reach, selling, stores, upkeep
from plaudit.readiness.model import Check, Needs

CHECKS: tuple[Check, ...] = (
    Check(id="database", title="Database", run=database.reachable, needs=Needs.NOTHING, is_gate=True),
    Check(id="schema", title="Schema", run=database.schema, needs=Needs.DATABASE, is_gate=True),
    Check(id="privileges", title="Privileges", run=database.privileges, needs=Needs.PRIVILEGES, is_gate=True),
    Check(id="keys", title="Keys", run=selling.keys),
    Check(id="issuers", title="Whose people", run=people.issuers),
    Check(id="issuer_keys", title="Keys of their tokens", run=people.issuer_keys, is_slow=True),
    Check(id="sign_in", title="Sign-in", run=people.sign_in),
    Check(id="operator", title="First operator", run=people.operator),
    Check(id="decisions", title="Two people decide", run=people.decisions, needs=Needs.NOTHING),
    Check(id="server_key", title="Key of your backend", run=people.server_key),
    Check(id="catalogue", title="Catalogue", run=selling.catalogue),
    Check(id="seller", title="Seller of record", run=selling.seller),
    Check(id="consumers", title="What buyers must be able to read", run=selling.consumers),
    Check(id="prices", title="Prices", run=selling.prices),
    Check(id="exchange_rates", title="Exchange rates", run=selling.rates),
    Check(id="tax_rates", title="Tax rates", run=selling.taxes, needs=Needs.NOTHING),
    Check(id="payment", title="Payment provider", run=selling.payment, needs=Needs.NOTHING),
    Check(id="payment_answers", title="Payment provider answers", run=selling.payment_answers, is_slow=True),
    Check(id="webhooks", title="Webhooks received", run=reach.webhooks, is_slow=True),
    Check(id="stores_told", title="App stores are told in time", run=stores.told),
    Check(id="mail", title="Mail to buyers", run=mail.mail),
    Check(id="mail_server", title="Mail server answers", run=mail.mail_server, is_slow=True),
    Check(id="rewards", title="Rewards and payout terms", run=paying_out.terms),
    Check(id="payout_rail", title="Payout rail", run=paying_out.rail, is_slow=True),
    Check(id="address", title="Public address", run=reach.address, needs=Needs.NOTHING),
    Check(id="reached", title="Reached from outside", run=reach.reached, is_slow=True),
    Check(id="proxy", title="Proxy", run=reach.proxy, needs=Needs.NOTHING),
    Check(id="clock", title="Clock", run=upkeep.clock, needs=Needs.DATABASE),
    Check(id="jobs", title="Periodic work", run=upkeep.jobs, needs=Needs.NOTHING),
    Check(id="backups", title="Backups", run=upkeep.backups),
    Check(id="disk", title="Room on the disk", run=upkeep.disk, needs=Needs.NOTHING),
)
