"""A price promised, an order placed, its money taken once, its coins given once."""
