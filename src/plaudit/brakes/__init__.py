"""Brakes that belong to the spender: limits in money, nights, breaks and self-exclusion, which the books hold."""
