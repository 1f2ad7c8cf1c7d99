"""Webhooks: a host's endpoints are told events in order, signed, again and again until they answer."""
