"""Who is asking: people and servers of the platforms, their tokens, keys and rights."""
