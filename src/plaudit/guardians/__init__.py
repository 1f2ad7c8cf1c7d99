"""Guardians: who answers for a minor, what they agree to and how much they let the minor spend."""
