"""Paying by hand."""
