"""The sandbox, for payouts."""
