"""Cards that providers keep for buyers who agreed to it: shown, chosen, and forgotten."""
