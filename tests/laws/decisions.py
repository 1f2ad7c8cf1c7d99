"""What breaks the laws of decisions."""

from tests.support.deciding import confirmed

BREAKS = [
    (
        "bounds_are_decided",
        "update decision_bound set version = 2, decision_id = gen_random_uuid() where name = 'grant_alone_coins'",
    ),
    ("bounds_are_decided", confirmed("bound", {})),
]
