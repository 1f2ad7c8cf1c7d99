"""Plaudit: the coins-and-gifts economy of a live platform."""

__version__ = "0.1.0"
