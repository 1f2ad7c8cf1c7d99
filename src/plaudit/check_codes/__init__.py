"""Codes by which anybody can ask whether a document is genuine: made in the database, printed on them."""
