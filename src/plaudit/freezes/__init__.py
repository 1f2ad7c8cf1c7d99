"""What stands still while somebody looks into it: a person, a wallet, a lot, a room, and more."""
