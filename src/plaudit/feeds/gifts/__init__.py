"""Gifts and combos as events: copied into the log out of what delivery writes, while somebody follows them."""
