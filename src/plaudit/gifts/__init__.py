"""Gifts: what can be given, what it costs, and the sending of it."""
