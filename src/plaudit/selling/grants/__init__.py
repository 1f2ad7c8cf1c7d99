"""Coins an operator gives away: promotional lots, each with who gave it and why."""
