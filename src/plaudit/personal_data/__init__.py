"""What people may ask of what is held of them: a copy of all of it, and that it goes."""
