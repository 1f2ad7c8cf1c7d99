"""Limits of ages."""

AGE_REQUEST_S = 600  # for how long a wallet may answer
AGE_REQUESTS_PER_HOUR_MAX = 20  # questions of one person
AGE_REQUESTS_KEPT_DAYS = 7
AGE_REQUESTS_FORGET_EVERY_S = 86_400
AGE_PROOF_LENGTH_MAX = 200_000  # characters that a wallet presents
AGE_ISSUERS_MAX = 500  # certificates of issuers
AGE_PROOFS_SHOWN_MAX = 50  # of one person
NONCE_BYTES = 24
