"""What the products of app stores are called: a prefix and the number of coins of a package."""

from plaudit.limits import COINS_PER_QUOTE_MAX


def product_of(coins: int, prefix: str) -> str:
    """The product that gives this many coins."""
    return f"{prefix}{coins}"


def coins_of_product(product_id: str, prefix: str) -> int | None:
    """The coins one unit of a product gives; None when it is none of ours."""
    digits = product_id.removeprefix(prefix)
    if not product_id.startswith(prefix) or not digits.isascii() or not digits.isdecimal() or digits.startswith("0"):
        return None
    coins = int(digits) if len(digits) < 19 else 0
    return coins if 0 < coins <= COINS_PER_QUOTE_MAX else None
