"""The catalogue: what can be given, in versions that begin when they are meant to; the operator's to change."""
