"""A pretend payment and payout provider: a process of its own, spoken to over HTTP only."""
