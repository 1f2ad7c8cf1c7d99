"""Live: rooms, what happens in them, and how it reaches every screen."""
