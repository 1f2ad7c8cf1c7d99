"""What providers list, day by day, against what is here: every difference is healed, or a row somebody must close."""
