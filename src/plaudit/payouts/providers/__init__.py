"""One file a payout provider, one Protocol."""
