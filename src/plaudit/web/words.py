"""What scripts of pages say, in the language of the page: words every page has, those of live pages, and problems
people can meet."""

from functools import cache
from typing import Any

from iso4217 import Currency

from plaudit.languages.model import ENGLISH
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later, plural_forms, voice
from plaudit.money import payable_step
from plaudit.rules.limits import CAP_DAY_H, CAP_MONTH_H

_PROBLEMS = {
    "unreachable": later("The server did not answer. Nothing happens twice: please try again."),
    "unanswered": later("The server did not answer. Look whether it was done before you try again."),
    "unexpected": later("Something went wrong here. Nothing happens twice: please try again."),
    "unavailable": later("Something went wrong here. Nothing happens twice: please try again."),
    "too_busy": later("Many people are here just now. Try again in a few seconds."),
    "unauthenticated": later("Sign in to do this."),
    "step_up_required": later("Sign in again to do this. Nothing was changed."),
    "token_not_valid": later("Sign in to do this."),
    "not_found": later("There is nothing here"),
    "idempotency_conflict": later("This was sent before with something else in it. Reload the page and try again."),
    "invalid_field": later("Something here does not fit. Please check it."),
    "forbidden": later("You may not do this."),
    "role_missing": later("You may not do this."),
    "not_your_room": later("This room is another creator’s."),
    "not_your_video": later("This video is another creator’s."),
    "video_deleted": later("The video is gone."),
    "room_ended": later("The room has ended. Make a new one to go live again."),
    "too_many_overlay_tokens": later("There are too many links; revoke one that is not used."),
    "insufficient_gift_balance": later("There are not that many coins in the gift balance."),
    "reward_changed": later("The rate has changed since it was shown. Nothing was converted."),
    "below_conversion_minimum": later("That is less than makes one diamond."),
    "payout_too_small": later("After the fee nothing would arrive."),
    "daily_payout_limit": later("That is more than can be paid out in one day."),
    "too_many_payout_methods": later("Remove a bank account before adding another."),
    "payout_method_too_new": later(
        "Nothing is paid to a new account for a while, so that nobody else’s becomes yours."
    ),
    "account_not_ready": later("Stripe has to know more before you can be paid there."),
    "payout_quote_expired": later("The promise is over. Close this and ask again."),
    "payout_quote_used": later("The promise is over. Close this and ask again."),
    "payout_state_conflict": later("It is too late for that: the payout has moved on."),
    "no_payout_provider": later("Nobody pays out here just now."),
    "media_origin_not_allowed": later("This server does not allow pictures from that address."),
    "media_not_encrypted": later("The address must begin with https."),
    "too_dear": later("One gift cannot be worth this much."),
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
    "stands_still": later("This is not possible just now. Support can tell you more."),
    "receiver_stands_still": later("Gifts cannot be received here just now."),
    "method_not_offered": later("At this price, pay in a way that shows where you are. Nothing was taken."),
    "card_expired": later("This card has expired. Pay with another."),
    "too_many_cards": later("So many cards are saved already; remove one first."),
    "consent_outdated": later("The words about saving cards are others by now. Reload the page and read them again."),
    "nothing_left_to_refund": later("All of this purchase has gone back already. Nothing was moved."),
    "withdrawal_not_possible": later("This purchase cannot be taken back. Nothing was moved."),
    "coins_were_spent": later("Some of these coins were spent meanwhile. Nothing was moved."),
    "refund_at_store": later("Only the app store can give this money back."),
    "cap_reached": later("One person may not pay as much for coins where you are."),
    "own_limit_reached": later("A limit of yours holds this."),
    "confirmation_needed": later("You wanted to be asked before this."),
}

_DECLINES = {
    "declined": later("Your bank or card said no."),
    "insufficient_funds": later("There is not enough money on the card."),
    "card_expired": later("The card has expired."),
    "not_authenticated": later("Your bank was not sure that it is you."),
}


def shared_words() -> dict[str, Any]:
    """For the scripts of every page: coins in words, short notes, how many decimals currencies have."""
    return {
        "coins": plural_forms("{count} coin", "{count} coins"),
        "coin_unit": plural_forms("coin", "coins"),
        "not_now": _("Not now"),
        "again_title": _("Is it you?"),
        "again_text": _("For this, sign in once more. It opens in a window of its own; what you typed stays here."),
        "again": _("Sign in again"),
        "again_waiting": _("Waiting for you to sign in …"),
        "copied": _("Copied"),
        "not_copied": _("This browser does not let pages copy. Select the text instead."),
        "offline": _("You are offline. Nothing is sent until the connection is back."),
        "online": _("You are back online."),
        "no_answer": _("The server did not answer. Nothing was changed; please try again."),
        "did_not_work": _("That did not work. Nothing was changed."),
        "problems": problem_words(),
        **_decimals(),
    }


def live_words() -> dict[str, Any]:
    """For the components of a live page."""
    return {
        "gifts": _("Gifts"),
        "sent": _("sent {gift}"),
        "somebody": _("Somebody"),
        "chat": _("Chat"),
        "chat_empty": _("Say hello. Nobody has spoken yet."),
        "unread": _("{count} new"),
        "feed_empty": _("Gifts appear here as they come."),
        "taken_back": _("Taken back"),
        "taken_back_coins": plural_forms("{coins} taken back", "{coins} taken back"),
        "taken_back_why": _("The money for these coins went back to whoever paid."),
        "instead_of": _("instead of {coins}"),
        "thank": _("Thank"),
        "thank_name": _("Thank {name}"),
        "thanked": _("Ticked off"),
        "thanked_name": _("Ticked off: {name}"),
        "sound": _("Sound of gifts"),
        "volume": _("Volume of gifts"),
        "top_gifters": _("Top gifters"),
        "nobody_first": _("The first gift takes the first place."),
        "unranked": _("Nobody is ranked by money here."),
        "watching": plural_forms("{count} watching", "{count} watching"),
        "told": _("{name} sent {gift}."),
        "told_many": _("{name} sent {gift}, {count} times."),
        "told_others": plural_forms("{count} more gift.", "{count} more gifts."),
        **_tray_words(),
    }


def _tray_words() -> dict[str, Any]:
    """For choosing a gift and sending it."""
    return {
        "loading_gifts": _("Loading gifts"),
        "all_gifts": _("All"),
        "categories": {
            "cheer": _("Cheer"),
            "everyday": _("Everyday"),
            "celebrate": _("Celebrate"),
            "grand": _("Grand"),
        },
        "gift_categories": _("Categories"),
        "buy_coins": _("Buy coins"),
        "choose_gift": _("Choose a gift to send."),
        "send": _("Send"),
        "sent_now": _("Gift sent"),
        "send_again": _("Sent. Send again?"),
        "send_gift": _("Send {gift} for {coins}"),
        "send_gifts": _("Send {gift} times {count} for {coins}"),
        "send_more": _("Send one more {gift} for {coins}"),
        "sign_in": _("Sign in"),
        "one_at_a_time": _("One at a time"),
        "how_many": _("How many"),
        "another_number": _("Another number"),
        "short": plural_forms("{coins} short", "{coins} short"),
        "short_worth": _("That is {money}."),
        "gift_waits": _("Your gift waits here."),
        "buy": _("Buy {coins}"),
        "buy_and_send": _("Buy {coins} and send"),
        "pays_with": _("{card} pays at once."),
        "pay_otherwise": _("Pay in another way"),
    }


def own_limit_words() -> dict[str, Any]:
    """For who is stopped by a limit, of their own or of where they are: which, how much is left, until when."""
    return {
        "held_by": {
            "pause": _("You stopped spending until {moment}. Nobody can end this early."),
            "guardian": _("Your guardian stopped your spending."),
            "night": _("No spending at night: it lasts until {moment}."),
            "gift": _("Your limit for one gift holds this. {left} is the most."),
            "creator": _("Your limit for one creator holds this. {left} is left until {moment}."),
            "session": _("Your limit for one session holds this. {left} is left until {moment}."),
            "day": _("Your limit for a day holds this. {left} is left until {moment}."),
            "week": _("Your limit for a week holds this. {left} is left until {moment}."),
            "month": _("Your limit for a month holds this. {left} is left until {moment}."),
        },
        "your_limits": _("Your limits"),
        "this_session": _("This session: {given}"),
        "of_limit": {
            "day": _("Today: {given} of {limit}"),
            "week": _("This week: {given} of {limit}"),
            "month": _("This month: {given} of {limit}"),
        },
        "reminds_amount": _("You wanted to be told: {given} in this session."),
        "reminds_minutes": plural_forms(
            "You wanted to be told: {count} minute in this session, {given}.",
            "You wanted to be told: {count} minutes in this session, {given}.",
        ),
        "capped_by": {
            str(CAP_DAY_H): _(
                "Where you are, one person may pay {cap} for coins within 24 hours. {left} of it is left."
            ),
            str(CAP_MONTH_H): _(
                "Where you are, one person may pay {cap} for coins within 31 days. {left} of it is left."
            ),
        },
        "fits_at": _("You can pay this from {moment} on."),
        "your_rules": _("What works for you"),
    }


def giving_words() -> dict[str, Any]:
    """For what may become of a gift that is sent from a tray."""
    return {
        "own_sent": _("Sent {gift}. {coins} left."),
        "own_sent_many": _("Sent {gift}, {count} times. {coins} left."),
        "no_answer_yet": _("No answer yet. Your gift is sent once, however often it is tried."),
        "try_again": _("Try again"),
        "refused": {
            "room_not_live": _("The room has ended."),
            "gifts_paused": _("Gifts are paused just now."),
            "own_room": _("Gifts to oneself are not possible."),
            "item_retired": _("This gift is no longer offered."),
            "item_not_here": _("This gift cannot be sent here."),
            "item_not_for_videos": _("This gift cannot be sent here."),
            "video_messages_off": _("Only gifts can be sent here, no words."),
            "too_many_waiting": _("One moment: your last gifts are still on their way."),
            "too_busy": _("Much is going on. Try again in a second."),
        },
        "gift_failed": _("That did not work."),
        "coins_stayed": plural_forms("{coins} stayed with you.", "{coins} stayed with you."),
        "price_changed": _("The price has changed."),
        "new_price": _("{gift} costs {coins} now."),
        "new_prices": _("{gift} costs {coins} now, {total} for {count}."),
        "purchase_failed": _("The purchase could not be started. Nothing was taken."),
        "declines": {code: decline_reason(code) for code in _DECLINES},
        "nothing_taken": _("Nothing was taken, and your gift still waits here."),
        "ask_gift": _("This gift is {money}. Send it?"),
        "ask_why": _("You wanted to be asked before this."),
        **own_limit_words(),
    }


def decline_reason(code: str) -> str:
    """Why a card did not pay, to its holder: by the code of the order."""
    return _(_DECLINES[code])


def closed_words(name: str) -> dict[str, str]:
    """Why nothing can be given on a video of somebody, to who would: by the code of the refusal."""
    return {
        "video_deleted": _("This video is gone."),
        "video_private": _("This video is private now."),
        "video_for_adults": _("This video is for adults."),
        "video_unlisted": _("Gifts are given on public videos."),
        "video_age_restricted": _("Gifts are not given on age-restricted videos."),
        "video_too_new": _("This video is new. Gifts open a while after it is public."),
        "video_music_restricted": _("The music of this video allows no gifts."),
        "video_foreign": _("This video is another platform’s."),
        "owner_not_a_creator": _("%(name)s takes no gifts just now.", name=name),
        "owner_country_refused": _("%(name)s takes no gifts just now.", name=name),
        "gifts_closed": _("Gifts cannot be received here just now."),
        "video_gifts_off": _("%(name)s takes no gifts on this video.", name=name),
        "own_video": _("This is your video. Gifts come from the others."),
        "giver_country_refused": _("Gifts are not possible where you are."),
        "territory_not_allowed": _("This video is not shown where you are."),
        "no_items_for_videos": _("There is no gift for this video just now."),
    }


def video_words(name: str) -> dict[str, Any]:
    """For the page of a video of somebody: its components, and what may become of it and of what is sent."""
    return (
        live_words()
        | giving_words()
        | {
            "closed": closed_words(name),
            "timeline": _("Gifts along the video"),
            "moment_gifts": plural_forms("{count} gift, {coins}", "{count} gifts, {coins}"),
            "moment_count": plural_forms("{count} gift", "{count} gifts"),
            "moment_from": _("from {names}"),
            "moment_from_more": plural_forms("from {names} and {count} more", "from {names} and {count} more"),
            "moment_from_others": _("from {names} and more"),
            "moment_by": "{names}",
            "moment_by_more": plural_forms("{names} and {count} more", "{names} and {count} more"),
            "moment_by_others": _("{names} and more"),
            "play_from": _("Play from {place}"),
            "message_with_gift": _("Words with your gift"),
            "feed_empty": _("Nobody has given yet. Be the first."),
        }
    )


def room_words() -> dict[str, Any]:
    """For the page of a room: its components, and what may become of it and of what is sent."""
    return (
        live_words()
        | giving_words()
        | {
            "over": _("The room has ended. Thank you for being here."),
            "over_title": _("This room has ended"),
            "over_text": _("Thank you for being here. What was given stays given."),
            "not_yet": _("Gifts open when the room goes live."),
            "own": _("This is your room. Gifts come from the others."),
            "paused": _("The creator has paused gifts."),
            "closed": _("Gifts cannot be received here just now."),
            "event_started": _("The room is live."),
            "event_ended": _("The room has ended."),
            "event_gifts_paused": _("Gifts are paused."),
            "event_gifts_resumed": _("Gifts are open again."),
            "picture_of": _("Live picture of {name}"),
            "picture_loading": _("The picture is coming…"),
            "picture_stalled": _("The picture has stopped. It comes back by itself."),
            "picture_missing": _("Waiting for the picture. It comes by itself."),
            "picture_blocked": _("Press play to see the picture."),
            "picture_refused": _("The picture cannot be shown here. Gifts and chat work all the same."),
            "sound_on": _("Sound on (M)"),
            "sound_off": _("Sound off (M)"),
            "signed_out": _("You are signed out."),
            "sign_in_again": _("Sign in to go on"),
            "unreachable_room": _("This room cannot be reached. Load the page again."),
            "offline_room": _("You are offline. What you see stays; gifts wait until you are back."),
            "reconnecting": _("Connection lost. Trying again; nothing is sent twice."),
            "message_unsure": _("Your message may not have arrived."),
            "message_lost": _("Your message was not sent."),
        }
    )


def thanking_words() -> dict[str, Any]:
    """For ticking gifts off as thanked."""
    return {
        "ticked": _("Ticked off."),
        "all_ticked": plural_forms("{count} gift ticked off.", "{count} gifts ticked off."),
        "undo": _("Undo"),
        "not_ticked": _("It could not be ticked off."),
        "not_unticked": _("The tick could not be taken back."),
    }


def overlay_words() -> dict[str, str]:
    """For making and revoking links of the overlay."""
    return {
        "overlay_label": _("Overlay of {day}"),
        "overlay_not_made": _("The link could not be made."),
        "overlay_revoke_title": _("Revoke this link?"),
        "overlay_revoke_text": _("“{label}” goes blank at once, wherever it is used."),
        "overlay_revoked": _("The link is revoked."),
        "overlay_not_revoked": _("The link could not be revoked."),
        "revoke": _("Revoke"),
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
