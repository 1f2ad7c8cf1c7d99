"""What creators are told of their earnings: a statement of each month, as the books say, with a number."""
