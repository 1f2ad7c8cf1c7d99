"""The languages people read: which one, its texts, and how it writes numbers, money and time. Display only."""
