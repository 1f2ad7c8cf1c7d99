"""The living demo: a small world of believable people on top of everything, for trying Plaudit on one machine."""
