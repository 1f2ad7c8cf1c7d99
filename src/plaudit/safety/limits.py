"""Limits of safety."""

WINDOW_DAYS = 30  # of gifts, orders and reversals that a look takes in
RING_PEOPLE_MAX = 4  # of a ring that is looked for
RINGS_TOLD_MAX = 5  # of one person at once
SCORE_MAX = 100
EVIDENCE_MAX = 20  # rows that a finding names
WORLD_PEOPLE_MIN = 300
WORLD_PEOPLE_MAX = 100_000
FLOW_DAYS = 45  # of gifts that are kept for rules, more than a look takes in
FLOWS_SEEN_MAX = 500  # givers, and receivers, of a person that are looked at, those with most coins
RING_EDGES_MAX = 2_000  # ways of gifts near a person that are looked at once
ORDERS_SEEN_MAX = 200  # newest orders of a person
REVERSALS_SEEN_MAX = 50  # newest reversals of a person
SHARED_SEEN_MAX = 200  # instruments that a person and their givers share
SHARED_CROWD_MAX = 50  # people beyond whom an instrument says nothing
FOLLOW_EVERY_S = 5
LOOK_EVERY_S = 10
LOOK_AFTER_S = 60  # after a gift: what comes within is looked at once
LOOK_LEASE_S = 120
LOOK_PAUSE_S_FIRST = 60
LOOK_PAUSE_S_MAX = 3_600
LOOKS_CLAIMED_MAX = 20
LOOKS_PER_RUN_MAX = 500
FINDING_QUIET_DAYS = 30  # for which a rule does not say the same of somebody again
SAFETY_FORGET_EVERY_S = 3_600
FLOWS_FORGOTTEN_PER_RUN_MAX = 100_000
STEPS_PER_FINDING_MAX = 20  # of others a finding names
