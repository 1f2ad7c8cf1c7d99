"""The sandbox, for payments."""
