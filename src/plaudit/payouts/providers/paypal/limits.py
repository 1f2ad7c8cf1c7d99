"""Every limit of what pays through PayPal, with its unit in its name."""

PAYPAL_BATCH_ID_DAYS = 30  # for so long PayPal refuses a batch id that it had
PAYPAL_BATCH_ID_SPARE_DAYS = 2  # before that end nothing is sent again whose answer was lost
PAYPAL_CLAIM_DAYS = 30  # in which a receiver takes what was sent to them; then it comes back
