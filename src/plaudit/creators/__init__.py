"""What creators earn: gift balance, conversion to diamonds, maturity."""
