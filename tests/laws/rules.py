"""What breaks the laws of rules."""

from tests.support.deciding import confirmed

BREAKS = [
    ("policy_packs_are_decided", confirmed("policy_pack", {})),
]
