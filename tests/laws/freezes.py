"""What breaks the laws of freezes."""

BREAKS = [
    ("what_is_frozen_stands_still", "update wallet set frozen_until = 'infinity'"),
    ("what_is_frozen_stands_still", "insert into frozen_receiver (kind, id, until) values ('creator', 1, 'infinity')"),
]
