"""Limits of ages."""

AGE_REQUEST_S = 600  # for how long a wallet may answer
AGE_REQUESTS_PER_HOUR_MAX = 20  # questions of one person
AGE_REQUESTS_KEPT_DAYS = 7
AGE_REQUESTS_FORGET_EVERY_S = 86_400
AGE_PROOF_LENGTH_MAX = 200_000  # characters that a wallet presents
AGE_ISSUERS_MAX = 500  # certificates of issuers
AGE_PROOFS_SHOWN_MAX = 50  # of one person
NONCE_BYTES = 24
AGE_SAID_LENGTH_MAX = 2_000  # characters of what a store answered an app
AGE_WORD_PROOF_LENGTH_MAX = 20_000  # characters of what a store signed beside it
AGE_WORD_DAYS = 90  # for how long a store's word that somebody is of age is believed
AGE_CARD_DAYS = 365  # for how long it is inferred from a credit card that somebody is of age
AGE_WORD_FRESH_S = 600  # within which a word arrives after its proof was made
WITHDRAWALS_PER_CALL_MAX = 500  # consents taken back that are told at once
