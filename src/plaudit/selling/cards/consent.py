"""The words by which somebody agrees that a card is kept. Whoever changes what they say counts CONSENT_VERSION up."""

from plaudit.languages.speaking import later

CONSENT_WORDS = later(
    "I want the payment provider to keep this card, so that I can pay with one tap. I can remove it at any time in my "
    "wallet. We see its brand, its last four digits and until when it is good, never its number."
)
