"""What people are told of their own money: what a coin is worth, and each month's summary. Only reads the books."""
