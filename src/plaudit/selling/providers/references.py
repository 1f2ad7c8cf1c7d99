"""What providers know an order by; also its idempotency key there."""

from uuid import UUID


def reference_of(person_id: int, order_id: UUID) -> str:
    return f"{person_id}-{order_id}"


def read_reference(reference: str) -> tuple[int, UUID] | None:
    """Person and order of a reference; None when it is none of ours."""
    person, dash, order = reference.partition("-")
    if not (dash and person.isascii() and person.isdecimal() and len(person) < 19):
        return None
    try:
        return int(person), UUID(order)
    except ValueError:
        return None
