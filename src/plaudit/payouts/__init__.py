"""Diamonds to money: methods, rates, quotes, payouts and their providers."""
