"""What scripts of pages say, in the language of the page: words every page has, and problems a buyer can meet."""

from functools import cache
from typing import Any

from iso4217 import Currency

from plaudit.languages.model import ENGLISH
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later, plural_forms, voice
from plaudit.money import payable_step

_PROBLEMS = {
    "unreachable": later("The server did not answer. Nothing happens twice: please try again."),
    "unexpected": later("Something went wrong here. Nothing happens twice: please try again."),
    "unavailable": later("Something went wrong here. Nothing happens twice: please try again."),
    "too_busy": later("Many people are here just now. Try again in a few seconds."),
    "unauthenticated": later("Sign in to do this."),
    "token_not_valid": later("Sign in to do this."),
    "not_found": later("There is nothing here"),
    "idempotency_conflict": later("This was sent before with something else in it. Reload the page and try again."),
    "no_prices": later("Prices have not been published. What you have can be spent as ever."),
    "no_seller": later(
        "Whoever runs this server has not said yet who sells. What you have can be spent and taken back as ever."
    ),
    "region_refused": later("Coins are not sold in your country."),
    "quote_expired": later("The price was promised for some minutes, which are over. Choose again."),
    "quote_not_ours": later("The price was promised for some minutes, which are over. Choose again."),
    "quote_already_ordered": later("This price belongs to another order. Choose again."),
    "provider_unavailable": later(
        "The payment provider does not answer just now. Nothing was taken; please try again."
    ),
    "provider_refused": later("The payment provider refused. Nothing was taken."),
    "currency_not_taken": later(
        "The payment provider does not take this currency, or not this amount of it. Nothing was taken."
    ),
    "nothing_left_to_refund": later("All of this purchase has gone back already. Nothing was moved."),
    "withdrawal_not_possible": later("This purchase cannot be taken back. Nothing was moved."),
    "coins_were_spent": later("Some of these coins were spent meanwhile. Nothing was moved."),
    "refund_at_store": later("Only the app store can give this money back."),
}


def shared_words() -> dict[str, Any]:
    """For the scripts of every page: coins in words, short notes, how many decimals currencies have."""
    return {
        "coins": plural_forms("{count} coin", "{count} coins"),
        "copied": _("Copied"),
        "not_copied": _("This browser does not let pages copy. Select the text instead."),
        "offline": _("You are offline. Nothing is sent until the connection is back."),
        "online": _("You are back online."),
        "no_answer": _("The server did not answer. Nothing was changed; please try again."),
        "did_not_work": _("That did not work. Nothing was changed."),
        "problems": problem_words(),
        **_decimals(),
    }


def problem_words() -> dict[str, str]:
    """Problems by their code. In English there are none: what the API says is exact."""
    if voice().language == ENGLISH:
        return {}
    return {code: _(text) for code, text in _PROBLEMS.items()}


@cache
def _decimals() -> dict[str, Any]:
    """Currencies with other than two decimals, by ISO 4217; and those whose decimals nobody pays in."""
    known = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
    return {
        "decimals": {code: places for code, places in known.items() if places != 2},
        "whole": [code for code, places in known.items() if places and payable_step(code) == 10**places],
    }
