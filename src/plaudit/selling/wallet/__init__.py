"""What a viewer owns: coins, where each came from and went, what they are worth."""
