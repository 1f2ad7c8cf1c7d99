"""Every limit of what pays through Stripe Connect, with its unit in its name."""

STRIPE_TRANSFERS_OF_PAYOUT_MAX = 10  # transfers looked at under one mark; there is one
