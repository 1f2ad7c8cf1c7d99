"""Peers: providers as they behave, each a process of its own that is spoken to over HTTP only."""
